package transfer

import (
	"fmt"
	"slices"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/compare"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/secret"
)

// reveal puts the secrets that a node has in place of the stars that an engine has masked
// them with, so that what was exported can be brought back. Where the node masks them too,
// an entry that says the same in all else is what is there already. The bundle itself stays
// as it was. Stars that are left are refused by a node that runs elsewhere, where they would
// take the place of the secret; the embedded one keeps them, and warns of it.
func (r *Request) reveal(current, next *bundle.Bundle, hiding []core.Ref) (*bundle.Bundle, masked) {
	shown, lost := next, masked{}
	for _, ref := range hiding {
		text, _ := next.Get(ref)
		whole, left := revealed(ref, text, current)
		if len(left) > 0 {
			lost[ref] = r.starred(ref, left)
		}
		if whole == text || len(left) > 0 && r.Node != Local {
			continue
		}
		if shown == next {
			shown = next.Clone()
		}
		shown.Set(ref, whole)
	}
	return shown, lost
}

// hiding returns the entries that may have stars or dots in place of a secret. It is all that
// most bundles are asked: none has.
func hiding(b *bundle.Bundle) []core.Ref {
	var refs []core.Ref
	for _, kind := range core.InstallOrder() {
		for name, text := range b.Section(kind) {
			if strings.Contains(text, secret.Stars) || secret.MayBeMasked(text) {
				refs = append(refs, core.Ref{Kind: kind, Name: name})
			}
		}
	}
	return refs
}

// revealed returns the text of an entry with the secrets that there are in place of stars, and
// where there are stars still. What says the same as what is there becomes that.
func revealed(ref core.Ref, text string, current *bundle.Bundle) (whole string, left []string) {
	old, _ := current.Get(ref)
	if old == text || !strings.Contains(text, secret.Stars) || len(secret.Starred(ref.Kind, text)) == 0 {
		return text, nil
	}
	whole = secret.Reveal(ref.Kind, text, old)
	if left = secret.Starred(ref.Kind, whole); len(left) > 0 && compare.Alike(ref, whole, old) {
		return old, nil
	}
	return whole, left
}

// starHint says what to do about stars.
const starHint = "write the secret in place of the stars, or a variable of the node such as ${password}"

// starred returns a finding for every secret of an entry in place of which there are stars.
func (r *Request) starred(ref core.Ref, places []string) []core.Finding {
	findings := make([]core.Finding, 0, len(places))
	for _, place := range places {
		f := core.Finding{
			Severity: core.Fault, Ref: ref, Offset: -1, Hint: starHint,
			Message: fmt.Sprintf("%s of %s is masked (%s), and would take the place of the secret on %s", place, ref, secret.Stars, r.Node),
		}
		if r.Node == Local {
			f.Severity, f.Hint = core.Warn, "write the secret in place of the stars"
			f.Message = fmt.Sprintf("%s of %s is masked (%s), and is kept so: there is no secret to put there", place, ref, secret.Stars)
		}
		findings = append(findings, f)
	}
	return findings
}

// guard keeps a full import into a node that runs elsewhere from sending stars in place of
// secrets. What is refused because of them is not deleted either. Since a reset sends all
// entries, also those that stay as they are, it needs one that sends only what is new; where
// that cannot be, those that the node masks are refused.
func (r *Request) guard(p *plan.Plan) {
	if r.Node == Local || p.Mode != plan.Full {
		return
	}
	stays := map[core.Ref]bool{}
	for i := range p.Steps {
		if s := &p.Steps[i]; s.Action == plan.Rejected && masks(s) {
			stays[s.Ref] = true
		}
	}
	p.Steps = slices.DeleteFunc(p.Steps, func(s plan.Step) bool { return s.Action == plan.Delete && stays[s.Ref] })
	if p.Empty() || p.Lays() {
		return
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Action != plan.Unchanged && s.Action != plan.LeftOut {
			continue
		}
		for _, place := range secret.Starred(s.Ref.Kind, s.Old) {
			s.Findings = append(slices.Clip(s.Findings), core.Finding{
				Severity: core.Fault, Ref: s.Ref, Offset: -1, Hint: "import only what is new, or write the secret in the bundle, or a variable of the node such as ${password}",
				Message: fmt.Sprintf("%s masks %s of %s, which a full import with these changes would send anew", r.Node, place, s.Ref),
			})
			s.Action = plan.Rejected
		}
	}
}

// masks reports whether a step is about an entry with stars in place of a secret.
func masks(s *plan.Step) bool {
	return len(secret.Starred(s.Ref.Kind, s.New)) > 0 || len(secret.Starred(s.Ref.Kind, s.Old)) > 0
}
