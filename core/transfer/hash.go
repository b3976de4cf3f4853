package transfer

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// planHash returns the identity of all that a plan is made from.
func planHash(req Request, doc document, base plan.State) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %q %d %q %d", base.Revision, base.Hash, req.Mode, doc.sum, req.Restores)
	writeRefs(h, req.Leave)
	for _, address := range slices.Sorted(maps.Keys(req.Files)) {
		fmt.Fprintf(h, " %q=%s", address, req.Files[address])
	}
	writeVariables(h, req.Variables)
	if req.unread {
		fmt.Fprint(h, " unread")
	}
	return hex.EncodeToString(h.Sum(nil))
}

// writeRefs writes refs, sorted, each once and quoted. There may be very many of them, which
// most often are sorted already.
func writeRefs(w io.Writer, refs []core.Ref) {
	if !slices.IsSortedFunc(refs, core.Ref.Compare) {
		refs = slices.SortedFunc(slices.Values(refs), core.Ref.Compare)
	}
	var text []byte
	for i, ref := range refs {
		if i > 0 && ref == refs[i-1] {
			continue
		}
		text = appendQuoted(append(text, ' '), ref)
		if len(text) > 32<<10 {
			w.Write(text)
			text = text[:0]
		}
	}
	w.Write(text)
}

// appendQuoted appends a ref in quotes as strconv.AppendQuote does, which takes its time
// over names that need no care.
func appendQuoted(text []byte, ref core.Ref) []byte {
	for i := range len(ref.Name) {
		if c := ref.Name[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return strconv.AppendQuote(text, ref.String())
		}
	}
	text = append(append(text, '"'), ref.Kind.Key()...)
	return append(append(append(text, '/'), ref.Name...), '"')
}
