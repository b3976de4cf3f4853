package bundlev2

import (
	"bytes"
	"encoding/json"

	"ekuiper-console/core"
	"ekuiper-console/core/jsonscan"
)

// Same reports whether two texts of an entry have one meaning, so that one of them can
// be the other after it was written as YAML and read again.
func Same(kind core.Kind, a, b string) bool {
	if a == b || kind == core.Stream || kind == core.Table {
		return a == b
	}
	plainA, okA := plain(kind, a)
	plainB, okB := plain(kind, b)
	return okA && okB && bytes.Equal(plainA, plainB)
}

// plain returns a JSON text with its names sorted and without blanks.
func plain(kind core.Kind, text string) ([]byte, bool) {
	if !json.Valid([]byte(text)) {
		return nil, false
	}
	v := value([]byte(text))
	if _, object := v.(map[string]any); object && kind == core.Rule {
		v = ruleOf(text)
	}
	out, err := json.Marshal(v)
	return out, err == nil
}

// value returns the value of valid JSON, its numbers with the digits that they have.
func value(text []byte) (v any) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	_ = dec.Decode(&v) // does not fail, the text is valid
	return v
}

// ruleOf returns the members of a rule, by the names that an engine spells them with.
func ruleOf(text string) map[string]any {
	rule := map[string]any{"triggered": true}
	s := jsonscan.Scanner{Data: []byte(text)}
	s.Blanks()
	_ = s.Members(func(name string) error {
		start := s.Pos
		s.Skip()
		rule[fieldName(name)] = value(s.Data[start:s.Pos])
		return nil
	})
	return rule
}
