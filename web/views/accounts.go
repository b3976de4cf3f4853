package views

import (
	"cmp"
	"context"
	"io"
	"net/url"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
)

// AccountsPage lists the people who sign in, and adds one. It posts user, role, password
// and password2 to /ui/accounts.
type AccountsPage struct {
	Layout
	Users []account.User
	Form  AccountForm
}

// AccountForm is what was typed to add an account.
type AccountForm struct {
	Name  string
	Role  core.Role // Nobody for no choice yet
	Error Key       // empty, NameTaken, or a key of SetUpPage
}

// AccountPage changes one account. It posts action=role with role, and action=password
// with password and password2, to /ui/accounts/{name}, and links to
// /ui/accounts/{name}/remove.
type AccountPage struct {
	Layout
	Account account.User
	Error   Key // empty, LastAdmin, or a key of SetUpPage
	Done    Key // empty, RoleChanged or PasswordChanged
}

// What adding or changing an account can come to.
const (
	NameTaken       Key = "accounts.taken"
	LastAdmin       Key = "accounts.last"
	RoleChanged     Key = "account.role.done"
	PasswordChanged Key = "account.password.done"
)

// ConfirmPage asks before something is taken away for good. It posts to its own address;
// where nodes are counted, with their count.
type ConfirmPage struct {
	Layout
	What  Confirmation
	Name  string // of what goes
	Count int    // nodes that it is about; 0 where it is about none
	Wave  int    // of a rollout; 0 for all
	Back  string // where one goes who thinks better of it; empty for the list
	Error Key    // empty, LastAdmin or RollbackMoved
}

// Confirmation is what is asked about.
type Confirmation uint8

// What can be asked about.
const (
	RemoveAccount Confirmation = iota
	RevokeToken
	RemoveNode
	RemoveBackup
	RemoveRollout
	RollBack
	RollBackWave
)

// asking are the words of a confirmation, and where one goes who thinks better of it.
type asking struct {
	title, what, button, back Key
	active, href              string
	stay                      Key // what thinking better of it is called; empty for to keep it
}

var askings = []asking{
	RemoveAccount: {"account.remove.title", "account.remove.what", "account.remove.button", "nav.accounts", "accounts", "/ui/accounts", ""},
	RevokeToken:   {"token.revoke.title", "token.revoke.what", "token.revoke.button", "nav.tokens", "tokens", "/ui/tokens", ""},
	RemoveNode:    {"node.remove.title", "node.remove.what", "node.remove.button", "nav.nodes", "nodes", "/ui/nodes", ""},
	RemoveBackup:  {"backup.remove.title", "backup.remove.what", "backup.remove.button", "nav.backups", "backups", "/ui/backups", ""},
	RemoveRollout: {"rollout.remove.title", "rollout.remove.what", "rollout.remove.button", "rollouts.title", "rollouts", "/ui/rollouts", ""},
	RollBack:      {"rollout.undo.title", "rollout.undo.what", "rollout.undo.button", "rollouts.title", "rollouts", "/ui/rollouts", "rollout.undo.back"},
	RollBackWave:  {"rollout.undo.wave.title", "rollout.undo.what", "rollout.undo.button", "rollouts.title", "rollouts", "/ui/rollouts", "rollout.undo.back"},
}

// Render writes the page.
func (p AccountsPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// Render writes the page.
func (p AccountPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// Render writes the page.
func (p ConfirmPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// self reports whether the account is the user's own.
func (p AccountPage) self() bool { return p.Account.Name == p.User }

// asking returns the words of the page.
func (p ConfirmPage) asking() asking { return askings[p.What] }

// say returns a text of the page, in the form that the number of nodes asks for.
func (p ConfirmPage) say(ctx context.Context, key Key) string {
	if p.Count > 0 {
		return tn(ctx, key, p.Count)
	}
	return t(ctx, key, "Name", p.Name)
}

// title asks, with a name in it.
func (p ConfirmPage) title(ctx context.Context, name string) string {
	return t(ctx, p.asking().title, "Name", name, "Number", count(ctx, p.Wave))
}

// stay is what thinking better of it is called.
func (p ConfirmPage) stay() Key { return cmp.Or(p.asking().stay, "confirm.back") }

// backTo is where one goes who thinks better of it.
func (p ConfirmPage) backTo() string { return cmp.Or(p.Back, p.asking().href) }

// accountPath is the address of an account, with something behind it.
func accountPath(name, behind string) string {
	return "/ui/accounts/" + url.PathEscape(name) + behind
}

// roles are the choices of a role, the least first.
var roles = []struct {
	role core.Role
	what Key
}{{core.Viewer, "role.viewer.what"}, {core.Operator, "role.operator.what"}, {core.Admin, "role.admin.what"}}

// chosen is the role that a form begins with.
func (f AccountForm) chosen() core.Role { return max(f.Role, core.Viewer) }
