package compare

import (
	"fmt"
	"strings"
	"unicode"

	"ekuiper-console/core"
)

// hunkContext is how many lines stand around a change.
const hunkContext = 3

// secretNote stands behind a line in which nothing but a secret is new.
const secretNote = "  (changed)"

// Unified compares two texts of an entry for a terminal, in the form of a unified diff
// without the names of files. A new secret has a note behind its line. Characters that
// would steer a terminal are replaced. Texts that mean the same give an empty text.
func Unified(kind core.Kind, old, new string) string {
	var b strings.Builder
	var hunk []Row
	for _, row := range append(Rows(kind, old, new, hunkContext), Row{Kind: Fold}) {
		if row.Kind != Fold {
			hunk = append(hunk, row)
			continue
		}
		writeHunk(&b, hunk)
		hunk = hunk[:0]
	}
	return b.String()
}

// writeHunk writes rows with their places, the old lines of a change before the new.
func writeHunk(b *strings.Builder, rows []Row) {
	var body, added strings.Builder
	var old, new extent
	changed := false
	for _, row := range rows {
		old.count(row.Old)
		new.count(row.New)
		if row.Kind == Context {
			body.WriteString(added.String())
			added.Reset()
			fmt.Fprintf(&body, " %s\n", plain(row.New))
			continue
		}
		changed = true
		if row.Old.Number > 0 {
			fmt.Fprintf(&body, "-%s\n", plain(row.Old))
		}
		if row.New.Number > 0 {
			note := ""
			if row.Secret {
				note = secretNote
			}
			fmt.Fprintf(&added, "+%s%s\n", plain(row.New), note)
		}
	}
	if changed {
		fmt.Fprintf(b, "@@ -%v +%v @@\n%s%s", old, new, body.String(), added.String())
	}
}

// extent is the lines of one side that a hunk has.
type extent struct{ first, lines int }

func (e *extent) count(l Line) {
	if l.Number == 0 {
		return
	}
	if e.lines == 0 {
		e.first = l.Number
	}
	e.lines++
}

// String returns the extent as it stands in the head of a hunk.
func (e extent) String() string { return fmt.Sprintf("%d,%d", e.first, e.lines) }

// plain returns a line without characters that steer a terminal.
func plain(l Line) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, l.Text())
}
