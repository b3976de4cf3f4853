package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/backup"
	"ekuiper-console/core/disk"
	"ekuiper-console/core/transfer"
	"ekuiper-console/db"
)

type backupCmd struct {
	dataFlags
	File    string `arg:"" help:"The archive, such as console.zip."`
	Restore bool   `help:"Take the archive out into the folder of --data, which must be empty or absent."`
	Force   bool   `help:"Replace an archive that is there."`
	JSON    bool   `name:"json" help:"Print as JSON."`
}

// Help says what a backup is.
func (backupCmd) Help() string {
	return `The archive holds the store, the files that entries name, and keys: all of the data folder but uploads. It is made while the console runs, holds one moment, and is read back before it
gets its name. To restore, stop the console and take the archive out into a new folder:

  console backup --restore console.zip --data NEW-DIR`
}

// backedUp is what a backup holds, as a program reads it.
type backedUp struct {
	File     string           `json:"file"`
	Bytes    int64            `json:"bytes"`
	Time     time.Time        `json:"time"`
	Revision int64            `json:"revision"` // of the node local
	Rows     map[string]int64 `json:"rows"`
	Files    int              `json:"files"` // beside the store
	Missing  []string         `json:"missing"`
}

// Run makes a backup, or takes one out.
func (c *backupCmd) Run(p *process) error {
	if c.Restore {
		return c.restore(p)
	}
	if _, err := os.Stat(c.file()); errors.Is(err, fs.ErrNotExist) {
		return core.WithHint(core.Errorf(core.NotFound, "there is no console in %s", c.Data), "give its folder with --data")
	}
	if err := c.mayWrite(); err != nil {
		return err
	}
	scratch, err := os.MkdirTemp(filepath.Dir(c.File), ".backup-*")
	if err != nil {
		return disk.Told("writing the backup", err)
	}
	defer os.RemoveAll(scratch)
	made, err := c.make(p, scratch)
	if err != nil {
		return err
	}
	if err := c.mayWrite(); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(scratch, "backup.zip"), c.File); err != nil {
		return disk.Told("writing the backup", err)
	}
	if err := c.record(p); err != nil {
		fmt.Fprintf(p.stderr, "warning: the audit log does not tell of this backup: %v\n", err)
	}
	return c.tell(p, "backed up", made)
}

// mayWrite refuses to replace a file.
func (c *backupCmd) mayWrite() error {
	if _, err := os.Lstat(c.File); err == nil && !c.Force {
		return core.WithHint(core.Errorf(core.Conflict, "%s is there already", c.File), "give another name, or --force to replace it")
	}
	return nil
}

// make writes the archive into a folder, reads it back, and says what is in it.
func (c *backupCmd) make(p *process, scratch string) (*backedUp, error) {
	store := filepath.Join(scratch, "copy.db")
	if err := db.Copy(p.ctx, c.file(), store); err != nil {
		return nil, err
	}
	copied, err := sound(p, store)
	if err != nil {
		return nil, err
	}
	archive := filepath.Join(scratch, "backup.zip")
	if err := c.write(p, archive, store, copied); err != nil {
		return nil, err
	}
	if err := os.Remove(store); err != nil {
		return nil, disk.Told("writing the backup", err)
	}
	made, err := unpacked(p, archive, filepath.Join(scratch, "back"))
	if err != nil {
		return nil, fmt.Errorf("reading the backup back: %w", err)
	}
	if !maps.Equal(made.Rows, copied.Rows) {
		return nil, core.Errorf(core.Internal, "reading the backup back: it has the rows %v, not %v", made.Rows, copied.Rows)
	}
	made.File = c.File
	return made, nil
}

// write writes the archive to the disk.
func (c *backupCmd) write(p *process, archive, store string, copied *db.Examination) error {
	f, err := os.OpenFile(archive, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return disk.Told("writing the backup", err)
	}
	m := backup.Manifest{Version: version, Time: time.Now().UTC(), Rows: copied.Rows}
	_, err = backup.Write(p.ctx, f, m, store, c.Data)
	if err == nil {
		err = f.Sync()
	}
	return disk.Told("writing the backup", errors.Join(err, f.Close()))
}

// sound examines a store and refuses one that is damaged.
func sound(p *process, store string) (*db.Examination, error) {
	x, err := db.Examine(p.ctx, store)
	if err != nil {
		return nil, err
	}
	if len(x.Troubles) > 0 {
		return nil, core.WithHint(core.Errorf(core.Conflict, "the store is damaged: %s", x.Troubles[0]), "see all that is wrong with: console doctor")
	}
	return x, nil
}

// unpacked takes an archive out and says what was in it.
func unpacked(p *process, archive, dir string) (*backedUp, error) {
	m, err := backup.Unpack(p.ctx, archive, dir)
	if err != nil {
		return nil, err
	}
	x, err := sound(p, filepath.Join(dir, backup.Store))
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(archive)
	if err != nil {
		return nil, err
	}
	there := map[string]bool{}
	for _, f := range m.Files {
		there[f.SHA256] = true
	}
	made := &backedUp{archive, info.Size(), m.Time, x.States[transfer.Local].Revision, x.Rows, len(m.Files) - 1, []string{}}
	for _, sha := range x.Artifacts {
		if !there[sha] {
			made.Missing = append(made.Missing, sha)
		}
	}
	return made, nil
}

// restore takes an archive out into the data folder.
func (c *backupCmd) restore(p *process) error {
	made, err := unpacked(p, c.File, c.Data)
	if err != nil {
		return err
	}
	return c.tell(p, "restored into "+c.Data, made)
}

// record writes down in the store that it was backed up, unless that would change its
// form: a backup is what one makes before that.
func (c *backupCmd) record(p *process) error {
	x, err := db.Examine(p.ctx, c.file())
	if err != nil || !x.Current() {
		return err
	}
	store, err := c.open(p)
	if err != nil {
		return err
	}
	defer store.Close()
	log := &audit.Log{Store: store, Late: p.untold}
	return log.Record(p.ctx, audit.New(time.Now(), caller(), audit.Backup, transfer.Local).Saying(filepath.Base(c.File)))
}

// tell says what was done.
func (c *backupCmd) tell(p *process, what string, made *backedUp) error {
	for _, sha := range made.Missing {
		fmt.Fprintf(p.stderr, "warning: the file %s, which an entry names, is missing\n", sha)
	}
	if c.JSON {
		return printJSON(p, made)
	}
	_, err := fmt.Fprintf(p.stdout, "%s: %s of %s, revision %d, %d files, %d bytes; verified\n",
		what, c.File, made.Time.Format(time.RFC3339), made.Revision, made.Files, made.Bytes)
	return err
}
