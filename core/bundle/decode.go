package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"ekuiper-console/core"
	"ekuiper-console/core/jsonscan"
)

// SyntaxError says why a document is no bundle, and where. Msg is in the engine's
// words.
type SyntaxError struct {
	Msg          string
	Offset       int      // bytes from the beginning of the document
	Line, Column int      // 1-based; the column counts characters
	Ref          core.Ref // the entry or, with an empty name, the section, where InSection
	InSection    bool
}

// Error returns the message without the place, as the engine's clients know it.
func (e *SyntaxError) Error() string { return e.Msg }

// Place returns where the trouble is, such as "line 3, column 14".
func (e *SyntaxError) Place() string { return fmt.Sprintf("line %d, column %d", e.Line, e.Column) }

// typeName is the engine's name for the document, as its messages show it.
const typeName = "Configuration"

// Decode reads a document. Besides the bundle it returns the names of the sections
// that it does not know, in the order of the document. A document that is no
// bundle is a *SyntaxError.
//
// The rules are those of encoding/json, as the engine has them: section names in
// any case, a section given twice is merged, of a name given twice the last text
// wins, a null section is empty and a null text is the empty string, invalid UTF-8
// becomes U+FFFD. A byte order mark at the beginning is passed over.
func Decode(data []byte) (b *Bundle, unknown []string, err error) {
	return DecodeTelling(data, nil)
}

// DecodeTelling is Decode, and calls tell from time to time with how many bytes of the
// document are done with, unless that is nil. It goes through them twice, each time for half
// of them.
func DecodeTelling(data []byte, tell func(done int)) (b *Bundle, unknown []string, err error) {
	if tell == nil {
		tell = func(int) {}
	}
	w := newWalker(data)
	if err := w.validate(func(read int) { tell(read / 2) }); err != nil {
		return nil, nil, err
	}
	b = &Bundle{}
	told := 0
	err = w.entries(func(ref core.Ref) error {
		text, err := w.text(ref)
		if err == nil {
			b.Set(ref, text)
		}
		if w.Pos-told >= jsonscan.TellEvery {
			told = w.Pos
			tell(len(data)/2 + told/2)
		}
		return err
	}, func(section string) {
		unknown = append(unknown, section)
	})
	if err != nil {
		return nil, nil, err
	}
	return b, unknown, nil
}

// walker walks a document entry by entry.
type walker struct{ jsonscan.Scanner }

var byteOrderMark = []byte("\xef\xbb\xbf")

func newWalker(data []byte) *walker {
	w := &walker{jsonscan.Scanner{Data: data}}
	if bytes.HasPrefix(data, byteOrderMark) {
		w.Pos = len(byteOrderMark)
	}
	return w
}

// validate returns a SyntaxError unless all of the data is one JSON value. The
// standard library words it, so that the words are those of the engine.
func (w *walker) validate(tell func(read int)) error {
	rest := w.Data[w.Pos:]
	if jsonscan.ValidTelling(rest, tell) {
		return nil
	}
	var raw json.RawMessage
	err := json.Unmarshal(rest, &raw)
	offset := len(rest)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok && err.Error() != "unexpected end of JSON input" {
		offset = int(syntax.Offset) - 1
	}
	return w.fail(w.Pos+max(offset, 0), err.Error())
}

// fail makes the error of a place in the document.
func (w *walker) fail(offset int, msg string) *SyntaxError {
	line, column := core.Position(string(w.Data[:offset]), offset)
	return &SyntaxError{Msg: msg, Offset: offset, Line: line, Column: column}
}

// mismatch makes the error of a value of the wrong type.
func (w *walker) mismatch(where, want string) *SyntaxError {
	return w.fail(w.Pos, fmt.Sprintf("json: cannot unmarshal %s into Go %s of type %s", w.Type(), where, want))
}

// mismatchIn makes the error of a value of the wrong type in a section.
func (w *walker) mismatchIn(ref core.Ref, want string) *SyntaxError {
	err := w.mismatch("struct field "+typeName+"."+ref.Kind.Key(), want)
	err.InSection, err.Ref = true, ref
	return err
}

// entries calls visit at the value of every entry, and unknown with the name of
// every section that there is no kind for. A null document has no entries.
func (w *walker) entries(visit func(core.Ref) error, unknown func(section string)) error {
	w.Blanks()
	switch w.Type() {
	case "null":
		return nil
	case "object":
		return w.Members(func(section string) error {
			if kind, ok := core.KindOf(section); ok {
				return w.section(kind, visit)
			}
			unknown(section)
			w.Skip()
			return nil
		})
	}
	return w.mismatch("value", "server."+typeName)
}

// section calls visit at the value of every entry of a section.
func (w *walker) section(kind core.Kind, visit func(core.Ref) error) error {
	switch w.Type() {
	case "null":
		w.Skip()
		return nil
	case "object":
		return w.Members(func(name string) error {
			return visit(core.Ref{Kind: kind, Name: name})
		})
	}
	return w.mismatchIn(core.Ref{Kind: kind}, "map[string]string")
}

// text reads the text of an entry.
func (w *walker) text(ref core.Ref) (string, error) {
	switch w.Type() {
	case "null":
		w.Skip()
		return "", nil
	case "string":
		return w.String(), nil
	}
	return "", w.mismatchIn(ref, "string")
}
