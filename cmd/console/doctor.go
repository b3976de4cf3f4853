package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/depot"
	"ekuiper-console/db"
)

type doctorCmd struct {
	dataFlags
	JSON bool `name:"json" help:"Print as JSON."`
}

// Help says what is looked at.
func (doctorCmd) Help() string {
	return `It looks whether the file of the store is sound, its tables agree, every node holds what its journal
says and the hashes of its revisions are right; whether the files that entries name are there and unaltered,
and no others; whether others may read the data folder, and how much space is left. It changes nothing,
and may be run while the console runs.`
}

// diagnosis is what was found.
type diagnosis struct {
	Data     string          `json:"data"`
	Store    *db.Examination `json:"store"`
	Findings []ailment       `json:"findings"`
}

// ailment is something that is not as it should be.
type ailment struct {
	Check string `json:"check"`
	Text  string `json:"text"`
	Hint  string `json:"hint,omitempty"`
}

// note adds a finding.
func (d *diagnosis) note(check, hint, format string, args ...any) {
	d.Findings = append(d.Findings, ailment{check, fmt.Sprintf(format, args...), hint})
}

// Run looks at everything and changes nothing. It exits with 1 when there are findings.
func (c *doctorCmd) Run(p *process) error {
	if _, err := os.Stat(c.file()); errors.Is(err, fs.ErrNotExist) {
		return core.WithHint(core.Errorf(core.NotFound, "there is no console in %s", c.Data), "give its folder with --data")
	}
	x, err := db.Examine(p.ctx, c.file())
	if err != nil {
		return err
	}
	d := &diagnosis{Data: c.Data, Store: x, Findings: []ailment{}}
	d.store()
	if err := d.artifacts(p.ctx, c.artifacts()); err != nil {
		return err
	}
	d.permissions(c.Data)
	if err := c.roomy(); err != nil {
		d.note("space", "make room, or move the folder to a larger disk", "%v", err)
	}
	if err := c.writable(); err != nil {
		d.note("permissions", "let the console write into its data folder, and see that its disk is not read-only", "%v", err)
	}
	if err := c.tell(p, d); err != nil {
		return err
	}
	if len(d.Findings) > 0 {
		return exit(exitTrouble)
	}
	return nil
}

// store says what is wrong with the store.
func (d *diagnosis) store() {
	for _, text := range d.Store.Troubles {
		d.note("store", "restore the newest backup with: console backup --restore FILE --data NEW-DIR", "%s", text)
	}
	switch x := d.Store; {
	case x.Form > x.Known:
		d.note("migrations", "use the newer program", "a newer program has written the store: its form is %d, this program knows %d", x.Form, x.Known)
	case x.Form < x.Known && x.Form > 0:
		d.note("migrations", "start the console once; make a backup first", "the store has form %d, this program brings it to form %d", x.Form, x.Known)
	}
}

// artifacts compares the files that entries name with those that are there.
func (d *diagnosis) artifacts(ctx context.Context, dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) && len(d.Store.Artifacts) == 0 {
		return nil
	}
	files, err := depot.New(dir)
	if err != nil {
		return err
	}
	hurt, err := files.Check(ctx, d.Store.Artifacts...)
	if err != nil {
		return err
	}
	for _, one := range hurt {
		d.note("artifacts", core.HintOf(one.Err), "%v", one.Err)
	}
	known := map[string]bool{}
	for _, sha := range d.Store.Artifacts {
		known[sha] = true
	}
	stale, err := files.Stale(ctx, func(sha string) bool { return known[sha] }, sweepAfter+sweepEvery)
	if stale.Files > 0 {
		d.note("artifacts", "the console takes them out while it runs", "%d files are there that no entry names", stale.Files)
	}
	return err
}

// permissions looks whether others may read what holds passwords. Windows has other
// means than these.
func (d *diagnosis) permissions(data string) {
	if runtime.GOOS == "windows" {
		return
	}
	for _, name := range []string{".", "console.db", "console.db-wal", "console.db-shm", "artifacts", "mgmt", "links.key", "nodes.key"} {
		path := filepath.Join(data, name)
		info, err := os.Stat(path)
		if err != nil {
			continue // not every one of them is always there
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			d.note("permissions", "chmod go= "+path, "others may use %s: its mode is %04o", path, mode)
		}
	}
}

// tell prints what was found.
func (c *doctorCmd) tell(p *process, d *diagnosis) error {
	if c.JSON {
		return printJSON(p, d)
	}
	var b strings.Builder
	for _, f := range d.Findings {
		fmt.Fprintf(&b, "%s: %s\n", f.Check, f.Text)
		if f.Hint != "" {
			fmt.Fprintf(&b, "  hint: %s\n", f.Hint)
		}
	}
	if len(d.Findings) == 0 {
		fmt.Fprintf(&b, "%s is well: %d revisions and their hashes, %d changes, %d files\n",
			d.Data, d.Store.Rows["revisions"], d.Store.Rows["changes"], len(d.Store.Artifacts))
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}
