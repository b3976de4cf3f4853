package handlers

import (
	"net/http"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
	"ekuiper-console/core/audit"
)

// auditV1 is GET /api/v1/audit: the newest first, a page of which ends before the id that
// the next one is asked for with. As application/jsonl all of them come, one a line.
func (s *Server) auditV1(w http.ResponseWriter, r *http.Request) error {
	q, err := auditQuery(r)
	if err != nil {
		return err
	}
	w.Header().Set("Vary", "Accept")
	if strings.Contains(r.Header.Get("Accept"), "application/jsonl") {
		return s.sendEvents(w, r, q)
	}
	events, err := s.Audit.List(r.Context(), callerOf(r), q)
	return ok(w, append([]audit.Event{}, events...), err)
}

// usersV1 is GET /api/v1/users.
func (s *Server) usersV1(w http.ResponseWriter, r *http.Request) error {
	users, err := s.Users.List(r.Context(), callerOf(r))
	return ok(w, append([]account.User{}, users...), err)
}

// addUserV1 is POST /api/v1/users.
func (s *Server) addUserV1(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Name     string    `json:"name"`
		Role     core.Role `json:"role"`
		Password string    `json:"password"`
	}
	if err := s.readStrict(w, r, &body); err != nil {
		return err
	}
	if err := s.Users.Add(r.Context(), callerOf(r), body.Name, body.Role, body.Password); err != nil {
		return err
	}
	return s.answerUser(w, r, http.StatusCreated, body.Name)
}

func (s *Server) answerUser(w http.ResponseWriter, r *http.Request, status int, name string) error {
	user, err := s.Users.User(r.Context(), callerOf(r), name)
	if err != nil {
		return err
	}
	writeJSON(w, status, user)
	return nil
}

// changeUserV1 is PATCH /api/v1/users/{name}: one thing at a time, so that a refusal
// means that nothing was changed.
func (s *Server) changeUserV1(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Role     core.Role `json:"role"`
		Password string    `json:"password"`
	}
	err := s.readStrict(w, r, &body)
	if err != nil {
		return err
	}
	switch by, name := callerOf(r), param(r, "name"); {
	case (body.Role == core.Nobody) == (body.Password == ""):
		err = core.Errorf(core.Invalid, "give either a role or a password")
	case body.Password != "":
		err = s.Users.SetPassword(r.Context(), by, name, body.Password)
	default:
		err = s.Users.SetRole(r.Context(), by, name, body.Role)
	}
	if err != nil {
		return err
	}
	return s.answerUser(w, r, http.StatusOK, param(r, "name"))
}

// removeUserV1 is DELETE /api/v1/users/{name}.
func (s *Server) removeUserV1(w http.ResponseWriter, r *http.Request) error {
	return gone(w, s.Users.Remove(r.Context(), callerOf(r), param(r, "name")))
}

// gone answers that something is no more, or returns the error.
func gone(w http.ResponseWriter, err error) error {
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

// tokensV1 is GET /api/v1/tokens.
func (s *Server) tokensV1(w http.ResponseWriter, r *http.Request) error {
	tokens, err := s.Tokens.List(r.Context(), callerOf(r))
	return ok(w, append([]account.Token{}, tokens...), err)
}

// addTokenV1 is POST /api/v1/tokens. Its answer has the secret, which is nowhere else.
func (s *Server) addTokenV1(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Name    string        `json:"name"`
		Role    core.Role     `json:"role"`
		Scope   account.Scope `json:"scope"`
		Expires time.Time     `json:"expires"`
	}
	if err := s.readStrict(w, r, &body); err != nil {
		return err
	}
	like := account.Token{Name: body.Name, Role: body.Role, Scope: body.Scope, Expires: body.Expires}
	token, secret, err := s.Tokens.Add(r.Context(), callerOf(r), like)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, struct {
		account.Token
		Secret string `json:"token"`
	}{token, secret})
	return nil
}

// revokeTokenV1 is DELETE /api/v1/tokens/{id}.
func (s *Server) revokeTokenV1(w http.ResponseWriter, r *http.Request) error {
	return gone(w, s.Tokens.Revoke(r.Context(), callerOf(r), param(r, "id")))
}
