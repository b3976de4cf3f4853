package compare

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
)

// bigRule returns a rule of about so many bytes, whose actions differ in every nth place.
func bigRule(size, nth int, other string) string {
	var b strings.Builder
	b.WriteString(`{"id":"r","sql":"SELECT a FROM d","actions":[`)
	for i := 0; b.Len() < size; i++ {
		value := "x"
		if i%nth == 0 {
			value = other
		}
		fmt.Fprintf(&b, `{"mqtt":{"server":"tcp://u:p@host%d:1883","topic":"%s","password":"p%d","qos":1}},`, i, value, i)
	}
	return b.String() + `{"log":{}}]}`
}

func BenchmarkRows(b *testing.B) {
	old, new := bigRule(100<<10, 50, "y"), bigRule(100<<10, 50, "z")
	b.SetBytes(int64(len(old) + len(new)))
	for b.Loop() {
		Rows(core.Rule, old, new, 3)
	}
}

func BenchmarkPretty(b *testing.B) {
	text := bigRule(100<<10, 50, "y")
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Pretty(core.Rule, text)
	}
}

// TestHuge compares texts for which a search without bounds would take hours.
func TestHuge(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long with the race detector, and nothing in it runs at once")
	}
	random := rand.New(rand.NewPCG(1, 2))
	lines := func(n, different int) string {
		var b strings.Builder
		for range n {
			fmt.Fprintf(&b, "%d\n", random.IntN(different))
		}
		return b.String()
	}
	few := strings.Split(lines(100000, 1<<30), "\n")
	some := make([]string, len(few))
	for i, s := range few {
		if some[i] = s; i%10 == 0 {
			some[i] += "x"
		}
	}
	cases := []struct {
		name     string
		old, new string
	}{
		{"nothing alike", lines(100000, 1<<30), lines(100000, 1<<30)},
		{"two lines in any order", lines(100000, 2), lines(100000, 2)},
		{"many lines in any order", lines(100000, 1000), lines(100000, 1000)},
		{"every tenth line", strings.Join(few, "\n"), strings.Join(some, "\n")},
		{"one long line", strings.Repeat("a b ", 1<<20), strings.Repeat("a c ", 1<<20)},
		{"a large rule", bigRule(1<<20, 3, "y"), bigRule(1<<20, 2, "z")},
		{"deep", strings.Repeat("[", 9000) + strings.Repeat("]", 9000), strings.Repeat("[", 8000) + strings.Repeat("]", 8000)},
		{"a long list", "[" + strings.Repeat("1,", 1<<17) + "1]", "[" + strings.Repeat("2,", 1<<17) + "2]"},
	}
	for _, c := range cases {
		began := time.Now()
		rows := Rows(core.Rule, c.old, c.new, 3)
		took := time.Since(began)
		t.Logf("%s: %d rows in %v", c.name, len(rows), took)
		if took > 30*time.Second { // a second or two, on a machine that has nothing else to do
			t.Errorf("comparing %s took %v", c.name, took)
		}
	}
}
