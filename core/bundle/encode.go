package bundle

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"

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
			buf = appendString(buf, b.sections[k][name])
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
	err := b.Encode(&buf)
	return buf.Bytes(), err
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

// appendString appends s as a JSON string with HTML-safe escapes.
func appendString(dst []byte, s string) []byte {
	if !slices.ContainsFunc([]byte(s), escaped) {
		return append(append(append(dst, '"'), s...), '"')
	}
	quoted, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always marshals
	}
	return append(dst, quoted...)
}

// escaped reports whether a byte keeps a string from standing as it is.
func escaped(c byte) bool {
	return c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&'
}
