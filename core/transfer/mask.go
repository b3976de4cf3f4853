package transfer

import (
	"fmt"
	"slices"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/secret"
)

// masked tells, of entries that came with dots in place of secrets, which of these
// secrets could not be put back.
type masked map[core.Ref][]core.Finding

// unmask puts the secrets that a node has in place of the dots of a bundle that was
// exported without them, so that it can be brought back as it is. The bundle itself
// stays as it was. An entry for which that cannot be done in full keeps all its dots: it
// is rejected, and what is told of it holds no secret.
func unmask(node string, current, next *bundle.Bundle, hiding []core.Ref) (*bundle.Bundle, masked) {
	var restored *bundle.Bundle
	lost := masked{}
	for _, ref := range hiding {
		text, _ := next.Get(ref)
		old, _ := current.Get(ref)
		if old == text {
			continue
		}
		whole, left := secret.Restore(ref.Kind, text, old)
		switch {
		case len(left) > 0:
			lost[ref] = stillMasked(node, ref, text, left)
		case whole != text && restored == nil:
			restored = next.Clone()
			fallthrough
		case whole != text:
			restored.Set(ref, whole)
		}
	}
	if restored == nil {
		return next, lost
	}
	return restored, lost
}

// refusing is a check that refuses those entries of which there are faults, and asks another
// one of all others.
func (m masked) refusing(check plan.Check) plan.Check {
	return func(e plan.Entry) plan.Verdict {
		findings, ok := m[e.Ref]
		if ok && faulty(findings) {
			return plan.Verdict{Text: e.Text, Findings: findings}
		}
		v := check(e)
		if ok {
			v.Findings = append(slices.Clip(findings), v.Findings...)
		}
		return v
	}
}

// stillMasked returns a fault for every path at which there are dots and nothing to put
// in their place.
func stillMasked(node string, ref core.Ref, text string, paths []string) []core.Finding {
	places := dotted(text)
	findings := make([]core.Finding, 0, len(paths))
	for i, path := range paths {
		f := core.Finding{
			Severity: core.Fault, Ref: ref, Offset: -1,
			Message: fmt.Sprintf("%s is masked (%s) and %s has no value to keep", path, secret.Dots, node),
			Hint:    "write the value in place of the dots",
		}
		// With dots elsewhere in the text it is not known which belong to the path.
		if len(places) == len(paths) {
			f = f.At(text, places[i])
		}
		findings = append(findings, f)
	}
	return findings
}

// dotted returns where in a text dots stand.
func dotted(text string) []int {
	var places []int
	for at := 0; ; at += len(secret.Dots) {
		next := strings.Index(text[at:], secret.Dots)
		if next < 0 {
			return places
		}
		at += next
		places = append(places, at)
	}
}
