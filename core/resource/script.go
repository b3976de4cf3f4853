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
	ran  bool       // whether its text was run
	err  *scriptErr // why it is no use, once it was
}

func decodeScript(ref core.Ref, text string) (*Script, *problem) {
	s := &Script{ID: ref.Name, ref: ref, text: text}
	if p := unmarshal(text, s); p != nil {
		p.msg = "fail to unmarshal the script " + ref.Name + ": " + p.msg
		return nil, p
	}
	return s, nil
}

// prepare runs the script.
func (s *Script) prepare() {
	if !s.ran && s.matches() {
		s.ran, s.err = true, runScript(s.Script, s.ref.Name)
	}
}

func (s *Script) matches() bool { return s.ID == "" || s.ID == s.ref.Name }

func (s *Script) check(Scope) []core.Finding {
	if !s.matches() {
		f := fault(s.ref, "the script id %s does not match the key %s", s.ID, s.ref.Name)
		f.Hint = "the names must be the same"
		return []core.Finding{f.At(s.text, place(s.text, "id"))}
	}
	s.prepare()
	if s.err == nil {
		return nil
	}
	f := fault(s.ref, "%s", s.err.msg)
	f.Hint = s.err.hint
	if s.err.note {
		f.Severity = core.Warn
	}
	return []core.Finding{f.At(s.text, inside(s.text, s.err.offset, "script"))}
}

// Stored returns the text as it was given.
func (s *Script) Stored() string { return s.text }

// Needs returns nothing.
func (s *Script) Needs() []Need { return nil }
