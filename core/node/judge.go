package node

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/compare"
	"ekuiper-console/core/plan"
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
	case !Alike(ref, want, found):
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

// Alike reports whether a node holds what it was given. The engine writes some texts anew:
// a rule gets a "triggered", a configuration its durations as words, a plugin loses the list
// of its functions.
func Alike(ref core.Ref, want, found string) bool {
	if compare.Same(ref.Kind, want, found) {
		return true
	}
	a, b := decoded(want), decoded(found)
	if a == nil || b == nil {
		return false
	}
	switch ref.Kind {
	case core.Rule:
		for _, rule := range []map[string]any{a, b} {
			if _, said := rule["triggered"]; !said {
				rule["triggered"] = true
			}
		}
	case core.NativePlugin, core.PortablePlugin:
		for _, install := range []map[string]any{a, b} {
			delete(install, "functions")
			if list, ok := install["shellParas"].([]any); ok && len(list) == 0 {
				delete(install, "shellParas")
			}
		}
	case core.SourceConfig, core.SinkConfig, core.Connection:
		normalise(ref.Name, a)
		normalise(ref.Name, b)
	}
	return reflect.DeepEqual(a, b)
}

// decoded returns a JSON object, or nil.
func decoded(text string) (object map[string]any) {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	if d.Decode(&object) != nil {
		return nil
	}
	return object
}

// normalise does to the configurations of a type, by key, what the engine does when it
// stores them.
func normalise(kind string, keys map[string]any) {
	for _, value := range keys {
		config, ok := value.(map[string]any)
		if !ok {
			continue
		}
		rename(config, "saslPassword", "password")
		if kind == "sql" {
			rename(config, "url", "dburl")
		}
		for _, name := range []string{"timeout", "expiration", "interval"} {
			if ms, err := strconv.ParseInt(fmt.Sprint(config[name]), 10, 64); err == nil {
				config[name] = (time.Duration(ms) * time.Millisecond).String()
			}
		}
	}
}

func rename(config map[string]any, from, to string) {
	if value, ok := config[from]; ok {
		config[to] = value
		delete(config, from)
	}
}

// triggered reports whether a rule starts by itself.
func triggered(rule string) bool {
	var head struct {
		Triggered *bool `json:"triggered"`
	}
	return json.Unmarshal([]byte(rule), &head) != nil || head.Triggered == nil || *head.Triggered
}
