package compare

import (
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/secret"
)

// RowKind is what a row tells.
type RowKind uint8

// The kinds of rows.
const (
	Context RowKind = iota // both sides mean the same
	Changed                // the sides differ
	Added                  // there is only a new side
	Deleted                // there is only an old side
	Fold                   // lines that mean the same are left out
)

// Row is a line of a comparison, the old text on one side and the new one on the other.
type Row struct {
	Kind   RowKind
	Old    Line
	New    Line
	Secret bool // nothing but a secret has changed, and both sides show the same
	Folded int  // of a Fold, how many lines it stands for
}

// Line is one side of a row. The number counts from 1 and is 0 where there is no line.
type Line struct {
	Number int
	Spans  []Span
}

// Text returns the whole line.
func (l Line) Text() string {
	var b strings.Builder
	for _, s := range l.Spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Span is a piece of a line.
type Span struct {
	Text    string
	Changed bool // the other side has something else here
}

// Rows compares two texts of an entry side by side, laid out as by Pretty. As many lines
// as around says are shown before and after each change, and all of them where it is
// negative; the rest is folded. Texts that mean the same have no row but context and
// folds. An empty text has no lines.
//
// Between lines that both texts have only once about a hundred differences are found
// one by one; beyond, all between them counts as changed. Words are marked in lines of
// up to 8 KB and in the first megabyte of changed lines; elsewhere all from the first to
// the last difference of a line is marked.
func Rows(kind core.Kind, old, new string, around int) []Row {
	a, b := lay(kind, old), lay(kind, new)
	pairs := align(a, b)
	shown := visible(pairs, around)
	var rows []Row
	var words marker
	for i := 0; i < len(pairs); {
		hidden := i
		for hidden < len(pairs) && !shown[hidden] {
			hidden++
		}
		if hidden > i {
			rows = append(rows, Row{Kind: Fold, Folded: hidden - i})
			i = hidden
			continue
		}
		rows = append(rows, draw(pairs[i], a, b, &words))
		i++
	}
	return rows
}

// visible tells which pairs are shown. No fold stands for a single line.
func visible(pairs []pair, around int) []bool {
	shown := make([]bool, len(pairs))
	last := -1 // the last pair that is shown
	for i, p := range pairs {
		if around >= 0 && p.kind == Context {
			continue
		}
		from := max(0, i-max(around, 0))
		if from-last == 2 {
			from--
		}
		for j := max(from, last+1); j < min(i+max(around, 0)+1, len(pairs)); j++ {
			shown[j] = true
			last = j
		}
	}
	if n := len(pairs); last == n-2 {
		shown[n-1] = true
	}
	return shown
}

// draw makes the row of a pair.
func draw(p pair, a, b []line, words *marker) Row {
	row := Row{Kind: p.kind}
	var old, new line
	if p.kind != Added {
		old = a[p.old]
		row.Old = Line{p.old + 1, []Span{{Text: old.text + old.tail}}}
	}
	if p.kind != Deleted {
		new = b[p.new]
		row.New = Line{p.new + 1, []Span{{Text: new.text + new.tail}}}
	}
	if p.kind != Changed {
		return row
	}
	if row.Secret = old.text == new.text; row.Secret {
		row.Old.Spans, row.New.Spans = dotted(old.text), dotted(new.text)
	} else {
		row.Old.Spans, row.New.Spans = words.mark(old.text, new.text)
	}
	row.Old.Spans = appendSpan(row.Old.Spans, old.tail, false)
	row.New.Spans = appendSpan(row.New.Spans, new.tail, false)
	return row
}

// dotted marks the dots of a line.
func dotted(text string) []Span {
	var spans []Span
	for i, s := range strings.Split(text, secret.Dots) {
		if i > 0 {
			spans = appendSpan(spans, secret.Dots, true)
		}
		spans = appendSpan(spans, s, false)
	}
	return spans
}
