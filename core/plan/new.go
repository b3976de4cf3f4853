package plan

import (
	"fmt"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
)

// Entry is what a check is asked about.
type Entry struct {
	Ref    core.Ref
	Text   string // what the bundle says
	Old    string // what is there
	Exists bool   // whether anything is there
	After  View   // what will be there of the kinds that are installed before, and of this one so far
	Hints  int    // how many of those that cost time it may still look for
}

// View finds the text of an entry in the state that an import leads to.
type View interface {
	Get(ref core.Ref) (text string, ok bool)
	// Left reports whether somebody chose to leave an entry as it is.
	Left(ref core.Ref) bool
}

// Verdict is what a check says: the text to store, in its stored form, and findings.
// One finding that is a fault keeps the entry out.
type Verdict struct {
	Text     string
	Findings []core.Finding
	Artifact *Artifact // the file that the entry names by address, where it was read
	Hints    int       // how many it would have looked for, had it been free to
}

// Check judges an entry. It is called in install order, and not for entries that
// stay as they are. Of the same entry it says the same whenever After and Hints say the
// same to it.
type Check func(Entry) Verdict

// MaxHints bounds the hints that cost time, of all entries of a plan together.
const MaxHints = 200

// New returns what importing next over current would do. A nil check accepts all. The
// entries of leave stay as they are, whatever the bundle says of them.
func New(mode Mode, current Snapshot, next *bundle.Bundle, check Check, leave ...core.Ref) *Plan {
	if check == nil {
		check = func(e Entry) Verdict { return Verdict{Text: e.Text} }
	}
	return NewSheet(mode, current, next, check, nil).Plan(leave...)
}

func keptNote(ref core.Ref) core.Finding {
	return core.Finding{
		Severity: core.Warn, Ref: ref, Offset: -1,
		Message: fmt.Sprintf("the %s %s is installed already and was kept; its text in the bundle differs", ref.Kind.Noun(), ref.Name),
		Hint:    "a full import replaces it",
	}
}
