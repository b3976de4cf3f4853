package views

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/dustin/go-humanize"
)

// Key names a text of the catalogue.
type Key string

//go:embed locales
var locales embed.FS

var english = newSpeaker()

// speaker says texts in one language.
type speaker struct{ texts map[string]text }

// text is one text of the catalogue; One is for the number 1 and may be empty.
type text struct{ One, Other string }

// UnmarshalJSON reads a string, or an object of plural forms.
func (x *text) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &x.Other)
	}
	type forms text
	return json.Unmarshal(data, (*forms)(x))
}

// newSpeaker returns the speaker of the catalogue. It panics on one that cannot be
// read, because the files are part of the program.
func newSpeaker(...string) *speaker {
	s := &speaker{}
	data, err := locales.ReadFile("locales/en.json")
	if err == nil {
		err = json.Unmarshal(data, &s.texts)
	}
	if err != nil {
		panic(fmt.Errorf("reading the catalogue: %w", err))
	}
	return s
}

type languageKey struct{}

// WithLanguage returns a context in which pages speak the first of these languages
// that there is a catalogue for, else English. Each may be a tag such as "zh" or an
// Accept-Language header.
func WithLanguage(ctx context.Context, accept ...string) context.Context {
	return context.WithValue(ctx, languageKey{}, newSpeaker(accept...))
}

// speakerOf returns the speaker of a context.
func speakerOf(ctx context.Context) *speaker {
	if s, ok := ctx.Value(languageKey{}).(*speaker); ok {
		return s
	}
	return english
}

// lang returns the language of a context, as the lang attribute spells it.
func lang(context.Context) string { return "en" }

// t returns a text. The pairs are names and values of what it has to fill in.
func t(ctx context.Context, key Key, pairs ...any) string {
	return speakerOf(ctx).say(key, 2, fields(pairs))
}

// tn returns a text with a number in it, in the form that the number asks for. The
// text calls it Count.
func tn(ctx context.Context, key Key, n int, pairs ...any) string {
	data := fields(pairs)
	data["Count"] = count(ctx, n)
	return speakerOf(ctx).say(key, n, data)
}

// say returns the text, or its key where the catalogue has none.
func (s *speaker) say(key Key, n int, data map[string]any) string {
	x, ok := s.texts[string(key)]
	if !ok {
		return string(key)
	}
	said := x.Other
	if n == 1 && x.One != "" {
		said = x.One
	}
	for name, value := range data {
		said = strings.ReplaceAll(said, "{{."+name+"}}", fmt.Sprint(value))
	}
	return said
}

// count writes a number with separators.
func count(_ context.Context, n int) string { return humanize.Comma(int64(n)) }

// decimal writes a number with one digit behind the point.
func decimal(_ context.Context, x float64) string { return fmt.Sprintf("%.1f", x) }

// fields makes template data of names and values.
func fields(pairs []any) map[string]any {
	data := make(map[string]any, len(pairs)/2+1)
	for i := 0; i+1 < len(pairs); i += 2 {
		data[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return data
}

// slot is the mark that stands in a text for a part that is drawn, not written.
func slot(i int) string { return fmt.Sprintf("\x00%d\x00", i) }

// cut splits a text at its slots: pieces at even places are text, those at odd places
// are the numbers of parts.
func cut(text string) []string { return strings.Split(text, "\x00") }
