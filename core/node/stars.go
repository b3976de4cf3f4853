package node

import (
	"encoding/json"
	"maps"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/compare"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/secret"
)

// lays reports whether only what is new is sent: in a partial import, and in a full one where
// the node masks secrets, which a reset would overwrite with the mask.
func (s *sending) lays() bool {
	if s.plan.Mode == plan.Partial {
		return true
	}
	place, _ := starred(s.wanted)
	return place != "" && s.plan.Lays()
}

// starred names the first secret in place of which a bundle has the stars of an engine, and
// its entry; empty for none.
func starred(b *bundle.Bundle) (place string, ref core.Ref) {
	for ref, text := range b.All() {
		if places := secret.Starred(ref.Kind, text); len(places) > 0 {
			return places[0], ref
		}
	}
	return "", ref
}

// masks is a Conflict error where what is to be sent has stars in place of a secret: they
// would take the place of the secret.
func (s *sending) masks() error {
	sent := s.wanted
	if s.lays() {
		sent = s.fresh()
	}
	if place, ref := starred(sent); place != "" {
		return core.WithHint(core.Errorf(core.Conflict, "%s of %s is masked (%s): nothing was sent to %s", place, ref, secret.Stars, s.client.node.Name), "write the secret in place of the stars")
	}
	return nil
}

// fresh returns what a partial import sends.
func (s *sending) fresh() *bundle.Bundle {
	b := s.changes()
	for i := range s.plan.Steps {
		if step := &s.plan.Steps[i]; step.Action == plan.Replace {
			b.Set(step.Ref, unmasked(step))
		}
	}
	return b
}

// unmasked returns what a partial import sends of an entry. Of one that is laid over what is
// there, the node need not get what it masks and what stays.
func unmasked(step *plan.Step) string {
	var old, next map[string]json.RawMessage
	if step.Ref.Kind.Partial() != core.Merge || len(secret.Starred(step.Ref.Kind, step.New)) == 0 ||
		json.Unmarshal([]byte(step.Old), &old) != nil || json.Unmarshal([]byte(step.New), &next) != nil {
		return step.New
	}
	maps.DeleteFunc(next, func(key string, value json.RawMessage) bool {
		was, there := old[key]
		return there && compare.Same(step.Ref.Kind, string(was), string(value))
	})
	text, err := json.Marshal(next)
	if err != nil {
		return step.New
	}
	return string(text)
}
