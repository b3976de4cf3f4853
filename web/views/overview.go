package views

import (
	"context"
	"io"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/deps"
	"ekuiper-console/core/node"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/task"
)

// OverviewPage is the node at first sight. It lives at /ui/, loads itself again while
// something is under way, and posts to /ui/import with sample=1 and, to undo the last
// import, to /ui/history/{base}/restore.
type OverviewPage struct {
	Layout
	Runs    node.Runs // what the node said of its rules; of the embedded one it says nothing
	Counts  [core.NumKinds]int
	Lacking [core.NumKinds]int // missing references, by the kind of who needs them
	Running []task.Task
	Recent  []Entered      // the newest revision first
	Report  *bundle.Bundle // the errors of the last import

	Broken  []deps.Gap // the first missing references
	Gaps    int        // how many there are in all
	Pending bool       // they are still being looked for
}

// Entered is a revision with the name of what was imported.
type Entered struct {
	plan.Revision
	Name string // empty where it is not known
}

// shownErrors bounds the errors of the last import that the overview lists.
const shownErrors = 5

// Render writes the page.
func (p OverviewPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// entries returns how many there are in all.
func (p OverviewPage) entries() int {
	n := 0
	for _, c := range p.Counts {
		n += c
	}
	return n
}

// unsettled reports whether the page will soon say something else.
func (p OverviewPage) unsettled() bool { return p.Pending || len(p.Running) > 0 }

// frame tells the layout the title, and to load the page again while it is unsettled.
func (p OverviewPage) frame(ctx context.Context) frame {
	f := frame{title: t(ctx, "overview.title"), active: "overview"}
	if p.unsettled() {
		f.refresh = 3
	}
	return f
}

// told is an error of the last import.
type told struct {
	ref     core.Ref
	message string
}

// told returns the first errors of the last import.
func (p OverviewPage) told() []told {
	var all []told
	for ref, message := range p.Report.All() {
		if len(all) == shownErrors {
			break
		}
		all = append(all, told{ref, message})
	}
	return all
}

// undoable returns the revision that undoing the last one brings back, if there is one.
func (p OverviewPage) undoable() (base int64, ok bool) {
	if !p.mayImport() || len(p.Recent) == 0 {
		return 0, false
	}
	return p.Recent[0].Number - 1, true
}

// curl is the command that imports from a shell.
func (p OverviewPage) curl() string { return ImportPage{Layout: p.Layout}.curl() }
