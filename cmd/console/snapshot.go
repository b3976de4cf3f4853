package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"ekuiper-console/core/audit"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
	"ekuiper-console/core/vault"
)

type snapshotCmd struct {
	Make    snapshotMakeCmd    `cmd:"" help:"Back a node up now."`
	List    snapshotListCmd    `cmd:"" help:"List backups, the newest first."`
	Save    snapshotSaveCmd    `cmd:"" help:"Write a backup into a file, as a bundle with its secrets."`
	Restore snapshotRestoreCmd `cmd:"" help:"Make a node hold what a backup has, and nothing else."`
	Pin     snapshotPinCmd     `cmd:"" help:"Let a backup stay for good."`
	Unpin   snapshotUnpinCmd   `cmd:"" help:"Let a backup go when its time is over."`
	Remove  snapshotRemoveCmd  `cmd:"" help:"Remove a backup, pinned or not."`
}

// snapshotDesk is where backups of nodes are.
type snapshotDesk interface {
	// makeBackup backs a node up.
	makeBackup(node, note string) (vault.Backup, error)
	// backups returns up to limit backups of a node, or of all where none is named.
	backups(node string, limit int) ([]vault.Backup, error)
	// document returns what a backup holds.
	document(id int64) ([]byte, error)
	// bringBackup brings a backup into a node; into its own where none is named.
	bringBackup(id int64, into string, dryRun bool) (*restored, error)
	// changeBackup pins a backup, or lets it go.
	changeBackup(id int64, c vault.Change) error
	// removeBackup takes a backup out.
	removeBackup(id int64) error
}

// lines prints backups.
func (f *keepFlags) lines(p *process, all []vault.Backup) error {
	return f.print(p, append([]vault.Backup{}, all...), func(w io.Writer) {
		for _, b := range all {
			what := fmt.Sprintf("revision %d, %d entries", b.Revision, b.Entries)
			if b.Failed() {
				what = "failed: " + oneLine(b.Reason)
			}
			pin := ""
			if b.Pinned {
				pin = "pinned"
			}
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", b.ID, b.Node, b.Time.UTC().Format(time.RFC3339), b.By, what, pin, oneLine(b.Note))
		}
	})
}

type snapshotMakeCmd struct {
	keepFlags
	Node string `arg:"" help:"Name of the node."`
	Note string `help:"What is to be said of it."`
}

// Run backs the node up.
func (c *snapshotMakeCmd) Run(p *process) error {
	return c.with(p, func(d keepDesk) error {
		b, err := d.makeBackup(c.Node, c.Note)
		if err != nil {
			return err
		}
		if b.Unswept != "" {
			fmt.Fprintf(p.stderr, "warning: older backups of %s, whose time is over, are still there: %s\n", c.Node, b.Unswept)
		}
		if c.JSON {
			return printJSON(p, b)
		}
		_, err = fmt.Fprintf(p.stdout, "backup %d: revision %d, %d entries\n", b.ID, b.Revision, b.Entries)
		return err
	})
}

type snapshotListCmd struct {
	keepFlags
	Node  string `arg:"" optional:"" help:"Only those of this node."`
	Limit int    `default:"50" help:"How many to list (${default})."`
}

// Run lists backups.
func (c *snapshotListCmd) Run(p *process) error {
	return c.with(p, func(d keepDesk) error {
		all, err := d.backups(c.Node, c.Limit)
		if err != nil {
			return err
		}
		return c.lines(p, all)
	})
}

type snapshotSaveCmd struct {
	keepFlags
	ID     int64  `arg:"" help:"Number of the backup."`
	Output string `short:"o" placeholder:"F" help:"File to write; standard output where none is given."`
}

// Run writes the document of the backup.
func (c *snapshotSaveCmd) Run(p *process) error {
	return c.with(p, func(d keepDesk) error {
		document, err := d.document(c.ID)
		if err != nil {
			return err
		}
		if c.Output == "" {
			_, err = p.stdout.Write(document)
			return err
		}
		return os.WriteFile(c.Output, document, 0o600)
	})
}

type snapshotRestoreCmd struct {
	keepFlags
	ID     int64  `arg:"" help:"Number of the backup."`
	To     string `placeholder:"NAME" help:"Node that it is brought into; the one that was backed up where none is given."`
	DryRun bool   `help:"Only show what would happen."`
}

// Run brings the backup into a node.
func (c *snapshotRestoreCmd) Run(p *process) error {
	return c.with(p, func(d keepDesk) error {
		r, err := d.bringBackup(c.ID, c.To, c.DryRun)
		if err != nil {
			return err
		}
		return r.print(p, c.JSON)
	})
}

