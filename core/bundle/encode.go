package bundle

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"ekuiper-console/core"
)

// Encode writes the document as the engine does: compact, all twelve sections in
// its order, names sorted, and <, >, &, U+2028 and U+2029 escaped.
func (b *Bundle) Encode(w io.Writer) error {
	out := bufio.NewWriterSize(w, 64<<10)
	var buf []byte
	sep := byte('{')
	for _, k := range core.DocumentOrder() {
		buf = append(buf[:0], sep)
		buf = appendString(buf, k.Key())
		buf = append(buf, ':', '{')
		for i, name := range b.Names(k) {
			if i > 0 {
				buf = append(buf, ',')
			}
			buf = appendString(buf, name)
			buf = append(buf, ':')
			text, _ := b.sections[k].get(name)
			buf = appendString(buf, text)
			if len(buf) > 32<<10 {
				out.Write(buf)
				buf = buf[:0]
			}
		}
		out.Write(append(buf, '}'))
		sep = ','
	}
	out.WriteByte('}')
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing the bundle: %w", err)
	}
	return nil
}

// MarshalJSON returns what Encode writes.
func (b *Bundle) MarshalJSON() ([]byte, error) {
	var buf bytes.Buffer
	buf.Grow(b.size() * 5 / 4)
	err := b.Encode(&buf)
	return buf.Bytes(), err
}

// size returns how many bytes the names and texts have.
func (b *Bundle) size() int {
	n := 0
	for k := range b.sections {
		for name, text := range b.sections[k].all {
			n += len(name) + len(text)
		}
	}
	return n
}

// UnmarshalJSON reads the document in data. Unknown sections are passed over.
func (b *Bundle) UnmarshalJSON(data []byte) error {
	read, _, err := Decode(data)
	if err != nil {
		return err
	}
	*b = *read
	return nil
}

// Indent returns the document for a person to read: as Encode writes it, two
// blanks a level, with a line break at the end.
func (b *Bundle) Indent() ([]byte, error) {
	compact, err := b.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if err := json.Indent(&buf, compact, "", "  "); err != nil {
		return nil, fmt.Errorf("indenting the bundle: %w", err)
	}
	buf.WriteByte('\n')
	return buf.Bytes(), nil
}

// appendString appends s as a JSON string, escaped as encoding/json does for HTML.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		if !escaped[s[i]] {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if esc := escapeOf(r, size); esc != "" {
			dst = append(append(dst, s[from:i]...), esc...)
			from = i + size
		}
		i += size
	}
	return append(append(dst, s[from:]...), '"')
}

// escaped are the bytes that a rune which does not stand for itself may begin with.
var escaped = func() (table [256]bool) {
	for c := range table {
		table[c] = c < ' ' || c >= utf8.RuneSelf || strings.IndexByte(`"\<>&`, byte(c)) >= 0
	}
	return table
}()

// escapes are those that are not the number of their rune.
var escapes = map[rune]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`}

// escapeOf returns the escape of a rune of so many bytes, or nothing where it stands for
// itself.
func escapeOf(r rune, size int) string {
	switch {
	case r == utf8.RuneError && size == 1:
		return `\ufffd`
	case escapes[r] != "":
		return escapes[r]
	case r < utf8.RuneSelf || r == '\u2028' || r == '\u2029':
		return fmt.Sprintf(`\u%04x`, r)
	}
	return ""
}
