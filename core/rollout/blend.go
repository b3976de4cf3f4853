package rollout

import (
	"context"
	"encoding/json"

	"ekuiper-console/core"
	"ekuiper-console/core/compare"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/secret"
)

// done reports whether a step that replaces an entry changes nothing: the engine wrote the
// entry in a form of its own, or shows it without its secrets.
func done(s *plan.Step) bool {
	return s.Action == plan.Replace && compare.Alike(s.Ref, s.New, secret.Reveal(s.Ref.Kind, s.Old, s.New))
}

// merges reports whether an import lays the keys of an entry over those that are there.
func merges(s *plan.Step, mode plan.Mode) bool {
	return mode == plan.Partial && s.Ref.Kind.Partial() == core.Merge
}

// own returns what the bundle itself says of the entries that are laid over what is there:
// a partial plan shows them only with what is there. Makes is that plan.
func (u *run) own(ctx context.Context, node string, makes *plan.Plan) (map[core.Ref]string, error) {
	own := map[core.Ref]string{}
	for i := range makes.Steps {
		if s := &makes.Steps[i]; merges(s, makes.Mode) && s.Action != plan.LeftOut {
			own[s.Ref] = ""
		}
	}
	if len(own) == 0 {
		return own, nil
	}
	req := u.request(node)
	req.Mode = plan.Full
	p, err := u.preview(ctx, req)
	if err != nil {
		return nil, err
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		if _, asked := own[s.Ref]; asked && s.Action != plan.Delete {
			own[s.Ref] = s.New
		}
	}
	return own, nil
}

// blended reports whether an entry holds all keys that were there before, and each key as
// it was then or as the bundle says. Back brings the entry back.
func blended(back *plan.Step, own string) bool {
	var now, before map[string]json.RawMessage
	if json.Unmarshal([]byte(back.Old), &now) != nil || back.New != "" && json.Unmarshal([]byte(back.New), &before) != nil {
		return false
	}
	for key := range before {
		if _, there := now[key]; !there {
			return false
		}
	}
	was, brought := shared(back.Ref, back.New, back.Old), shared(back.Ref, own, back.Old)
	for key := range now {
		if !was[key] && !brought[key] {
			return false
		}
	}
	return true
}

// shared returns the keys of an entry of which a node that was given one text shows the
// same in another.
func shared(ref core.Ref, given, shown string) map[string]bool {
	var one, two map[string]json.RawMessage
	if json.Unmarshal([]byte(given), &one) != nil || json.Unmarshal([]byte(secret.Reveal(ref.Kind, shown, given)), &two) != nil {
		return nil
	}
	keys := map[string]bool{}
	for key, value := range two {
		was, there := one[key]
		keys[key] = there && compare.Alike(ref, only(key, was), only(key, value))
	}
	return keys
}

// only returns an entry with one key.
func only(key string, value json.RawMessage) string {
	text, _ := json.Marshal(map[string]json.RawMessage{key: value}) // what was read can be written
	return string(text)
}
