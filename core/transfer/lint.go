package transfer

import (
	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
)

// Check returns what a full import of a bundle into an empty node would have to say
// of it, without reading the files that entries name.
func Check(b *bundle.Bundle) []core.Finding {
	empty := plan.Snapshot{Bundle: &bundle.Bundle{}}
	check := newChecker(plan.Full, empty, b, &fetches{})
	p := plan.New(plan.Full, empty, b, check.check)
	var all []core.Finding
	for _, s := range p.Steps {
		all = append(all, s.Findings...)
	}
	return all
}
