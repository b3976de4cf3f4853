package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"ekuiper-console/core/account"
)

type tokenCmd struct {
	Add    tokenAddCmd    `cmd:"" help:"Make a token and print it. It cannot be shown again."`
	List   tokenListCmd   `cmd:"" help:"List the tokens."`
	Revoke tokenRevokeCmd `cmd:"" help:"Take a token out of use."`
}

type tokenAddCmd struct {
	dataFlags
	Name  string   `arg:"" help:"What it is for."`
	Role  roleFlag `default:"operator" help:"viewer, operator or admin (${default})."`
	Scope string   `default:"all" enum:"all,import,export" help:"What it is good for: all that the role may, import or export only (${default})."`
	Days  int      `placeholder:"N" help:"Days until it expires; without end where none are given."`
	JSON  bool     `name:"json" help:"Print as JSON."`
}

// tokenLine is a new token as a program reads it.
type tokenLine struct {
	account.Token
	Secret string `json:"token"`
}

// Run makes the token. Standard output has the token alone.
func (c *tokenAddCmd) Run(p *process) error {
	return withTokens(p, c.open, func(tokens *account.Tokens) error {
		t, secret, err := tokens.Add(p.ctx, caller(), c.like())
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(p, tokenLine{t, secret})
		}
		fmt.Fprintf(p.stderr, "token %s of the role %v, with the id %s; it is shown this once\n", t.Name, t.Role, t.ID)
		_, err = fmt.Fprintln(p.stdout, secret)
		return err
	})
}

// like returns a token of the kind that is wanted.
func (c *tokenAddCmd) like() account.Token {
	like := account.Token{Name: c.Name, Role: c.Role.Role, Scope: account.Scope(c.Scope)}
	if c.Days != 0 {
		like.Expires = time.Now().AddDate(0, 0, c.Days)
	}
	return like
}

type tokenListCmd struct {
	dataFlags
	JSON bool `name:"json" help:"Print as JSON."`
}

// Run lists the tokens, the oldest first.
func (c *tokenListCmd) Run(p *process) error {
	return withTokens(p, c.existing, func(tokens *account.Tokens) error {
		all, err := tokens.List(p.ctx, caller())
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(p, append([]account.Token{}, all...))
		}
		w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		for _, t := range all {
			used := "never used"
			if !t.LastUsed.IsZero() {
				used = "used " + t.LastUsed.UTC().Format(time.RFC3339)
			}
			expires := "never expires"
			if !t.Expires.IsZero() {
				expires = "expires " + t.Expires.UTC().Format(time.RFC3339)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Name, t.Role, t.Scope, used, expires)
		}
		return w.Flush()
	})
}

type tokenRevokeCmd struct {
	dataFlags
	ID string `arg:"" help:"The token's id, as listed."`
}

// Run takes the token out.
func (c *tokenRevokeCmd) Run(p *process) error {
	return withTokens(p, c.existing, func(tokens *account.Tokens) error {
		return tokens.Revoke(p.ctx, caller(), c.ID)
	})
}
