package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// ratio writes one time as a multiple of another.
func ratio(a, b time.Duration) string { return fmt.Sprintf("%.2f", a.Seconds()/b.Seconds()) }

// short writes a time with three digits.
func short(d time.Duration) string {
	if d < 10*time.Millisecond {
		return d.Round(10 * time.Microsecond).String()
	}
	return d.Round(time.Millisecond).String()
}

// megabytes writes a size.
func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// importing is what was measured of the imports of a document into empty nodes.
type importing struct {
	took, floor time.Duration
	entries     int
	document    int
	peak        int64 // bytes of memory of the console
}

func (i importing) each() time.Duration { return i.took / time.Duration(i.entries) }

// fullImports imports a document of n rules into fresh consoles, with a floor beside each.
func (b *bench) fullImports(n int) (i importing, err error) {
	doc := plant(n)
	i.entries, i.document = n+n/5, len(doc)
	var floors []time.Duration
	i.took, err = median(func() (time.Duration, error) {
		floor, err := b.importFloor(doc)
		if err != nil {
			return 0, err
		}
		floors = append(floors, floor)
		took, peak, err := b.fullImportOnce(doc)
		i.peak = max(i.peak, peak)
		return took, err
	})
	if err != nil {
		return i, err
	}
	i.floor = middle(floors)
	return i, nil
}

func (b *bench) fullImportOnce(doc []byte) (took time.Duration, peak int64, err error) {
	c, err := b.fresh()
	if err != nil {
		return 0, 0, err
	}
	took, err = c.importFull(doc)
	peak, peakErr := c.memory("VmHWM")
	return took, peak, errors.Join(err, peakErr, c.drop())
}

func (b *bench) fullImport() (string, error) {
	i, err := b.fullImports(5_000)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s times the floor (%s, floor %s); %.0f entries/s", ratio(i.took, i.floor), short(i.took), short(i.floor), float64(i.entries)/i.took.Seconds()), nil
}

func (b *bench) largeImport() (string, error) {
	few, err := b.fullImports(5_000)
	if err != nil {
		return "", err
	}
	many, err := b.fullImports(100_000)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s times per entry (%s; %s times the floor); peak memory %.1f times the document (%s)",
		ratio(many.each(), few.each()), short(many.took), ratio(many.took, many.floor), float64(many.peak)/float64(many.document), megabytes(many.peak)), nil
}

// hugeImport begins to import a million entries from a file, as a task, and cancels, and then
// imports them.
func (b *bench) hugeImport() (string, error) {
	path := filepath.Join(b.folder, "huge.json")
	doc := plant(833_334)
	if err := os.WriteFile(path, doc, 0o600); err != nil {
		return "", err
	}
	defer os.Remove(path)
	c, err := b.fresh("--file-root", b.folder)
	if err != nil {
		return "", err
	}
	cancelled, err := c.cancelHalfway(path)
	if err != nil {
		return "", errors.Join(err, c.drop())
	}
	began := time.Now()
	id, err := c.startTask(path)
	if err != nil {
		return "", errors.Join(err, c.drop())
	}
	still, where, err := c.follow(id, "finish")
	if err != nil {
		return "", errors.Join(err, c.drop())
	}
	took := time.Since(began)
	peak, peakErr := c.memory("VmHWM")
	return fmt.Sprintf("done after %s; peak %s; progress stood still for %s at most, after %s; cancelled within %s",
		took.Round(time.Second), megabytes(peak), short(still), where, short(cancelled)), errors.Join(err, peakErr, c.drop())
}

// taskView is a task as the REST API tells of it.
type taskView struct {
	ID       string          `json:"id"`
	State    string          `json:"state"`
	Message  string          `json:"message"`
	Progress json.RawMessage `json:"progress"`
}

// startTask starts an import of a file with reset.
func (c *console) startTask(path string) (id string, err error) {
	body, err := json.Marshal(map[string]string{"file": "file://" + path})
	if err != nil {
		return "", err
	}
	answer, _, err := c.call("POST", "/async/data/import", body)
	if err != nil {
		return "", err
	}
	var t taskView
	err = json.Unmarshal(answer, &t)
	return t.ID, err
}

func (c *console) task(id string) (t taskView, err error) {
	answer, _, err := c.call("GET", "/api/v1/tasks/"+id, nil)
	if err != nil {
		return t, err
	}
	return t, json.Unmarshal(answer, &t)
}

