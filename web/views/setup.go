package views

import (
	"context"
	"io"
)

// SetUpPage makes the first administrator. It posts token, user, password and
// password2 to /ui/setup.
type SetUpPage struct {
	Layout
	Token string // of the one-time link; asked for where it is empty
	Name  string // what was typed as the user name
	Error Key    // empty, or one of the keys below
}

// What setting up can fail of.
const (
	WrongLink       Key = "setup.link"    // the token is not the one of the link
	NameMissing     Key = "setup.name"    // the user name is empty
	NameBad         Key = "setup.bad"     // the user name has what a name cannot have
	PasswordLong    Key = "setup.long"    // the password is longer than MaxPassword bytes
	PasswordShort   Key = "setup.short"   // the password has less than account.MinPassword characters
	PasswordObvious Key = "setup.obvious" // the password is among the first that are guessed
	PasswordsDiffer Key = "setup.differ"  // the two passwords are not the same
)

// Render writes the page.
func (p SetUpPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }
