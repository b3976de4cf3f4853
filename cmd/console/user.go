package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
)

type userCmd struct {
	Add    userAddCmd    `cmd:"" help:"Add a user. The password is asked for, or read from standard input."`
	Passwd userPasswdCmd `cmd:"" help:"Change a user's password."`
	Role   userRoleCmd   `cmd:"" help:"Give a user another role. Their sessions end."`
	Remove userRemoveCmd `cmd:"" help:"Take a user out. Their sessions end."`
	List   userListCmd   `cmd:"" help:"List the users."`
}

type userAddCmd struct {
	dataFlags
	Name string   `arg:"" help:"User name."`
	Role roleFlag `default:"operator" help:"viewer, operator or admin (${default})."`
}

// Run adds the user.
func (c *userAddCmd) Run(p *process) error {
	password, err := readPassword(p)
	if err != nil {
		return err
	}
	return withUsers(p, c.open, func(users *account.Users) error {
		if err := users.Add(p.ctx, caller(), c.Name, c.Role.Role, password); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.stdout, "added %s as %v\n", c.Name, c.Role)
		return err
	})
}

type userPasswdCmd struct {
	dataFlags
	Name string `arg:"" help:"User name."`
}

// Run changes the password.
func (c *userPasswdCmd) Run(p *process) error {
	password, err := readPassword(p)
	if err != nil {
		return err
	}
	return withUsers(p, c.existing, func(users *account.Users) error {
		return users.SetPassword(p.ctx, caller(), c.Name, password)
	})
}

type userRoleCmd struct {
	dataFlags
	Name string   `arg:"" help:"User name."`
	Role roleFlag `arg:"" help:"viewer, operator or admin."`
}

// Run gives the user the role.
func (c *userRoleCmd) Run(p *process) error {
	return withUsers(p, c.existing, func(users *account.Users) error {
		return users.SetRole(p.ctx, caller(), c.Name, c.Role.Role)
	})
}

type userRemoveCmd struct {
	dataFlags
	Name string `arg:"" help:"User name."`
}

// Run takes the user out.
func (c *userRemoveCmd) Run(p *process) error {
	return withUsers(p, c.existing, func(users *account.Users) error {
		return users.Remove(p.ctx, caller(), c.Name)
	})
}

type userListCmd struct {
	dataFlags
	JSON bool `name:"json" help:"Print as JSON."`
}

// Run lists the users by name.
func (c *userListCmd) Run(p *process) error {
	return withUsers(p, c.existing, func(users *account.Users) error {
		all, err := users.List(p.ctx, caller())
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(p, append([]account.User{}, all...))
		}
		w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		for _, u := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\n", u.Name, u.Role, u.Created.UTC().Format(time.DateOnly))
		}
		return w.Flush()
	})
}

// readPassword asks for a password on a terminal, twice, or reads one line.
func readPassword(p *process) (string, error) {
	if f, ok := p.stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return askPassword(p, f)
	}
	line, err := bufio.NewReader(p.stdin).ReadString('\n')
	if line == "" && err != nil {
		return "", core.WithHint(core.Errorf(core.Invalid, "there is no password on standard input"), "write it there, on one line")
	}
	return strings.TrimRight(line, "\r\n"), nil
}

func askPassword(p *process, f *os.File) (string, error) {
	var typed [2]string
	for i, prompt := range []string{"Password: ", "Again: "} {
		fmt.Fprint(p.stderr, prompt)
		text, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(p.stderr)
		if err != nil {
			return "", fmt.Errorf("reading the password: %w", err)
		}
		typed[i] = string(text)
	}
	if typed[0] != typed[1] {
		return "", core.Errorf(core.Invalid, "the passwords are not the same")
	}
	return typed[0], nil
}
