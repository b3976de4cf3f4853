package core

import "fmt"

// Role says what a caller may do. A higher role may do all that a lower one may.
type Role uint8

// The roles.
const (
	Nobody   Role = iota // may do nothing
	Viewer               // may look and export
	Operator             // may import too
	Admin                // may manage users and tokens too
)

var roleNames = [...]string{Nobody: "nobody", Viewer: "viewer", Operator: "operator", Admin: "admin"}

// String returns the role's name in lower case.
func (r Role) String() string { return roleNames[r] }

// MarshalText writes the role as String does.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what ParseRole reads.
func (r *Role) UnmarshalText(text []byte) (err error) {
	*r, err = ParseRole(string(text))
	return err
}

// ParseRole reads what String writes, "nobody" excepted.
func ParseRole(s string) (Role, error) {
	for r := Viewer; r <= Admin; r++ {
		if roleNames[r] == s {
			return r, nil
		}
	}
	return Nobody, Errorf(Invalid, "%q is not a role: use viewer, operator or admin", s)
}

// Caller is who acts: a user, an API token, or the command line on the machine.
type Caller struct {
	Name string // as history shows it, such as "m.keller" or "token backup"
	Role Role
	Via  string // where the act came from: page, api, cli or task
	Addr string // the address of the client; empty for the command line
}

// Require returns a Forbidden error unless the caller has at least this role.
func (c Caller) Require(role Role) error {
	switch {
	case c.Role >= role:
		return nil
	case c.Role == Nobody:
		return Errorf(Unauthenticated, "nobody is signed in")
	}
	return &Error{
		Code: Forbidden,
		Msg:  fmt.Sprintf("%s is %v, this takes %v", c.Name, c.Role, role),
		Hint: "ask an administrator for the role",
	}
}
