package views

import (
	"context"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/compare"
	"ekuiper-console/core/plan"
)

// tally is what the review says of a plan as a whole.
type tally struct {
	all      [plan.NumActions]int
	of       [core.NumKinds][plan.NumActions]int
	same     [core.NumKinds][]string // the first names of what stays as it is
	deleted  [core.NumKinds][]string // the first names of what goes
	rejected []plan.Refused
	warnings []core.Finding // the first of them
	warned   int            // how many there are
	takes    map[core.Ref]int
}

// Bounds of what a review lists beside its rows; the rest is behind a chip.
const (
	shownSame     = 12  // names of each section
	shownDeleted  = 200 // names of each section
	shownProblems = 50
)

// newTally looks at every step once.
func newTally(p *plan.Plan) (t tally) {
	t.takes = map[core.Ref]int{}
	for i := range p.Steps {
		s := &p.Steps[i]
		k := s.Ref.Kind
		t.all[s.Action]++
		t.of[k][s.Action]++
		t.name(s)
		t.listen(s)
	}
	return t
}

// name keeps the names of what stays and of what goes.
func (t *tally) name(s *plan.Step) {
	switch k := s.Ref.Kind; s.Action {
	case plan.Unchanged, plan.Kept:
		if len(t.same[k]) < shownSame {
			t.same[k] = append(t.same[k], s.Ref.Name)
		}
	case plan.Delete:
		t.deleted[k] = append(t.deleted[k], s.Ref.Name)
	}
}

// listen keeps what a step has to say.
func (t *tally) listen(s *plan.Step) {
	if s.Action == plan.Rejected {
		t.rejected = append(t.rejected, plan.Refused{Ref: s.Ref, Text: s.New, Findings: s.Findings})
		if c := s.Fault().Cause; c != nil {
			t.takes[*c]++
		}
	}
	for _, f := range s.Findings {
		if f.Severity == core.Warn {
			if t.warned++; len(t.warnings) < shownProblems {
				t.warnings = append(t.warnings, f)
			}
		}
	}
}

// unchanged counts the entries of a section that stay as they are.
func (t tally) unchanged(k core.Kind) int { return t.of[k][plan.Unchanged] + t.of[k][plan.Kept] }

// headSign is one count in the head of a section.
type headSign struct {
	glyph, class string
	word         Key
	n            int
}

// head returns what the head of a section counts, without zeros.
func (t tally) head(k core.Kind) []headSign {
	n := t.of[k]
	var signs []headSign
	for _, s := range []headSign{
		{"✕", "text-rejected", "head.rejected", n[plan.Rejected]}, {"+", "text-create", "head.create", n[plan.Create]},
		{"~", "text-replace", "head.replace", n[plan.Replace]}, {"−", "text-delete", "head.delete", n[plan.Delete]},
		{"=", "text-unchanged", "head.unchanged", t.unchanged(k)},
	} {
		if s.n > 0 {
			signs = append(signs, s)
		}
	}
	return signs
}

// maxSummary bounds the texts that are compared, or read, to say in a line what changes.
const maxSummary = 32 << 10

// what says in a line what a step changes.
func what(ctx context.Context, s *plan.Step) string {
	switch s.Action {
	case plan.Rejected:
		if words := plainly(ctx, s.Fault()); words != "" {
			return words
		}
		return firstLine(tm(ctx, masked(s.Fault().Message)))
	case plan.Replace:
		return whatDiffers(ctx, s)
	case plan.Kept:
		return t(ctx, "row.kept")
	case plan.LeftOut:
		return t(ctx, "row.left")
	case plan.Delete:
		return preview(s.Ref.Kind, s.Old)
	}
	return preview(s.Ref.Kind, s.New)
}

// firstLine returns the first line of a text.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// whatDiffers counts the lines that differ, of texts that are not too large for it.
func whatDiffers(ctx context.Context, s *plan.Step) string {
	if len(s.Old)+len(s.New) > maxSummary {
		return t(ctx, "row.large")
	}
	return countLines(ctx, compare.Rows(s.Ref.Kind, s.Old, s.New, 0))
}

// countLines counts the lines of a comparison that differ.
func countLines(ctx context.Context, rows []compare.Row) string {
	var n [5]int
	hidden := 0
	for _, r := range rows {
		n[r.Kind]++
		if r.Secret {
			hidden++
		}
	}
	var parts []string
	for _, c := range []struct {
		n    int
		text Key
	}{{n[compare.Changed] - hidden, "row.changed"}, {n[compare.Added], "row.added"}, {n[compare.Deleted], "row.removed"}, {hidden, "row.secret"}} {
		if c.n > 0 {
			parts = append(parts, tn(ctx, c.text, c.n))
		}
	}
	if len(parts) == 0 {
		return t(ctx, "row.form")
	}
	return listed(ctx, parts)
}
