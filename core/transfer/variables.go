package transfer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
)

// A variable is written ${name} in a text; $${ stands for ${ itself.
var variablePattern = regexp.MustCompile(`\$?\$\{([A-Za-z0-9][A-Za-z0-9._-]*)\}|\$\$\{`)

// filled returns a bundle with the values of a node in place of its variables, and the
// faults of the entries that name a variable without a value, which keep their text. The
// embedded node has no variables: there all texts stand as they are. So does a text that
// the node holds already.
func (r *Request) filled(current, next *bundle.Bundle) (*bundle.Bundle, masked) {
	if r.Node == Local {
		return next, masked{}
	}
	full, lost := next, masked{}
	for ref, text := range next.All() {
		if held, ok := current.Get(ref); !strings.Contains(text, "${") || ok && held == text {
			continue
		}
		value, missing := fill(text, r.Variables)
		if len(missing) > 0 {
			lost[ref] = unresolved(r.Node, ref, text, missing)
			continue
		}
		if full == next {
			full = next.Clone()
		}
		full.Set(ref, value)
	}
	return full, lost
}

// Held returns a document that was read from one node as it is brought into another. What
// the first one runs is no template: nothing in it is a variable of the second. What the
// embedded node holds may be one.
func Held(document []byte, from, into string) ([]byte, error) {
	if from == Local || into == Local || !bytes.Contains(document, []byte("${")) {
		return document, nil
	}
	held, _, err := bundle.Decode(document)
	if err != nil {
		return nil, err
	}
	literal := &bundle.Bundle{}
	for ref, text := range held.All() {
		literal.Set(ref, strings.ReplaceAll(text, "${", "$${"))
	}
	return literal.MarshalJSON()
}

// fill puts values in place of variables, so that they can stand in a string of JSON or of
// SQL, and returns the variables that have none.
func fill(text string, values map[string]string) (string, []string) {
	var missing []string
	text = variablePattern.ReplaceAllStringFunc(text, func(found string) string {
		if strings.HasPrefix(found, "$${") {
			return found[1:]
		}
		name := found[2 : len(found)-1]
		value, ok := values[name]
		if !ok && !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
		return escaped(value)
	})
	return text, missing
}

// escaped writes a text as it stands within quotes.
func escaped(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string always encodes
	quoted := strings.TrimSuffix(b.String(), "\n")
	return quoted[1 : len(quoted)-1]
}

// unresolved returns a fault for every variable without a value.
func unresolved(node string, ref core.Ref, text string, missing []string) []core.Finding {
	var findings []core.Finding
	for _, name := range missing {
		f := core.Finding{
			Severity: core.Fault, Ref: ref,
			Message: fmt.Sprintf("the variable ${%s} has no value on %s", name, node),
			Hint:    "give the node a variable or a label of this name, or write $${ for ${",
		}
		findings = append(findings, f.At(text, strings.Index(text, "${"+name+"}")))
	}
	return findings
}

// blocked reports whether a plan has entries whose variables have no value, or a full one
// has such as would lose a secret. It is not applied then, not even in part.
func (r *Request) blocked(p *plan.Plan) bool {
	if r.Node == Local {
		return false
	}
	return slices.ContainsFunc(p.Steps, func(s plan.Step) bool {
		if s.Action != plan.Rejected {
			return false
		}
		if p.Mode == plan.Full && masks(&s) {
			return true
		}
		_, missing := fill(s.New, r.Variables)
		return r.Restores == 0 && len(missing) > 0
	})
}

// writeVariables adds the values of variables to what a plan is made from.
func writeVariables(w interface{ Write([]byte) (int, error) }, values map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		fmt.Fprintf(w, " $%q=%q", name, values[name])
	}
}
