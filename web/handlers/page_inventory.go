package handlers

import (
	"net/http"
	"strconv"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/transfer"
	"ekuiper-console/web/views"
)

// entriesPerPage is how many entries a page of the inventory lists.
const entriesPerPage = 50

// inventoryPage is GET /ui/inventory.
func (s *Server) inventoryPage(w http.ResponseWriter, r *http.Request) error {
	return s.showInventory(w, r, views.InventoryPage{Filter: views.Filter{Query: value(r, "q")}})
}

// sectionPage is GET /ui/inventory/{section}.
func (s *Server) sectionPage(w http.ResponseWriter, r *http.Request) error {
	kind, err := section(r)
	if err != nil {
		return err
	}
	p := views.InventoryPage{Section: &kind, Filter: views.Filter{Query: value(r, "q")}}
	if kind == core.Rule {
		p.Filter.Tag, p.Filter.Status = value(r, "tag"), value(r, "status")
	}
	return s.showInventory(w, r, p)
}

// showInventory fills in the sections, and what the filter finds.
func (s *Server) showInventory(w http.ResponseWriter, r *http.Request, p views.InventoryPage) error {
	snapshot, err := s.Transfer.Export(r.Context(), callerOf(r), nodeOf(r))
	if err != nil {
		return err
	}
	for _, k := range core.InstallOrder() {
		p.Counts[k] = snapshot.Bundle.Count(k)
	}
	p.Layout, p.Runs = s.layout(r), s.runs(r)
	if p.Listed() {
		if err := s.find(r, &p); err != nil {
			return err
		}
	}
	s.show(w, r, http.StatusOK, p)
	return nil
}

// find fills in what the filter finds. A page behind the last one is the last.
func (s *Server) find(r *http.Request, p *views.InventoryPage) error {
	q := transfer.Query{Text: p.Filter.Query, Tag: p.Filter.Tag, Status: transfer.Status(p.Filter.Status)}
	if p.Section != nil {
		q.Kinds = []core.Kind{*p.Section}
	}
	p.Pager.Page = pageOf(r)
	for {
		q.Offset, q.Limit = p.Pager.Offset(entriesPerPage), entriesPerPage
		found, err := s.Transfer.Find(r.Context(), callerOf(r), nodeOf(r), q)
		if err != nil {
			return err
		}
		asked := p.Pager.Page
		p.Pager, p.Tags, p.Found = views.NewPager(asked, found.Total, entriesPerPage), found.Tags, found.Total
		if p.Pager.Page != asked {
			continue
		}
		for _, e := range found.Entries {
			p.Entries = append(p.Entries, views.EntryRow(e))
		}
		return nil
	}
}

// value returns a value of the address without the blanks around it.
func value(r *http.Request, name string) string {
	return strings.TrimSpace(r.URL.Query().Get(name))
}

// pageOf returns the page of a list that a request asks for, 1 where it says nothing.
func pageOf(r *http.Request) int {
	page, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || page < 1 || page > 1<<30 {
		return 1
	}
	return page
}

// section returns the kind whose section the path names, or a NotFound error.
func section(r *http.Request) (core.Kind, error) {
	key := param(r, "section")
	kind, known := core.KindOf(key)
	if !known {
		return 0, core.Errorf(core.NotFound, "there is no section %s", key)
	}
	return kind, nil
}

// entryRef returns the entry that the path names. What no path can name is in the query.
func entryRef(r *http.Request) (core.Ref, error) {
	kind, err := section(r)
	if values := r.URL.Query(); values.Has("name") {
		return core.Ref{Kind: kind, Name: values.Get("name")}, err
	}
	return core.Ref{Kind: kind, Name: param(r, "name")}, err
}

// usersShown is how many of who uses an entry its page lists.
const usersShown = 50

// entryPage is GET /ui/inventory/{section}/{name}.
func (s *Server) entryPage(w http.ResponseWriter, r *http.Request) error {
	ref, err := entryRef(r)
	if err != nil {
		return err
	}
	e, err := s.Transfer.Entry(r.Context(), callerOf(r), nodeOf(r), ref, usersShown)
	if err != nil {
		return err
	}
	s.show(w, r, http.StatusOK, views.EntryPage{
		Layout: s.layout(r), Ref: ref, Text: e.Text, Exact: value(r, "view") == "exact", Findings: e.Findings, History: e.History,
		Needs: e.Needs, UsedBy: e.UsedBy, Users: e.Users, Pending: e.Pending, Artifact: e.Artifact,
	})
	return nil
}

// entryText is GET /ui/inventory/{section}/{name}/text: the text as it stands, with its
// secrets, as a file.
func (s *Server) entryText(w http.ResponseWriter, r *http.Request) error {
	ref, err := entryRef(r)
	if err != nil {
		return err
	}
	snapshot, err := s.Transfer.Export(r.Context(), callerOf(r), nodeOf(r))
	if err != nil {
		return err
	}
	text, ok := snapshot.Bundle.Get(ref)
	if !ok {
		return core.Errorf(core.NotFound, "%s %s is not found", ref.Kind.Noun(), ref.Name)
	}
	if err := s.record(r, audit.ExportSecrets, nodeOf(r), ref.String()); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", attachment(ref))
	w.Header().Set("Cache-Control", "no-store")
	return writeText(w, text)
}

// attachment names the file of an entry's text. Statements are SQL, all else is JSON.
func attachment(ref core.Ref) string {
	name := strings.Map(func(c rune) rune {
		if strings.ContainsRune("._-", c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' {
			return c
		}
		return '_'
	}, ref.Name)
	kind := ".json"
	if ref.Kind == core.Stream || ref.Kind == core.Table {
		kind = ".sql"
	}
	return `attachment; filename="` + ref.Kind.Key() + "-" + name + kind + `"`
}
