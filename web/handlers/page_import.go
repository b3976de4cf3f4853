package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
	"ekuiper-console/web/views"
)

// importPage is GET /ui/import.
func (s *Server) importPage(w http.ResponseWriter, r *http.Request) error {
	return s.showImport(w, r, http.StatusOK, views.ImportPage{From: views.ParseSource(r.URL.Query().Get("from"))})
}

// showImport fills in what the first step shows of the node and the drafts.
func (s *Server) showImport(w http.ResponseWriter, r *http.Request, status int, p views.ImportPage) error {
	waiting, err := s.waiting(r, "")
	if err != nil {
		return err
	}
	snapshot, err := s.Transfer.Export(r.Context(), callerOf(r), transfer.Local)
	if err != nil {
		return err
	}
	p.Layout, p.Waiting, p.Empty = s.layout(r), waiting, snapshot.Bundle.Len() == 0
	s.show(w, r, status, p)
	return nil
}

// waiting returns the caller's drafts but one.
func (s *Server) waiting(r *http.Request, but string) ([]views.Draft, error) {
	drafts, err := s.Drafts.Waiting(r.Context(), callerOf(r), transfer.Local)
	if err != nil {
		return nil, err
	}
	var all []views.Draft
	for _, d := range drafts {
		if d.ID != but {
			all = append(all, views.Draft{ID: d.ID, Name: d.Name, Size: d.Size})
		}
	}
	return all, nil
}

// sampleName is what the sample bundle is called. Its plugins are on the internet, so
// that where there is no way out "all or nothing" would be nothing: the valid entries
// are what is offered first.
const sampleName = "sample.json"

// brought is a document as a form brings it.
type brought struct {
	name string
	body []byte
}

// bring is POST /ui/import: it keeps what was brought and leads to the next step.
func (s *Server) bring(w http.ResponseWriter, r *http.Request) error {
	if err := s.parseUpload(w, r); err != nil {
		return err
	}
	if r.MultipartForm != nil {
		defer r.MultipartForm.RemoveAll()
	}
	docs, err := s.bringAll(r)
	if err != nil {
		return s.showImport(w, r, http.StatusBadRequest, views.ImportPage{
			From: views.FromAddress, Address: r.PostForm.Get("address"), Problem: &views.Problem{Message: err.Error(), Hint: core.HintOf(err)},
		})
	}
	if len(docs) == 0 {
		return s.showImport(w, r, http.StatusBadRequest, views.ImportPage{From: views.ParseSource(r.URL.Query().Get("from")), Error: views.NothingBrought})
	}
	first := ""
	for _, doc := range docs {
		id, err := s.Drafts.Bring(r.Context(), callerOf(r), transfer.Local, doc.name, doc.body)
		if err != nil {
			return err
		}
		if first == "" {
			first = id
		}
	}
	http.Redirect(w, r, "/ui/import/"+first, http.StatusSeeOther)
	return nil
}

// bringAll reads what a form brings: the sample, a pasted text, an address, files.
func (s *Server) bringAll(r *http.Request) ([]brought, error) {
	form := r.PostForm
	switch address := strings.TrimSpace(form.Get("address")); {
	case form.Get("sample") != "":
		return []brought{{sampleName, bundle.Sample}}, nil
	case strings.TrimSpace(form.Get("text")) != "":
		return []brought{{"pasted.json", []byte(form.Get("text"))}}, nil
	case address != "":
		body, err := s.Transfer.Read(r.Context(), callerOf(r), address)
		return []brought{{baseName(address), body}}, err
	case r.MultipartForm == nil:
		return nil, nil
	}
	var docs []brought
	for _, header := range r.MultipartForm.File["bundle"] {
		if header.Size == 0 && header.Filename == "" {
			continue
		}
		body, err := readFile(header)
		if err != nil {
			return nil, err
		}
		docs = append(docs, brought{baseName(header.Filename), body})
	}
	return docs, nil
}

func readFile(header *multipart.FileHeader) ([]byte, error) {
	f, err := header.Open()
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", header.Filename, err)
	}
	defer f.Close()
	body, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", header.Filename, err)
	}
	return body, nil
}

