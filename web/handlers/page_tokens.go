package handlers

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
	"ekuiper-console/web/views"
)

// tokensPage is GET /ui/tokens.
func (s *Server) tokensPage(w http.ResponseWriter, r *http.Request) error {
	return s.showTokens(w, r, http.StatusOK, views.TokensPage{Form: views.TokenForm{Days: views.TokenDays[0]}})
}

func (s *Server) showTokens(w http.ResponseWriter, r *http.Request, status int, p views.TokensPage) error {
	tokens, err := s.Tokens.List(r.Context(), callerOf(r))
	if err != nil {
		return err
	}
	p.Layout, p.Tokens, p.Now = s.layout(r), tokens, time.Now()
	s.show(w, r, status, p)
	return nil
}

// addToken is POST /ui/tokens. Its answer shows the secret, which is nowhere else.
func (s *Server) addToken(w http.ResponseWriter, r *http.Request) error {
	if err := parseSmall(w, r); err != nil {
		return err
	}
	form, err := tokenForm(r)
	if err != nil {
		return err
	}
	if form.Error != "" {
		return s.showTokens(w, r, http.StatusBadRequest, views.TokensPage{Form: form})
	}
	like := account.Token{Name: form.Name, Role: form.Role, Scope: form.Scope}
	if form.Days > 0 {
		like.Expires = time.Now().AddDate(0, 0, form.Days)
	}
	_, secret, err := s.Tokens.Add(r.Context(), callerOf(r), like)
	if err != nil {
		return err
	}
	return s.showTokens(w, r, http.StatusOK, views.TokensPage{Form: form, Made: secret})
}

// tokenForm reads the form that makes a token, and what is wrong with it.
func tokenForm(r *http.Request) (views.TokenForm, error) {
	form := views.TokenForm{Name: strings.TrimSpace(r.PostForm.Get("name")), Scope: account.Scope(r.PostForm.Get("scope"))}
	var err error
	if form.Role, err = core.ParseRole(r.PostForm.Get("role")); err != nil {
		return form, err
	}
	if form.Days, err = strconv.Atoi(r.PostForm.Get("days")); err != nil || !slices.Contains(views.TokenDays, form.Days) {
		return form, core.Errorf(core.Invalid, "%q is no choice of days", r.PostForm.Get("days"))
	}
	switch {
	case !account.ValidName(form.Name):
		form.Error = views.TokenNameBad
	case form.Scope == account.ImportOnly && form.Role < core.Operator:
		form.Error = views.TokenRoleLow
	}
	return form, nil
}

// revocationPage is GET /ui/tokens/{id}/revoke.
func (s *Server) revocationPage(w http.ResponseWriter, r *http.Request) error {
	token, err := s.Tokens.Token(r.Context(), callerOf(r), param(r, "id"))
	if err != nil {
		return err
	}
	s.show(w, r, http.StatusOK, views.ConfirmPage{Layout: s.layout(r), What: views.RevokeToken, Name: token.Name})
	return nil
}

// revokeToken is POST /ui/tokens/{id}/revoke.
func (s *Server) revokeToken(w http.ResponseWriter, r *http.Request) error {
	if err := s.Tokens.Revoke(r.Context(), callerOf(r), param(r, "id")); err != nil {
		return err
	}
	http.Redirect(w, r, "/ui/tokens", http.StatusSeeOther)
	return nil
}
