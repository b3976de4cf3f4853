package handlers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/transfer"
	"ekuiper-console/web/views"
)

// maxPicks bounds the form that names the picked rules, in bytes.
const maxPicks = 8 << 20

// rulesPerPage is how many rules a page of the export table shows.
const rulesPerPage = 50

// exportPage is GET and POST /ui/export.
func (s *Server) exportPage(w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(w, r, maxPicks); err != nil {
		return err
	}
	rules, err := s.Transfer.Rules(r.Context(), callerOf(r), transfer.Local)
	if err != nil {
		return err
	}
	p := tableOf(rules, r.Form)
	p.Layout = s.layout(r)
	if len(p.Picked) > 0 {
		s.closure(r, &p)
	}
	s.show(w, r, http.StatusOK, p)
	return nil
}

// tableOf searches, pages and picks.
func tableOf(rules []transfer.RuleSummary, form url.Values) views.ExportPage {
	p := views.ExportPage{Query: strings.TrimSpace(form.Get("q")), Total: len(rules)}
	found := rules
	if p.Query != "" {
		found = slices.DeleteFunc(slices.Clone(rules), func(r transfer.RuleSummary) bool { return !speaksOf(r, p.Query) })
	}
	p.Found = len(found)
	p.Pages = max(1, (p.Found+rulesPerPage-1)/rulesPerPage)
	page, _ := strconv.Atoi(form.Get("page"))
	p.Page = min(max(page, 1), p.Pages)
	shown := found[(p.Page-1)*rulesPerPage : min(p.Page*rulesPerPage, p.Found)]
	picked := pickedRules(form, shown)
	for _, r := range shown {
		p.Rules = append(p.Rules, views.RuleRow{ID: r.ID, Name: r.Name, Tags: r.Tags, Picked: picked[r.ID]})
	}
	for id := range picked {
		p.Picked = append(p.Picked, id)
	}
	slices.Sort(p.Picked)
	return p
}

// speaksOf reports whether a rule's id, name or tags contain a text, in any case.
func speaksOf(r transfer.RuleSummary, text string) bool {
	for _, field := range append([]string{r.ID, r.Name}, r.Tags...) {
		if strings.Contains(strings.ToLower(field), strings.ToLower(text)) {
			return true
		}
	}
	return false
}

// pickedRules returns the rules that the form names, with those of the page where it
// asks for them.
func pickedRules(form url.Values, shown []transfer.RuleSummary) map[string]bool {
	picked := map[string]bool{}
	if form.Get("pick") == "none" {
		return picked
	}
	for _, id := range form["rule"] {
		picked[id] = true
	}
	if form.Get("pick") == "page" {
		for _, r := range shown {
			picked[r.ID] = true
		}
	}
	return picked
}

// closure fills in what comes along with the picked rules.
func (s *Server) closure(r *http.Request, p *views.ExportPage) {
	x, err := s.Transfer.Compose(r.Context(), callerOf(r), transfer.ExportRequest{Node: transfer.Local, Rules: p.Picked})
	if err != nil {
		p.Problem = err.Error()
		return
	}
	var doc bytes.Buffer
	if err := x.Bundle.Encode(&doc); err != nil {
		p.Problem = err.Error()
		return
	}
	p.Set, p.Size, p.Curl = &x.Set, doc.Len(), curl(origin(r), p.Picked)
}

// curl returns the command that downloads rules from a shell.
func curl(origin string, ids []string) string {
	body, err := json.Marshal(ids)
	if err != nil {
		panic(err) // strings always marshal
	}
	quoted := strings.ReplaceAll(string(body), "'", `'\''`)
	return fmt.Sprintf(`curl -H "Authorization: Bearer $TOKEN" -d '%s' -OJ %s/data/export`, quoted, origin)
}

// downloadAll is GET /ui/export/download.
func (s *Server) downloadAll(w http.ResponseWriter, r *http.Request) error { return s.exportAll(w, r) }

// downloadRules is POST /ui/export/download.
func (s *Server) downloadRules(w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(w, r, maxPicks); err != nil {
		return err
	}
	ids := r.PostForm["rule"]
	if len(ids) == 0 {
		return core.WithHint(core.Errorf(core.Invalid, "no rule is picked"), "pick at least one on the export page")
	}
	return s.export(w, r, transfer.ExportRequest{Node: transfer.Local, Rules: ids}, asJSON)
}
