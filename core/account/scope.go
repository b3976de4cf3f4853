package account

import "ekuiper-console/core"

// Scope says which routes of the REST API a token may use, within its role.
type Scope string

// The scopes.
const (
	All        Scope = "all"
	ImportOnly Scope = "import" // to import, and to see what became of it
	ExportOnly Scope = "export"
)

// scopes are all of them, with the least role that can make use of them.
var scopes = []struct {
	scope Scope
	role  core.Role
}{{All, core.Viewer}, {ImportOnly, core.Operator}, {ExportOnly, core.Viewer}}

// Scopes returns all scopes.
func Scopes() []Scope {
	all := make([]Scope, len(scopes))
	for i, s := range scopes {
		all[i] = s.scope
	}
	return all
}

// Allows reports whether a token of this scope may use a route that is part of another.
func (s Scope) Allows(route Scope) bool { return s == All || s == route }

// fits returns an Invalid error unless it is a scope that a role can make use of. The
// empty scope is All.
func (s Scope) fits(role core.Role) (Scope, error) {
	if s == "" {
		s = All
	}
	for _, known := range scopes {
		switch {
		case known.scope != s:
		case role < known.role:
			return s, core.Errorf(core.Invalid, "a token for %s only needs the role of %v at least", s, known.role)
		default:
			return s, nil
		}
	}
	return s, core.Errorf(core.Invalid, "%q is not a scope: use all, import or export", string(s))
}
