// Speed measures the built console from outside: imports, exports, pages, start and
// memory, each beside a floor that is measured in the same run, and prints the table of
// BENCHMARKS.md.
//
//	go run ./e2e/speed               everything
//	go run ./e2e/speed -only search  the rows whose name matches
//
// It imports nothing of the program and knows it by its REST API, its pages and its
// command line alone. Every figure is the median of -rounds rounds unless it says
// otherwise.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"

	"ekuiper-console/e2e/process"
)

// row is a line of the table.
type row struct {
	work    string
	goal    string
	measure func(*bench) (string, error)
}

var rows = []row{
	{"full import over REST, 5,000 rules and 1,000 streams", "at most 2.5 times the floor; 60,000 entries/s", (*bench).fullImport},
	{"the same, 100,000 rules and 20,000 streams", "time per entry at most 1.3 times; peak memory at most 6 times the document", (*bench).largeImport},
	{"1,000,000 entries, asynchronous", "completes; peak under 4 GB; progress moves every second; cancel answers within 1 s", (*bench).hugeImport},
	{"partial import of 1 rule into 100,000 entries", "at most 2 times of the same into 100; under 10 ms", (*bench).oneRule},
	{"re-import of unchanged 120,000 entries", "nothing written; under half of the first import", (*bench).again},
	{"export all, 120,000 entries, unchanged since the last", "at most 1.5 times copying the same bytes over loopback", (*bench).exportCached},
	{"export all, first after a change", "at most 0.25 times the import", (*bench).exportFresh},
	{"closure of 1,000 rules out of 100,000", "under 50 ms", (*bench).closure},
	{"any page, 120,000 entries", "under 50 ms median, 100 ms p99", (*bench).pages},
	{"contains-search in 120,000 entries", "under 30 ms", (*bench).search},
	{"start until /readyz with 120,000 entries", "under 300 ms; memory at rest under 150 MB", (*bench).start},
	{"the binary", "under 40 MB, one file, CGO_ENABLED=0", (*bench).size},
	{"2,000 entries with GOMAXPROCS=1 GOMEMLIMIT=128MiB", "import under 200 ms", (*bench).small},
}

var (
	only   = flag.String("only", "", "measure only rows whose name matches this regular expression")
	rounds = flag.Int("rounds", 5, "how often each figure is measured; the median counts")
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// run builds the console and prints a line for every row.
func run() error {
	chosen, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	folder, err := os.MkdirTemp("", "console-speed-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	b := &bench{folder: folder}
	if b.binary, err = process.Build(folder); err != nil {
		return err
	}
	defer b.close()
	fmt.Printf("%s, %s/%s, %d cores, median of %d\n\n| work | goal | measured |\n|---|---|---|\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), *rounds)
	for _, r := range rows {
		if !chosen.MatchString(r.work) {
			continue
		}
		figure, err := r.measure(b)
		if err != nil {
			return fmt.Errorf("%s: %w", r.work, err)
		}
		fmt.Printf("| %s | %s | %s |\n", r.work, r.goal, figure)
	}
	return nil
}
