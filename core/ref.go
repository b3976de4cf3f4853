package core

import (
	"cmp"
	"fmt"
	"strings"
)

// Local is the name of the node that is embedded in the console.
const Local = "local"

// Ref names one entry: a kind and a name within it.
type Ref struct {
	Kind Kind
	Name string
}

// String returns the ref as "rules/rule1".
func (r Ref) String() string { return r.Kind.Key() + "/" + r.Name }

// ParseRef reads what String writes. A name may contain slashes.
func ParseRef(s string) (Ref, error) {
	key, name, ok := strings.Cut(s, "/")
	if !ok {
		return Ref{}, Errorf(Invalid, "%q is not of the form section/name", s)
	}
	k, ok := KindOf(key)
	if !ok {
		return Ref{}, Errorf(Invalid, "%q is not a section", key)
	}
	return Ref{k, name}, nil
}

// Compare orders refs by install order, then by name.
func (r Ref) Compare(other Ref) int {
	return cmp.Or(cmp.Compare(r.Kind, other.Kind), cmp.Compare(r.Name, other.Name))
}

// MarshalText writes the ref as String does.
func (r Ref) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (r *Ref) UnmarshalText(text []byte) error {
	ref, err := ParseRef(string(text))
	if err != nil {
		return fmt.Errorf("reading a reference: %w", err)
	}
	*r = ref
	return nil
}
