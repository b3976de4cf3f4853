package fleet

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// side is where a call is held.
type side bool

const (
	asked    side = false // before the plant hears of it
	answered side = true  // when the plant has done it, and before that is told
)

// The calls that can be held.
const (
	importing = "POST /data/import"
	exporting = "GET /data/export"
)

// moment is when a console is killed.
type moment struct {
	call   string // that is held
	side   side
	behind bool // only where an import went before
}

// room is how many plants a valve lets pass before it holds the others.
const room = 6

// gate holds calls.
type gate struct {
	opened  chan struct{}
	dropped bool // nobody waits for an answer any more
}

// valve stands before plants. It lets a call to some of them pass, and holds it to the
// others: whoever asks is killed meanwhile, and then it is dropped.
type valve struct {
	mu      sync.Mutex
	moment  // what is held
	passed  map[string]bool
	waiting map[string]bool
	gate    *gate
	imports map[string]int // by plant: how many it was sent
	reads   map[string]int // by plant: how often it was read since the cut
}

// shut begins anew: a call is held once some plants have passed.
func (v *valve) shut(m moment) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.moment = m
	v.passed, v.waiting, v.imports, v.reads = map[string]bool{}, map[string]bool{}, map[string]int{}, map[string]int{}
}

// cut drops the calls that are held, and returns of which plants they are. These plants
// pass from now on; others are held still.
func (v *valve) cut() (names []string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for name := range v.waiting {
		names = append(names, name)
		v.passed[name] = true
	}
	clear(v.reads)
	v.release(true)
	return names
}

// release ends the waiting of what is held.
func (v *valve) release(dropped bool) {
	clear(v.waiting)
	v.gate.dropped = dropped
	close(v.gate.opened)
	v.gate = newGate()
}

// open lets everything pass, also what is held.
func (v *valve) open() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.call = ""
	v.release(false)
}

// held returns how many plants are.
func (v *valve) held() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.waiting)
}

// sent returns how many imports a plant was sent, and how often it was read since the cut.
func (v *valve) sent(name string) (imports, reads int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.imports[name], v.reads[name]
}

// note counts a call that goes to a plant.
func (v *valve) note(p *plant, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch r.Method + " " + r.URL.Path {
	case importing:
		v.imports[p.name]++
	case exporting:
		v.reads[p.name]++
	}
}

// passes reports whether a call may go on, and where it is held if it may not.
func (v *valve) passes(p *plant, r *http.Request) (bool, side) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case v.call != r.Method+" "+r.URL.Path, v.behind && v.imports[p.name] == 0, v.passed[p.name]:
		return true, v.side
	case len(v.passed) < room:
		v.passed[p.name] = true
		return true, v.side
	}
	return false, v.side
}

// wait holds a call, and reports whether it is dropped then.
func (v *valve) wait(p *plant) (dropped bool) {
	v.mu.Lock()
	g := v.gate
	v.waiting[p.name] = true
	v.mu.Unlock()
	<-g.opened
	return g.dropped
}

func newGate() *gate { return &gate{opened: make(chan struct{})} }

// newValve returns a valve that is open.
func newValve() *valve {
	v := &valve{gate: newGate()}
	v.shut(moment{})
	return v
}

// before stands before a plant, and returns where.
func (v *valve) before(t *testing.T, p *plant) string {
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // who asks was killed
		}
		r = r.WithContext(context.WithoutCancel(r.Context())) // a plant does what it was asked, whoever is killed
		r.Body = io.NopCloser(bytes.NewReader(body))
		pass, at := v.passes(p, r)
		if !pass && at == asked && v.wait(p) {
			panic(http.ErrAbortHandler)
		}
		v.note(p, r)
		answer := httptest.NewRecorder()
		forward(p, answer, r)
		if !pass && at == answered && v.wait(p) {
			panic(http.ErrAbortHandler)
		}
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()) // who asks may have been killed
	}))
	t.Cleanup(front.Close)
	t.Cleanup(v.open) // before it is closed, which waits for what is held
	return front.URL
}