// checked returns which part of its entries a task has checked; an error once it is past that.
func (t taskView) checked() (float64, error) {
	var p struct {
		Stage       string
		Done, Total int
	}
	switch err := json.Unmarshal([]byte(cmp.Or(string(t.Progress), "null")), &p); {
	case err != nil:
		return 0, err
	case t.State != "register" && t.State != "running", p.Stage == "committing":
		return 0, fmt.Errorf("the task was past its checks: %s %s", t.State, p.Stage)
	}
	if p.Stage != "checking" || p.Total == 0 {
		return 0, nil
	}
	return float64(p.Done) / float64(p.Total), nil
}

// follow polls a task to its end, which is to be a state, and returns the longest time in
// which nobody could see it move, and where it stood then.
func (c *console) follow(id, end string) (still time.Duration, where string, err error) {
	seen, moved := "", time.Now()
	for {
		t, err := c.task(id)
		if err != nil {
			return still, where, err
		}
		if now := t.State + string(t.Progress); now != seen {
			if d := time.Since(moved); d > still {
				still, where = d, seen
			}
			seen, moved = now, time.Now()
		}
		switch t.State {
		case "register", "running":
			time.Sleep(20 * time.Millisecond)
		case end:
			return still, where, nil
		default:
			return still, where, fmt.Errorf("the task is in the state %s: %.300s", t.State, t.Message)
		}
	}
}

// cancelHalfway starts an import of a file, cancels it once half of it was checked, and
// returns how long it took until the task was over.
func (c *console) cancelHalfway(path string) (time.Duration, error) {
	id, err := c.startTask(path)
	if err != nil {
		return 0, err
	}
	for checked := 0.0; checked < 0.5; time.Sleep(20 * time.Millisecond) {
		t, err := c.task(id)
		if err != nil {
			return 0, err
		}
		if checked, err = t.checked(); err != nil {
			return 0, err
		}
	}
	began := time.Now()
	if _, _, err := c.call("POST", "/async/task/"+id+"/cancel", nil); err != nil {
		return 0, err
	}
	_, _, err = c.follow(id, "cancel")
	return time.Since(began), err
}

// oneRule imports one rule into 100,000 entries and into 100.
func (b *bench) oneRule() (string, error) {
	large, err := b.filled()
	if err != nil {
		return "", err
	}
	small, err := b.fresh()
	if err != nil {
		return "", err
	}
	if _, err := small.importFull(plant(100)); err != nil {
		return "", errors.Join(err, small.drop())
	}
	made := 0
	one := func(c *console) (time.Duration, error) {
		return medianOf(20**rounds, func() (time.Duration, error) {
			made++
			text, err := json.Marshal(map[string]map[string]string{"rules": {"one": rule("one", made, made%20)}})
			if err != nil {
				return 0, err
			}
			_, took, err := c.call("POST", "/data/import?partial=1", content(text))
			return took, err
		})
	}
	few, err := one(small)
	many, manyErr := one(large)
	return fmt.Sprintf("%s, %s times of %s", short(many), ratio(many, few), short(few)), errors.Join(err, manyErr, small.drop())
}

// again imports what is there already.
func (b *bench) again() (string, error) {
	doc := plant(100_000)
	var first, second []time.Duration
	for range *rounds {
		c, err := b.fresh()
		if err != nil {
			return "", err
		}
		took, err := c.importFull(doc)
		if err != nil {
			return "", errors.Join(err, c.drop())
		}
		same, err := c.importFull(doc)
		if err := errors.Join(err, c.onlyRevision(), c.drop()); err != nil {
			return "", err
		}
		first, second = append(first, took), append(second, same)
	}
	return fmt.Sprintf("%s times the first import (%s)", ratio(middle(second), middle(first)), short(middle(second))), nil
}

// onlyRevision fails unless the console has made one revision.
func (c *console) onlyRevision() error {
	answer, _, err := c.call("GET", "/api/v1/revisions", nil)
	var all []json.RawMessage
	if err == nil {
		err = json.Unmarshal(answer, &all)
	}
	if err == nil && len(all) != 1 {
		err = fmt.Errorf("there are %d revisions, want 1", len(all))
	}
	return err
}
