package streamsql

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A hostile text is what begins it, what is repeated, and what ends it.
type hostile struct{ before, part, after string }

func (h hostile) text(size int) string {
	return h.before + strings.Repeat(h.part, (size-len(h.before)-len(h.after))/len(h.part)) + h.after
}

func (h hostile) String() string {
	return fmt.Sprintf("%.30q, then %.12q again and again, then %.12q", h.before, h.part, h.after)
}

// deepIN is as many nested lists as there may be, whose messages are put into one another.
var deepIN = "SELECT " + strings.Repeat("a IN (", MaxDepth-2)

// huge are refused early, or read as few words.
var huge = []hostile{
	// Nesting.
	{"SELECT ", "(", ""}, {"SELECT a", "[", ""}, {"SELECT ", "f(", ""}, {"SELECT ", "CASE ", ""}, {"SELECT ", "IN ", ""},
	{"SELECT ", "a IN (", ""}, {"SELECT ", "* REPLACE(", ""}, {"SELECT ", "a NOT IN a BETWEEN ", ""},
	{"CREATE STREAM d (a ", "ARRAY(", ""}, {"CREATE STREAM d (a ", "STRUCT(a ", ""},
	// One long token, closed or not.
	{"SELECT ", "a", " FROM d"}, {"SELECT ", "9", " FROM d"}, {"SELECT 9.", "9", " FROM d"}, {"SELECT ", "9.", " FROM d"},
	{"SELECT \"", "a", "\" FROM d"}, {"SELECT \"", "a", ""}, {"SELECT '", "a", "' FROM d"}, {"SELECT '", "\"", "' FROM d"},
	{"SELECT '", "\"", ""}, {"SELECT '", "\\", ""}, {"SELECT `", "a", "` FROM d"}, {"SELECT `", "a", ""}, {"SELECT '", "\xff", "' FROM d"},
	{"SELECT ", "\xff", " FROM d"}, {"SELECT ", "\n", "1 FROM d"}, {deepIN + "\"", "\x01", ""}, {deepIN, "z", "("},
	{"", "a", ""}, {"", "SELECT ", ""}, {"", "`", ""}, {"", "'", ""}, {"", "\"", ""}, {"", "\x00", ""},
	// Comments.
	{"", "-", ""}, {"", "- ", ""}, {"SELECT a", "--\n", " FROM d"}, {"SELECT a/*", "*", "*/ FROM d"}, {"SELECT a", "/**/", " FROM d"},
	{"SELECT a /*", "/", ""}, {"SELECT a[-", "/**/", "1] FROM d"}, {"SELECT a", "[-/*", ""},
	{"SELECT a LIKE '", "%", "' FROM d"}, {"SELECT a LIKE '", "(", "' FROM d"}, {"SELECT a LIKE '", "\\\\pL", "' FROM d"},
	{`CREATE STREAM d () WITH (EXTRA="`, "[", `")`}, {"CREATE STREAM d () WITH (", "a", ")"}, {"CREATE STREAM d (a ", "a", ") WITH ()"},
	{"CREATE ", "a", ""}, {"CREATE STREAM d (a STRING DEFAULT '", "a", "') WITH ()"}, {"CREATE STREAM d (a BIGINT DEFAULT ", "9", ") WITH ()"},
	{"SHOW ", "STREAMS", ""}, {"DROP STREAM d", " a", ""},
	// More words or operands than there may be.
	{"SELECT 1", "+1", " FROM d"}, {"SELECT a FROM ", "/", ""}, {"CREATE STREAM d () WITH (", ",", ")"},
}

// long have very many parts, and are read to their end.
var long = []hostile{
	{"SELECT a", "+a", " FROM d"}, {"SELECT 1", "+1", " FROM d"}, {"SELECT a", ".b", " FROM d"}, {"SELECT a", "[0]", " FROM d"},
	{"SELECT a", "[]", " FROM d"}, {"SELECT a", "!a", " FROM d"}, {"SELECT a", "*b->c", " FROM d"}, {"SELECT a", " OR a AND a", " FROM d"},
	{"SELECT a", " BETWEEN 1 AND 2", " FROM d"}, {"SELECT a", " IN a", " FROM d"}, {"SELECT a", "-/**/-1", " FROM d"},
	{"SELECT a", ",a", " FROM d"}, {"SELECT *", ",*", " FROM d"}, {"SELECT a", ",f()", " FROM d"}, {"SELECT f(a", ",a", ") FROM d"},
	{"SELECT concat('a'", ",'a'", ") FROM d"}, {"SELECT 1 IN (1", ",1", ") FROM d"}, {"SELECT * EXCEPT(", "a ", ") FROM d"},
	{"SELECT *", " EXCEPT(a)", " FROM d"}, {"SELECT CASE", " WHEN 1=1 THEN 1", " END FROM d"}, {"SELECT a FROM d GROUP BY a", ",a", ""},
	{"SELECT a FROM d ORDER BY ", "a ", ""}, {"SELECT a FROM ", "a/", ""}, {"SELECT a FROM ", "/", ""}, {"SELECT a FROM d", " CROSS JOIN a", ""},
	{"SELECT a FROM d GROUP BY count(a)", ",count(a)", ""}, {"SELECT unnest(a)", ",unnest(a)", " FROM d"},
	{"SELECT a", " LIKE '[^a](.*)x{9}'", " FROM d"}, {"SELECT a", " LIKE '%'", " FROM d"},
	{"CREATE STREAM d () WITH (", `KEY="a",`, ")"}, {"CREATE STREAM d (", "a BIGINT,", ") WITH ()"},
	{"CREATE STREAM d (", "a STRUCT(b BIGINT),", ") WITH ()"},
}

