package resource

import "ekuiper-console/core"

// Script is a function written in JavaScript.
type Script struct {
	ID          string `json:"id"`
	Description string `json:"description"`
	Script      string `json:"script"`
	IsAgg       bool   `json:"isAgg"`

	ref  core.Ref
	text string
}

func decodeScript(ref core.Ref, text string) (*Script, *problem) {
	s := &Script{ID: ref.Name, ref: ref, text: text}
	if isNull(text) {
		return nil, nullProblem("fail to unmarshal the script " + ref.Name + ": ")
	}
	if p := unmarshal(text, s); p != nil {
		p.msg = "fail to unmarshal the script " + ref.Name + ": " + p.msg
		return nil, p
	}
	return s, nil
}

func (s *Script) check(Scope) []core.Finding {
	if s.ID != "" && s.ID != s.ref.Name {
		f := fault(s.ref, "the script id %s does not match the key %s", s.ID, s.ref.Name)
		f.Hint = "the names must be the same"
		return []core.Finding{f}
	}
	return nil
}

// Stored returns the text as it was given.
func (s *Script) Stored() string { return s.text }

// Needs returns nothing.
func (s *Script) Needs() []Need { return nil }
