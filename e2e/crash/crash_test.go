package crash

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"ekuiper-console/e2e/process"
)

var (
	kills = flag.Int("kills", 200, "how often a console is killed; 10 times with -short")
	seed  = flag.Uint64("seed", 0, "what the test does follows from it; 0 takes a random one")
)

// program is the console, which is built before the first test.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run builds the console and runs the tests.
func run(m *testing.M) int {
	if program = os.Getenv(inside); program != "" {
		return m.Run()
	}
	folder, err := os.MkdirTemp("", "crash-")
	if err == nil {
		defer os.RemoveAll(folder)
		program, err = process.Build(folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// inside names, for a process that may mount disks, the console to test.
const inside = "CRASH_TEST_INSIDE"

// consoles is how many are killed side by side.
const consoles = 4

// TestKilled kills consoles at random moments, and looks after each restart whether all
// is there that must be, and nothing else.
func TestKilled(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	if testing.Short() {
		*kills = min(*kills, 10)
	}
	t.Parallel()
	t.Logf("seed %d", *seed)
	files := serveFiles()
	defer files.Close()
	folder, err := os.MkdirTemp("", "crash-")
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	var all sync.WaitGroup
	for i := range consoles {
		all.Go(func() {
			n := (*kills + consoles - 1 - i) / consoles
			w := newWorld(fmt.Sprint(i), filepath.Join(folder, fmt.Sprint(i)), files.URL, *seed+uint64(i))
			if err := w.run(n); err != nil {
				t.Errorf("%v\nseed %d, data in %s\n%s", err, *seed, folder, w.history())
				return
			}
			t.Logf("console %d: %d kills, %d revisions, %d imports sent", i, w.kills, len(w.revisions), len(w.acts))
		})
	}
	all.Wait()
	t.Logf("%.1f kills a second", float64(*kills)/time.Since(began).Seconds())
	if !t.Failed() {
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	}
}
