package bundlev2

import (
	"bytes"
	"encoding/json"
	"strings"

	"ekuiper-console/core"
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
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return nil, false
	}
	if rule, ok := v.(map[string]any); ok && kind == core.Rule && !says(rule, "triggered") {
		rule["triggered"] = true
	}
	out, err := json.Marshal(v)
	return out, err == nil
}

// says reports whether an object has a member, whose name is taken in any case.
func says(object map[string]any, name string) bool {
	for key := range object {
		if strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}
