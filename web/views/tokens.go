package views

import (
	"context"
	"io"
	"net/url"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
)

// TokensPage lists the API tokens, and makes one. It posts name, role, scope and days to
// /ui/tokens, and links to /ui/tokens/{id}/revoke.
type TokensPage struct {
	Layout
	Tokens []account.Token
	Now    time.Time // to tell those that have expired
	Form   TokenForm
	Made   string // the secret of a token that was just made; shown this once
}

// TokenForm is what was typed to make a token.
type TokenForm struct {
	Name  string
	Role  core.Role // Nobody for no choice yet
	Scope account.Scope
	Days  int // until it expires; 0 for never
	Error Key // empty, TokenNameBad or TokenRoleLow
}

// What making a token can fail of.
const (
	TokenNameBad Key = "tokens.bad"
	TokenRoleLow Key = "tokens.low" // an operator at least may import
)

// Render writes the page.
func (p TokensPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// scopeTexts name the scopes.
var scopeTexts = map[account.Scope]Key{account.All: "scope.all", account.ImportOnly: "scope.import", account.ExportOnly: "scope.export"}

// TokenDays are the choices of how long a token is good for, in days; 0 is for ever.
var TokenDays = []int{90, 7, 30, 365, 0}

// daysText names one of them.
func daysText(ctx context.Context, days int) string {
	if days == 0 {
		return t(ctx, "tokens.never")
	}
	return tn(ctx, "tokens.days", days)
}

// chosen is the role that the form begins with.
func (f TokenForm) chosen() core.Role {
	if f.Role == core.Nobody {
		return core.Operator
	}
	return f.Role
}

// curl is the command that tries a token out.
func (p TokensPage) curl() string {
	server := p.Server
	if strings.ContainsAny(server, `'"$\ `) {
		server = "http://localhost:9082"
	}
	return `curl -H "Authorization: Bearer ` + p.Made + `" ` + server + "/data/export"
}

// revokePath is where a token is taken out of use.
func revokePath(id string) string { return "/ui/tokens/" + url.PathEscape(id) + "/revoke" }

// formName is what the form for the next token begins with.
func (p TokensPage) formName() string {
	if p.Made != "" {
		return ""
	}
	return p.Form.Name
}
