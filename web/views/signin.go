package views

import (
	"context"
	"io"
	"time"
)

// SignInPage asks for a name and a password. It posts user, password and next to
// /ui/sign-in.
type SignInPage struct {
	Layout
	Name  string        // what was typed as the user name
	Next  string        // where to go afterwards
	Error Key           // one of what a sign-in can fail of, or empty
	Wait  time.Duration // with TooManyAttempts, how long
}

// What a sign-in can fail of.
const (
	WrongPassword   Key = "signin.wrong"
	TooManyAttempts Key = "signin.wait"
	BusySignIn      Key = "signin.busy"
	NoRoomToSignIn  Key = "signin.noroom"
)

// Render writes the page.
func (p SignInPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }
