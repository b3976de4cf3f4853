package transfer

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ekuiper-console/core"
)

// What is hashed of refs does not change, since a plan that somebody looked at is known by it.
func TestWriteRefs(t *testing.T) {
	names := []string{"a", "", "b c", `q"u`, `back\slash`, "é", "\x00", "\x7f", "\xff", "~", "a", strings.Repeat("x", 40<<10), "z"}
	var refs []core.Ref
	for _, name := range names {
		refs = append(refs, core.Ref{Kind: core.Rule, Name: name}, core.Ref{Kind: core.Upload, Name: name})
	}
	var got, want strings.Builder
	writeRefs(&got, refs)
	for _, ref := range slices.Compact(slices.SortedFunc(slices.Values(refs), core.Ref.Compare)) {
		fmt.Fprintf(&want, " %q", ref.String())
	}
	if got.String() != want.String() {
		t.Errorf("writeRefs wrote\n%s\nwant\n%s", got.String(), want.String())
	}
}
