package views

import (
	"context"
	"io"
	"net/url"
	"strings"
	"time"

	"ekuiper-console/core/account"
)

// SettingsPage is what everybody sets for themselves, and for admins what the server is
// set to. It posts present, password and password2 to /ui/settings, a press on a session
// to /ui/settings/sessions/{id}, and the theme to /ui/preferences.
type SettingsPage struct {
	Layout
	Sessions []account.Session // own ones
	Current  string            // id of the session of this page
	Error    Key               // empty, WrongPresent, TooManyAttempts, or a key of SetUpPage
	Wait     time.Duration     // with TooManyAttempts, how long
	Changed  bool              // whether the password was changed just now
	Facts    *ServerFacts      // nil for who is no admin
}

// WrongPresent says that the present password was not the one that was typed.
const WrongPresent Key = "settings.wrong"

// ServerFacts are what the server was started with.
type ServerFacts struct {
	Data      string // folder of the store
	StoreSize int64  // of its files, in bytes
	MaxBundle int64  // of a document, in bytes
	RESTAuth  bool   // whether the REST API asks for a token
	FileRoots []string
}

// Render writes the page.
func (p SettingsPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// sessionPath is where a session is ended.
func sessionPath(id string) string { return "/ui/settings/sessions/" + url.PathEscape(id) }

// alias is what something calls itself in the name of a browser, and what people call it.
type alias struct{ in, name string }

// Browsers and systems as they name themselves, those that pretend to be others first.
var (
	browsers = []alias{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}}
	systems  = []alias{{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}}
)

// calls returns what people call the first of these that is in a browser's name.
func calls(agent string, all []alias) string {
	for _, a := range all {
		if strings.Contains(agent, a.in) {
			return a.name
		}
	}
	return ""
}

// browserText says which browser calls itself like that.
func browserText(ctx context.Context, agent string) string {
	browser, system := calls(agent, browsers), calls(agent, systems)
	switch {
	case browser == "":
		return t(ctx, "settings.browser.other")
	case system == "":
		return browser
	}
	return t(ctx, "settings.browser", "Browser", browser, "System", system)
}
