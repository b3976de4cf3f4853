package secret

import (
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
)

// Dots stand for a secret, whatever its length.
const Dots = "••••••"

// words make a property a secret one when they occur in its name, in any case and with
// or without - and _ in them.
var words = []string{
	"password", "passwd", "pwd", "passphrase", "passcode", "token", "secret", "credential", "authorization",
	"privatekey", "apikey", "accesskey",
}

// places are ends of names that say that the value tells where the secret is.
var places = []string{"path", "file"}

// joints are what words in the name of a property are joined with.
var joints = strings.NewReplacer("_", "", "-", "")

// Property reports whether a property of this name holds a secret.
func Property(name string) bool {
	name = joints.Replace(strings.ToLower(name))
	for _, end := range places {
		if strings.HasSuffix(name, end) {
			return false
		}
	}
	for _, word := range words {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// Mask replaces the secrets of any text by dots, and returns where a byte offset of the
// text has moved to. The text need not be whole, and JSON in it may itself stand in a
// JSON string, or in one within one.
func Mask(text string, at int) (masked string, moved int) {
	found := find(text)
	if len(found) == 0 {
		return text, at
	}
	var b strings.Builder
	done, moved := 0, at
	for _, s := range found {
		b.WriteString(text[done:s.from])
		switch {
		case at >= s.to:
			moved += len(Dots) - (s.to - s.from)
		case at > s.from:
			moved = b.Len()
		}
		b.WriteString(Dots)
		done = s.to
	}
	b.WriteString(text[done:])
	return b.String(), moved
}

// MaskEntry returns the text of an entry with its secrets replaced by dots. A JSON text
// stays valid, with the same members in the same order, and all but the secrets is as
// it was to the byte; a secret that is a number becomes a string.
func MaskEntry(kind core.Kind, text string) string {
	if structured(kind, text) {
		return maskJSON(text)
	}
	masked, _ := Mask(text, 0)
	return masked
}

// MaskBundle returns a bundle with all secrets replaced by dots.
func MaskBundle(b *bundle.Bundle) *bundle.Bundle {
	masked := &bundle.Bundle{}
	for ref, text := range b.All() {
		masked.Set(ref, MaskEntry(ref.Kind, text))
	}
	return masked
}

// MayBeMasked reports whether a text has what stands in place of secrets anywhere.
func MayBeMasked(text string) bool {
	return strings.Contains(text, Dots) || strings.Contains(text, escapedDots)
}

// Restore returns a masked text with the secrets of an older text of the entry in place
// of the dots. A value that is nothing but dots becomes what the older text has at the
// same path, and the dots in an address become the password of the same user. All other
// bytes stay. Left names the paths, such as td.password, that are still masked because
// the older text has nothing there.
func Restore(kind core.Kind, masked, old string) (text string, left []string) {
	switch {
	case !MayBeMasked(masked):
		return masked, nil
	case structured(kind, masked):
		return restoreJSON(masked, old)
	}
	return restoreText(masked, old)
}
