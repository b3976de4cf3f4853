package drawing

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/deps"
	"ekuiper-console/core/resource"
)

// kinds are the letters of the notation.
var kinds = map[byte]core.Kind{
	'r': core.Rule, 's': core.Stream, 't': core.Table, 'c': core.SourceConfig, 'k': core.SinkConfig, 'n': core.Connection,
	'f': core.Script, 'u': core.Upload,
}

// whys are the reasons to need what a letter stands for.
var whys = map[byte]resource.Why{
	'r': resource.Fed, 's': resource.ReadsFrom, 't': resource.ReadsFrom, 'c': resource.SourceKey, 'k': resource.SinkKey, 'n': resource.Connects,
	'f': resource.Calls, 'u': resource.Mentions,
}

func part(word string) deps.Part {
	return deps.Part{Ref: core.Ref{Kind: kinds[word[0]], Name: word}}
}

// set reads links of the form "r1>s1", with a ? before what is missing, as in "r1>?s1".
// Parts that nothing leads to are those that were asked for.
func set(text string) *deps.Set {
	s := &deps.Set{}
	seen := map[string]bool{}
	add := func(word string, item deps.Item) {
		if !seen[word] {
			seen[word] = true
			item.Part = part(word)
			s.Items = append(s.Items, item)
		}
	}
	for _, field := range strings.Fields(text) {
		from, to, linked := strings.Cut(field, ">")
		add(from, deps.Item{})
		if !linked {
			continue
		}
		name, gone := strings.CutPrefix(to, "?")
		l := deps.Link{Need: resource.Need{Why: whys[name[0]], Name: name}, From: part(from)}
		if !gone {
			l.To = part(to)
			add(to, deps.Item{Why: l.Why, From: l.From})
		}
		s.Links = append(s.Links, l)
	}
	return s
}

// name is what a node is called in the notation.
func name(n Node) string {
	if n.Gone {
		return "?" + n.Need.Name
	}
	return n.Part.Ref.Name
}

// rows prints a drawing row by row, with a - where a line runs through.
func rows(d *Drawing) string {
	grid := make([][]string, d.Rows)
	for i := range grid {
		grid[i] = slices.Repeat([]string{"."}, len(d.Columns))
	}
	for _, e := range d.Edges {
		for i, row := range e.Through {
			grid[row][d.Nodes[e.From].Column+1+i] = "-"
		}
	}
	for _, n := range d.Nodes {
		grid[n.Row][n.Column] = name(n)
	}
	var out []string
	for _, row := range grid {
		out = append(out, strings.Join(row, " "))
	}
	return strings.Join(out, "; ")
}

func TestRows(t *testing.T) {
	tests := []struct{ name, set, want string }{
		{"nothing", "", ""},
		{"one rule", "r1", "r1"},
		{"a straight chain", "r1>s1 s1>c1 c1>u1", "r1 s1 c1 u1"},
		{"crossed lines are untangled", "r1>s2 r2>s1 s1>c2 s2>c1", "r1 s2 c1; r2 s1 c2"},
		{"a part that two need stands between them", "r1>s1 r2>s2 r3>s1", "r1 .; r3 s1; r2 s2"},
		{"a long line runs in a row of its own", "r1>s1 s1>c1 r1>f1", ". s1 c1 .; r1 - - f1"},
		{"long lines to one end run together", "r1>s1 r2>s2 r1>f1 r2>f1 s1>f1 s1>c1", ". s1 c1 .; r1 - - f1; r2 s2 . ."},
		{"what is missing is there", "r1>s1 r2>?s2 s1>c1", "r1 s1 c1; r2 ?s2 ."},
		{"a line to the left", "r1>s1 s1>r2 r2>s2", "r1 s1; r2 s2"},
		{"three rules of a plant", "r1>s1 r1>k1 r1>f1 s1>c1 r2>s2 s2>c2 r2>t1 t1>u1 r2>n1 r3>?s3",
			". s1 c1 .; r1 - k1 .; . - - f1; . s2 c2 .; r2 t1 - u1; . - n1 .; r3 ?s3 . ."},
		{"groups that are not there take no column", "r1>f1", "r1 f1"},
	}
	for _, tt := range tests {
		if got := rows(New(set(tt.set))); got != tt.want {
			t.Errorf("%s: New(%s)\n got %s\nwant %s", tt.name, tt.set, got, tt.want)
		}
	}
}

