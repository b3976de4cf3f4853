package resource

import (
	"strconv"
	"strings"
	"testing"

	"ekuiper-console/core"
)

// TestMemo works out what it does not know, and no more than that.
func TestMemo(t *testing.T) {
	var (
		m      memo[string]
		worked int
	)
	of := func(text string) {
		t.Helper()
		if got := m.of(text, func(s string) string { worked++; return "of " + s }); got != "of "+text {
			t.Fatalf("%.20q gives %.20q", text, got)
		}
	}
	for range 3 {
		of("a")
		of("b")
	}
	if worked != 2 {
		t.Errorf("worked %d times on two texts", worked)
	}
	long := strings.Repeat("x", memoText+1)
	of(long)
	of(long)
	if worked != 4 {
		t.Errorf("worked %d times, not twice more on a text that is too long to be kept", worked)
	}
	for n := range 3 * memoTexts {
		of(strconv.Itoa(n))
	}
	if len(m.kept) > memoTexts {
		t.Errorf("%d texts are kept", len(m.kept))
	}
}

// TestRepeats: what is remembered is what would be found anew.
func TestRepeats(t *testing.T) {
	var m Repeats
	for _, text := range []string{plant, `{"id":"r","sql":"SELECT * FROM s","actions":[{"mqtt":{"server":"tcp://x:1","topic":"t","dataTemplate":"{{.a"}}],"options":{"qos":"x"}}`} {
		ref := core.Ref{Kind: core.Rule, Name: "r"}
		_, want := Decode(ref, text)
		for range 2 {
			if _, got := m.Decode(ref, text); told(got) != told(want) {
				t.Errorf("%s: told %s, want %s", text, told(got), told(want))
			}
		}
	}
	if got, want := m.wrongTemplate("{{.a"), wrongTemplate("{{.a"); got != want || got == "" {
		t.Errorf("told %q, want %q", got, want)
	}
}
