package load

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ekuiper-console/e2e/process"
)

var seconds = flag.Int("seconds", 6, "how long the clients read, in either half; 2 with -short")

// numReaders is how many read at a time.
const numReaders = 64

func TestLoad(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the open files of another process are counted as Linux tells them")
	}
	if testing.Short() {
		*seconds = min(*seconds, 2)
	}
	w := open(t)
	span := time.Duration(*seconds) * time.Second
	w.read(t, time.Second, false) // what is made once is made
	idle, _ := w.read(t, span, false)
	before := w.settled(t, nil)
	loaded, imports := w.read(t, span, true)
	after := w.settled(t, before)
	t.Logf("nobody imports: %v", idle)
	t.Logf("%d imports:  %v", imports, loaded)
	t.Logf("p99 is %.1f times as long", float64(loaded.at(99))/float64(idle.at(99)))
	t.Logf("goroutines and open files: %v, and in the end %v", before, after)
	if imports == 0 {
		t.Error("nothing was imported")
	}
	if err := w.console.Stop(); err != nil {
		t.Error(err)
	}
	w.quiet(t)
}

// world is a console with its clients.
type world struct {
	console *process.Console
	data    string
	readers readers
	writer  *client
}

// open starts a console that holds the first bundle.
func open(t *testing.T) *world {
	t.Helper()
	build := process.Build
	if racing {
		build = process.BuildRacing
	}
	binary, err := build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{data: filepath.Join(t.TempDir(), "data")}
	token, err := process.Command(binary, w.data, "token", "add", "load", "--role", "admin")
	if err != nil {
		t.Fatal(err)
	}
	if w.console, err = process.Start(binary, w.data, []string{"CONSOLE_ADMIN_PASSWORD=" + password}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.console.Kill() }) // it may be gone already
	for range numReaders {
		c, err := signedIn(w.console.URL, token)
		if err != nil {
			t.Fatal(err)
		}
		w.readers = append(w.readers, c)
	}
	w.writer = &client{w.readers[0].Client, w.console.URL, token}
	if _, err := w.writer.ask("POST", "/data/import", document(-1)); err != nil {
		t.Fatal(err)
	}
	return w
}

// read has the readers read for a while, and the writer import meanwhile where it should.
func (w *world) read(t *testing.T, span time.Duration, writing bool) (took times, imports int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), span)
	defer cancel()
	written := make(chan error, 1)
	go func() {
		var err error
		if writing {
			imports, err = w.writer.write(ctx)
		}
		written <- err
	}()
	took, err := w.readers.read(ctx)
	cancel()
	if failed := <-written; failed != nil {
		t.Error(failed)
	}
	if err != nil {
		t.Error(err)
	}
	slices.Sort(took)
	return took, imports
}

// times are how long requests took, the shortest first.
type times []time.Duration

// at returns what so many percent of them did not exceed.
func (t times) at(percent int) time.Duration {
	if len(t) == 0 {
		return 0
	}
	return t[min(len(t)*percent/100, len(t)-1)]
}

// String tells the figures.
func (t times) String() string {
	return fmt.Sprintf("%d requests, p50 %v, p99 %v", len(t), t.at(50).Round(time.Millisecond), t.at(99).Round(time.Millisecond))
}

// usage is what a console has in use.
type usage map[string]int

// calm is how long a console may take to let go of what it needed.
const calm = 30 * time.Second

// settled returns what the console has in use once its clients have left. It must come
// down to what it was before.
func (w *world) settled(t *testing.T, before usage) usage {
	t.Helper()
	w.readers.leave()
	for began := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		now := w.usage(t)
		quiet := time.Since(began) > time.Second
		if quiet && (before == nil || now["goroutines"] <= before["goroutines"] && now["files"] <= before["files"]) {
			return now
		}
		if time.Since(began) > calm {
			t.Errorf("in use are still %v, before it were %v", now, before)
			return now
		}
	}
}

var goroutines = regexp.MustCompile(`(?m)^go_goroutines (\d+)`)

// usage counts what the console has in use.
func (w *world) usage(t *testing.T) usage {
	t.Helper()
	metrics, err := w.writer.ask("GET", "/metrics", "")
	if err != nil {
		t.Fatal(err)
	}
	found := goroutines.FindSubmatch(metrics)
	if found == nil {
		t.Fatalf("the metrics do not tell of goroutines: %.1000s", metrics)
	}
	n, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", w.console.PID))
	if err != nil {
		t.Fatal(err)
	}
	return usage{"goroutines": n, "files": len(files)}
}

// quiet looks through the log.
func (w *world) quiet(t *testing.T) {
	t.Helper()
	log, err := os.ReadFile(w.data + ".log")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(log)) {
		if strings.Contains(line, "level=ERROR") || strings.Contains(line, "panic") || strings.Contains(line, "DATA RACE") {
			_, rest, _ := strings.Cut(string(log), line)
			t.Errorf("the console logged %s%.3000s", line, rest)
			return
		}
	}
}
