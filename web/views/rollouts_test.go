package views

import (
	"strings"
	"testing"

	"ekuiper-console/core/rollout"
)

// TestReturnStarts finds in the form where the number of nodes is typed no button but the
// one that starts: the return key presses the first.
func TestReturnStarts(t *testing.T) {
	p := rolloutBoard(signedIn, rollout.Planned)
	p.Deletes = true
	page, _ := render(t, p)
	at := strings.Index(page, `id="confirm"`)
	begin, end := strings.LastIndex(page[:max(at, 0)], "<form"), strings.Index(page, `value="start"`)
	if at < 0 || end < at || strings.Count(page[begin:end], "<button") != 1 {
		t.Errorf("the form of the confirmation is %s", page[max(begin, 0):max(end, begin, 0)])
	}
}
