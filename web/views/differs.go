package views

import (
	"context"
	"io"
	"slices"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/compare"
	"ekuiper-console/core/plan"
)

// DiffPage shows one entry of a review: why it is rejected, and what changes in its
// text. It lives at /ui/import/{id}/review/diff?ref=..., and rows of the review load what
// is within the element diff.
type DiffPage struct {
	Layout
	Draft    Draft
	Step     *plan.Step
	Disturbs plan.Disturbed // who uses what the step replaces or deletes
}

// shownUsers bounds the users that are named.
const shownUsers = 12

// users says who uses the entry.
func (p DiffPage) users(ctx context.Context) string {
	return usersText(ctx, p.Step.Action, p.Disturbs.Total)
}

// Render writes the page.
func (p DiffPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// around is how many lines are shown about a change.
const around = 3

// both reports whether there are two texts to compare.
func (p DiffPage) both() bool {
	return p.Step.Old != "" && p.Step.New != "" && p.Step.Old != p.Step.New
}

// rows compares the texts.
func (p DiffPage) rows() []compare.Row {
	return compare.Rows(p.Step.Ref.Kind, p.Step.Old, p.Step.New, around)
}

// same reports whether the texts mean the same though they differ.
func (p DiffPage) same() bool { return compare.Same(p.Step.Ref.Kind, p.Step.Old, p.Step.New) }

// failure returns the entry as what it is rejected for.
func (p DiffPage) failure() failure {
	return failure{Refused: plan.Refused{Ref: p.Step.Ref, Text: p.Step.New, Findings: p.Step.Findings}}
}

// shown reports whether an excerpt around a finding shows about all of the text.
func (p DiffPage) shown() bool {
	text := p.Step.New
	return slices.ContainsFunc(p.Step.Findings, func(f core.Finding) bool { return f.Line > 0 }) &&
		strings.Count(text, "\n") < 2*around && compare.Pretty(p.Step.Ref.Kind, text) == text
}

// shownText bounds the lines of a text that stands alone.
const shownText = 500

// text returns the one text there is, laid out for reading, and how many lines more.
func (p DiffPage) text() (lines []ExcerptLine, more int) {
	text := p.Step.New
	if text == "" {
		text = p.Step.Old
	}
	all := strings.Split(compare.Pretty(p.Step.Ref.Kind, text), "\n")
	for i, s := range first(all, shownText) {
		lines = append(lines, ExcerptLine{Number: i + 1, Spans: paint(s)})
	}
	return lines, len(all) - len(lines)
}
