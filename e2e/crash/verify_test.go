package crash

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ekuiper-console/e2e/process"
)

// revision is a revision as the history tells it.
type revision struct {
	Number   int64  `json:"revision"`
	Hash     string `json:"hash"`
	Mode     string `json:"mode"`
	Document string `json:"document"`
	Created  int    `json:"created"`
	Replaced int    `json:"replaced"`
	Deleted  int    `json:"deleted"`
	Note     string `json:"note"`
	Task     string `json:"task"`
	Restores int64  `json:"restores"`
}

// verify holds the console, with nobody at work, against what must be there. Closely it
// looks at what takes longer, too.
func (w *world) verify(closely bool) error {
	begun := len(w.revisions)
	checks := []func() error{w.chronicle, w.fates, w.order, w.held, w.past, func() error { return w.status(begun) }, w.tasks, w.artifacts}
	if closely {
		checks = append(checks, w.doctor)
	}
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	for _, a := range w.round {
		if a.revision == 0 {
			a.fate = undone // it must not turn up later
		}
	}
	w.round = nil
	w.note("verified at revision %d", len(w.revisions))
	return w.quiet()
}

// get asks the console for a JSON value.
func (w *world) get(path string, into any) error {
	status, answer, err := w.looker().call(context.Background(), http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("GET %s = %d: %s", path, status, answer)
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("GET %s: %w", path, err)
	}
	return nil
}

// looker is the client that imports nothing.
func (w *world) looker() *client { return w.clients[numClients] }

// held compares what the console holds with the model.
func (w *world) held() error { return w.holds("/data/export", int64(len(w.revisions))) }

// holds compares a document of the console with the state of a revision.
func (w *world) holds(path string, number int64) error {
	var document json.RawMessage
	if err := w.get(path, &document); err != nil {
		return err
	}
	got, err := read(document)
	if err != nil {
		return err
	}
	if diff := differ(got, w.states[number]); diff != "" {
		return fmt.Errorf("%s is not what the imports up to revision %d leave:\n%s", path, number, diff)
	}
	return nil
}

// chronicle reads the history: what was there stays, and what is new is told of by the
// acts, each once.
func (w *world) chronicle() error {
	var all []revision
	for before := ""; ; {
		var page []revision
		if err := w.get("/api/v1/revisions?limit=1000"+before, &page); err != nil {
			return err
		}
		all = append(all, page...)
		if len(page) < 1000 {
			break
		}
		before = fmt.Sprint("&before=", page[len(page)-1].Number)
	}
	slices.Reverse(all)
	if len(all) < len(w.revisions) || !slices.Equal(all[:len(w.revisions)], w.revisions) {
		return fmt.Errorf("the history of %d revisions does not begin with the %d that were there", len(all), len(w.revisions))
	}
	for _, r := range all[len(w.revisions):] {
		if err := w.replay(r); err != nil {
			return fmt.Errorf("revision %+v: %w", r, err)
		}
	}
	return nil
}

// replay does in the model what a new revision says was done.
func (w *world) replay(r revision) error {
	key := r.Document
	if r.Restores > 0 {
		key = r.Note
	}
	a := w.acts[key]
	switch {
	case r.Number != int64(len(w.revisions))+1:
		return fmt.Errorf("it follows revision %d", len(w.revisions))
	case a == nil:
		return errors.New("nobody has sent it")
	case a.revision != 0:
		return fmt.Errorf("it was done already, as revision %d: %v", a.revision, a)
	case a.fate == undone:
		return fmt.Errorf("it was said, or seen, not to be done: %v", a)
	case a.restores != r.Restores, a.task != "" && a.task != r.Task, (a.doc == nil || !a.partial) != (r.Mode == "full"):
		return fmt.Errorf("it is not what was sent: %v", a)
	}
	a.revision = r.Number
	now := w.states[len(w.states)-1]
	next := w.states[r.Restores]
	if a.doc != nil {
		next = a.doc.after(now, a.partial)
	}
	did := changes(now, next)
	if count(did, "create") != r.Created || count(did, "replace") != r.Replaced || count(did, "delete") != r.Deleted {
		return fmt.Errorf("it must do %v", did)
	}
	w.revisions, w.states = append(w.revisions, r), append(w.states, next)
	return nil
}

// fates looks for all that was acknowledged.
func (w *world) fates() error {
	for _, a := range w.round {
		switch {
		case a.fate == done && a.revision == 0:
			return fmt.Errorf("it was acknowledged and is lost: %v", a)
		case a.number != 0 && a.number != a.revision:
			return fmt.Errorf("it was acknowledged as revision %d and is revision %d: %v", a.number, a.revision, a)
		}
	}
	return nil
}

// order holds the history to the order in which the clients saw things happen.
func (w *world) order() error {
	for _, a := range w.round {
		for _, b := range w.round {
			if a.fate == done && b.revision != 0 && a.answered.Before(b.sent) && a.revision > b.revision {
				return fmt.Errorf("revision %d was acknowledged before what is revision %d was sent:\n%v\n%v", a.revision, b.revision, a, b)
			}
		}
	}
	return nil
}

