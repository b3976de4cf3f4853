package main

import (
	"bytes"
	"context"
	"net/url"
	"unicode/utf8"

	"ekuiper-console/core"
	"ekuiper-console/core/parcel"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/rollout"
	"ekuiper-console/core/transfer"
)

// maxListed is how many rollouts are listed, and how many groups of one are shown.
const maxListed = 50

// localRollouts are the rollouts of a data folder.
type localRollouts struct {
	rollouts *rollout.Service
	bundles  *transfer.Service
}

// plan takes an archive apart: its files are kept once for all nodes.
func (l localRollouts) plan(ctx context.Context, req rollout.Request) (rollout.Rollout, error) {
	brought, err := l.bundles.Take(ctx, caller(), bytes.NewReader(req.Document), int64(len(req.Document)))
	if err != nil {
		return rollout.Rollout{}, err
	}
	req.Document, req.Files = brought.Text, brought.Files
	return l.rollouts.Plan(ctx, caller(), req)
}

// act first lets what an earlier process has left under way come to rest.
func (l localRollouts) act(ctx context.Context, word, id string, wave int) error {
	l.rollouts.Wait(ctx, id)
	_, err := map[string]func(context.Context, core.Caller, string) (rollout.Rollout, error){
		"start": l.rollouts.Start, "pause": l.rollouts.Pause, "resume": l.rollouts.Resume, "cancel": l.rollouts.Cancel, "retry": l.rollouts.Retry,
		"rollback": func(ctx context.Context, by core.Caller, id string) (rollout.Rollout, error) {
			return l.rollouts.Rollback(ctx, by, id, wave)
		},
	}[word](ctx, caller(), id)
	return err
}

func (l localRollouts) remove(ctx context.Context, id string) error {
	return l.rollouts.Remove(ctx, caller(), id)
}

func (l localRollouts) list(ctx context.Context) ([]rollout.Rollout, error) {
	return l.rollouts.List(ctx, caller(), maxListed)
}

func (l localRollouts) show(ctx context.Context, id string) (*rolloutLine, error) {
	r, err := l.rollouts.Rollout(ctx, caller(), id)
	if err != nil {
		return nil, err
	}
	targets, err := l.rollouts.Targets(ctx, caller(), id)
	if err != nil {
		return nil, err
	}
	groups, err := l.rollouts.Groups(ctx, caller(), id, maxListed)
	return &rolloutLine{r, append([]rollout.Group{}, groups...), targets}, err
}

// remoteRollouts are the rollouts of a console that runs elsewhere.
type remoteRollouts struct {
	console *remote
	p       *process
}

// rolloutBody is a rollout as a console elsewhere takes it.
type rolloutBody struct {
	Content string            `json:"content,omitempty"`
	Format  transfer.Format   `json:"format"`
	Mode    plan.Mode         `json:"mode"`
	Restart bool              `json:"restart"`
	Nodes   []string          `json:"nodes,omitempty"`
	Labels  map[string]string `json:"labels,omitempty"`
	Name    string            `json:"name"`
	Note    string            `json:"note"`
	Start   bool              `json:"start"`
	rollout.Strategy
}

// plan sends a bundle as a text, and as a file what is none: JSON would mangle it.
func (r remoteRollouts) plan(_ context.Context, req rollout.Request) (rollout.Rollout, error) {
	options := rolloutBody{"", req.Format, req.Mode, req.Restart, req.Nodes, req.Labels, req.Name, req.Note, req.Start, req.Strategy}
	var body any = upload{options, req.Document}
	if utf8.Valid(req.Document) && !parcel.Is(req.Document) {
		options.Content = string(req.Document)
		body = options
	}
	made, err := ask[rollout.Rollout](r.console, r.p, "rollouts", body)
	if err != nil {
		return rollout.Rollout{}, err
	}
	return *made, nil
}

func (r remoteRollouts) act(_ context.Context, word, id string, wave int) error {
	_, err := r.console.call(r.p, "/api/v1/rollouts/"+url.PathEscape(id)+"/"+word, map[string]int{"wave": wave})
	return err
}

func (r remoteRollouts) remove(_ context.Context, id string) error {
	_, err := r.console.call(r.p, "/api/v1/rollouts/"+url.PathEscape(id), deleting{})
	return err
}

func (r remoteRollouts) list(context.Context) ([]rollout.Rollout, error) {
	all, err := ask[[]rollout.Rollout](r.console, r.p, "rollouts", nil)
	if err != nil {
		return nil, err
	}
	return *all, nil
}

func (r remoteRollouts) show(_ context.Context, id string) (*rolloutLine, error) {
	return ask[rolloutLine](r.console, r.p, "rollouts/"+url.PathEscape(id), nil)
}
