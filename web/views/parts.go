package views

import (
	"context"
	"io"
	"net/url"
	"regexp"
	"strconv"

	"github.com/a-h/templ"
)

// sentence draws a text of the catalogue with parts in the places of its slots.
func sentence(text string, parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for i, piece := range cut(text) {
			part := plain(piece)
			if i%2 == 1 {
				n, err := strconv.Atoi(piece)
				if err != nil {
					return err
				}
				part = parts[n]
			}
			if err := part.Render(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// plain draws a text as it stands.
func plain(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, templ.EscapeString(text))
		return err
	})
}

var joint = regexp.MustCompile(`([_/\-])([\pL\pN])`)

// soft draws a name that may break after _ / and -.
func soft(name string) templ.Component {
	return templ.Raw(joint.ReplaceAllString(templ.EscapeString(name), "$1<wbr>$2"))
}

// sign is one number of a delta.
type sign struct {
	glyph, class string
	word         Key
	n            int
}

// signs returns the three numbers of a delta.
func signs(created, replaced, deleted int) []sign {
	return []sign{
		{"+", "text-create", "delta.created", created},
		{"~", "text-replace", "delta.replaced", replaced},
		{"−", "text-delete", "delta.deleted", deleted},
	}
}

// stepKeys are the steps of an import, in order.
var stepKeys = []Key{"steps.bring", "steps.read", "steps.review", "steps.apply"}

// draftPath is the address of a draft.
func draftPath(id string) string { return "/ui/import/" + url.PathEscape(id) }

// spans draws the pieces of a line, with nothing between them.
func spans(line []Span) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		for _, s := range line {
			text := templ.EscapeString(s.Text)
			if s.Class != "" {
				text = `<span class="` + s.Class + `">` + text + `</span>`
			}
			if _, err := io.WriteString(w, text); err != nil {
				return err
			}
		}
		return nil
	})
}
