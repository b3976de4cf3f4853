package compare

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"ekuiper-console/core/streamsql"
)

// createLines lays out CREATE STREAM or CREATE TABLE: a column or option a line, the
// options sorted. It returns nil for any other text.
func createLines(text string) []line {
	statement, err := streamsql.ParseStatement(text)
	create, ok := statement.(*streamsql.Create)
	if err != nil || !ok {
		return nil
	}
	// A statement of nothing but a name prints the beginning.
	bare := streamsql.Create{Table: create.Table, Name: create.Name}
	head, _ := strings.CutSuffix(streamsql.Print(&bare), ") WITH ()")
	var columns, options []string
	for _, c := range create.Fields {
		columns = append(columns, streamsql.Print(c))
	}
	given := slices.Clone(create.Options.Given)
	slices.SortStableFunc(given, func(a, b streamsql.Option) int { return cmp.Compare(a.Name, b.Name) })
	for _, o := range given {
		options = append(options, o.Name+"="+strconv.Quote(o.Value))
	}
	lines := append(inside(head, columns), inside(") WITH (", options)...)
	return split(append(lines, line{text: ")"}))
}

// inside returns a line that opens brackets, and a line for each item in them.
func inside(open string, items []string) []line {
	lines := []line{{text: open}}
	for i, item := range items {
		lines = append(lines, line{text: "  " + item, tail: comma(i, len(items))})
	}
	return lines
}

// comma returns what stands behind the item i of n.
func comma(i, n int) string {
	if i+1 < n {
		return ","
	}
	return ""
}

// selectLines lays out a SELECT: a field or clause a line. It returns nil for any other
// text.
func selectLines(text string) []line {
	s, err := streamsql.ParseSelect(text)
	if err != nil || s == nil {
		return nil
	}
	var lines []line
	add := func(words ...string) { lines = append(lines, line{text: strings.Join(words, " ")}) }
	head := "SELECT "
	for i, f := range s.Fields {
		lines = append(lines, line{text: head + streamsql.Print(f), tail: comma(i, len(s.Fields))})
		head = strings.Repeat(" ", len(head))
	}
	add("FROM", streamsql.Print(s.Source))
	for _, j := range s.Joins {
		add(streamsql.Print(j))
	}
	if s.Where != nil {
		add("WHERE", streamsql.Print(s.Where))
	}
	if s.GroupBy != nil {
		add("GROUP BY", list(s.GroupBy))
	}
	if s.Having != nil {
		add("HAVING", streamsql.Print(s.Having))
	}
	if len(s.OrderBy) > 0 {
		add("ORDER BY", list(s.OrderBy))
	}
	if s.Limit != nil {
		add("LIMIT", streamsql.Print(s.Limit))
	}
	if s.Terminated {
		lines[len(lines)-1].text += ";"
	}
	return split(lines)
}

// list prints nodes with commas between them.
func list[N streamsql.Node](nodes []N) string {
	words := make([]string, len(nodes))
	for i, n := range nodes {
		words[i] = streamsql.Print(n)
	}
	return strings.Join(words, ", ")
}

// split breaks lines where a name has a line break in it.
func split(lines []line) []line {
	whole := !slices.ContainsFunc(lines, func(l line) bool { return strings.Contains(l.text, "\n") })
	if whole {
		return lines
	}
	var parts []line
	for _, l := range lines {
		for s := range strings.SplitSeq(l.text, "\n") {
			parts = append(parts, line{text: s})
		}
		parts[len(parts)-1].tail = l.tail
	}
	return parts
}
