package node

import (
	"maps"

	"ekuiper-console/core/secret"
)

// public returns the node without its secrets.
func (n Node) public() Node {
	n.Auth, n.Variables = n.Auth.Public(), maps.Clone(n.Variables)
	for name, value := range n.Variables {
		n.Variables[name] = shown(name, value)
	}
	return n
}

// shown returns the value of a variable with dots in place of what is secret: all of it
// where the name says so, else the passwords in it.
func shown(name, value string) string {
	if value != "" && secret.Property(name) {
		return secret.Dots
	}
	masked, _ := secret.Mask(value, 0)
	return masked
}

// revealed returns variables with the values of before in place of what was shown of them.
func revealed(variables, before map[string]string) map[string]string {
	whole := maps.Clone(variables)
	for name, value := range whole {
		if was, there := before[name]; there && value == shown(name, was) {
			whole[name] = was
		}
	}
	return whole
}