// baseName returns the last part of a path or address.
func baseName(address string) string {
	if u, err := url.Parse(address); err == nil && u.Scheme != "" {
		address = u.Path
	}
	name := path.Base(strings.ReplaceAll(address, `\`, "/"))
	if name == "." || name == "/" {
		return "bundle.json"
	}
	return name
}

// draftPage is GET /ui/import/{id}.
func (s *Server) draftPage(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	return s.showDraft(w, r, http.StatusOK, views.DraftPage{Mode: query.Get("mode"), Strict: query.Get("strict")})
}

// maxEditable bounds the text that the page lets one edit, in bytes.
const maxEditable = 1 << 20

// showDraft fills in the second step: what the bundle holds, and what importing it
// would do in either mode.
func (s *Server) showDraft(w http.ResponseWriter, r *http.Request, status int, p views.DraftPage) error {
	d, err := s.Drafts.Draft(r.Context(), callerOf(r), param(r, "id"))
	if err != nil {
		return s.whereItWent(w, r, err)
	}
	sum := sha256.Sum256(d.Body)
	p.Layout = s.layout(r)
	p.Draft = views.Draft{ID: d.ID, Name: d.Name, Size: len(d.Body), SHA256: hex.EncodeToString(sum[:])}
	if d.Name == sampleName && p.Strict == "" {
		p.Strict = "valid"
	}
	if len(d.Body) <= maxEditable {
		p.Text = string(d.Body)
	}
	if p.Waiting, err = s.waiting(r, d.ID); err != nil {
		return err
	}
	if err := s.consequences(r, &p, d.Body); err != nil {
		return err
	}
	s.show(w, r, status, p)
	return nil
}

// consequences plans the import in both modes, taking it that every file can be had.
func (s *Server) consequences(r *http.Request, p *views.DraftPage, body []byte) error {
	req := transfer.Request{Node: transfer.Local, Document: body, NoFetch: true}
	for _, mode := range []plan.Mode{plan.Partial, plan.Full} {
		req.Mode = mode
		made, err := s.Transfer.Preview(r.Context(), callerOf(r), req)
		if syntax, ok := errors.AsType[*bundle.SyntaxError](err); ok {
			p.Problem = views.NewProblem(string(body), syntax.Line, syntax.Column, syntax.Msg, "")
			return nil
		}
		if err != nil {
			return err
		}
		n := made.Counts()
		c := views.Consequence{Create: n[plan.Create], Replace: n[plan.Replace], Delete: n[plan.Delete],
			Unchanged: n[plan.Unchanged], Kept: n[plan.Kept], Rejected: n[plan.Rejected]}
		if mode == plan.Partial {
			p.Partial = c
		} else {
			p.Full = c
		}
		p.Unknown, p.Rejected = made.Unknown, max(p.Rejected, c.Rejected)
	}
	return s.countSections(r, p, body)
}

// countSections counts the entries of each section in the bundle and on the node.
func (s *Server) countSections(r *http.Request, p *views.DraftPage, body []byte) error {
	b, _, err := bundle.Decode(body)
	if err != nil {
		return err
	}
	snapshot, err := s.Transfer.Export(r.Context(), callerOf(r), transfer.Local)
	if err != nil {
		return err
	}
	for _, k := range core.DocumentOrder() {
		p.Rows = append(p.Rows, views.SectionRow{Kind: k, InBundle: b.Count(k), OnNode: snapshot.Bundle.Count(k)})
	}
	return nil
}

// draft is POST /ui/import/{id}: it edits, drops or imports a draft.
func (s *Server) draft(w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(w, r, s.maxDocument()); err != nil {
		return err
	}
	id, by := param(r, "id"), callerOf(r)
	switch action := r.PostForm.Get("action"); action {
	case "save":
		if err := s.Drafts.Edit(r.Context(), by, id, []byte(r.PostForm.Get("text"))); err != nil {
			return err
		}
		http.Redirect(w, r, "/ui/import/"+id, http.StatusSeeOther)
		return nil
	case "remove":
		if err := s.Drafts.Drop(r.Context(), by, id); err != nil {
			return err
		}
		http.Redirect(w, r, "/ui/import", http.StatusSeeOther)
		return nil
	case "import":
		return s.importDraft(w, r, id)
	default:
		return core.Errorf(core.Invalid, "%q is nothing that can be done with a draft", action)
	}
}

// importDraft sets a task to import a draft and leads to its page. A full reset that
// deletes something takes the node's name.
func (s *Server) importDraft(w http.ResponseWriter, r *http.Request, id string) error {
	d, err := s.Drafts.Draft(r.Context(), callerOf(r), id)
	if err != nil {
		return s.whereItWent(w, r, err)
	}
	form := r.PostForm
	req := transfer.Request{Node: d.Node, Atomic: form.Get("strict") != "valid"}
	switch mode := form.Get("mode"); mode {
	case "full":
		req.Mode = plan.Full
		req.NoDelete = strings.TrimSpace(form.Get("confirm")) != d.Node
		free, err := s.deletesNothing(r, d, req)
		if err != nil {
			return err
		}
		if !free {
			return s.showDraft(w, r, http.StatusBadRequest, views.DraftPage{Error: views.NotConfirmed, Mode: mode, Strict: form.Get("strict")})
		}
	case "partial", "":
	default:
		return core.Errorf(core.Invalid, "%q is no mode: it is partial or full", mode)
	}
	t, err := s.importDraftBody(r, d, req)
	if err != nil {
		return err
	}
	s.toTask(w, r, t.ID)
	return nil
}

// deletesNothing reports whether a full reset that nobody has confirmed may go on,
// since as things are it deletes nothing. The import itself holds to that.
func (s *Server) deletesNothing(r *http.Request, d plan.Draft, req transfer.Request) (bool, error) {
	if !req.NoDelete {
		return true, nil
	}
	req.Document, req.NoFetch = d.Body, true
	_, err := s.Transfer.Preview(r.Context(), callerOf(r), req)
	if core.CodeOf(err) == core.Conflict && err != nil {
		return false, nil
	}
	return err == nil, err
}
