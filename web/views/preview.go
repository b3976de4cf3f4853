package views

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"ekuiper-console/core"
	"ekuiper-console/core/secret"
)

// Bounds of a preview: how much of a text is looked at, in bytes, and how much is shown
// of it, in characters.
const (
	maxPreviewed = 64 << 10
	maxPreview   = 110
)

// telling are the properties that tell most of an entry, by kind; the first that is
// there is shown.
var telling = map[core.Kind][]string{
	core.Rule:           {"sql"},
	core.NativePlugin:   {"file"},
	core.PortablePlugin: {"file"},
	core.Service:        {"file"},
	core.Schema:         {"content", "file"},
	core.Upload:         {"file", "content"},
	core.Script:         {"description", "script"},
}

// preview returns what an entry is about in one line, secrets masked: of a rule its SQL,
// of a configuration its keys.
func preview(k core.Kind, text string) string {
	if len(text) > maxPreviewed {
		return ""
	}
	text = secret.MaskEntry(k, text)
	var fields map[string]any
	if names, ok := telling[k]; (ok || keyed(k)) && json.Unmarshal([]byte(text), &fields) == nil {
		if keyed(k) {
			return inOneLine(strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
		}
		for _, name := range names {
			if value, _ := fields[name].(string); value != "" {
				return inOneLine(value)
			}
		}
	}
	return inOneLine(text)
}

// keyed reports whether entries of a kind are made of configuration keys.
func keyed(k core.Kind) bool {
	return k == core.SourceConfig || k == core.SinkConfig || k == core.Connection
}

// inOneLine folds white space, and cuts a text that is too long for a preview.
func inOneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= maxPreview {
		return text
	}
	return string([]rune(text)[:maxPreview]) + "…"
}
