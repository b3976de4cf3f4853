package handlers

import (
	"net/http"

	"github.com/alexedwards/scs/v2"

	"ekuiper-console/core/account"
)

// NewSessions returns what keeps people signed in by a cookie, as long as the session of
// their account may last. It is not made by scs.New, which begins a goroutine that nobody
// can end.
func NewSessions(store scs.Store) *scs.SessionManager {
	return &scs.SessionManager{
		Store: store, Codec: scs.GobCodec{}, Lifetime: account.Lifetime, IdleTimeout: account.IdleTime,
		ErrorFunc: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, "the session cannot be read or kept", http.StatusInternalServerError)
		},
		Cookie: scs.SessionCookie{Name: "console_session", Path: "/", Persist: true, HttpOnly: true, SameSite: http.SameSiteLaxMode},
	}
}
