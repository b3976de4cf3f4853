package secret

import (
	"strings"

	"ekuiper-console/core"
)

// Stars are what an engine shows in place of a secret.
const Stars = "******"

// Starred names the secrets of an entry, such as td.password, in place of which there are
// the stars of an engine: the values of secret properties, and the passwords in addresses,
// that are nothing but that. Stars elsewhere are somebody's text.
func Starred(kind core.Kind, text string) []string {
	_, places := dot(kind, text)
	return places
}

// Dotted returns the text of an entry with dots in place of the stars of an engine.
func Dotted(kind core.Kind, text string) string {
	dotted, _ := dot(kind, text)
	return dotted
}

// Reveal returns the text of an entry that an engine has masked with the secrets of another
// text of it in place of the stars, as far as that has them.
func Reveal(kind core.Kind, text, other string) string {
	dotted := Dotted(kind, text)
	if dotted == text || strings.Contains(text, Dots) || strings.Contains(text, escapedDots) {
		return text
	}
	whole, _ := Restore(kind, dotted, other)
	return strings.ReplaceAll(whole, Dots, Stars)
}

// dot puts dots in place of stars, and names where.
func dot(kind core.Kind, text string) (dotted string, places []string) {
	switch {
	case !strings.Contains(text, Stars):
		return text, nil
	case structured(kind, text):
		return dotJSON(text)
	}
	return dotText(text)
}

// dotJSON is dot for a valid JSON text.
func dotJSON(text string) (dotted string, places []string) {
	dotted = rewrite(text, func(l leaf) (string, bool) {
		s, ok := l.text()
		switch {
		case !ok || !strings.Contains(s, Stars):
			return "", false
		case l.secret:
			if s == Stars {
				places = append(places, l.path)
			}
			return quote(Dots), s == Stars
		}
		text, inner := dotText(s)
		if document(s) {
			text, inner = dotJSON(s)
		}
		for _, place := range inner {
			places = append(places, within(l.path, place))
		}
		return quote(text), len(inner) > 0
	})
	return dotted, places
}

// dotText is dot for any other text.
func dotText(text string) (dotted string, places []string) {
	var b strings.Builder
	done := 0
	for _, s := range find(text) {
		if text[s.from:s.to] != Stars {
			continue
		}
		b.WriteString(text[done:s.from])
		b.WriteString(Dots)
		done = s.to
		places = append(places, strings.TrimLeft(s.owner, `\`))
	}
	b.WriteString(text[done:])
	return b.String(), places
}
