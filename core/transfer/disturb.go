package transfer

import (
	"context"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// maxUsers bounds the users of one entry that are looked at.
const maxUsers = 30

// Disturbs returns, by entry, what some steps of a plan disturb of what is on the node. Of
// rules it tells nothing. Where that is not known yet, or the plan is of another state, it is
// empty.
func (s *Service) Disturbs(ctx context.Context, by core.Caller, node string, p *plan.Plan, steps []*plan.Step) (map[core.Ref]plan.Disturbed, error) {
	snapshot, err := s.Export(ctx, by, node)
	if err != nil || snapshot.State != p.Base {
		return nil, err
	}
	graph, ready := s.graph(ctx, node, snapshot)
	if !ready {
		return nil, nil
	}
	found := map[core.Ref]plan.Disturbed{}
	for _, step := range steps {
		if step.Ref.Kind == core.Rule || step.Action != plan.Replace && step.Action != plan.Delete {
			continue
		}
		links, total := graph.Users(step.Ref, maxUsers)
		d := plan.Disturbed{Total: total}
		for i, l := range links {
			if i == 0 || l.From.Ref != links[i-1].From.Ref {
				d.Users = append(d.Users, l.From.Ref)
			}
		}
		if total == len(links) {
			d.Total = len(d.Users)
		}
		found[step.Ref] = d
	}
	leaveOutGone(p, found)
	return found, nil
}

// leaveOutGone takes out of the users those that the plan deletes too.
func leaveOutGone(p *plan.Plan, found map[core.Ref]plan.Disturbed) {
	users := map[core.Ref]bool{} // and whether they go
	for _, d := range found {
		for _, ref := range d.Users {
			users[ref] = false
		}
	}
	for i := range p.Steps {
		if s := &p.Steps[i]; s.Action == plan.Delete {
			if _, asked := users[s.Ref]; asked {
				users[s.Ref] = true
			}
		}
	}
	for ref, d := range found {
		var stay []core.Ref
		for _, user := range d.Users {
			if !users[user] {
				stay = append(stay, user)
			}
		}
		if d.Total -= len(d.Users) - len(stay); d.Total == 0 {
			delete(found, ref)
			continue
		}
		found[ref] = plan.Disturbed{Users: stay, Total: d.Total}
	}
}
