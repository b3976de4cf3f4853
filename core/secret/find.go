package secret

import (
	"cmp"
	"slices"
	"strings"
)

// span is the place of a secret in a text. The owner is what it is the secret of: a
// property, or a user in an address.
type span struct {
	from, to int
	owner    string
}

// find returns the secrets of a text, from first to last, none within another. Empty
// ones are left out.
func find(text string) []span {
	all := append(properties(text), addresses(text)...)
	slices.SortStableFunc(all, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	kept, done := all[:0], 0
	for _, s := range all {
		if s.from >= done {
			kept = append(kept, s)
			done = s.to
		}
	}
	return kept
}

// properties returns the values of secret properties.
func properties(text string) []span {
	var found []span
	for at := 0; ; {
		quote := strings.IndexByte(text[at:], '"')
		if quote < 0 {
			return found
		}
		quote += at
		at = quote + 1
		name, value := property(text, at)
		if value < 0 || !Property(name) {
			continue
		}
		depth := quote - len(strings.TrimRight(text[:quote], `\`))
		from, to := secretValue(text, value, depth)
		if from < to {
			found = append(found, span{from, to, strings.Repeat(`\`, depth) + name})
		}
		at = max(value, to)
	}
}

// property reads the name of a property behind its quote, and returns where its value
// begins, or -1 where there is no property. In a JSON string the quotes have
// backslashes before them.
func property(text string, at int) (name string, value int) {
	end := at
	for end < len(text) && inName(text[end]) {
		end++
	}
	rest, closed := strings.CutPrefix(strings.TrimLeft(text[end:], `\`), `"`)
	if !closed {
		return "", -1
	}
	rest, colon := strings.CutPrefix(strings.TrimLeft(rest, blanks), ":")
	if !colon {
		return "", -1
	}
	return text[at:end], len(text) - len(strings.TrimLeft(rest, blanks))
}

// blanks is the white space of JSON.
const blanks = " \t\r\n"

// inName reports whether a byte may stand in the name of a property that is looked for.
func inName(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '.' || c == '-'
}

// secretValue returns the bounds of what is to be masked of the value that begins at
// an offset; empty bounds for an object, whose properties are judged by themselves, and
// for null, true and false. The quotes of the value follow as many backslashes as
// depth says.
func secretValue(text string, at, depth int) (from, to int) {
	rest := text[at:]
	switch quote := strings.Repeat(`\`, depth) + `"`; {
	case strings.HasPrefix(rest, quote):
		from = at + len(quote)
		return from, from + closing(text[from:], depth)
	case strings.HasPrefix(rest, "["):
		return at + 1, at + 1 + until(rest[1:], "]\n")
	case strings.HasPrefix(rest, "{"), strings.HasPrefix(rest, "null"), strings.HasPrefix(rest, "true"), strings.HasPrefix(rest, "false"):
		return at, at
	}
	return at, at + until(rest, ",}] \t\r\n\\")
}

// closing returns where the quote that ends a string stands, its backslashes not
// included; the end of the line where there is none. Of a string at depth 1, inside
// another, the quote is \" and a quote within it is \\\".
func closing(s string, depth int) int {
	run := 0
	for i := range len(s) {
		switch s[i] {
		case '\n':
			return i
		case '\\':
			run++
			continue
		case '"':
			if run%(2*(depth+1)) == depth {
				return i - depth
			}
		}
		run = 0
	}
	return len(s)
}

// until returns the index of the first of these characters, or the length of s.
func until(s, chars string) int {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return i
	}
	return len(s)
}

// afterHost are the characters that end the part of an address with user and host.
const afterHost = "/?#\"'`\\<>" + blanks

// addresses returns the passwords in addresses such as tcp://user:password@host.
func addresses(text string) []span {
	var found []span
	for at := 0; ; {
		begin := strings.Index(text[at:], "://")
		if begin < 0 {
			return found
		}
		at += begin + len("://")
		place := text[at : at+until(text[at:], afterHost)]
		user, password, ok := strings.Cut(place[:max(0, strings.LastIndexByte(place, '@'))], ":")
		if ok && password != "" {
			from := at + len(user) + len(":")
			found = append(found, span{from, from + len(password), scheme(text[:at-len("://")]) + "://" + user})
		}
	}
}

// scheme returns the letters at the end of a text.
func scheme(before string) string {
	return before[len(strings.TrimRightFunc(before, func(r rune) bool { return r < 0x80 && inName(byte(r)) })):]
}

// restoreText puts the secrets of an older text in place of the dots. Secrets of the
// same owner are matched in their order.
func restoreText(masked, old string) (text string, left []string) {
	known := map[string][]string{}
	for _, s := range find(old) {
		known[s.owner] = append(known[s.owner], old[s.from:s.to])
	}
	var b strings.Builder
	done, seen := 0, map[string]int{}
	for _, s := range find(masked) {
		nth := seen[s.owner]
		seen[s.owner]++
		if masked[s.from:s.to] != Dots {
			continue
		}
		if nth >= len(known[s.owner]) || strings.Contains(known[s.owner][nth], Dots) {
			left = append(left, strings.TrimLeft(s.owner, `\`))
			continue
		}
		b.WriteString(masked[done:s.from])
		b.WriteString(known[s.owner][nth])
		done = s.to
	}
	b.WriteString(masked[done:])
	return b.String(), left
}