type snapshotPinCmd struct {
	keepFlags
	ID int64 `arg:"" help:"Number of the backup."`
}

// Run pins the backup.
func (c *snapshotPinCmd) Run(p *process) error { return c.pin(p, c.ID, true, "pinned backup %d\n") }

type snapshotUnpinCmd struct {
	keepFlags
	ID int64 `arg:"" help:"Number of the backup."`
}

// Run lets the backup go when its time is over.
func (c *snapshotUnpinCmd) Run(p *process) error {
	return c.pin(p, c.ID, false, "backup %d is not pinned any more\n")
}

func (f *keepFlags) pin(p *process, id int64, pinned bool, done string) error {
	return f.with(p, func(d keepDesk) error {
		if err := d.changeBackup(id, vault.Change{Pinned: &pinned}); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.stdout, done, id)
		return err
	})
}

type snapshotRemoveCmd struct {
	keepFlags
	ID int64 `arg:"" help:"Number of the backup."`
}

// Run removes the backup.
func (c *snapshotRemoveCmd) Run(p *process) error {
	return c.with(p, func(d keepDesk) error {
		if err := d.removeBackup(c.ID); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.stdout, "removed backup %d\n", c.ID)
		return err
	})
}

func (l localKeep) makeBackup(node, note string) (vault.Backup, error) {
	return l.vault.Make(l.p.ctx, caller(), node, note)
}

func (l localKeep) backups(node string, limit int) ([]vault.Backup, error) {
	return l.vault.List(l.p.ctx, caller(), vault.Query{Node: node, Limit: limit})
}

func (l localKeep) document(id int64) ([]byte, error) {
	b, document, err := l.vault.Document(l.p.ctx, caller(), id)
	if err != nil {
		return nil, err
	}
	did := audit.New(time.Now(), caller(), audit.ExportSecrets, b.Node).Saying(fmt.Sprintf("backup %d", id))
	return document, l.audit.Record(l.p.ctx, did)
}

func (l localKeep) bringBackup(id int64, into string, dryRun bool) (*restored, error) {
	b, document, err := l.vault.Document(l.p.ctx, caller(), id)
	if err != nil {
		return nil, err
	}
	if into == "" {
		into = b.Node
	}
	if err := l.keeping.live.Known(l.p.ctx, into); err != nil {
		return nil, err
	}
	if !dryRun {
		did := audit.New(time.Now(), caller(), audit.BackupRestore, into).Saying(b.String())
		if err := l.audit.Record(l.p.ctx, did); err != nil {
			return nil, err
		}
	}
	want := transfer.Request{Node: into, Restores: b.Restores(into), Mode: plan.Full, Note: "brings back " + b.String()}
	if want.Restores == 0 {
		if want.Document, err = transfer.Held(document, b.Node, into); err != nil {
			return nil, err
		}
	}
	return bringBack(l.p, l.service, want, dryRun)
}

func (l localKeep) changeBackup(id int64, c vault.Change) error {
	_, err := l.vault.Change(l.p.ctx, caller(), id, c)
	return err
}

func (l localKeep) removeBackup(id int64) error { return l.vault.Remove(l.p.ctx, caller(), id) }

func (r remoteKeep) makeBackup(node, note string) (vault.Backup, error) {
	b, err := ask[vault.Backup](r.remote, r.p, ofNode(node, "backups"), map[string]string{"note": note})
	if err != nil {
		return vault.Backup{}, err
	}
	return *b, nil
}

func (r remoteKeep) backups(node string, limit int) ([]vault.Backup, error) {
	path := "backups"
	if node != "" {
		path = ofNode(node, "backups")
	}
	all, err := ask[[]vault.Backup](r.remote, r.p, fmt.Sprintf("%s?limit=%d", path, limit), nil)
	if err != nil {
		return nil, err
	}
	return *all, nil
}

func (r remoteKeep) document(id int64) ([]byte, error) {
	return r.call(r.p, fmt.Sprintf("/api/v1/backups/%d/bundle", id), nil)
}

func (r remoteKeep) bringBackup(id int64, into string, dryRun bool) (*restored, error) {
	return r.bringBack(r.p, fmt.Sprintf("backups/%d/restore", id), map[string]any{"to": into, "dry_run": dryRun}, dryRun)
}

func (r remoteKeep) changeBackup(id int64, c vault.Change) error {
	_, err := r.call(r.p, fmt.Sprintf("/api/v1/backups/%d", id), partly{c})
	return err
}

func (r remoteKeep) removeBackup(id int64) error {
	_, err := r.call(r.p, fmt.Sprintf("/api/v1/backups/%d", id), deleting{})
	return err
}
