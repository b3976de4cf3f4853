package transfer

import (
	"slices"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/resource"
)

// provider is a plugin or service, as it is there already or as the bundle has it.
type provider struct {
	ref core.Ref
	old bool // as it is there already
}

// learn notes what the plugins and services serve that are there, and those that would
// be written: by their own words, and by what is in their archives.
func (c *checker) learn(current plan.Snapshot, next *bundle.Bundle) {
	for _, kind := range [...]core.Kind{core.NativePlugin, core.PortablePlugin, core.Service} {
		for _, name := range current.Bundle.Names(kind) {
			ref := core.Ref{Kind: kind, Name: name}
			text, _ := current.Bundle.Get(ref)
			old, known := current.Artifacts[ref]
			c.learnOne(provider{ref, true}, text, old.Provides, known)
		}
		for _, name := range next.Names(kind) {
			ref := core.Ref{Kind: kind, Name: name}
			text, _ := next.Get(ref)
			if !stays(c.mode, current.Bundle, ref, text) {
				brings, known := c.files.brings(ref)
				c.learnOne(provider{ref, false}, text, brings, known)
			}
		}
	}
}

// learnOne notes what a plugin or service serves: a native plugin says it itself, of the
// others it stands in their archives.
func (c *checker) learnOne(p provider, text string, brings core.Provides, known bool) {
	needs := resource.Serving(brings)
	if p.ref.Kind == core.NativePlugin {
		needs, known = nil, true
		if r, _ := resource.Decode(p.ref, text); r != nil {
			needs = r.(*resource.Plugin).Serves()
		}
	}
	for _, need := range needs {
		c.serving[need] = append(c.serving[need], p)
	}
	if !known {
		c.unread = append(c.unread, p)
	}
}

// stands reports whether a provider will be there: in its old form, or in that of the
// bundle.
func (s *scope) stands(p provider) bool {
	text, there := s.after.Get(p.ref)
	was, existed := s.current.Get(p.ref)
	return there && p.old == (existed && text == was)
}

// absent reports whether the bundle has a provider that will not be there as it has it.
func (s *scope) absent(p provider) bool { return !p.old && !s.stands(p) }

// served reports whether a plugin or service that will be there serves a need, or may.
func (s *scope) served(need resource.Need) bool {
	if slices.ContainsFunc(s.serving[need], s.stands) {
		return true
	}
	cause := s.cause(need)
	if cause == nil && slices.ContainsFunc(s.unread, s.stands) {
		s.guesses = append(s.guesses, need.Name)
		return true
	}
	if cause == nil {
		cause = s.suspect(need)
	}
	if cause != nil {
		s.lost = cause
	}
	return false
}

// cause returns the entry of the bundle that would serve a need which is not met, or nil.
func (s *scope) cause(need resource.Need) *core.Ref {
	if need.Why == resource.Calls {
		if script := s.brought(core.Ref{Kind: core.Script, Name: need.Name}); script != nil {
			return script
		}
	}
	all := s.serving[need]
	if i := slices.IndexFunc(all, s.absent); i >= 0 {
		return &all[i].ref
	}
	return nil
}

// suspect returns the only entry of the bundle that may have served a need and is not there,
// or nil where there is none or are several.
func (s *scope) suspect(need resource.Need) *core.Ref {
	switch need.Why {
	case resource.Calls, resource.SourceType, resource.SinkType:
	default:
		return nil // no archive brings it
	}
	i := slices.IndexFunc(s.unread, s.absent)
	if i < 0 || slices.ContainsFunc(s.unread[i+1:], s.absent) {
		return nil
	}
	return &s.unread[i].ref
}
