package jsonscan

import "strconv"

// Value reads the value that begins here as encoding/json reads one of any type: objects
// are maps, of a name given twice the last value counts, and numbers are of type
// float64. It is false where a number is too large for that.
func (s *Scanner) Value() (v any, ok bool) {
	switch s.Data[s.Pos] {
	case '{':
		return s.Object()
	case '[':
		return s.array()
	case '"':
		return s.String(), true
	case 't', 'f':
		v = s.Data[s.Pos] == 't'
		s.word()
		return v, true
	case 'n':
		s.word()
		return nil, true
	}
	from := s.Pos
	s.word()
	n, err := strconv.ParseFloat(string(s.Data[from:s.Pos]), 64)
	return n, err == nil
}

// Object is Value for an object.
func (s *Scanner) Object() (m map[string]any, ok bool) {
	m, ok = map[string]any{}, true
	_ = s.Members(func(name string) error {
		v, fits := s.Value()
		m[name], ok = v, ok && fits
		return nil
	})
	return m, ok
}

// array is Value for an array.
func (s *Scanner) array() (all []any, ok bool) {
	all, ok = []any{}, true
	s.Elements(func() {
		v, fits := s.Value()
		all, ok = append(all, v), ok && fits
	})
	return all, ok
}

// Elements calls visit at every element of the array that begins here. Visit must pass
// over the element.
func (s *Scanner) Elements(visit func()) {
	s.Pos++
	for s.Blanks(); s.Data[s.Pos] != ']'; s.Blanks() {
		if s.Data[s.Pos] == ',' {
			s.Pos++
			s.Blanks()
		}
		visit()
	}
	s.Pos++
}
