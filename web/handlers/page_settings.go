package handlers

import (
	"net/http"

	"ekuiper-console/core"
	"ekuiper-console/web/views"
)

// settingsPage is GET /ui/settings.
func (s *Server) settingsPage(w http.ResponseWriter, r *http.Request) error {
	return s.showSettings(w, r, http.StatusOK, views.SettingsPage{Changed: r.URL.Query().Get("changed") == "password"})
}

// showSettings fills in what does not hang on the form, and shows the page.
func (s *Server) showSettings(w http.ResponseWriter, r *http.Request, status int, p views.SettingsPage) error {
	by := callerOf(r)
	sessions, err := s.SignedIn.List(r.Context(), by)
	if err != nil {
		return err
	}
	p.Layout, p.Sessions, p.Current = s.layout(r), sessions, s.Sessions.GetString(r.Context(), sessionID)
	if by.Require(core.Admin) == nil {
		p.Facts = &views.ServerFacts{Data: s.Data, StoreSize: s.StoreSize(), MaxBundle: s.maxDocument(), RESTAuth: s.RESTAuth, FileRoots: s.FileRoots}
	}
	s.show(w, r, status, p)
	return nil
}

// ownPassword is POST /ui/settings. Whoever changes their password stays signed in.
func (s *Server) ownPassword(w http.ResponseWriter, r *http.Request) error {
	if err := parseSmall(w, r); err != nil {
		return err
	}
	by, form := callerOf(r), r.PostForm
	password := form.Get("password")
	if fault := setUpFault(by.Name, password, form.Get("password2")); fault != "" {
		return s.showSettings(w, r, http.StatusBadRequest, views.SettingsPage{Error: fault})
	}
	user, err := s.Users.ChangePassword(r.Context(), by, form.Get("present"), password)
	if err == nil {
		return s.welcome(w, r, user, "/ui/settings?changed=password")
	}
	fault := map[core.Code]views.Key{core.Unauthenticated: views.WrongPresent, core.Limited: views.TooManyAttempts}[core.CodeOf(err)]
	if fault == "" {
		return err
	}
	return s.showSettings(w, r, http.StatusForbidden, views.SettingsPage{Error: fault, Wait: retryAfter(w, err)})
}

// endSession is POST /ui/settings/sessions/{id}. One that has ended meanwhile is fine.
func (s *Server) endSession(w http.ResponseWriter, r *http.Request) error {
	err := s.SignedIn.End(r.Context(), callerOf(r), param(r, "id"))
	if err != nil && core.CodeOf(err) != core.NotFound {
		return err
	}
	http.Redirect(w, r, "/ui/settings", http.StatusSeeOther)
	return nil
}
