package handlers

import (
	"net/http"
	"strings"

	"ekuiper-console/core/transfer"
	"ekuiper-console/web/views"
)

// sessionUser is the key of the user's name in a session.
const sessionUser = "user"

// themeCookie keeps the choice of light or dark.
const themeCookie = "console_theme"

// layout returns what every page knows of a request.
func (s *Server) layout(r *http.Request) views.Layout {
	by := callerOf(r)
	l := views.Layout{Node: transfer.Local, User: by.Name, Role: by.Role, Path: r.URL.RequestURI(), Server: origin(r), Version: s.Version}
	if c, err := r.Cookie(themeCookie); err == nil {
		l.Theme = views.ParseTheme(c.Value)
	}
	if snapshot, err := s.Transfer.Export(r.Context(), by, transfer.Local); err == nil {
		l.Revision = snapshot.Revision
	}
	return l
}

// origin returns scheme and host by which the request came.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// home is GET /ui/.
func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, "/ui/export", http.StatusSeeOther)
	return nil
}

// preferences is POST /ui/preferences.
func (s *Server) preferences(w http.ResponseWriter, r *http.Request) error {
	if err := s.parseForm(w, r); err != nil {
		return err
	}
	const year = 365 * 24 * 60 * 60
	http.SetCookie(w, &http.Cookie{
		Name: themeCookie, Value: string(views.ParseTheme(r.PostForm.Get("theme"))), Path: "/ui/",
		MaxAge: year, HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode,
	})
	http.Redirect(w, r, inside(r.PostForm.Get("back")), http.StatusSeeOther)
	return nil
}

// inside returns an address of the pages, and their start for any other address, so
// that no form leads elsewhere.
func inside(address string) string {
	if strings.HasPrefix(address, "/ui/") && !strings.ContainsAny(address, "\\\r\n") && !strings.Contains(address, "/..") {
		return address
	}
	return "/ui/"
}

// formMemory is how much of a form with files is held in memory, in bytes.
const formMemory = 8 << 20

// parseForm reads a form of either encoding within the limit of documents.
func (s *Server) parseForm(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, s.maxDocument())
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		err = r.ParseMultipartForm(formMemory)
	} else {
		err = r.ParseForm()
	}
	if err != nil {
		return badBody(err)
	}
	return nil
}
