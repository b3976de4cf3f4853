package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"time"
)

// exportCached exports all, again and again.
func (b *bench) exportCached() (string, error) {
	c, err := b.filled()
	if err != nil {
		return "", err
	}
	body, _, err := c.call("GET", "/data/export", nil)
	if err != nil {
		return "", err
	}
	took, err := median(c.exportAll)
	if err != nil {
		return "", err
	}
	floor, err := copyFloor(body)
	return fmt.Sprintf("%s times copying (%s, %s)", ratio(took, floor), short(took), megabytes(int64(len(body)))), err
}

func (c *console) exportAll() (time.Duration, error) {
	_, took, err := c.call("GET", "/data/export", nil)
	return took, err
}

// exportFresh exports all, each time after a change.
func (b *bench) exportFresh() (string, error) {
	c, err := b.filled()
	if err != nil {
		return "", err
	}
	made := 0
	took, err := median(func() (time.Duration, error) {
		made++
		text := fmt.Sprintf(`{"rules":{"fresh":%q}}`, rule("fresh", made, 1))
		if _, _, err := c.call("POST", "/data/import?partial=1", content([]byte(text))); err != nil {
			return 0, err
		}
		return c.exportAll()
	})
	if err != nil {
		return "", err
	}
	whole, err := median(func() (time.Duration, error) {
		took, _, err := b.fullImportOnce(plant(100_000))
		return took, err
	})
	return fmt.Sprintf("%s times the import (%s)", ratio(took, whole), short(took)), err
}

// closure exports 1,000 rules with all that they need.
func (b *bench) closure() (string, error) {
	c, err := b.filled()
	if err != nil {
		return "", err
	}
	var names []string
	for i := range 1000 {
		names = append(names, fmt.Sprintf("rule_%06d", i*97))
	}
	body, err := json.Marshal(names)
	if err != nil {
		return "", err
	}
	once := func() (time.Duration, error) {
		answer, took, err := c.call("POST", "/data/export", body)
		if err == nil && bytes.Count(answer, []byte(`"rule_`)) < 1000 {
			err = errors.New("the export does not have all the rules")
		}
		return took, err
	}
	first, err := once()
	if err != nil {
		return "", err
	}
	time.Sleep(drawing) // the first begins to make the graph of the state, which the others use
	took, err := median(once)
	return fmt.Sprintf("%s; the first after a change %s", short(took), short(first)), err
}

// drawing is more time than the graph of 120,000 entries takes.
const drawing = 10 * time.Second

// paths are the pages with a fixed address that an administrator meets.
var paths = []string{
	"/ui/", "/ui/import", "/ui/inventory", "/ui/inventory/rules", "/ui/inventory/rules?page=900", "/ui/inventory/rules/rule_050000",
	"/ui/inventory/streams/line_7_telemetry", "/ui/history", "/ui/history/1", "/ui/history/diff?from=0&to=1", "/ui/export", "/ui/settings", "/ui/audit",
}

// pages loads every page many times.
func (b *bench) pages() (string, error) {
	c, err := b.signedIn()
	if err != nil {
		return "", err
	}
	var all []time.Duration
	slowest, name := time.Duration(0), ""
	for _, path := range paths {
		if _, err := c.page(path); err != nil { // what is made once
			return "", err
		}
		took, err := repeat(8**rounds, func() (time.Duration, error) { return c.page(path) })
		if err != nil {
			return "", err
		}
		if m := at(took, 0.5); m > slowest {
			slowest, name = m, path
		}
		all = append(all, took...)
	}
	slices.Sort(all)
	return fmt.Sprintf("median %s, p99 %s; the slowest page is %s with a median of %s", short(at(all, 0.5)), short(at(all, 0.99)), name, short(slowest)), nil
}

func (b *bench) signedIn() (*console, error) {
	c, err := b.filled()
	if err == nil && c.pages == nil {
		err = c.signIn()
	}
	return c, err
}

// search looks for what is in few, many and no entries.
func (b *bench) search() (string, error) {
	c, err := b.signedIn()
	if err != nil {
		return "", err
	}
	var slowest time.Duration
	made := 0
	for _, text := range []string{"alarms/line777%d", "overheating of line %d", "no such thing %d"} {
		took, err := median(func() (time.Duration, error) {
			made++ // another one each time: nothing can be remembered
			_, took, err := c.call("GET", "/api/v1/entries?limit=50&q="+url.QueryEscape(fmt.Sprintf(text, made)), nil)
			return took, err
		})
		if err != nil {
			return "", err
		}
		slowest = max(slowest, took)
	}
	return short(slowest) + " for the slowest of three", nil
}

// start stops the console and starts it again.
func (b *bench) start() (string, error) {
	c, err := b.filled()
	if err != nil {
		return "", err
	}
	var rest int64
	took, err := median(func() (time.Duration, error) {
		if err := c.Stop(); err != nil {
			return 0, err
		}
		c.pages = nil
		began := time.Now()
		if err := c.run(b.binary); err != nil {
			return 0, err
		}
		if _, _, err := c.call("GET", "/readyz", nil); err != nil {
			return 0, err
		}
		return time.Since(began), nil
	})
	if err == nil {
		time.Sleep(3 * time.Second)
		rest, err = c.memory("VmRSS")
	}
	return fmt.Sprintf("%s; at rest %s", short(took), megabytes(rest)), err
}

// size is that of the program.
func (b *bench) size() (string, error) {
	info, err := os.Stat(b.binary)
	if err != nil {
		return "", err
	}
	return megabytes(info.Size()), nil
}

// small is an edge box: one core, little memory.
func (b *bench) small() (string, error) {
	c, err := b.freshIn([]string{"GOMAXPROCS=1", "GOMEMLIMIT=128MiB"})
	if err != nil {
		return "", err
	}
	doc := plant(1_667)
	took, err := median(func() (time.Duration, error) {
		if _, _, err := c.call("POST", "/data/import", content([]byte("{}"))); err != nil {
			return 0, err
		}
		return c.importFull(doc)
	})
	if err == nil {
		err = c.signIn()
	}
	for _, path := range []string{"/ui/", "/ui/inventory/rules", "/ui/export", "/ui/history"} {
		if err == nil {
			_, err = c.page(path)
		}
	}
	peak, peakErr := c.memory("VmHWM")
	return fmt.Sprintf("%s; peak %s", short(took), megabytes(peak)), errors.Join(err, peakErr, c.drop())
}
