package node

import (
	"encoding/json"
	"fmt"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/compare"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/secret"
)

// deviations returns what did not come as planned, in install order.
func (s *sending) deviations() []plan.Deviation {
	var all []plan.Deviation
	if s.broke != nil {
		all = append(all, plan.Deviation{What: plan.BrokeOff, Message: fmt.Sprintf("the node did not answer to the end: %v; what is told here was read back", s.broke)})
	}
	if s.unsure != nil {
		all = append(all, plan.Deviation{What: plan.BrokeOff, Message: fmt.Sprintf("whether the rules run is not known: %v", s.unsure)})
	}
	looked := s.looked()
	for ref, want := range looked.All() {
		if d, ok := s.judge(ref, want); ok {
			all = append(all, d)
		}
	}
	for ref := range s.now.All() {
		_, stays := s.wanted.Get(ref)
		if _, there := s.found.Get(ref); there && !stays {
			all = append(all, plan.Deviation{Ref: ref, What: plan.Remains, Message: fmt.Sprintf("the %s %s was to go, and is still there", ref.Kind.Noun(), ref.Name)})
		}
	}
	return append(all, s.rebooted(all)...)
}

// looked returns what is read back: what was written, and after a full import all there is
// to be.
func (s *sending) looked() *bundle.Bundle {
	if s.plan.Mode == plan.Full {
		return s.wanted
	}
	return s.changes()
}

// judge compares one entry with what was planned.
func (s *sending) judge(ref core.Ref, want string) (plan.Deviation, bool) {
	said, declined := s.said.Get(ref)
	found, there := s.found.Get(ref)
	late, stopped := s.late[ref.Name]
	switch {
	case declined:
		return plan.Deviation{Ref: ref, What: plan.Declined, Message: said}, true
	case !there:
		return plan.Deviation{Ref: ref, What: plan.Missing, Message: fmt.Sprintf("the node does not hold the %s %s afterwards, and does not say why", ref.Kind.Noun(), ref.Name)}, true
	case !compare.Alike(ref, want, secret.Reveal(ref.Kind, found, want)):
		return plan.Deviation{
			Ref: ref, What: plan.Differs, Diff: compare.Unified(ref.Kind, want, found),
			Message: fmt.Sprintf("the node holds another text of the %s %s than was planned", ref.Kind.Noun(), ref.Name),
		}, true
	case ref.Kind == core.Rule && stopped:
		return plan.Deviation{Ref: ref, What: plan.NotRunning, Message: late.why()}, true
	}
	return plan.Deviation{}, false
}

// why says that a rule does not run.
func (r Running) why() string {
	text := fmt.Sprintf("the rule %s does not run: %s", r.ID, r.Status)
	if r.Message != "" {
		text += ": " + r.Message
	}
	return text
}

// rest returns the steps that change nothing, with what the node did not take.
func (s *sending) rest(deviations []plan.Deviation) []plan.Step {
	var steps []plan.Step
	for _, d := range deviations {
		if d.What == plan.Declined || d.What == plan.Missing {
			steps = append(steps, plan.Step{Action: plan.Rejected, Ref: d.Ref})
		}
	}
	for _, step := range s.plan.Steps {
		if !step.Action.Changes() {
			steps = append(steps, step)
		}
	}
	return steps
}

// triggered reports whether a rule starts by itself.
func triggered(rule string) bool {
	var head struct {
		Triggered *bool `json:"triggered"`
	}
	return json.Unmarshal([]byte(rule), &head) != nil || head.Triggered == nil || *head.Triggered
}
