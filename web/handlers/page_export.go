package handlers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/secret"
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
	p := views.ExportPage{Layout: s.layout(r), Options: readOptions(r.Form)}
	if err := s.findRules(r, &p); err != nil {
		return err
	}
	chosen, err := s.choose(r, p.Filter)
	if err != nil {
		return err
	}
	p.Choose(chosen.Picked, chosen.Rules, everyOf(chosen.Every), chosen.Except)
	status := http.StatusOK
	if p.Unknown = chosen.Unknown; len(p.Unknown) > 0 {
		status = http.StatusNotFound
	} else if err := s.compose(r, &p); err != nil {
		return err
	}
	s.show(w, r, status, p)
	return nil
}

// readOptions reads how a form wants its export. Secrets come only where they are asked
// for.
func readOptions(form url.Values) views.ExportOptions {
	format := form.Get("format")
	return views.ExportOptions{
		Plain: form.Get("secrets") == "plain", AllConnections: form.Get("connections") == "all",
		YAML: format == "yaml", SelfContained: format == "zip",
	}
}

// findRules fills in the page of the table that the form asks for.
func (s *Server) findRules(r *http.Request, p *views.ExportPage) error {
	p.Filter = views.RuleFilter{Text: strings.TrimSpace(r.Form.Get("q")), Tag: r.Form.Get("tag"), Status: r.Form.Get("status")}
	q := queryOf(p.Filter)
	page, _ := strconv.Atoi(r.Form.Get("page"))
	p.Page = max(page, 1)
	q.Kinds, q.Limit, q.Offset = []core.Kind{core.Rule}, rulesPerPage, (p.Page-1)*rulesPerPage
	found, err := s.Transfer.Find(r.Context(), callerOf(r), nodeOf(r), q)
	if err != nil {
		return err
	}
	p.Found, p.Tags = found.Total, found.Tags
	p.Pages = max(1, (p.Found+rulesPerPage-1)/rulesPerPage)
	if p.Page > p.Pages {
		r.Form.Set("page", strconv.Itoa(p.Pages))
		return s.findRules(r, p)
	}
	for _, entry := range found.Entries {
		p.Rules = append(p.Rules, ruleRow(entry))
	}
	q = transfer.Query{Kinds: q.Kinds}
	all, err := s.Transfer.Find(r.Context(), callerOf(r), nodeOf(r), q)
	if err == nil {
		p.Total = all.Total
	}
	return err
}

// statuses of rules that the table can be filtered by.
var ruleStatuses = []transfer.Status{transfer.RuleStarted, transfer.RuleStopped}

// queryOf returns what a filter asks for. A status that there is not asks for all.
func queryOf(f views.RuleFilter) transfer.Query {
	q := transfer.Query{Text: f.Text, Tag: f.Tag, Status: transfer.Status(f.Status)}
	if !slices.Contains(ruleStatuses, q.Status) {
		q.Status = ""
	}
	return q
}

// ruleRow reads what the table tells of a rule; of one that cannot be read its id.
func ruleRow(entry transfer.Listed) views.RuleRow {
	var rule struct {
		Name      string
		SQL       string
		Tags      []string
		Triggered *bool
	}
	_ = json.Unmarshal([]byte(entry.Text), &rule)
	sql, _ := secret.Mask(rule.SQL, 0)
	return views.RuleRow{ID: entry.Ref.Name, Name: rule.Name, SQL: sql, Tags: rule.Tags, Stopped: rule.Triggered != nil && !*rule.Triggered}
}

// choose reads which rules the form picks. A browser sends only the boxes that are
// checked: of the rules that the table showed, the others were left out.
func (s *Server) choose(r *http.Request, filter views.RuleFilter) (*transfer.Chosen, error) {
	var c transfer.Choice
	c.Rules, c.Except = r.Form["rule"], r.Form["except"]
	ticked := make(map[string]bool, len(c.Rules))
	for _, id := range c.Rules {
		ticked[id] = true
	}
	for _, id := range r.Form["shown"] {
		if !ticked[id] {
			c.Except = append(c.Except, id)
		}
	}
	every := r.Form["every"]
	switch r.Form.Get("pick") {
	case "match":
		every, c.Except = append(every, filter.Encode()), nil
	case "none":
		every, c = nil, transfer.Choice{}
	}
	slices.Sort(every)
	for _, text := range slices.Compact(every) {
		values, err := url.ParseQuery(text)
		if err != nil {
			return nil, core.Errorf(core.Invalid, "the form cannot be read: %v", err)
		}
		c.Every = append(c.Every, queryOf(views.RuleFilter{Text: values.Get("q"), Tag: values.Get("tag"), Status: values.Get("status")}))
	}
	chosen, err := s.Transfer.Choose(r.Context(), callerOf(r), nodeOf(r), c)
	if err == nil && r.Form.Get("pick") == "known" {
		chosen.Unknown = nil
	}
	return chosen, err
}

// everyOf writes queries as the form carries them.
func everyOf(queries []transfer.Query) []string {
	var every []string
	for _, q := range queries {
		every = append(every, views.RuleFilter{Text: q.Text, Tag: q.Tag, Status: string(q.Status)}.Encode())
	}
	return every
}

// exportOf returns the export of a request's node that options ask for.
func exportOf(r *http.Request, o views.ExportOptions) (transfer.ExportRequest, form) {
	f := asJSON
	if o.YAML {
		f = asYAML
	}
	return transfer.ExportRequest{Node: nodeOf(r), Masked: !o.Plain, AllConnections: o.AllConnections}, f
}

// maxCurlRules bounds the rules that a line for the shell names.
const maxCurlRules = 200

// curl returns the command that downloads rules from a shell.
func curl(origin string, ids []string, o views.ExportOptions) string {
	body, err := json.Marshal(ids)
	if err != nil {
		panic(err) // strings always marshal
	}
	path, query := "/data/export", url.Values{}
	if o.YAML {
		path = "/v2" + path
	}
	if !o.Plain {
		query.Set("secrets", "masked")
	}
	if o.AllConnections {
		query.Set("connections", "all")
	}
	if o.SelfContained {
		query.Set("self_contained", "1")
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return fmt.Sprintf(`curl -H "Authorization: Bearer $TOKEN" -d %s -OJ %s`, shell(string(body)), shell(origin+path))
}

// shell quotes a word for a shell.
func shell(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// downloadPage is GET and POST /ui/export/download: the picked rules, or all there is. An
// address that picks nothing stands for all.
func (s *Server) downloadPage(w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(w, r, maxPicks); err != nil {
		return err
	}
	options := readOptions(r.Form)
	req, f := exportOf(r, options)
	picks := r.Method != http.MethodGet || r.Form.Has("rule") || r.Form.Has("every")
	req.All = !picks || r.Form.Get("all") == "1"
	if !req.All {
		chosen, err := s.choose(r, views.RuleFilter{})
		if err != nil {
			return err
		}
		if len(chosen.Picked)+len(chosen.Unknown) == 0 {
			return core.WithHint(core.Errorf(core.Invalid, "no rule is picked"), "pick at least one on the export page")
		}
		req.Rules = append(chosen.Picked, chosen.Unknown...)
	}
	if options.SelfContained {
		return s.exportParcel(w, r, req)
	}
	return s.export(w, r, req, f)
}