func edges(d *Drawing) string {
	var out []string
	for _, e := range d.Edges {
		out = append(out, fmt.Sprintf("%s>%s %v", name(d.Nodes[e.From]), name(d.Nodes[e.To]), e.Whys))
	}
	return strings.Join(out, "; ")
}

func TestEdges(t *testing.T) {
	s := set("r1>s1 s1>u1 r1>u1 c1>n1 s1>c1 r1>?f1")
	s.Links = append(s.Links,
		deps.Link{Need: resource.Need{Why: resource.Calls, Name: "u1"}, From: part("r1"), To: part("u1")},
		deps.Link{Need: resource.Need{Why: resource.Mentions, Name: "x/u1"}, From: part("r1"), To: part("u1")},
		deps.Link{Need: resource.Need{Why: resource.Fed}, From: part("r1"), To: part("r1")},
		deps.Link{Need: resource.Need{Why: resource.Calls, Name: "u9"}, From: part("r1"), To: part("u9")})
	d := New(s)
	want := "r1>s1 [reads]; r1>u1 [calls mentions]; r1>?f1 [calls]; s1>c1 [source-key]; s1>u1 [mentions]; c1>n1 [connects]"
	if got := sorted(edges(d)); got != sorted(want) {
		t.Errorf("Edges\n got %s\nwant %s", got, sorted(want))
	}
	for _, e := range d.Edges {
		if name(d.Nodes[e.To]) == "u1" && name(d.Nodes[e.From]) == "r1" && e.Count != 3 {
			t.Errorf("r1>u1 stands for %d needs", e.Count)
		}
	}
}

func sorted(list string) string {
	all := strings.Split(list, "; ")
	slices.Sort(all)
	return strings.Join(all, "; ")
}

func TestNodes(t *testing.T) {
	d := New(set("r1>s1 s1>?c1"))
	want := []Node{
		{Part: part("r1"), Kind: core.Rule, Picked: true, Count: 1},
		{Part: part("s1"), Kind: core.Stream, Count: 1, Column: 1},
		{Need: resource.Need{Why: resource.SourceKey, Name: "c1"}, Kind: core.SourceConfig, Gone: true, Count: 1, Column: 2},
	}
	if !reflect.DeepEqual(d.Nodes, want) || !slices.Equal(d.Columns, []Group{Rules, Sources, Configs}) {
		t.Errorf("Nodes\n got %+v in %v\nwant %+v", d.Nodes, d.Columns, want)
	}
}

func TestSummary(t *testing.T) {
	var text strings.Builder
	for i := range 150 {
		fmt.Fprintf(&text, "r%d>s%d r%d>f1 s%d>?c%d ", i, i/2, i, i/2, i%3)
	}
	text.WriteString("s1>r1000 r1000>s1 r1000>r1001")
	d := New(set(text.String()))
	var got []string
	for _, n := range d.Nodes {
		got = append(got, fmt.Sprintf("%d %s picked=%v gone=%v", n.Count, n.Kind, n.Picked, n.Gone))
	}
	for _, e := range d.Edges {
		got = append(got, fmt.Sprintf("%s>%s %d %v", d.Nodes[e.From].Kind, d.Nodes[e.To].Kind, e.Count, e.Whys))
	}
	slices.Sort(got)
	want := []string{
		"1 scripts picked=false gone=false", "150 rules picked=true gone=false", "2 rules picked=false gone=false", "3 sourceConfig picked=false gone=true",
		"75 streams picked=false gone=false", "rules>scripts 150 [calls]", "rules>streams 1 [reads]", "rules>streams 150 [reads]",
		"streams>rules 1 [fed]", "streams>sourceConfig 150 [source-key]",
	}
	if !d.Summary || !slices.Equal(got, want) {
		t.Errorf("Summary is %v\n got %q\nwant %q", d.Summary, got, want)
	}
}

func TestMostIsDrawnWhole(t *testing.T) {
	for n, summary := range map[int]bool{Most: false, Most + 1: true} {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, "r%d ", i)
		}
		if d := New(set(text.String())); d.Summary != summary {
			t.Errorf("New(%d parts).Summary = %v", n, d.Summary)
		}
	}
}

func TestEveryWhyHasAKind(t *testing.T) {
	for _, why := range []resource.Why{resource.ReadsFrom, resource.SourceType, resource.SinkType, resource.Calls, resource.SourceKey,
		resource.SinkKey, resource.Connects, resource.Decodes, resource.Mentions, resource.Fed} {
		if _, ok := kindOf[why]; !ok {
			t.Errorf("kindOf has no %s", why)
		}
	}
}

