package bundle

import (
	"ekuiper-console/core"
	"ekuiper-console/core/jsonscan"
)

// Index tells where in a document its entries stand.
type Index struct {
	data   []byte
	values map[core.Ref]int // where the value of the entry begins
}

// NewIndex reads the places of the entries of a document that Decode accepts. Of a
// document that it refuses the index is empty.
func NewIndex(data []byte) *Index {
	x := &Index{data: data, values: map[core.Ref]int{}}
	w := newWalker(data)
	if w.validate(nil) != nil {
		return x
	}
	err := w.entries(func(ref core.Ref) error {
		x.values[ref] = w.Pos
		w.Skip()
		return nil
	}, func(string) {})
	if err != nil {
		clear(x.values)
	}
	return x
}

// Position returns the line and column, in the document, of a byte offset in the
// text of an entry; of the entry's value where the offset is negative. It returns
// zeros for an entry that is not in the document.
func (x *Index) Position(ref core.Ref, offset int) (line, column int) {
	at, ok := x.values[ref]
	if !ok {
		return 0, 0
	}
	if offset >= 0 && x.data[at] == '"' {
		at = jsonscan.Inside(x.data, at, offset)
	}
	return core.Position(string(x.data[:at]), at)
}
