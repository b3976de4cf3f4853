package contract

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ekuiper-console/e2e/process"
)

// console returns a console that was built and started for the test.
func console(t *testing.T) *server {
	t.Helper()
	folder := t.TempDir()
	binary, err := process.Build(folder)
	if err != nil {
		t.Fatal(err)
	}
	c, err := process.Start(binary, filepath.Join(folder, "data"), nil, "--rest-auth", "off")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Errorf("stopping the console: %v", err)
		}
	})
	return &server{url: c.URL, console: true}
}

// TestConsole holds the console against the contract, and what keeps an engine from being
// emptied against a console.
func TestConsole(t *testing.T) {
	s := console(t)
	s.checks(t)
	t.Run("is not emptied unasked", func(t *testing.T) {
		s.set(t, document{"streams": {"mine": stream("mine")}})
		if _, err := s.spare(false); err == nil || !strings.Contains(err.Error(), "EKUIPER_WIPE=1") {
			t.Errorf("a server that holds something may be emptied: %v", err)
		}
		back, err := s.spare(true)
		if err != nil {
			t.Fatal(err)
		}
		s.set(t, document{})
		if err := back(); err != nil {
			t.Error(err)
		}
		s.same(t, "put back", document{"streams": {"mine": stream("mine")}})
		s.set(t, document{})
		if _, err := s.spare(false); err != nil {
			t.Errorf("an empty server: %v", err)
		}
	})
}

// TestEngine holds a running eKuiper against the contract.
func TestEngine(t *testing.T) {
	url := strings.TrimRight(os.Getenv("EKUIPER_URL"), "/")
	if url == "" {
		t.Skip("EKUIPER_URL is not set: nothing is held against a running eKuiper")
	}
	s := &server{url: url, auth: os.Getenv("EKUIPER_TOKEN")}
	back, err := s.spare(os.Getenv("EKUIPER_WIPE") == "1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := back(); err != nil {
			t.Error(err)
		}
	})
	s.checks(t)
}

// spare looks what a server holds before it is emptied, and returns what puts that back.
// Without leave, one that holds anything is an error.
func (s *server) spare(leave bool) (back func() error, err error) {
	a, err := s.try("GET", "/data/export", "")
	if err != nil || a.status != 200 {
		return nil, fmt.Errorf("what %s holds cannot be read: %d %s %w", s.url, a.status, short(a.body), err)
	}
	held, err := parse(a.body)
	if err != nil {
		return nil, fmt.Errorf("what %s holds is no bundle: %w", s.url, err)
	}
	if n := len(held.entries()); n > 0 && !leave {
		return nil, fmt.Errorf("%s holds %d entries, which the checks would delete: give an empty one, or EKUIPER_WIPE=1, after which they are put back from an export", s.url, n)
	}
	return func() error { return s.putBack(a.body, held) }, nil
}

// putBack brings back what a server held. An engine passes over native plugins and schemas
// in a full import: they are sent behind it.
func (s *server) putBack(text string, held document) error {
	paths := []string{"/data/import"}
	if len(held["nativePlugins"])+len(held["Schema"]) > 0 {
		paths = append(paths, "/data/import?partial=1")
	}
	sent := content(text)
	for i, path := range paths {
		if i > 0 {
			sent = document{"nativePlugins": held["nativePlugins"], "Schema": held["Schema"]}.body()
		}
		if a, err := s.try("POST", path, sent); err != nil || a.status != 200 {
			return fmt.Errorf("what %s held was not all put back: %d %s %w; it was:\n%s", s.url, a.status, short(a.body), err, text)
		}
	}
	return nil
}

// stream and rule are texts that every engine takes, and none of which runs.
func stream(name string) string {
	return `CREATE STREAM ` + name + ` () WITH (DATASOURCE="contract/` + name + `", TYPE="memory", FORMAT="json")`
}

func table(name string) string {
	return `CREATE TABLE ` + name + ` (id BIGINT) WITH (DATASOURCE="contract/` + name + `", TYPE="memory", KIND="lookup", KEY="id")`
}

func rule(id, from string) string {
	return `{"id":"` + id + `","triggered":false,"sql":"SELECT * FROM ` + from + `","actions":[{"log":{}}]}`
}