// past compares a revision of the past, and what leads from one to another, with the
// model.
func (w *world) past() error {
	if len(w.revisions) == 0 {
		return nil
	}
	from, to := w.Int64N(int64(len(w.states))), 1+w.Int64N(int64(len(w.revisions)))
	var diff struct {
		Changes []struct{ Action, Ref string }
	}
	if err := w.get(fmt.Sprintf("/api/v1/diff?from=%d&to=%d", from, to), &diff); err != nil {
		return err
	}
	var got []string
	for _, c := range diff.Changes {
		got = append(got, c.Action+" "+c.Ref)
	}
	slices.Sort(got)
	if want := changes(w.states[from], w.states[to]); !slices.Equal(got, want) {
		return fmt.Errorf("what leads from revision %d to %d:\ngot  %v\nwant %v", from, to, got, want)
	}
	return w.holds(fmt.Sprintf("/api/v1/revisions/%d/bundle", to), to)
}

// status compares the report with that of the last import. An import that wrote nothing
// else may have written the report after the last revision.
func (w *world) status(begun int) error {
	var document json.RawMessage
	if err := w.get("/data/import/status", &document); err != nil {
		return err
	}
	messages, err := read(document)
	if err != nil {
		return err
	}
	got := reported(messages)
	want := []string{w.report}
	if begun < len(w.revisions) {
		want = nil
	}
	for _, a := range w.round {
		last, nothing := a.revision == int64(len(w.revisions)), a.revision == 0 && (a.atomic || a.doc == nil)
		if (last || nothing) && a.doc != nil {
			want = append(want, reported(a.doc.refused))
		} else if last || nothing {
			want = append(want, "")
		}
	}
	if !slices.Contains(want, got) {
		return fmt.Errorf("the status tells of %q, and must tell of one of %q", got, want)
	}
	w.report = got
	return nil
}

// reported lists the entries of a report.
func reported[V any](entries map[entry]V) string {
	var names []string
	for e := range entries {
		names = append(names, e.String())
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// tasks looks whether every task is over, and tells the truth of what it has done.
func (w *world) tasks() error {
	var all []taskAnswer
	if err := w.get("/api/v1/tasks?limit=1000", &all); err != nil {
		return err
	}
	for _, t := range all {
		if !slices.Contains([]string{"finish", "error", "cancel"}, t.State) {
			return fmt.Errorf("task %s is still %s", t.ID, t.State)
		}
	}
	for _, a := range w.round {
		if a.task == "" {
			continue
		}
		var t taskAnswer
		if err := w.get("/api/v1/tasks/"+a.task, &t); err != nil {
			return err
		}
		committed := strings.Contains(t.Message, fmt.Sprintf("committed as revision %d,", a.revision))
		if interrupted := strings.Contains(t.Message, "interrupted"); interrupted && committed != (a.revision != 0) ||
			t.State == "finish" && a.revision == 0 || t.State == "cancel" && a.revision != 0 {
			return fmt.Errorf("task %s says %s %q of revision %d: %v", t.ID, t.State, t.Message, a.revision, a)
		}
	}
	return nil
}

// artifacts looks whether the file of every entry that names one is there, unaltered.
func (w *world) artifacts() error {
	var all []struct{ Ref, Address, SHA256 string }
	if err := w.get("/api/v1/artifacts", &all); err != nil {
		return err
	}
	kept := map[string]string{}
	for _, a := range all {
		kept[a.Ref] = a.SHA256
		kind, name, version := parts(strings.TrimPrefix(a.Address, w.files))
		sum := sha256.Sum256(fileOf(kind, name, version))
		if a.SHA256 != hex.EncodeToString(sum[:]) {
			return fmt.Errorf("the file of %s is said to be %s, which is not what was served", a.Ref, a.SHA256)
		}
		content, err := os.ReadFile(filepath.Join(w.data, "artifacts", a.SHA256[:2], a.SHA256))
		if err != nil {
			return fmt.Errorf("the file of %s: %w", a.Ref, err)
		}
		if sum := sha256.Sum256(content); a.SHA256 != hex.EncodeToString(sum[:]) {
			return fmt.Errorf("the file of %s was altered", a.Ref)
		}
	}
	for e, text := range w.states[len(w.revisions)] {
		if strings.Contains(text, w.files) && kept[e.String()] == "" {
			return fmt.Errorf("%v names a file that was not kept: %s", e, text)
		}
	}
	return nil
}

// doctor asks the program itself, and looks what earlier consoles have left behind.
func (w *world) doctor() error {
	if _, err := process.Command(program, w.data, "doctor"); err != nil {
		return err
	}
	return w.tidy()
}

// usual are the files of a data folder.
var usual = []string{"artifacts", "console.db", "console.db-shm", "console.db-wal", "links.key", "serve.lock", "uploads"}

// tidy looks for files that should not be there. What a killed console has left of a
// download may stay for a while, since another process might be at it: it is made to look
// older, and must be gone after the next start.
func (w *world) tidy() error {
	return filepath.WalkDir(w.data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch name, _ := filepath.Rel(w.data, path); {
		case slices.Contains(usual, name), strings.HasPrefix(name, filepath.Join("artifacts", d.Name()[:2], d.Name())):
			return nil
		case w.left[path]:
			return fmt.Errorf("%s is still there after a restart", name)
		default:
			w.left[path] = true
			long := time.Now().Add(-time.Hour)
			return os.Chtimes(path, long, long)
		}
	})
}

// quiet looks through what the console has logged so far.
func (w *world) quiet() error {
	log, err := os.ReadFile(w.data + ".log")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(log)) {
		if strings.Contains(line, "level=ERROR") || strings.Contains(line, "panic") || strings.HasPrefix(line, "error:") {
			return fmt.Errorf("the console logged %s", line)
		}
	}
	return os.Truncate(w.data+".log", 0)
}
