package handlers

import (
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
	snapshot, err := s.Transfer.Export(r.Context(), callerOf(r), nodeOf(r))
	if err != nil {
		return err
	}
	p.Layout, p.Waiting, p.Empty = s.layout(r), waiting, snapshot.Bundle.Len() == 0
	s.show(w, r, status, p)
	return nil
}

// waiting returns the caller's drafts but one.
func (s *Server) waiting(r *http.Request, but string) ([]views.Draft, error) {
	drafts, err := s.Drafts.Waiting(r.Context(), callerOf(r), nodeOf(r))
	if err != nil {
		return nil, err
	}
	var all []views.Draft
	for _, d := range drafts {
		if d.ID != but {
			all = append(all, draftOf(d))
		}
	}
	return all, nil
}

// draftOf returns a draft as pages name it.
func draftOf(d plan.Draft) views.Draft {
	return views.Draft{ID: d.ID, Name: d.Name, Size: d.Size, SHA256: d.Document, Restores: d.Restores}
}

// brought is a document as a form brings it.
type brought struct {
	transfer.Brought
	name   string
	choice plan.Choices // what is offered first
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
	first, err := s.keep(r, docs)
	if err != nil {
		return err
	}
	http.Redirect(w, r, draftPath(first), http.StatusSeeOther)
	return nil
}

// keep makes drafts of documents, and returns the id of the first.
func (s *Server) keep(r *http.Request, docs []brought) (first string, err error) {
	for _, doc := range docs {
		id, err := s.Drafts.Bring(r.Context(), callerOf(r), nodeOf(r), doc.name, doc.Brought)
		if err != nil {
			return "", err
		}
		if doc.choice.Valid {
			if err := s.Drafts.Choose(r.Context(), callerOf(r), id, doc.choice); err != nil {
				return "", err
			}
		}
		if first == "" {
			first = id
		}
	}
	return first, nil
}

// sample is the sample bundle. Its plugins are on the internet, so that where there is no
// way out "all or nothing" would be nothing: the valid entries are what is offered first.
func sample() []brought {
	return []brought{{name: "sample.json", Brought: transfer.Brought{Text: bundle.Sample}, choice: plan.Choices{Valid: true}}}
}

// bringAll reads what a form brings: the sample, a pasted text, an address, files.
func (s *Server) bringAll(r *http.Request) ([]brought, error) {
	form := r.PostForm
	switch address := strings.TrimSpace(form.Get("address")); {
	case form.Get("sample") != "":
		return sample(), nil
	case strings.TrimSpace(form.Get("text")) != "":
		return []brought{{name: "pasted.json", Brought: transfer.Brought{Text: []byte(form.Get("text"))}}}, nil
	case address != "":
		bundle, err := s.Transfer.Read(r.Context(), callerOf(r), address)
		return []brought{{name: baseName(address), Brought: bundle}}, err
	case r.MultipartForm == nil:
		return nil, nil
	}
	var docs []brought
	for _, header := range r.MultipartForm.File["bundle"] {
		if header.Size == 0 && header.Filename == "" {
			continue
		}
		bundle, err := s.take(r, header)
		if err != nil {
			return nil, err
		}
		docs = append(docs, brought{name: baseName(header.Filename), Brought: bundle})
	}
	return docs, nil
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
