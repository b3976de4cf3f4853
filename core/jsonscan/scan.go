// Package jsonscan walks texts that are known to be valid JSON and tells where in
// them things stand. The standard library decodes without places; findings and the
// document need both.
package jsonscan

import (
	"strings"
	"unicode/utf8"
)

// Scanner stands at a place in a valid JSON text. Its methods must be called where
// a value of their kind begins, and leave it behind that value.
type Scanner struct {
	Data []byte
	Pos  int // byte offset

	decoded []byte // the last text with escapes; its room is used again
}

// Type returns the JSON name of the type of the value that begins here, as
// encoding/json calls it in its errors.
func (s *Scanner) Type() string {
	switch s.Data[s.Pos] {
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

// Blanks passes over white space.
func (s *Scanner) Blanks() {
	for s.Pos < len(s.Data) && s.Data[s.Pos] <= ' ' {
		s.Pos++
	}
}

// Members calls visit at the value of every member of the object that begins here.
// Visit must pass over the value. An error of visit ends the walk.
func (s *Scanner) Members(visit func(name string) error) error {
	s.Pos++
	for s.Blanks(); s.Data[s.Pos] != '}'; s.Blanks() {
		if s.Data[s.Pos] == ',' {
			s.Pos++
			s.Blanks()
		}
		name := s.String()
		s.Blanks()
		s.Pos++ // the colon
		s.Blanks()
		if err := visit(name); err != nil {
			return err
		}
	}
	s.Pos++
	return nil
}

// String reads the string that begins here. Invalid UTF-8 becomes U+FFFD.
func (s *Scanner) String() string {
	raw, plain := s.raw()
	if plain && utf8.Valid(raw) {
		return string(raw)
	}
	s.decoded, _ = unescape(s.decoded[:0], raw, -1)
	return string(s.decoded)
}

// Unquote reads the string that begins here as String does, and returns it in the place
// where it stood where that is possible: what it is in Data from then on is not defined.
func (s *Scanner) Unquote() []byte {
	raw, plain := s.raw()
	switch {
	case !utf8.Valid(raw):
		text, _ := unescape(nil, raw, -1)
		return text
	case !plain:
		raw, _ = unescape(raw[:0], raw, -1)
	}
	return raw
}

// raw passes over the string that begins here and returns what stands between its
// quotes, and whether that is free of escapes.
func (s *Scanner) raw() (inside []byte, plain bool) {
	start := s.Pos + 1
	plain = true
	for i := start; ; i++ {
		if !special[s.Data[i]] {
			continue
		}
		switch s.Data[i] {
		case '\\':
			plain = false
			i++
		case '"':
			s.Pos = i + 1
			return s.Data[start:i], plain
		}
	}
}

// Skip passes over the value that begins here.
func (s *Scanner) Skip() {
	depth := 0
	for {
		switch s.Data[s.Pos] {
		case '"':
			s.raw()
		case '{', '[':
			depth++
			s.Pos++
		case '}', ']':
			depth--
			s.Pos++
		case ',', ':', ' ', '\t', '\n', '\r':
			s.Pos++
		default:
			s.word()
		}
		if depth == 0 {
			return
		}
	}
}

// word passes over a number, true, false or null.
func (s *Scanner) word() {
	for s.Pos < len(s.Data) {
		switch s.Data[s.Pos] {
		case ',', ']', '}', ' ', '\t', '\n', '\r':
			return
		}
		s.Pos++
	}
}

// Find returns the byte offset of the value under a path of member names in a valid
// JSON text. As in encoding/json names match in any case, and of several the last
// one counts.
func Find(text string, path ...string) (at int, ok bool) {
	s := Scanner{Data: []byte(text)}
	s.Blanks()
	for _, name := range path {
		if s.Pos >= len(s.Data) || s.Data[s.Pos] != '{' {
			return 0, false
		}
		found := -1
		_ = s.Members(func(member string) error {
			if strings.EqualFold(member, name) {
				found = s.Pos
			}
			s.Skip()
			return nil
		})
		if found < 0 {
			return 0, false
		}
		s.Pos = found
	}
	return s.Pos, true
}

// Inside returns the offset, in a valid JSON text, of the byte that decodes to the
// byte at offset in the string that begins at at.
func Inside(data []byte, at, offset int) int {
	s := Scanner{Data: data, Pos: at}
	raw, plain := s.raw()
	if plain && utf8.Valid(raw) {
		return at + 1 + min(offset, len(raw))
	}
	_, read := unescape(nil, raw, offset)
	return at + 1 + read
}
