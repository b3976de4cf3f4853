package resource

import (
	"strconv"
	"strings"
	"testing"
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
