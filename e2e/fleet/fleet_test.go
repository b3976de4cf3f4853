package fleet

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ekuiper-console/e2e/process"
)

// fate is what happens to a node while it is imported into.
type fate string

const (
	well   fate = "well"
	before fate = "killed before it writes" // and started anew
	after  fate = "killed after it wrote"   // and started anew, before it has answered
	locked fate = "locked"                  // it does not take the token
	gone   fate = "gone"                    // killed before anything is asked of it
	held   fate = "held"                    // behind the valve
)

// fates are those of twenty nodes.
var fates = map[fate]int{well: 11, before: 2, after: 2, locked: 3, gone: 2}

// plant is a console that is a node of another.
type plant struct {
	name string
	fate fate
	url  string // under which it is registered
	data string // its folder

	mu      sync.Mutex
	console *process.Console
}

// running returns the console of a plant.
func (p *plant) running() *process.Console {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.console
}

// fleet is the console that knows the plants, and these.
type fleet struct {
	t      *testing.T
	folder string // with those of all
	office *process.Console
	token  string // of an administrator of the office
	plants []*plant
	valve  *valve // before those that are held
}

// program is the built console.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run builds the console and runs the tests.
func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "fleet-")
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

// TestFleet imports into all nodes at once.
func TestFleet(t *testing.T) {
	f := muster(t, fates)
	answers := make([]string, len(f.plants))
	var wg sync.WaitGroup
	for i, p := range f.plants {
		wg.Go(func() {
			answers[i] = f.ask("POST", "/api/v1/import?node="+p.name, map[string]any{"mode": "full", "content": document()})
		})
	}
	wg.Wait()
	for i, p := range f.plants {
		if !t.Run(p.name, func(t *testing.T) { f.judge(t, p, answers[i]) }) {
			t.Logf("%s, %s: %s", p.name, p.fate, answers[i])
		}
	}
}

// muster starts all consoles, and registers the plants with the office.
func muster(t *testing.T, fates map[fate]int) *fleet {
	folder := t.TempDir()
	f := &fleet{t: t, folder: folder, valve: newValve()}
	for fate, n := range fates {
		for range n {
			name := fmt.Sprintf("plant%d", len(f.plants)+1)
			f.plants = append(f.plants, &plant{name: name, fate: fate, data: filepath.Join(folder, name)})
		}
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		f.open()
		var err error
		if f.token, err = process.Command(program, filepath.Join(folder, "office"), "token", "add", "--role", "admin", "fleet"); err != nil {
			t.Error(err)
		}
	})
	for _, p := range f.plants {
		wg.Go(func() { p.console = f.start(p.data, map[bool]string{true: "token", false: "off"}[p.fate == locked]) })
	}
	wg.Wait()
	t.Cleanup(f.end)
	if t.Failed() {
		t.FailNow()
	}
	for _, p := range f.plants {
		f.register(p)
	}
	return f
}

// open starts the office, on the folder that it may have left.
func (f *fleet) open() { f.office = f.start(filepath.Join(f.folder, "office"), "token") }

// start starts a console. Its REST API asks for tokens, or not.
func (f *fleet) start(data, tokens string) *process.Console {
	c, err := process.Start(program, data, nil, "--rest-auth", tokens)
	if err != nil {
		f.t.Errorf("starting %s: %v", data, err)
	}
	return c
}

// end kills all consoles.
func (f *fleet) end() {
	for _, p := range f.plants {
		if c := p.running(); c != nil && p.fate != gone {
			_ = c.Kill() // it is of no more use
		}
	}
	if f.office != nil {
		_ = f.office.Kill()
	}
}

// register makes a plant a node of the office, and has its fate begin.
func (f *fleet) register(p *plant) {
	f.t.Helper()
	p.url = p.console.URL
	body := map[string]any{"name": p.name, "labels": map[string]string{"fleet": "1"}}
	switch p.fate {
	case before, after:
		p.url = f.doomed(p)
	case held:
		p.url = f.valve.before(f.t, p)
	case locked:
		body["auth"] = map[string]string{"kind": "bearer", "token": "ekc_of_somebody_else"}
	case gone:
		if err := p.console.Kill(); err != nil {
			f.t.Fatal(err)
		}
	}
	body["url"] = p.url
	if a := f.ask("POST", "/api/v1/nodes", body); !strings.Contains(a, `"`+p.name+`"`) {
		f.t.Fatalf("registering %s: %s", p.name, a)
	}
}

