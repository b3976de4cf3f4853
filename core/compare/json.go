package compare

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDepth bounds the indentation. Below it all values stand equally deep, and strings
// are no blocks.
const maxDepth = 64

// margins are as many blanks as any line begins with.
var margins = strings.Repeat("  ", maxDepth+1)

// first are the keys that a rule begins with.
var first = []string{"id", "name", "version", "sql", "graph", "actions", "options"}

// layout writes values as lines. The value that is shown and the real one have the same
// shape; they differ in the secrets, which may be numbers and are shown as strings.
type layout struct {
	lines []line
	rule  bool // the value is a rule
	block bool // the last line belongs to a block
}

// add appends a line, and what it means where that is something else.
func (l *layout) add(depth int, text, mean string) {
	margin := margins[:2*min(depth, maxDepth)]
	if mean != "" {
		mean = margin + mean
	}
	l.lines = append(l.lines, line{text: margin + text, mean: mean})
	l.block = false
}

// value writes a value behind its key.
func (l *layout) value(depth int, key string, shown, real any) {
	switch shown := shown.(type) {
	case map[string]any:
		l.object(depth, key, shown, real.(map[string]any))
	case []any:
		l.array(depth, key, shown, real.([]any))
	case string:
		l.text(depth, key, shown, real)
	default:
		l.add(depth, key+scalar(shown), key+meaning(real))
	}
}

func (l *layout) object(depth int, key string, shown, real map[string]any) {
	if len(shown) == 0 {
		l.add(depth, key+"{}", "")
		return
	}
	l.add(depth, key+"{", "")
	for i, name := range l.order(depth, shown) {
		l.separate(i)
		l.value(depth+1, quote(name)+": ", shown[name], real[name])
	}
	l.add(depth, "}", "")
}

func (l *layout) array(depth int, key string, shown, real []any) {
	if len(shown) == 0 {
		l.add(depth, key+"[]", "")
		return
	}
	l.add(depth, key+"[", "")
	for i := range shown {
		l.separate(i)
		l.value(depth+1, "", shown[i], real[i])
	}
	l.add(depth, "]", "")
}

// separate writes a comma behind the member or item before the given one. A block ends
// where its indentation does.
func (l *layout) separate(i int) {
	if i > 0 && !l.block {
		l.lines[len(l.lines)-1].tail = ","
	}
}

// order returns the keys of an object in the order in which they are written.
func (l *layout) order(depth int, object map[string]any) []string {
	names := slices.Sorted(maps.Keys(object))
	if l.rule && depth == 0 {
		slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
	}
	return names
}

// rank returns the place of a key of a rule, which the engine takes in any case.
func rank(name string) int {
	if i := slices.Index(first, strings.ToLower(name)); i >= 0 {
		return i
	}
	return len(first)
}

// text writes a string, as a block where it has several lines or is the statement of a
// rule.
func (l *layout) text(depth int, key, shown string, real any) {
	was, isString := real.(string)
	var statement func(string) []line
	if l.rule && depth == 1 && strings.EqualFold(key, `"sql": `) {
		statement = selectLines
	}
	switch {
	case isString && depth < maxDepth && (readable(shown) || statement != nil && statement(shown) != nil):
		l.under(depth, key, block(statement, shown, was))
	case isString && shown == was:
		l.add(depth, key+quote(shown), "")
	default:
		l.add(depth, key+quote(shown), key+meaning(real))
	}
}

// under writes a block of lines under a key.
func (l *layout) under(depth int, key string, lines []line) {
	l.add(depth, key+"|", "")
	margin := margins[:2*(depth+1)]
	for _, s := range lines {
		s.text = margin + s.text
		if s.mean != "" {
			s.mean = margin + s.mean
		}
		l.lines = append(l.lines, s)
	}
	l.block = true
}

// readable reports whether a string has several lines and nothing that cannot be seen.
func readable(s string) bool {
	return strings.Contains(s, "\n") && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r)
	})
}

// scalar returns the JSON of a string, number, true, false or null.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return quote(v)
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return "null"
}

// meaning returns the one spelling of a string, number, true, false or null.
func meaning(v any) string {
	if n, ok := v.(json.Number); ok {
		return canonical(n.String())
	}
	return scalar(v)
}

// escaped reports whether a character does not stand in a JSON string as it is.
func escaped(r rune) bool {
	return r < ' ' || r == '"' || r == '\\' || r == '\u2028' || r == '\u2029' || r == utf8.RuneError
}

// quote returns a JSON string without the escapes that only HTML needs.
func quote(s string) string {
	if !strings.ContainsFunc(s, escaped) {
		return `"` + s + `"`
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err) // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}
