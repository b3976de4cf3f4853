package handlers

import (
	"net/http"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/web/views"
)

// accountsPage is GET /ui/accounts.
func (s *Server) accountsPage(w http.ResponseWriter, r *http.Request) error {
	return s.showAccounts(w, r, http.StatusOK, views.AccountForm{})
}

func (s *Server) showAccounts(w http.ResponseWriter, r *http.Request, status int, form views.AccountForm) error {
	users, err := s.Users.List(r.Context(), callerOf(r))
	if err != nil {
		return err
	}
	s.show(w, r, status, views.AccountsPage{Layout: s.layout(r), Users: users, Form: form})
	return nil
}

// addAccount is POST /ui/accounts.
func (s *Server) addAccount(w http.ResponseWriter, r *http.Request) error {
	if err := parseSmall(w, r); err != nil {
		return err
	}
	role, err := core.ParseRole(r.PostForm.Get("role"))
	if err != nil {
		return err
	}
	name, password := strings.TrimSpace(r.PostForm.Get("user")), r.PostForm.Get("password")
	form := views.AccountForm{Name: name, Role: role, Error: setUpFault(name, password, r.PostForm.Get("password2"))}
	if form.Error == "" {
		err := s.Users.Add(r.Context(), callerOf(r), name, role, password)
		switch {
		case err == nil:
			http.Redirect(w, r, "/ui/accounts", http.StatusSeeOther)
			return nil
		case core.CodeOf(err) != core.Conflict:
			return err
		}
		form.Error = views.NameTaken
	}
	return s.showAccounts(w, r, http.StatusBadRequest, form)
}

// accountPage is GET /ui/accounts/{name}.
func (s *Server) accountPage(w http.ResponseWriter, r *http.Request) error {
	return s.showAccount(w, r, "", "")
}

func (s *Server) showAccount(w http.ResponseWriter, r *http.Request, fault, done views.Key) error {
	user, err := s.Users.User(r.Context(), callerOf(r), param(r, "name"))
	if err != nil {
		return err
	}
	status := http.StatusOK
	if fault != "" {
		status = http.StatusBadRequest
	}
	s.show(w, r, status, views.AccountPage{Layout: s.layout(r), Account: user, Error: fault, Done: done})
	return nil
}

// changeAccount is POST /ui/accounts/{name}.
func (s *Server) changeAccount(w http.ResponseWriter, r *http.Request) error {
	if err := parseSmall(w, r); err != nil {
		return err
	}
	change := map[string]func(*http.Request) (fault, done views.Key, err error){"role": s.changeRole, "password": s.changePassword}[r.PostForm.Get("action")]
	if change == nil {
		return core.Errorf(core.Invalid, "%q is nothing that can be changed of an account", r.PostForm.Get("action"))
	}
	fault, done, err := change(r)
	if err != nil {
		return err
	}
	return s.showAccount(w, r, fault, done)
}

func (s *Server) changeRole(r *http.Request) (fault, done views.Key, err error) {
	role, err := core.ParseRole(r.PostForm.Get("role"))
	if err != nil {
		return "", "", err
	}
	fault, err = lastAdmin(s.Users.SetRole(r.Context(), callerOf(r), param(r, "name"), role))
	return fault, views.RoleChanged, err
}

// lastAdmin returns what a page says of a Conflict error, else the error.
func lastAdmin(err error) (views.Key, error) {
	if err != nil && core.CodeOf(err) == core.Conflict {
		return views.LastAdmin, nil
	}
	return "", err
}

func (s *Server) changePassword(r *http.Request) (fault, done views.Key, err error) {
	name, password := param(r, "name"), r.PostForm.Get("password")
	if fault := setUpFault(name, password, r.PostForm.Get("password2")); fault != "" {
		return fault, "", nil
	}
	return "", views.PasswordChanged, s.Users.SetPassword(r.Context(), callerOf(r), name, password)
}

// removalPage is GET /ui/accounts/{name}/remove.
func (s *Server) removalPage(w http.ResponseWriter, r *http.Request) error {
	user, err := s.Users.User(r.Context(), callerOf(r), param(r, "name"))
	if err != nil {
		return err
	}
	s.show(w, r, http.StatusOK, views.ConfirmPage{Layout: s.layout(r), What: views.RemoveAccount, Name: user.Name})
	return nil
}

// removeAccount is POST /ui/accounts/{name}/remove.
func (s *Server) removeAccount(w http.ResponseWriter, r *http.Request) error {
	name := param(r, "name")
	fault, err := lastAdmin(s.Users.Remove(r.Context(), callerOf(r), name))
	if err != nil {
		return err
	}
	if fault != "" {
		s.show(w, r, http.StatusConflict, views.ConfirmPage{Layout: s.layout(r), What: views.RemoveAccount, Name: name, Error: fault})
		return nil
	}
	http.Redirect(w, r, "/ui/accounts", http.StatusSeeOther)
	return nil
}