// TestRandom draws random sets and looks for places taken twice and lines that lead astray.
func TestRandom(t *testing.T) {
	const letters = "rrstcknfu"
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 2))
		var text strings.Builder
		for range r.IntN(120) {
			gone := ""
			if r.IntN(8) == 0 {
				gone = "?"
			}
			fmt.Fprintf(&text, "%c%d>%s%c%d ", letters[r.IntN(len(letters))], r.IntN(9), gone, letters[r.IntN(len(letters))], r.IntN(9))
		}
		d := New(set(text.String()))
		if again := New(set(text.String())); !reflect.DeepEqual(d, again) {
			t.Fatalf("seed %d: two drawings differ", seed)
		}
		if fault := judge(d); fault != "" {
			t.Fatalf("seed %d: %s\n%s", seed, fault, text.String())
		}
	}
}

// judge returns what is wrong with a drawing.
func judge(d *Drawing) string {
	type place struct{ column, row int }
	taken := map[place]int{} // by the node that is there, or that the line there leads to
	take := func(p place, node int, line bool) string {
		if other, ok := taken[p]; ok && (other != node || !line) {
			return fmt.Sprintf("nodes %d and %d are both at %v", node, other, p)
		}
		if p.row < 0 || p.row >= d.Rows || p.column < 0 || p.column >= len(d.Columns) {
			return fmt.Sprintf("node %d is outside at %v", node, p)
		}
		taken[p] = node
		return ""
	}
	for i, n := range d.Nodes {
		if d.Columns[n.Column] != groupOf[n.Kind] {
			return fmt.Sprintf("a node of %s is in column %d", n.Kind, n.Column)
		}
		if fault := take(place{n.Column, n.Row}, i, false); fault != "" {
			return fault
		}
	}
	for _, e := range d.Edges {
		from, to := d.Nodes[e.From].Column, d.Nodes[e.To].Column
		if len(e.Through) != max(to-from-1, 0) {
			return fmt.Sprintf("an edge from column %d to %d runs through %v", from, to, e.Through)
		}
		for i, row := range e.Through {
			if fault := take(place{from + 1 + i, row}, e.To, true); fault != "" {
				return fault
			}
		}
	}
	return ""
}

func TestSpread(t *testing.T) {
	tests := []struct {
		wishes []float64
		want   []int
	}{
		{nil, []int{}},
		{[]float64{3}, []int{3}},
		{[]float64{0, 2, 5}, []int{0, 2, 5}},
		{[]float64{1, 1, 1}, []int{0, 1, 2}},
		{[]float64{0, 4, 4, 4, 9}, []int{0, 3, 4, 5, 9}},
	}
	for _, tt := range tests {
		weights := slices.Repeat([]float64{1}, len(tt.wishes))
		if got := spread(tt.wishes, weights); !slices.Equal(got, tt.want) {
			t.Errorf("spread(%v) = %v, want %v", tt.wishes, got, tt.want)
		}
	}
}

// TestSettleShortens holds the length of all lines against that of parts put down in
// the order in which they came.
func TestSettleShortens(t *testing.T) {
	longer := 0
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 3))
		var text strings.Builder
		for i := range 20 {
			fmt.Fprintf(&text, "r%d>s%d s%d>c%d r%d>f%d ", i, r.IntN(12), r.IntN(12), r.IntN(6), i, r.IntN(3))
		}
		d := New(set(text.String()))
		counts, plain := make([]int, len(d.Columns)), map[string]int{}
		for _, item := range set(text.String()).Items {
			column := slices.Index(d.Columns, groupOf[item.Ref.Kind])
			plain[item.Ref.Name] = counts[column]
			counts[column]++
		}
		before, after := 0.0, 0.0
		for _, e := range d.Edges {
			from, to := d.Nodes[e.From], d.Nodes[e.To]
			before += math.Abs(float64(plain[name(from)] - plain[name(to)]))
			after += math.Abs(float64(from.Row - to.Row))
		}
		if after >= before {
			longer++
		}
	}
	if longer > 0 {
		t.Errorf("%d drawings are not shorter than their list", longer)
	}
}

func BenchmarkNew(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	var text strings.Builder
	for i := range 80 {
		fmt.Fprintf(&text, "r%d>s%d s%d>c%d r%d>f%d ", i, r.IntN(70), r.IntN(70), r.IntN(20), i, r.IntN(20))
	}
	s := set(text.String())
	for b.Loop() {
		New(s)
	}
}
