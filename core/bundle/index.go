package bundle

import "ekuiper-console/core"

// Index tells where in a document its entries stand.
type Index struct {
	data   []byte
	values map[core.Ref]int // where the value of the entry begins
}

// NewIndex reads the places of the entries of a document that Decode accepts. Of a
// document that it refuses the index is empty.
func NewIndex(data []byte) *Index {
	x := &Index{data: data, values: map[core.Ref]int{}}
	s := newScanner(data)
	if s.validate() != nil {
		return x
	}
	_ = s.document(func(_ string, kind core.Kind, known bool) error {
		if !known {
			s.skip()
			return nil
		}
		return s.section(kind, func(name string) error {
			x.values[core.Ref{Kind: kind, Name: name}] = s.pos
			s.skip()
			return nil
		})
	})
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
		s := scanner{data: x.data, pos: at}
		_, read := unescape(s.quoted(), offset)
		at += 1 + read
	}
	return core.Position(string(x.data[:at]), at)
}
