package handlers

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
	"ekuiper-console/web/views"
)

// signInPage is GET /ui/sign-in.
func (s *Server) signInPage(w http.ResponseWriter, r *http.Request) error {
	if any, err := s.Users.Any(r.Context()); err != nil || !any {
		if err == nil {
			http.Redirect(w, r, "/ui/setup", http.StatusSeeOther)
		}
		return err
	}
	s.show(w, r, http.StatusOK, views.SignInPage{Layout: s.layout(r), Next: r.URL.Query().Get("next")})
	return nil
}

// signIn is POST /ui/sign-in.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	if err := parseSmall(w, r); err != nil {
		return err
	}
	name, next := strings.TrimSpace(r.PostForm.Get("user")), r.PostForm.Get("next")
	user, err := s.Users.SignIn(r.Context(), from(r, "page"), name, r.PostForm.Get("password"))
	if err == nil {
		err = s.welcome(w, r, user, next)
	}
	fault, known := signInFaults[core.CodeOf(err)]
	if err == nil || !known {
		return err
	}
	s.Log.WarnContext(r.Context(), "sign-in refused", "from", r.RemoteAddr, "error", err)
	s.show(w, r, statuses[core.CodeOf(err)], views.SignInPage{Layout: s.layout(r), Name: name, Next: next, Error: fault, Wait: retryAfter(w, err)})
	return nil
}

// signInFaults are what the sign-in page tells of.
var signInFaults = map[core.Code]views.Key{
	core.Unauthenticated: views.WrongPassword,
	core.Limited:         views.TooManyAttempts,
	core.Busy:            views.BusySignIn,
	core.Unwritable:      views.NoRoomToSignIn,
}

// welcome begins a session, under a new token. One that there was is over.
func (s *Server) welcome(w http.ResponseWriter, r *http.Request, user account.User, next string) error {
	if err := s.leave(r, s.sessionCaller(r)); err != nil {
		return err
	}
	session, err := s.SignedIn.Begin(r.Context(), from(r, "page"), user, r.UserAgent())
	if err != nil {
		return err
	}
	if err := s.Sessions.RenewToken(r.Context()); err != nil {
		return err
	}
	s.Sessions.Put(r.Context(), sessionID, session.ID)
	http.Redirect(w, r, inside(next), http.StatusSeeOther)
	return nil
}

// signOut is POST /ui/sign-out.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.leave(r, callerOf(r)); err != nil {
		return err
	}
	if err := s.Sessions.Destroy(r.Context()); err != nil {
		return err
	}
	http.Redirect(w, r, "/ui/sign-in", http.StatusSeeOther)
	return nil
}

// leave ends the session that a caller is in, if there is one.
func (s *Server) leave(r *http.Request, by core.Caller) error {
	if by.Role == core.Nobody {
		return nil
	}
	err := s.SignedIn.SignOut(r.Context(), by, s.Sessions.GetString(r.Context(), sessionID))
	if core.CodeOf(err) == core.NotFound {
		return nil
	}
	return err
}

// setUpPage is GET /ui/setup. Once there is a user there is no such page.
func (s *Server) setUpPage(w http.ResponseWriter, r *http.Request) error {
	if open, err := s.SetUp.Open(r.Context()); err != nil || !open {
		return s.alreadySetUp(err)
	}
	token := r.URL.Query().Get("token")
	p := views.SetUpPage{Layout: s.layout(r), Token: token}
	if token != "" && !s.SetUp.Admits(token) {
		p.Token, p.Error = "", views.WrongLink
	}
	s.show(w, r, http.StatusOK, p)
	return nil
}

func (s *Server) alreadySetUp(err error) error {
	if err != nil {
		return err
	}
	return core.WithHint(core.Errorf(core.NotFound, "the console is set up already"), "sign in, or ask an administrator for an account")
}

// setUp is POST /ui/setup.
func (s *Server) setUp(w http.ResponseWriter, r *http.Request) error {
	if err := parseSmall(w, r); err != nil {
		return err
	}
	form := r.PostForm
	name := strings.TrimSpace(form.Get("user"))
	p := views.SetUpPage{Token: form.Get("token"), Name: name, Error: setUpFault(name, form.Get("password"), form.Get("password2"))}
	if p.Error == "" {
		user, err := s.SetUp.First(r.Context(), from(r, "page"), p.Token, name, form.Get("password"))
		switch {
		case err == nil:
			return s.welcome(w, r, user, "/ui/import")
		case core.CodeOf(err) == core.Forbidden:
			p.Token, p.Error = "", views.WrongLink
		case core.CodeOf(err) == core.Conflict:
			return s.alreadySetUp(nil)
		default:
			return err
		}
	}
	p.Layout = s.layout(r)
	s.show(w, r, http.StatusBadRequest, p)
	return nil
}

// setUpFault returns what is wrong with the fields, or "".
func setUpFault(name, password, again string) views.Key {
	switch {
	case name == "":
		return views.NameMissing
	case !account.ValidName(name):
		return views.NameBad
	case len(password) > account.MaxPassword:
		return views.PasswordLong
	case utf8.RuneCountInString(password) < account.MinPassword:
		return views.PasswordShort
	case account.Obvious(name, password):
		return views.PasswordObvious
	case password != again:
		return views.PasswordsDiffer
	}
	return ""
}
