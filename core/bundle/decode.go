package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"ekuiper-console/core"
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
	s := newScanner(data)
	if err := s.validate(); err != nil {
		return nil, nil, err
	}
	b = &Bundle{}
	err = s.document(func(section string, kind core.Kind, known bool) error {
		if !known {
			unknown = append(unknown, section)
			s.skip()
			return nil
		}
		return s.section(kind, func(name string) error {
			text, err := s.text(kind, name)
			if err == nil {
				b.Set(core.Ref{Kind: kind, Name: name}, text)
			}
			return err
		})
	})
	if err != nil {
		return nil, nil, err
	}
	return b, unknown, nil
}

// scanner walks a document that is known to be valid JSON.
type scanner struct {
	data []byte
	pos  int
}

var byteOrderMark = []byte("\xef\xbb\xbf")

func newScanner(data []byte) *scanner {
	s := &scanner{data: data}
	if bytes.HasPrefix(data, byteOrderMark) {
		s.pos = len(byteOrderMark)
	}
	return s
}

// validate returns a SyntaxError unless all of the data is one JSON value. The
// standard library judges, so that the words are those of the engine.
func (s *scanner) validate() error {
	rest := s.data[s.pos:]
	if json.Valid(rest) {
		return nil
	}
	var raw json.RawMessage
	err := json.Unmarshal(rest, &raw)
	offset := len(rest)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok && syntax.Error() != "unexpected end of JSON input" {
		offset = int(syntax.Offset) - 1
	}
	return s.fail(s.pos+max(offset, 0), err.Error())
}

// fail makes the error of a place in the document.
func (s *scanner) fail(offset int, msg string) *SyntaxError {
	line, column := core.Position(string(s.data[:offset]), offset)
	return &SyntaxError{Msg: msg, Offset: offset, Line: line, Column: column}
}

// mismatch makes the error of a value of the wrong type.
func (s *scanner) mismatch(where, want string) *SyntaxError {
	return s.fail(s.pos, fmt.Sprintf("json: cannot unmarshal %s into Go %s of type %s", s.typeOf(), where, want))
}

// typeOf returns the JSON name of the type of the value at the current place.
func (s *scanner) typeOf() string {
	switch s.data[s.pos] {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "bool"
	case 'n':
		return "null"
	}
	return "number"
}

// document calls visit at the value of every member of the outer object. A null
// document has none.
func (s *scanner) document(visit func(section string, kind core.Kind, known bool) error) error {
	s.blanks()
	if s.data[s.pos] == 'n' {
		return nil
	}
	if s.data[s.pos] != '{' {
		return s.mismatch("value", "server."+typeName)
	}
	return s.members(func(section string) error {
		kind, known := core.KindOf(section)
		return visit(section, kind, known)
	})
}

// section calls visit at the value of every member of a section.
func (s *scanner) section(kind core.Kind, visit func(name string) error) error {
	switch s.data[s.pos] {
	case 'n':
		s.skip()
		return nil
	case '{':
		return s.members(visit)
	}
	err := s.mismatch("struct field "+typeName+"."+kind.Key(), "map[string]string")
	err.InSection, err.Ref = true, core.Ref{Kind: kind}
	return err
}

// text reads the text of an entry.
func (s *scanner) text(kind core.Kind, name string) (string, error) {
	switch s.data[s.pos] {
	case 'n':
		s.skip()
		return "", nil
	case '"':
		return s.str(), nil
	}
	err := s.mismatch("struct field "+typeName+"."+kind.Key(), "string")
	err.InSection, err.Ref = true, core.Ref{Kind: kind, Name: name}
	return "", err
}

// members calls visit at the value of every member of the object that begins here,
// and stands behind the object afterwards.
func (s *scanner) members(visit func(name string) error) error {
	s.pos++
	for s.blanks(); s.data[s.pos] != '}'; s.blanks() {
		if s.data[s.pos] == ',' {
			s.pos++
			s.blanks()
		}
		name := s.str()
		s.blanks()
		s.pos++ // the colon
		s.blanks()
		if err := visit(name); err != nil {
			return err
		}
	}
	s.pos++
	return nil
}

func (s *scanner) blanks() {
	for s.pos < len(s.data) && s.data[s.pos] <= ' ' {
		s.pos++
	}
}

// quoted passes over the string that begins here and returns what is between its
// quotes.
func (s *scanner) quoted() []byte {
	start := s.pos + 1
	for s.pos = start; ; s.pos++ {
		next := bytes.IndexAny(s.data[s.pos:], `"\`)
		s.pos += next
		if s.data[s.pos] == '"' {
			break
		}
		s.pos++
	}
	s.pos++
	return s.data[start : s.pos-1]
}

// str reads the string that begins here.
func (s *scanner) str() string {
	raw := s.quoted()
	if bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw)
	}
	text, _ := unescape(raw, -1)
	return text
}

// skip passes over the value that begins here.
func (s *scanner) skip() {
	depth := 0
	for {
		switch s.data[s.pos] {
		case '"':
			s.quoted()
		case '{', '[':
			depth++
			s.pos++
		case '}', ']':
			depth--
			s.pos++
		case ',', ':', ' ', '\t', '\n', '\r':
			s.pos++
		default:
			for s.pos < len(s.data) && !bytes.ContainsRune([]byte(",]} \t\n\r"), rune(s.data[s.pos])) {
				s.pos++
			}
		}
		if depth == 0 {
			return
		}
	}
}
