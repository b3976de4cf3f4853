package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"

	"ekuiper-console/core"
	"ekuiper-console/core/compare"
	"ekuiper-console/core/deps"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/resource"
	"ekuiper-console/core/transfer"
)

// archive is what a console holds and has held.
type archive interface {
	// revisions returns the last revisions, the newest first.
	revisions(p *process, limit int) ([]plan.Revision, error)
	// diff returns what leads from one revision to another; newest stands for the newest.
	diff(p *process, from, to int64) (*difference, error)
	// restore brings a revision back.
	restore(p *process, req restoreRequest) (*restored, error)
	// show returns one entry.
	show(p *process, ref core.Ref) (*shown, error)
}

// newest stands for the newest revision.
const newest = -1

// difference is what leads from one revision to another.
type difference struct {
	From    int64    `json:"from"`
	To      int64    `json:"to"`
	Changes []change `json:"changes"`
}

// change is what happened to one entry.
type change struct {
	Action plan.Action `json:"action"`
	Ref    core.Ref    `json:"ref"`
	Diff   string      `json:"diff,omitempty"` // unified, secrets masked
	Same   bool        `json:"same,omitempty"` // the texts differ and mean the same
}

// restoreRequest asks for a revision to be brought back.
type restoreRequest struct {
	Revision int64      `json:"-"`
	Note     string     `json:"note,omitempty"`
	Leave    []core.Ref `json:"leave,omitempty"`
	DryRun   bool       `json:"dry_run,omitempty"`
	Restart  bool       `json:"restart,omitempty"`
}

// restored is what became of a restoreRequest: the outcome, or the plan of a dry run.
type restored struct {
	*plan.Outcome
	Plan *plan.Listing
}

// shown is an entry with all that is known of it.
type shown struct {
	Ref      core.Ref       `json:"ref"`
	Text     string         `json:"text"`
	Findings []core.Finding `json:"findings"`
	Needs    []link         `json:"needs"`
	UsedBy   []link         `json:"used_by"`
	Pending  bool           `json:"pending,omitempty"` // needs and users are still being looked for
	History  []plan.Touch   `json:"history"`
}

// link is a need, with what serves it.
type link struct {
	Why  resource.Why `json:"why"`
	From string       `json:"from"`
	To   string       `json:"to,omitempty"` // empty where nothing serves it
	Name string       `json:"name,omitempty"`
	Key  string       `json:"key,omitempty"`
}

func (l *local) revisions(p *process, limit int) ([]plan.Revision, error) {
	return l.service.History(p.ctx, caller(), l.node, 0, limit)
}

func (l *local) diff(p *process, from, to int64) (*difference, error) {
	snapshot, err := l.service.Export(p.ctx, caller(), l.node)
	if err != nil {
		return nil, err
	}
	if to == newest {
		to = snapshot.Revision
	}
	changes, err := l.service.Diff(p.ctx, caller(), l.node, from, to)
	d := &difference{from, to, []change{}}
	for _, c := range changes {
		d.Changes = append(d.Changes, change{
			Action: c.Action, Ref: c.Ref, Diff: compare.Unified(c.Ref.Kind, c.Old, c.New),
			Same: c.Action == plan.Replace && compare.Same(c.Ref.Kind, c.Old, c.New),
		})
	}
	return d, err
}

func (l *local) restore(p *process, req restoreRequest) (*restored, error) {
	if req.Revision > 0 {
		if _, err := l.service.Revision(p.ctx, caller(), l.node, req.Revision); err != nil {
			return nil, err
		}
	}
	want := transfer.Request{Node: l.node, Restores: req.Revision, Mode: plan.Full, Leave: req.Leave, Note: req.Note, Restart: req.Restart}
	if req.Revision == 0 {
		want.Document = []byte("{}")
	}
	return bringBack(p, l.service, want, req.DryRun)
}

// bringBack does an import, or makes its plan.
func bringBack(p *process, service *transfer.Service, want transfer.Request, dryRun bool) (*restored, error) {
	if dryRun {
		made, err := service.Preview(p.ctx, caller(), want)
		if err != nil {
			return nil, err
		}
		return &restored{Plan: made.Listing()}, nil
	}
	result, err := service.Import(p.ctx, caller(), want)
	if err != nil {
		return nil, err
	}
	return &restored{Outcome: result.Outcome}, nil
}

func (l *local) show(p *process, ref core.Ref) (*shown, error) {
	e, err := l.service.Entry(p.ctx, caller(), l.node, ref, 0)
	if err == nil && e.Pending {
		l.service.Close() // nobody else waits here, and so there is time for the graph
		e, err = l.service.Entry(p.ctx, caller(), l.node, ref, 0)
	}
	if err != nil {
		return nil, err
	}
	return &shown{ref, e.Text, append([]core.Finding{}, e.Findings...), links(e.Needs), links(e.UsedBy), e.Pending, e.History}, nil
}

func links(all []deps.Link) []link {
	list := []link{}
	for _, l := range all {
		one := link{Why: l.Why, From: l.From.String(), Name: l.Name, Key: l.Key}
		if !l.Missing() {
			one.To = l.To.String()
		}
		list = append(list, one)
	}
	return list
}

// ask sends a request to /api/v1 and reads the answer. Body nil means GET.
func ask[T any](r *remote, p *process, path string, body any) (*T, error) {
	data, err := r.call(p, "/api/v1/"+path, body)
	if err != nil {
		return nil, err
	}
	answer := new(T)
	if err := json.Unmarshal(data, answer); err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	return answer, nil
}

func (r *remote) revisions(p *process, limit int) ([]plan.Revision, error) {
	all, err := ask[[]plan.Revision](r, p, fmt.Sprintf("revisions?limit=%d", limit), nil)
	if err != nil {
		return nil, err
	}
	return *all, nil
}

func (r *remote) diff(p *process, from, to int64) (*difference, error) {
	query := url.Values{"from": {strconv.FormatInt(from, 10)}, "diff": {"1"}}
	if to != newest {
		query.Set("to", strconv.FormatInt(to, 10))
	}
	return ask[difference](r, p, "diff?"+query.Encode(), nil)
}

func (r *remote) restore(p *process, req restoreRequest) (*restored, error) {
	return r.bringBack(p, fmt.Sprintf("revisions/%d/restore", req.Revision), req, req.DryRun)
}

// bringBack asks for an import, or for its plan.
func (r *remote) bringBack(p *process, path string, body any, dryRun bool) (*restored, error) {
	if dryRun {
		listing, err := ask[plan.Listing](r, p, path, body)
		return &restored{Plan: listing}, err
	}
	outcome, err := ask[plan.Outcome](r, p, path, body)
	return &restored{Outcome: outcome}, err
}

func (r *remote) show(p *process, ref core.Ref) (*shown, error) {
	return ask[shown](r, p, "entries/"+ref.Kind.Key()+"/"+url.PathEscape(ref.Name), nil)
}
