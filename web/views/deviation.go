package views

import (
	"slices"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// deviationGroup is what a node did with some entries in the same way.
type deviationGroup struct {
	mark string
	text Key
	all  []plan.Deviation
}

// departures are the ways in which a node departs from a plan, the worst first.
var departures = []struct {
	what []plan.Departure
	mark string
	text Key
}{
	{[]plan.Departure{plan.BrokeOff, plan.OtherVersion}, "failed", "deviation.node"},
	{[]plan.Departure{plan.NotRestarted}, "failed", "deviation.restart"},
	{[]plan.Departure{plan.Declined}, "rejected", "deviation.refused"},
	{[]plan.Departure{plan.Missing}, "rejected", "deviation.missing"},
	{[]plan.Departure{plan.NotRunning}, "warn", "deviation.stopped"},
	{[]plan.Departure{plan.Differs}, "warn", "deviation.differs"},
	{[]plan.Departure{plan.Remains}, "warn", "deviation.remains"},
}

// deviations returns what a node did not do as planned, by how.
func deviations(o *plan.Outcome) []deviationGroup {
	var groups []deviationGroup
	for _, d := range departures {
		g := deviationGroup{mark: d.mark, text: d.text}
		for _, one := range o.Deviations {
			if slices.Contains(d.what, one.What) {
				g.all = append(g.all, one)
			}
		}
		if len(g.all) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// deviated is what the deviations of an outcome say of entries, or of the import as a whole.
func deviated(o *plan.Outcome) map[core.Ref]string {
	all := map[core.Ref]string{}
	for _, d := range o.Deviations {
		all[d.Ref] += d.Message
	}
	return all
}

// unsaid returns the rejected entries but for those that deviations tell of.
func unsaid(o *plan.Outcome) []plan.Refused {
	said := deviated(o)
	return slices.DeleteFunc(slices.Clone(o.Rejected), func(r plan.Refused) bool { return said[r.Ref] != "" && r.Fault().Message == said[r.Ref] })
}

// remarks returns the outcome without the warnings that deviations tell of.
func remarks(o *plan.Outcome) *plan.Outcome {
	said, some := map[string]bool{}, *o
	for _, d := range o.Deviations {
		said[d.Message] = true
	}
	some.Warnings = slices.DeleteFunc(slices.Clone(o.Warnings), func(f core.Finding) bool { return said[f.Message] })
	return &some
}