// doomed stands before a plant: the first import that comes kills it, and starts it anew.
func (f *fleet) doomed(p *plant) string {
	var once sync.Once
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		die := false
		if r.URL.Path == "/data/import" {
			once.Do(func() { die = true })
		}
		if die && p.fate == after {
			forward(p, httptest.NewRecorder(), r)
		}
		if die {
			f.revive(p)
			panic(http.ErrAbortHandler)
		}
		forward(p, w, r)
	}))
	f.t.Cleanup(front.Close)
	return front.URL
}

// forward sends a request on to a plant.
func forward(p *plant, w http.ResponseWriter, r *http.Request) {
	to, err := url.Parse(p.running().URL)
	if err != nil {
		panic(err) // it is the address of a console that runs
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(pr *httputil.ProxyRequest) { pr.SetURL(to) }}
	proxy.ServeHTTP(w, r)
}

// revive kills a plant and starts it anew.
func (f *fleet) revive(p *plant) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.console.Kill(); err != nil {
		f.t.Errorf("killing %s: %v", p.name, err)
	}
	p.console = f.start(p.data, "off")
}

// document is what is imported: entries that every console takes.
func document() string {
	b := map[string]map[string]string{"streams": {}, "rules": {}}
	for i := range 50 {
		s, r := fmt.Sprintf("s%02d", i), fmt.Sprintf("r%02d", i)
		b["streams"][s] = fmt.Sprintf(`CREATE STREAM %s () WITH (DATASOURCE="d/%s", FORMAT="json")`, s, s)
		b["rules"][r] = fmt.Sprintf(`{"id":%q,"triggered":false,"sql":"SELECT * FROM %s","actions":[{"log":{}}]}`, r, s)
	}
	text, err := json.Marshal(b)
	if err != nil {
		panic(err) // strings always encode
	}
	return string(text)
}

// outcomes are what the office must say of a node, by its fate.
var outcomes = map[fate]struct {
	says  []string
	state string
	holds int // entries on the node afterwards
}{
	well:   {[]string{`"written":true`, `"rejected":[]`}, "online", 100},
	before: {[]string{`"what":"broke-off"`, `"what":"missing"`, `"applied":[]`}, "online", 0},
	after:  {[]string{`"written":true`, `"rejected":[]`, `"what":"broke-off"`}, "online", 100},
	locked: {[]string{`is unauthorised`}, "unauthorised", 0},
	gone:   {[]string{`is unreachable`}, "unreachable", -1},
}

// known returns what the office says of a plant once it has asked how that is doing, as it
// does by itself soon after the plant was registered.
func (f *fleet) known(p *plant) (says string) {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if says = f.ask(http.MethodGet, "/api/v1/nodes/"+p.name, nil); !strings.Contains(says, `"state":"unknown"`) {
			break
		}
	}
	return says
}

// judge holds what was told of a plant against what it holds.
func (f *fleet) judge(t *testing.T, p *plant, answer string) {
	want := outcomes[p.fate]
	for _, words := range want.says {
		if !strings.Contains(answer, words) {
			t.Errorf("%s: the office does not say %s", p.fate, words)
		}
	}
	f.ask(http.MethodPost, "/api/v1/nodes/"+p.name+"/pull", nil)
	if a := f.known(p); !strings.Contains(a, `"state":"`+want.state+`"`) {
		t.Errorf("%s: the office says of the node %s", p.fate, a)
	}
	mirrored := entries(f.ask(http.MethodGet, "/nodes/"+p.name+"/data/export", nil))
	if mirrored != max(want.holds, 0) {
		t.Errorf("%s: the office keeps %d entries of it", p.fate, mirrored)
	}
	if want.holds >= 0 && p.fate != locked {
		if held := entries(read(http.MethodGet, p.running().URL+"/data/export", "", nil)); held != want.holds {
			t.Errorf("%s: the node holds %d entries, want %d", p.fate, held, want.holds)
		}
	}
}
