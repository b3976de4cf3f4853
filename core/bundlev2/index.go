package bundlev2

import (
	"go.yaml.in/yaml/v4"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
)

// Index tells where in a document its entries stand.
type Index struct{ marks map[core.Ref][]mark }

// NewIndex reads the places of the entries of a document that Decode accepts. Of a
// document that it refuses the index is empty.
func NewIndex(data []byte) *Index {
	d := &decoder{data: data, bundle: &bundle.Bundle{}, writer: writer{budget: maxAliased}, index: map[core.Ref][]mark{}}
	if d.document() != nil {
		clear(d.index)
	}
	return &Index{d.index}
}

// Position returns the line and column, in the document, of the value that holds a byte
// offset of the text of an entry; of the entry's value where the offset is negative. It
// returns zeros for an entry that is not in the document.
func (x *Index) Position(ref core.Ref, offset int) (line, column int) {
	for i, m := range x.marks[ref] {
		if i > 0 && m.offset > offset {
			break
		}
		line, column = m.line, m.column
	}
	return line, column
}

// note keeps the places of the entry that was written last.
func (d *decoder) note(ref core.Ref, n *yaml.Node) {
	if d.index != nil {
		d.index[ref] = append([]mark{{0, n.Line, n.Column}}, d.writer.marks...)
	}
}
