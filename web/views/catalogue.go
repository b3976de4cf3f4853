package views

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Key names a text of the catalogue.
type Key string

//go:embed locales
var locales embed.FS

var (
	catalogue = readCatalogue(locales)
	english   = newSpeaker(catalogue, language.English.String())
)

// readCatalogue reads every file of locales; its folder is its language. It panics on
// one that cannot be read, because the files are part of the program.
func readCatalogue(files fs.FS) *i18n.Bundle {
	b := i18n.NewBundle(language.English)
	names, err := fs.Glob(files, "locales/*/*.json")
	if err != nil {
		panic(fmt.Errorf("listing the catalogue: %w", err))
	}
	for _, name := range names {
		if err := readTexts(b, files, name); err != nil {
			panic(fmt.Errorf("reading the catalogue: %w", err))
		}
	}
	return b
}

// readTexts adds the texts of one file.
func readTexts(b *i18n.Bundle, files fs.FS, name string) error {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	if _, err := b.ParseMessageFileBytes(data, path.Dir(name)+path.Ext(name)); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// speaker says texts in one language.
type speaker struct {
	tag    language.Tag
	texts  *i18n.Localizer
	number *message.Printer
}

// newSpeaker returns the speaker of the first of these languages that there are texts
// in. Each may be a tag or an Accept-Language header.
func newSpeaker(texts *i18n.Bundle, accept ...string) *speaker {
	tag, _ := language.MatchStrings(language.NewMatcher(texts.LanguageTags()), accept...)
	base, _ := tag.Base()
	return &speaker{tag, i18n.NewLocalizer(texts, base.String()), message.NewPrinter(tag)}
}

// Language is a language that pages speak, as its tag, such as "zh". The empty one
// follows the browser.
type Language string

// languages are the choices of the switch, each in its own words: whoever looks for
// theirs may not read the present one.
var languages = []struct {
	language Language
	name     string
}{
	{"en", "English"},
	{"zh", "中文"},
}

// scripts spell a language for the lang attribute where its tag leaves open how
// characters are drawn: of zh alone a browser may draw the Japanese or traditional ones.
var scripts = map[Language]string{"zh": "zh-Hans"}

// attribute returns the language as the lang attribute spells it.
func (l Language) attribute() string { return cmp.Or(scripts[l], string(l)) }

// ParseLanguage reads the value of the form field language. What it does not know
// follows the browser.
func ParseLanguage(s string) Language {
	for _, l := range languages {
		if string(l.language) == s {
			return l.language
		}
	}
	return ""
}

type languageKey struct{}

// WithLanguage returns a context in which pages speak the first of these languages
// that there is a catalogue for, else English. Each may be a tag such as "zh" or an
// Accept-Language header.
func WithLanguage(ctx context.Context, accept ...string) context.Context {
	return context.WithValue(ctx, languageKey{}, newSpeaker(catalogue, accept...))
}

// speakerOf returns the speaker of a context.
func speakerOf(ctx context.Context) *speaker {
	if s, ok := ctx.Value(languageKey{}).(*speaker); ok {
		return s
	}
	return english
}

// spoken returns the language of a context.
func spoken(ctx context.Context) Language {
	base, _ := speakerOf(ctx).tag.Base()
	return Language(base.String())
}

// t returns a text. The pairs are names and values of what it has to fill in.
func t(ctx context.Context, key Key, pairs ...any) string {
	return speakerOf(ctx).say(&i18n.LocalizeConfig{MessageID: string(key), TemplateData: fields(pairs)})
}

// tn returns a text with a number in it, in the form that the number asks for. The
// text calls it Count.
func tn(ctx context.Context, key Key, n int, pairs ...any) string {
	data := fields(pairs)
	data["Count"] = count(ctx, n)
	return speakerOf(ctx).say(&i18n.LocalizeConfig{MessageID: string(key), TemplateData: data, PluralCount: n})
}

// say returns the text, or its key where the catalogue has none.
func (s *speaker) say(c *i18n.LocalizeConfig) string {
	text, err := s.texts.Localize(c)
	if err != nil && text == "" {
		return c.MessageID
	}
	return text
}

// count writes a number with the separators of the language.
func count(ctx context.Context, n int) string { return speakerOf(ctx).number.Sprint(n) }

// decimal writes a number with one digit behind the point of the language.
func decimal(ctx context.Context, x float64) string {
	return speakerOf(ctx).number.Sprintf("%.1f", x)
}

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
