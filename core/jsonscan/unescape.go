package jsonscan

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// special are the bytes that do not stand for themselves in a string.
var special = func() (table [256]bool) {
	for c := range ' ' {
		table[c] = true
	}
	table['"'], table['\\'] = true, true
	return table
}()

// simple are the escapes of one letter.
var simple = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape decodes the inside of a valid JSON string behind out. With stop at or above zero
// it ends as soon as so many bytes are there; read is how many bytes of raw were used, so
// that a place in the text can be found in the document.
//
// Out may be raw[:0] where raw is valid UTF-8: then nothing decodes to more bytes than it
// has.
func unescape(out, raw []byte, stop int) (text []byte, read int) {
	i := 0
	for i < len(raw) && (stop < 0 || len(out) < stop) {
		switch c := raw[i]; {
		case c == '\\' && raw[i+1] == 'u':
			var r rune
			r, i = unicodeEscape(raw, i)
			out = utf8.AppendRune(out, r)
		case c == '\\':
			out = append(out, simple[raw[i+1]])
			i += 2
		case c < utf8.RuneSelf:
			end := run(raw, i)
			if stop >= 0 {
				end = min(end, i+stop-len(out))
			}
			out = append(out, raw[i:end]...)
			i = end
		default:
			r, size := utf8.DecodeRune(raw[i:])
			out = utf8.AppendRune(out, r)
			i += size
		}
	}
	return out, i
}

// run returns where the plain ASCII that begins at i ends.
func run(raw []byte, i int) int {
	for i < len(raw) && raw[i] != '\\' && raw[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// unicodeEscape decodes the \u escape at i, and the second one of a surrogate pair.
// A lone surrogate is U+FFFD.
func unicodeEscape(raw []byte, i int) (r rune, next int) {
	r = hex4(raw[i+2:])
	next = i + 6
	if !utf16.IsSurrogate(r) {
		return r, next
	}
	if next+6 <= len(raw) && raw[next] == '\\' && raw[next+1] == 'u' {
		if pair := utf16.DecodeRune(r, hex4(raw[next+2:])); pair != utf8.RuneError {
			return pair, next + 6
		}
	}
	return utf8.RuneError, next
}

func hex4(digits []byte) rune {
	n, err := strconv.ParseUint(string(digits[:4]), 16, 16)
	if err != nil {
		panic(err) // the document was validated
	}
	return rune(n)
}
