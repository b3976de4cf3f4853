package compare

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/secret"
)

// line is one line of a text that is laid out.
type line struct {
	text string // as it is shown, secrets masked
	tail string // what is shown behind it and means nothing, such as a comma
	mean string // what it means, with its secrets; empty where that is the text
}

// key returns what the line means. Lines with the same key are the same.
func (l line) key() string {
	if l.mean == "" {
		return l.text
	}
	return l.mean
}

// Pretty returns the text of an entry laid out for reading, secrets masked. The first
// keys of a rule are those it is known by, all others are sorted. SQL and other strings
// of several lines are blocks of lines, indented under their key and a bar. A text that
// cannot be read is returned as it stands but for its secrets.
func Pretty(kind core.Kind, text string) string {
	var b strings.Builder
	for i, l := range lay(kind, text) {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(l.text)
		b.WriteString(l.tail)
	}
	return b.String()
}

// Same reports whether two texts of an entry mean the same. White space, the order of
// keys and of options, the spelling of SQL and of numbers do not count.
func Same(kind core.Kind, a, b string) bool {
	if a == b {
		return true
	}
	one, two := lay(kind, a), lay(kind, b)
	if len(one) != len(two) {
		return false
	}
	for i := range one {
		if one[i].key() != two[i].key() {
			return false
		}
	}
	return true
}

// lay lays out a text. An empty one has no lines.
func lay(kind core.Kind, text string) []line {
	if text == "" {
		return nil
	}
	masked := secret.MaskEntry(kind, text)
	if kind == core.Stream || kind == core.Table {
		return block(createLines, masked, text)
	}
	real, err := decode(text)
	if err != nil {
		return block(nil, masked, text)
	}
	shown := real
	if masked != text {
		if shown, err = decode(masked); err != nil {
			return block(nil, masked, text)
		}
	}
	l := layout{rule: kind == core.Rule}
	l.value(0, "", shown, real)
	return l.lines
}

// decode reads a JSON text. Numbers keep their spelling.
func decode(text string) (v any, err error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("text after the value")
	}
	return v, nil
}

// block lays out a text of several lines by its statement, or as it stands where it has
// none. What its lines mean is taken from the real text.
func block(statement func(string) []line, shown, real string) []line {
	lines := statementLines(statement, shown)
	if shown == real {
		return lines
	}
	means := statementLines(statement, real)
	if len(lines) != len(means) {
		// The mask has made it something else, so all of it is one meaning.
		lines[0].mean = real
		return lines
	}
	for i := range lines {
		lines[i].mean = means[i].text
	}
	return lines
}

// statementLines returns the lines of a statement, or the text as it stands where it is
// none.
func statementLines(statement func(string) []line, text string) []line {
	if statement != nil {
		if lines := statement(text); lines != nil {
			return lines
		}
	}
	lines := make([]line, 0, strings.Count(text, "\n")+1)
	for s := range strings.SplitSeq(text, "\n") {
		lines = append(lines, line{text: s})
	}
	return lines
}
