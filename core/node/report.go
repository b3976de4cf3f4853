package node

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"ekuiper-console/core/bundle"
)

// messageIn returns the message in the body of an error; without one, its first words. The
// engine writes the message as a Go string, which for some characters is no JSON.
func messageIn(body []byte) string {
	var e struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(body, &e) == nil && e.Message != "" {
		return e.Message
	}
	if _, rest, ok := bytes.Cut(body, []byte(`"message":`)); ok {
		quoted := strings.TrimSuffix(strings.TrimSpace(string(rest)), "}")
		if text, err := strconv.Unquote(quoted); err == nil {
			return text
		}
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return ""
	}
	return excerpt(string(body))
}

// reportIn reads a message that is the report of an import: a map of sections.
func reportIn(message string) (*bundle.Bundle, bool) {
	if !strings.HasPrefix(message, "{") {
		return nil, false
	}
	b, _, err := bundle.Decode([]byte(message))
	return told(b), err == nil
}

// told returns the entries of a report that something is said of.
func told(b *bundle.Bundle) *bundle.Bundle {
	report := &bundle.Bundle{}
	if b == nil {
		return report
	}
	for ref, text := range b.All() {
		if text != "" {
			report.Set(ref, text)
		}
	}
	return report
}
