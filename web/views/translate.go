package views

import (
	"cmp"
	"context"
	"regexp"
	"sync"
)

// translations are the messages by language. English has none: it is what they are in.
// They are read when the first page needs them; commands do without.
var translations = sync.OnceValue(func() map[Language]*messages { return readMessages(locales) })

// tm returns what the program says of itself, such as an error, a finding or a hint, in
// the language of the page. It is shown as it is where no catalogue knows it.
func tm(ctx context.Context, message string) string { return rendered(ctx, message).text }

// tr returns a text of the document of the REST API in the language of the page. It is
// shown as it is where no catalogue knows it.
func tr(ctx context.Context, text string) string {
	if m := translations()[spoken(ctx)]; m != nil {
		return cmp.Or(m.reference[text], text)
	}
	return text
}

// engineWords returns the message where its words are the engine's and the page says it
// in others, else nothing. People search for those words, and copy them.
func engineWords(ctx context.Context, message string) string {
	if r := rendered(ctx, message); r.known && r.engine {
		return message
	}
	return ""
}

// rendered translates a message into the language of the page.
func rendered(ctx context.Context, message string) rendering {
	if m := translations()[spoken(ctx)]; m != nil {
		return m.translate(message)
	}
	return rendering{text: message}
}

// ownNames are the names that the console gives by itself: to drafts of the past, and to
// callers that are no users.
var ownNames = regexp.MustCompile(`^(?:revision \d+|the empty node|token \S+|key \S+|signed address)$`)

// ownName returns a name as it is, unless the console gave it: that is a text.
func ownName(ctx context.Context, name string) string {
	if ownNames.MatchString(name) {
		return tm(ctx, name)
	}
	return name
}
