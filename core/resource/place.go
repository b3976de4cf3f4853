package resource

import (
	"strings"

	"ekuiper-console/core/jsonscan"
)

// place returns the offset of the value under a path in a JSON text, or -1. A step of
// the path is the name of a member, in any case, or the number of an element.
func place(text string, path ...any) int {
	s := jsonscan.Scanner{Data: []byte(text)}
	s.Blanks()
	for _, step := range path {
		found := -1
		switch step := step.(type) {
		case string:
			found = member(&s, step)
		case int:
			found = element(&s, step)
		}
		if found < 0 {
			return -1
		}
		s.Pos = found
	}
	if s.Pos >= len(s.Data) {
		return -1
	}
	return s.Pos
}

// nearest returns the offset of the value under as much of a path as there is.
func nearest(text string, path ...any) int {
	for n := len(path); n > 0; n-- {
		if at := place(text, path[:n]...); at >= 0 {
			return at
		}
	}
	return -1
}

// member returns the offset of the value of the last member of a name, or -1.
func member(s *jsonscan.Scanner, name string) int {
	found := -1
	if s.Pos < len(s.Data) && s.Data[s.Pos] == '{' {
		_ = s.Members(func(member string) error {
			if strings.EqualFold(member, name) {
				found = s.Pos
			}
			s.Skip()
			return nil
		})
	}
	return found
}

// element returns the offset of an element of an array, or -1.
func element(s *jsonscan.Scanner, i int) int {
	if s.Pos >= len(s.Data) || s.Data[s.Pos] != '[' {
		return -1
	}
	s.Pos++
	for s.Blanks(); s.Data[s.Pos] != ']'; s.Blanks() {
		if s.Data[s.Pos] == ',' {
			s.Pos++
			s.Blanks()
		}
		if i == 0 {
			return s.Pos
		}
		i--
		s.Skip()
	}
	return -1
}

// inside returns the offset in a JSON text of a byte of the string under a path, or of
// the value there where it is no string, or -1.
func inside(text string, offset int, path ...any) int {
	at := nearest(text, path...)
	if at < 0 || offset < 0 || text[at] != '"' {
		return at
	}
	return jsonscan.Inside([]byte(text), at, offset)
}
