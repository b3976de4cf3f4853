package transfer

import "strings"

// needle finds a text in others, whatever the case. Texts in ASCII it finds by their rarest
// character, which few places have, with the speed at which memory is read. The empty
// text is in all.
type needle struct {
	text     string // in lower case
	rare     int    // where the rarest character is
	low, up  byte   // both cases of that
	anything bool   // whether it has characters besides ASCII
}

// common are the characters of configurations, the most frequent first. All others are
// rarer.
const common = "\"e taorsinl,:_pm{}.cdu\\/0g1hb2f-3()=v45y6798k"

func newNeedle(text string) needle {
	n := needle{text: strings.ToLower(text)}
	best := -1
	for i := range len(n.text) {
		c := n.text[i]
		n.anything = n.anything || c >= 0x80
		rank := strings.IndexByte(common, c)
		if rank < 0 {
			rank = len(common)
		}
		if rank > best {
			best, n.rare, n.low, n.up = rank, i, c, upper(c)
		}
	}
	return n
}

// in reports whether s contains the needle.
func (n *needle) in(s string) bool {
	if n.text == "" {
		return true
	}
	if n.anything {
		return strings.Contains(strings.ToLower(s), n.text)
	}
	last := len(s) - len(n.text) + n.rare // where the rarest character can be
	low, up := -1, -1                     // where its cases are next
	for i := n.rare; i <= last; i++ {
		if low < i {
			low = next(s, n.low, i)
		}
		if up < i {
			up = next(s, n.up, i)
		}
		if i = min(low, up); i <= last && n.stands(s[i-n.rare:]) {
			return true
		}
	}
	return false
}

// next returns where c is in s from i on, or the length of s.
func next(s string, c byte, i int) int {
	if at := strings.IndexByte(s[i:], c); at >= 0 {
		return i + at
	}
	return len(s)
}

// stands reports whether s, which is long enough, begins with the needle.
func (n *needle) stands(s string) bool {
	for i := range len(n.text) {
		if c := n.text[i]; s[i] != c && s[i] != upper(c) {
			return false
		}
	}
	return true
}

// upper returns a character of ASCII in upper case.
func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}
