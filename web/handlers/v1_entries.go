package handlers

import (
	"math"
	"net/http"

	"ekuiper-console/core"
	"ekuiper-console/core/deps"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/secret"
	"ekuiper-console/core/transfer"
)

// entriesV1 is GET /api/v1/entries: entries of all sections or of one, by a search.
func (s *Server) entriesV1(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "section", "q", "tag", "status", "offset", "limit")
	if err != nil {
		return err
	}
	query, err := q.entries()
	if err != nil {
		return err
	}
	found, err := s.Transfer.Find(r.Context(), callerOf(r), nodeOf(r), query)
	if err != nil {
		return err
	}
	for i, e := range found.Entries {
		found.Entries[i].Text = textFor(callerOf(r), e.Ref, e.Text)
	}
	return ok(w, struct {
		Revision int64             `json:"revision"`
		Total    int               `json:"total"`
		Offset   int               `json:"offset"`
		Entries  []transfer.Listed `json:"entries"`
	}{found.Revision, found.Total, query.Offset, found.Entries}, nil)
}

// textFor returns the text of an entry as a caller may look at it: a viewer gets secrets
// by an export alone, which is written down.
func textFor(by core.Caller, ref core.Ref, text string) string {
	if by.Require(core.Operator) == nil {
		return text
	}
	return secret.MaskEntry(ref.Kind, text)
}

// entries reads what a search asks for.
func (q query) entries() (all transfer.Query, err error) {
	all = transfer.Query{Text: q["q"], Tag: q["tag"], Status: transfer.Status(q["status"])}
	if section := q["section"]; section != "" {
		kind, known := core.KindOf(section)
		if !known {
			return all, core.Errorf(core.Invalid, "%s is not a section", section)
		}
		all.Kinds = []core.Kind{kind}
	}
	if s := all.Status; s != "" && s != transfer.RuleStarted && s != transfer.RuleStopped {
		return all, core.WithHint(core.Errorf(core.Invalid, "%s is not a status", s), "write started or stopped")
	}
	if all.Offset, err = q.number("offset", 0, 0, math.MaxInt); err != nil {
		return all, err
	}
	all.Limit, err = q.number("limit", 50, 1, 1000)
	return all, err
}

// linkV1 is a need, with what serves it.
type linkV1 struct {
	Why  string `json:"why"`
	From string `json:"from"`           // the part that needs it, such as sourceConfig/mqtt/td
	To   string `json:"to,omitempty"`   // the part that serves it; empty where nothing does
	Name string `json:"name,omitempty"` // of what is needed
	Key  string `json:"key,omitempty"`  // of the configuration that is needed
}

func linksV1(links []deps.Link) []linkV1 {
	all := make([]linkV1, 0, len(links))
	for _, l := range links {
		v := linkV1{Why: string(l.Why), From: l.From.String(), Name: l.Name, Key: l.Key}
		if !l.Missing() {
			v.To = l.To.String()
		}
		all = append(all, v)
	}
	return all
}

// entryV1 is GET /api/v1/entries/{section}/{name}.
func (s *Server) entryV1(w http.ResponseWriter, r *http.Request) error {
	kind, known := core.KindOf(param(r, "section"))
	if !known {
		return core.Errorf(core.NotFound, "%s is not a section", param(r, "section"))
	}
	e, err := s.Transfer.Entry(r.Context(), callerOf(r), nodeOf(r), core.Ref{Kind: kind, Name: param(r, "name")}, 0)
	if err != nil {
		return err
	}
	return ok(w, struct {
		Ref      core.Ref       `json:"ref"`
		Text     string         `json:"text"`
		Revision int64          `json:"revision"` // of the node
		Findings []core.Finding `json:"findings"`
		Needs    []linkV1       `json:"needs"`
		UsedBy   []linkV1       `json:"used_by"`
		Artifact *plan.Artifact `json:"artifact,omitempty"` // the file that it names, where it was kept
		Pending  bool           `json:"pending,omitempty"`  // needs and users are still being looked for: ask again
		History  []plan.Touch   `json:"history"`
	}{e.Ref, textFor(callerOf(r), e.Ref, e.Text), e.Revision, append([]core.Finding{}, e.Findings...), linksV1(e.Needs), linksV1(e.UsedBy), e.Artifact, e.Pending, e.History}, nil)
}
