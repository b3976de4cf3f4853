package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/web/views"
)

// draftPath is the address of a draft.
func draftPath(id string) string { return "/ui/import/" + url.PathEscape(id) }

// draftPage is GET /ui/import/{id}. A draft that restores a revision has nothing to be
// read, and leads to its review.
func (s *Server) draftPage(w http.ResponseWriter, r *http.Request) error {
	d, err := s.draftHead(r)
	if err != nil {
		return s.whereItWent(w, r, err)
	}
	if d.Restores > 0 {
		http.Redirect(w, r, reviewPath(d.ID), http.StatusSeeOther)
		return nil
	}
	p := views.DraftPage{Layout: s.layout(r), Draft: draftOf(d), Mode: d.Choices.Mode}
	p.Missing, p.Edit = refsOf(r.URL.Query()["missing"]), r.URL.Query().Get("edit") != ""
	if p.Waiting, err = s.waiting(r, d.ID); err != nil {
		return err
	}
	if err := s.read(r, &p, d); err != nil {
		return err
	}
	s.show(w, r, http.StatusOK, p)
	return nil
}

// draftHead returns the draft of a request without its body.
func (s *Server) draftHead(r *http.Request) (plan.Draft, error) {
	drafts, err := s.Drafts.Waiting(r.Context(), callerOf(r), nodeOf(r))
	if err != nil {
		return plan.Draft{}, err
	}
	i := slices.IndexFunc(drafts, func(d plan.Draft) bool { return d.ID == param(r, "id") })
	if i < 0 {
		return plan.Draft{}, core.Errorf(core.NotFound, "there is no draft %s", param(r, "id"))
	}
	return drafts[i], nil
}

// refsOf reads references. What is none is passed over.
func refsOf(texts []string) (refs []core.Ref) {
	for _, text := range texts {
		if ref, err := core.ParseRef(text); err == nil {
			refs = append(refs, ref)
		}
	}
	return refs
}

// maxEditable bounds the text that the page lets one edit, in bytes.
const maxEditable = 1 << 20

// read fills in what the draft holds, and what importing it would do in either mode; or
// why it cannot be read.
func (s *Server) read(r *http.Request, p *views.DraftPage, d plan.Draft) error {
	if d.Size <= maxEditable {
		full, err := s.Drafts.Draft(r.Context(), callerOf(r), d.ID)
		if err != nil {
			return err
		}
		p.Text = string(full.Body)
	}
	for _, mode := range []plan.Mode{plan.Full, plan.Partial} {
		made, err := s.Drafts.Outlook(r.Context(), callerOf(r), d.Node, d.ID, mode)
		if syntax, ok := errors.AsType[*bundle.SyntaxError](err); ok {
			p.Problem = views.NewProblem(p.Text, syntax.Line, syntax.Column, syntax.Msg, "")
			return nil
		}
		if err != nil {
			return err
		}
		n := made.Counts()
		c := views.Consequence{Create: n[plan.Create], Replace: n[plan.Replace], Delete: n[plan.Delete],
			Unchanged: n[plan.Unchanged], Kept: n[plan.Kept], Rejected: n[plan.Rejected]}
		p.Stale, p.Unknown, p.Rejected = made.Stale, made.Unknown, max(p.Rejected, c.Rejected)
		if mode == plan.Full {
			p.Full = c
			continue
		}
		p.Partial = c
		return s.countSections(r, p, made)
	}
	return nil
}

// countSections counts the entries of each section in the bundle and on the node. A
// partial plan has a step for every entry of the bundle, and no other.
func (s *Server) countSections(r *http.Request, p *views.DraftPage, partial *plan.Plan) error {
	snapshot, err := s.Transfer.Export(r.Context(), callerOf(r), nodeOf(r))
	if err != nil {
		return err
	}
	var brought [core.NumKinds]int
	for i := range partial.Steps {
		brought[partial.Steps[i].Ref.Kind]++
	}
	for _, k := range core.DocumentOrder() {
		p.Rows = append(p.Rows, views.SectionRow{Kind: k, InBundle: brought[k], OnNode: snapshot.Bundle.Count(k)})
	}
	return nil
}

// draft is POST /ui/import/{id}: it edits a draft, throws it away, or goes on to its
// review in the mode that was chosen.
func (s *Server) draft(w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(w, r, s.maxDocument()); err != nil {
		return err
	}
	id, by := param(r, "id"), callerOf(r)
	next := draftPath(id)
	var err error
	switch action := r.PostForm.Get("action"); action {
	case "save":
		err = s.Drafts.Edit(r.Context(), by, id, []byte(r.PostForm.Get("text")))
	case "remove":
		err, next = s.Drafts.Drop(r.Context(), by, id), "/ui/import"
	case "review":
		err, next = s.chooseMode(r, id), reviewPath(id)
	default:
		err = core.Errorf(core.Invalid, "%q is nothing that can be done with a draft", action)
	}
	if err != nil {
		return s.whereItWent(w, r, err)
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// chooseMode keeps the mode of a form.
func (s *Server) chooseMode(r *http.Request, id string) error {
	d, err := s.draftHead(r)
	if err != nil {
		return err
	}
	choices := d.Choices
	if err := choices.Mode.UnmarshalText([]byte(r.PostForm.Get("mode"))); err != nil {
		return err
	}
	return s.Drafts.Choose(r.Context(), callerOf(r), id, choices)
}
