package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"text/tabwriter"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/drift"
	"ekuiper-console/core/node"
	"ekuiper-console/core/schedule"
	"ekuiper-console/core/transfer"
	"ekuiper-console/core/vault"
	"ekuiper-console/db"
)

// keeping is what looks after the nodes of a store.
type keeping struct {
	live  *node.Live
	watch *drift.Watch
	vault *vault.Vault
	book  *schedule.Book
}

func keepingOf(store *db.DB, live *node.Live, service *transfer.Service) keeping {
	book := &schedule.Book{Store: store, Turns: store, Known: live.Known}
	return keeping{
		live:  live,
		watch: &drift.Watch{Store: store, Nodes: live, Journal: service, State: store.State},
		vault: &vault.Vault{Store: store, Source: live, Terms: book},
		book:  book,
	}
}

// keeper is who compares nodes and backs them up by itself.
var keeper = core.Caller{Name: "console", Role: core.Operator, Via: "task"}

// clock does by itself what the schedules say.
func (k keeping) clock(log *slog.Logger) *schedule.Clock {
	return &schedule.Clock{
		Book: k.book, Nodes: k.live.Names, Log: log, Tick: k.tick(),
		Jobs: map[schedule.Job]func(context.Context, string) error{
			schedule.Compare: k.compare,
			schedule.Backup: func(ctx context.Context, name string) error {
				_, err := k.vault.Make(ctx, keeper, name, "")
				return err
			},
		},
	}
}

// compare compares a node, if it has a baseline. That it could not be read is an error.
func (k keeping) compare(ctx context.Context, name string) error {
	report, err := k.watch.Check(ctx, keeper, name)
	switch {
	case errors.Is(err, drift.ErrNoBaseline):
		return nil
	case err == nil && report.State == drift.Unknown:
		return core.Errorf(core.Unreachable, "%s", report.Reason)
	}
	return err
}

// tick returns what is done at every look at the clock: nodes that were read are compared,
// and from hour to hour backups go whose time is over.
func (k keeping) tick() func(context.Context) error {
	var swept time.Time
	return func(ctx context.Context) error {
		err := k.watch.Follow(ctx, keeper)
		if time.Since(swept) < sweepEvery {
			return err
		}
		swept = time.Now()
		return errors.Join(err, k.vault.Sweep(ctx))
	}
}

// drift counts the nodes by how they stand to their baselines.
func (k keeping) drift(ctx context.Context) (map[string]int, error) {
	all, err := k.watch.List(ctx, keeper)
	counts := map[string]int{}
	for _, s := range all {
		counts[string(s.State)]++
	}
	return counts, err
}

// ages returns how many seconds old the newest backups of nodes are, of those that there are.
func (k keeping) ages(ctx context.Context) (map[string]int, error) {
	names, err := k.live.Names(ctx)
	if err != nil {
		return nil, err
	}
	latest, err := k.vault.Latest(ctx, keeper)
	ages := map[string]int{}
	for _, name := range names {
		if l := latest[name]; l.Good.ID > 0 {
			ages[name] = int(time.Since(l.Good.Time).Seconds())
		}
	}
	return ages, err
}

// keepDesk is where nodes are looked after: in the data folder, or by a console that runs
// elsewhere.
type keepDesk interface {
	driftDesk
	snapshotDesk
	scheduleDesk
}

// localKeep looks after the nodes of a data folder.
type localKeep struct {
	keeping
	*local
	p *process
}

// remoteKeep has a console that runs elsewhere look after its nodes.
type remoteKeep struct {
	*remote
	p *process
}

// keepFlags say where the nodes are that a command looks after.
type keepFlags struct {
	whereFlags
	fetchFlags
	JSON bool `name:"json" help:"Print as JSON."`
}

// with runs a command on the nodes that the flags name.
func (f *keepFlags) with(p *process, do func(keepDesk) error) error {
	if f.Server != nil {
		r, err := newRemote(f.Server, f.Token, core.Local)
		if err != nil {
			return err
		}
		return do(remoteKeep{r, p})
	}
	target := targetFlags{whereFlags: f.whereFlags, fetchFlags: f.fetchFlags, Node: core.Local}
	t, err := target.source(p)
	if err != nil {
		return err
	}
	defer t.close()
	here := t.(*local) // without a server it is no other
	return do(localKeep{keepingOf(here.db, here.live, here.service), here, p})
}

// print prints a value as JSON, where that is asked for, and else as the function does.
func (f *keepFlags) print(p *process, v any, lines func(io.Writer)) error {
	if f.JSON {
		return printJSON(p, v)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	lines(w)
	return w.Flush()
}
