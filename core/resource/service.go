package resource

import "ekuiper-console/core"

// Service is the install text of a set of external functions.
type Service struct {
	Name string `json:"name"`
	File string `json:"file"`

	ref  core.Ref
	text string
}

func decodeService(ref core.Ref, text string) (*Service, *problem) {
	s := &Service{ref: ref, text: text}
	if p := unmarshal(text, s); p != nil {
		return nil, p
	}
	return s, nil
}

func (s *Service) check(Scope) []core.Finding {
	if msg := checkID(s.Name); msg != "" {
		return []core.Finding{fault(s.ref, "%s", msg)}
	}
	if !validURI(s.File) {
		f := fault(s.ref, "invalid file path %s", s.File)
		f.Hint = `"file" must be a file:, http: or https: address`
		return []core.Finding{f}
	}
	return nil
}

// URI returns the address of the archive.
func (s *Service) URI() string { return s.File }

// Stored returns the text as it was given.
func (s *Service) Stored() string { return s.text }

// Needs returns nothing.
func (s *Service) Needs() []Need { return nil }
