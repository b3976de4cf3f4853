package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/web/views"
)

// sessionID is the key under which a cookie's session keeps the id of the account's.
const sessionID = "id"

// The cookies that keep how the pages look to somebody.
const (
	themeCookie    = "console_theme"
	languageCookie = "console_language"
)

// layout returns what every page knows of a request.
func (s *Server) layout(r *http.Request) views.Layout {
	by := callerOf(r)
	l := views.Layout{Node: nodeOf(r), User: by.Name, Role: by.Role, Path: r.URL.RequestURI(), Server: origin(r), Version: s.Version}
	s.layoutNodes(r, &l)
	if c, err := r.Cookie(themeCookie); err == nil {
		l.Theme = views.ParseTheme(c.Value)
	}
	l.Language = languageOf(r)
	if snapshot, err := s.Transfer.Export(r.Context(), by, nodeOf(r)); err == nil {
		l.Revision = snapshot.Revision
	}
	return l
}

// origin returns scheme and host by which the request came.
func origin(r *http.Request) string {
	if noteOf(r.Context()).https {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// preferences is POST /ui/preferences.
func (s *Server) preferences(w http.ResponseWriter, r *http.Request) error {
	if err := parseSmall(w, r); err != nil {
		return err
	}
	if r.PostForm.Has("theme") {
		prefer(w, r, themeCookie, string(views.ParseTheme(r.PostForm.Get("theme"))))
	}
	if r.PostForm.Has("language") {
		prefer(w, r, languageCookie, string(views.ParseLanguage(r.PostForm.Get("language"))))
	}
	http.Redirect(w, r, inside(r.PostForm.Get("back")), http.StatusSeeOther)
	return nil
}

// prefer keeps a choice for a year.
func prefer(w http.ResponseWriter, r *http.Request, name, value string) {
	const year = 365 * 24 * 60 * 60
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/ui/", MaxAge: year,
		HttpOnly: true, Secure: noteOf(r.Context()).https, SameSite: http.SameSiteLaxMode,
	})
}

// languageOf returns the language that somebody has chosen.
func languageOf(r *http.Request) views.Language {
	c, err := r.Cookie(languageCookie)
	if err != nil {
		return ""
	}
	return views.ParseLanguage(c.Value)
}

// inside returns an address of the pages, and their start for any other address, so
// that no form leads elsewhere.
func inside(address string) string {
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, "/ui/") || strings.Contains(u.Path, `\`) || strings.Contains(u.Path, "/..") {
		return "/ui/"
	}
	return address
}

// maxForm bounds a form of a few fields, in bytes.
const maxForm = 64 << 10

// parseSmall reads a form of a few fields.
func parseSmall(w http.ResponseWriter, r *http.Request) error {
	return parseForm(w, r, maxForm)
}

// parseForm reads a form of at most max bytes. Files are not for it.
func parseForm(w http.ResponseWriter, r *http.Request, limit int64) error {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return core.Errorf(core.Invalid, "this form takes no files")
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	return nil
}

// formMemory is how much of a form with files is held in memory, in bytes; the rest
// goes to temporary files, which the caller removes.
const formMemory = 8 << 20

// parseUpload reads a form of either encoding.
func (s *Server) parseUpload(w http.ResponseWriter, r *http.Request) error {
	if isMultipart(r) {
		return parseFiles(w, r)
	}
	return parseForm(w, r, s.maxDocument())
}

// badForm words an error of reading a form.
func badForm(err error) error {
	if big, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return core.Errorf(core.TooLarge, "the form is over the limit of %d bytes", big.Limit)
	}
	if errors.Is(err, errSlow) {
		return errSlow
	}
	return core.Errorf(core.Invalid, "the form cannot be read: %v", err)
}
