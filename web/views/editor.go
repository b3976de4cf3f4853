package views

import (
	"context"
	"encoding/json"

	"github.com/a-h/templ"
)

// editorWords are the words of the script's editor in English, and the texts of the
// catalogue that stand for them.
var editorWords = map[string]Key{
	"Control character":        "editor.control",
	"Find":                     "editor.find",
	"Replace":                  "editor.replacement",
	"Selection deleted":        "editor.deleted",
	"by word":                  "editor.words",
	"close":                    "editor.close",
	"current match":            "editor.match",
	"match case":               "editor.case",
	"next":                     "editor.next",
	"on line":                  "editor.line",
	"previous":                 "editor.previous",
	"regexp":                   "editor.regexp",
	"replace":                  "editor.replace",
	"replace all":              "editor.replace.all",
	"replaced $ matches":       "editor.replaced",
	"replaced match on line $": "editor.replaced.line",
}

// phrases returns what the editor says, as JSON.
func phrases(ctx context.Context) string {
	texts := make(map[string]string, len(editorWords))
	for word, key := range editorWords {
		texts[word] = t(ctx, key)
	}
	return asJSON(texts)
}

// finding is what is wrong at one place of a text, as the editor reads it.
type finding struct {
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Message  string `json:"message"`
	Severity string `json:"severity"`
}

// marks returns the attributes of a field whose text has the problem.
func (p *Problem) marks(ctx context.Context) templ.Attributes {
	if p == nil {
		return nil
	}
	attributes := templ.Attributes{"aria-invalid": "true", "aria-describedby": "problem-title"}
	if p.Line > 0 {
		attributes["data-findings"] = asJSON([]finding{{p.Line, p.Column, tm(ctx, p.Message), "error"}})
	}
	return attributes
}

// asJSON encodes strings and numbers, which does not fail.
func asJSON(v any) string {
	data, _ := json.Marshal(v)
	return string(data)
}
