package secret

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/jsonscan"
)

// escapedDots is how dots begin in a JSON text that is plain ASCII.
const escapedDots = `\u2022`

// structured reports whether the text of an entry is to be read as JSON.
func structured(kind core.Kind, text string) bool {
	return kind != core.Stream && kind != core.Table && json.Valid([]byte(text))
}

// leaf is a string, number, true, false or null in a JSON text.
type leaf struct {
	path   string // such as actions[0].mqtt.password
	raw    string // as it stands in the text
	secret bool   // the property that it belongs to holds a secret
}

// text returns what a string holds.
func (l leaf) text() (s string, ok bool) {
	if l.raw[0] != '"' {
		return "", false
	}
	scan := jsonscan.Scanner{Data: []byte(l.raw)}
	return scan.String(), true
}

// walker visits the leaves of a valid JSON text, in its order.
type walker struct {
	jsonscan.Scanner
	path  []byte
	visit func(leaf)
}

// walk visits the leaves of a valid JSON text.
func walk(text string, visit func(leaf)) {
	w := walker{Scanner: jsonscan.Scanner{Data: []byte(text)}, visit: visit}
	w.Blanks()
	w.value(false)
}

// value visits the leaves of the value that begins here. Secret says that they belong
// to a property that holds a secret.
func (w *walker) value(secret bool) {
	switch start := w.Pos; w.Type() {
	case "object":
		w.object(secret)
	case "array":
		w.array(secret)
	default:
		w.Skip()
		w.visit(leaf{string(w.path), string(w.Data[start:w.Pos]), secret})
	}
}

// object visits the members of an object. One that is itself the value of a secret
// property has properties of its own to be judged by.
func (w *walker) object(secret bool) {
	above := len(w.path)
	_ = w.Members(func(name string) error {
		w.path = appendName(w.path, name)
		w.value(secret || w.Type() != "object" && Property(name))
		w.path = w.path[:above]
		return nil
	})
}

func (w *walker) array(secret bool) {
	above := len(w.path)
	w.Pos++
	for i := 0; ; i++ {
		w.Blanks()
		if w.Data[w.Pos] == ',' {
			w.Pos++
			w.Blanks()
		}
		if w.Data[w.Pos] == ']' {
			w.Pos++
			return
		}
		w.path = append(strconv.AppendInt(append(w.path, '['), int64(i), 10), ']')
		w.value(secret)
		w.path = w.path[:above]
	}
}

// appendName appends a member to a path, in brackets and quotes where its name could be
// taken for something else.
func appendName(path []byte, name string) []byte {
	if name == "" || strings.ContainsAny(name, `.[]"\`) {
		return append(strconv.AppendQuote(append(path, '['), name), ']')
	}
	if len(path) > 0 {
		path = append(path, '.')
	}
	return append(path, name...)
}

// rewrite returns a valid JSON text with some of its leaves replaced.
func rewrite(text string, replace func(leaf) (raw string, ok bool)) string {
	var b strings.Builder
	done := 0
	w := walker{Scanner: jsonscan.Scanner{Data: []byte(text)}}
	w.visit = func(l leaf) {
		if raw, ok := replace(l); ok {
			b.WriteString(text[done : w.Pos-len(l.raw)])
			b.WriteString(raw)
			done = w.Pos
		}
	}
	w.Blanks()
	w.value(false)
	b.WriteString(text[done:])
	return b.String()
}

// maskJSON masks the secrets of a valid JSON text.
func maskJSON(text string) string {
	return rewrite(text, func(l leaf) (string, bool) {
		s, isString := l.text()
		switch {
		case isString && s == "", l.raw == "null", l.raw == "true", l.raw == "false":
			return "", false
		case l.secret:
			return `"` + Dots + `"`, true
		case !isString:
			return "", false
		}
		masked := maskString(s)
		return quote(masked), masked != s
	})
}

// maskString masks the secrets in a string, which may hold JSON.
func maskString(s string) string {
	if document(s) {
		return maskJSON(s)
	}
	masked, _ := Mask(s, 0)
	return masked
}

// document reports whether a string holds a JSON object or array.
func document(s string) bool {
	t := strings.TrimLeft(s, blanks)
	return t != "" && (t[0] == '{' || t[0] == '[') && json.Valid([]byte(s))
}

// restoreJSON restores the secrets of a valid JSON text.
func restoreJSON(masked, old string) (text string, left []string) {
	known := map[string]leaf{}
	if json.Valid([]byte(old)) {
		walk(old, func(l leaf) { known[l.path] = l })
	}
	text = rewrite(masked, func(l leaf) (string, bool) {
		s, ok := l.text()
		if !ok || !strings.Contains(s, Dots) {
			return "", false
		}
		raw, missing := restoreLeaf(s, known[l.path])
		for _, inner := range missing {
			left = append(left, within(l.path, inner))
		}
		return raw, raw != ""
	})
	return text, left
}

// within names a place in the string at a path. An address has no places.
func within(path, inner string) string {
	if inner == "" || strings.Contains(inner, "://") {
		return path
	}
	return path + "." + inner
}

// restoreLeaf returns what takes the place of a string with dots in it, or "" where it
// stays. Missing names what is still masked, "" being the string itself.
func restoreLeaf(s string, old leaf) (raw string, missing []string) {
	if s == Dots {
		if old.raw == "" || old.raw == quote(Dots) {
			return "", []string{""}
		}
		return old.raw, nil
	}
	var before string
	if old.raw != "" {
		before, _ = old.text()
	}
	restore := restoreText
	if document(s) {
		restore = restoreJSON
	}
	text, missing := restore(s, before)
	if text == before {
		return old.raw, missing
	}
	if text == s {
		return "", missing
	}
	return quote(text), missing
}

// quote returns a JSON string without the escapes that only HTML needs.
func quote(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err) // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}
