package hostile

import (
	"os"
	"regexp"
	"runtime"
	"testing"
)

// hostile is one request with the answer that it must get: a regular expression of how
// the answer, told in one line, begins.
type hostile struct {
	name string
	send request
	want string
}

// themes are all cases, in the order in which they are sent: guesses of tokens come last,
// since after some of them nobody's guesses are looked at.
var themes = []struct {
	name  string
	cases []hostile
}{
	{"redirects", leadingAway}, {"wire", onTheWire}, {"sizes", ofSize}, {"paths", inPaths}, {"queries", inQueries}, {"json", inJSON}, {"entries", inEntries}, {"names", inNames},
	{"yaml", inYAML}, {"archives", inArchives}, {"forms", inForms}, {"addresses", inAddresses},
	{"origins", fromElsewhere}, {"guesses", guessing},
}

// most bounds the memory that the console may need, in MiB.
const most = 1024

// fewest is how many cases there must be.
const fewest = 150

func TestHostile(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the memory of another process is looked up as Linux tells it")
	}
	w, sent := open(t), 0
	for _, theme := range themes {
		for _, h := range theme.cases {
			sent++
			t.Run(theme.name+"/"+h.name, func(t *testing.T) { w.try(t, h) })
		}
	}
	if sent < fewest {
		t.Errorf("%d cases, want %d", sent, fewest)
	}
	w.must(t, get("/readyz"), "200")
	w.must(t, page("/ui/"), "200")
	if n := w.reached.Load(); n > 0 {
		t.Errorf("the console reached a server of this machine %d times", n)
	}
	t.Logf("%d requests, at most %d MiB", sent, w.peak)
	if err := w.console.Stop(); err != nil {
		t.Error(err)
	}
	if files := w.files(t); files != "data.log" {
		t.Errorf("outside of the data folder there are %s", files)
	}
	log, err := os.ReadFile(w.home + "/data.log")
	if err != nil {
		t.Fatal(err)
	}
	if found := trouble.FindIndex(log); found != nil {
		t.Errorf("the log tells of trouble: %.4000s", log[max(0, found[0]-300):])
	}
}

// byHTTP are the answers above 499 that are no fault of the console: HTTP asks for them
// where a request is coded, or is of a version, that no server knows.
var byHTTP = map[int]bool{501: true, 505: true}

// try sends one request. Who is refused changes nothing.
func (w *world) try(t *testing.T, h hostile) {
	a, err := exchange(w.host, w.fill, h.send)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile("^(?:" + h.want + ")").MatchString(a.String()) {
		t.Errorf("answered %.600s\nwant %s", a, h.want)
	}
	if a.status >= 500 && !byHTTP[a.status] || a.status >= 400 && trouble.MatchString(a.body) {
		t.Errorf("trouble: %.4000s", a)
	}
	now := w.holds(t)
	if now != w.held && (a.status < 200 || a.status > 299) {
		t.Errorf("refused, it changed what is there:\n%.3000s\nwas\n%.3000s", now, w.held)
	}
	w.held = now
	if peak := w.memory(t); peak > w.peak {
		if peak > w.peak+32 {
			t.Logf("needs %d MiB", peak)
		}
		if peak > most {
			t.Errorf("the console has needed %d MiB", peak)
		}
		w.peak = peak
	}
}