// TestHostile checks that no text of 16 MB takes more than some seconds, a gigabyte or the process,
// and a long one no more for each byte.
func TestHostile(t *testing.T) {
	skipQuick(t)
	for _, h := range huge {
		within(t, 30*time.Second, h.String(), func() { use(h.text(16 << 20)) })
	}
	for _, h := range long {
		within(t, 20*time.Second, h.String(), func() { use(h.text(256 << 10)) })
	}
}

// TestMillions checks that a million of anything is read, and what is beyond the limits refused.
func TestMillions(t *testing.T) {
	skipQuick(t)
	const million = 1_000_000
	for _, h := range []hostile{
		{"SELECT a", ",a", " FROM d"}, {"SELECT a", "+1", " FROM d"}, {"SELECT a FROM d ORDER BY ", "a ", ""},
		{"CREATE STREAM d () WITH (", `KEY="a",`, ")"}, {"CREATE STREAM d (", "a BIGINT,", ") WITH ()"},
	} {
		within(t, 60*time.Second, h.String(), func() {
			if n := use(h.before + strings.Repeat(h.part, million-1) + h.after); n == nil {
				t.Errorf("%v: a million of them are refused", h)
			}
		})
	}
	for text, want := range map[string]string{
		"SELECT a" + strings.Repeat(",a", MaxOperands):                    fmt.Sprintf("more than %d operands", MaxOperands),
		"CREATE STREAM d () WITH (" + strings.Repeat(",", MaxTokens):      fmt.Sprintf("longer than %d words", MaxTokens),
		"SELECT a LIKE '" + strings.Repeat(".", MaxPatterns+1) + "' FROM": fmt.Sprintf("patterns of LIKE longer than %d bytes", MaxPatterns),
	} {
		_, err := ParseSelect(text)
		if err == nil || err.Error() != want {
			t.Errorf("%.30q and so on: %v, want %s", text, err, want)
		}
	}
}

// TestChain checks that a chain of operators longer than any that is parsed does not exhaust the stack.
func TestChain(t *testing.T) {
	skipQuick(t)
	const terms = 5_000_000
	a := &Ref{Name: "a"}
	chain := make([]Binary, terms)
	var x Expr = a
	for i := range chain {
		chain[i] = Binary{Op: "+", X: x, Y: a}
		x = &chain[i]
	}
	s := &Select{Fields: []*Field{{Expr: x}}, Source: &Source{Name: "d"}}
	within(t, 60*time.Second, "a chain", func() {
		if n := len(Print(s)); n < 4*terms {
			t.Errorf("%d bytes are printed, want %d or more", n, 4*terms)
		}
		if found := append(CheckCalls(s, nil), Lint(strings.Repeat(" ", 10), s)...); len(found) > 0 {
			t.Errorf("findings: %v", found[0])
		}
	})
}

// skipQuick skips a test that reads many megabytes where that would take minutes.
func skipQuick(t *testing.T) {
	t.Helper()
	if testing.Short() || underRace {
		t.Skip("reads many megabytes")
	}
}

// within checks what a piece of work takes.
func within(t *testing.T, longest time.Duration, what string, work func()) {
	t.Helper()
	began := time.Now()
	work()
	if took := time.Since(began); took > longest {
		t.Errorf("%s: took %v", what, took)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if taken := m.Sys - m.HeapReleased; taken > 1<<30 {
		t.Errorf("%s: took %d MB", what, taken>>20)
	}
}

// use parses a text and does with the statement all that the package can do. It returns nil for a text that is refused.
func use(text string) Node {
	n, err := ParseStatement(text)
	if n == nil && err == nil {
		var s *Select
		if s, err = Check(text, func(string) bool { return true }); s != nil {
			n = s
		}
	}
	if err != nil || n == nil {
		return nil
	}
	CheckCalls(n, nil)
	Lint(text, n)
	Print(n)
	return n
}
