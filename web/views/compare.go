package views

import (
	"context"
	"errors"
	"io"
	"strconv"

	"github.com/a-h/templ"

	"ekuiper-console/core/compare"
)

// shownRows bounds the rows that one comparison shows.
const shownRows = 2000

// compareClasses are how the style sheet calls the kinds of rows.
var compareClasses = map[compare.RowKind]string{
	compare.Context: "ctx", compare.Changed: "chg", compare.Added: "add", compare.Deleted: "del",
}

// lineNumber writes the number of a line; nothing where there is no line.
func lineNumber(l compare.Line) string {
	if l.Number == 0 {
		return ""
	}
	return strconv.Itoa(l.Number)
}

// marked draws a line in colours. What differs from the other side stands in an
// element, with a note at its end.
func marked(l compare.Line, element, note string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		colours := paint(l.Text())
		for _, s := range l.Spans {
			before, after := "", ""
			if s.Changed {
				before, after = "<"+element+">", templ.EscapeString(note)+"</"+element+">"
			}
			var piece []Span
			piece, colours = cutSpans(colours, len(s.Text))
			if err := errors.Join(templ.Raw(before).Render(ctx, w), spans(piece).Render(ctx, w), templ.Raw(after).Render(ctx, w)); err != nil {
				return err
			}
		}
		return nil
	})
}

// cutSpans cuts the first n bytes off a line.
func cutSpans(line []Span, n int) (before, after []Span) {
	for i, s := range line {
		if n < len(s.Text) {
			if n > 0 {
				before = append(before, Span{s.Class, s.Text[:n]})
			}
			return before, append([]Span{{s.Class, s.Text[n:]}}, line[i+1:]...)
		}
		before = append(before, s)
		n -= len(s.Text)
	}
	return before, nil
}
