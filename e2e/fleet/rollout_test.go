package fleet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// The strategy of the rollouts: parallel plants at once, two waves, and failures do not end it.
const (
	parallel = 4
	strategy = `"batch":12,"parallel":4,"stop_after":20`
)

// TestKilledInTheMiddle kills the office in the middle of rollouts into twenty plants. The
// office that is started then on the same folder says of each what it holds, goes on or
// waits, and brings the bundle into all of them, into each but once.
func TestKilledInTheMiddle(t *testing.T) {
	f := muster(t, map[fate]int{held: 20})
	for i, c := range []struct {
		name   string
		moment moment
		goesOn bool
		stands tally // of those that were under way, once they were read back
	}{
		{"before a plant hears of it", moment{importing, asked, false}, true, tally{"failed": parallel}},
		{"before a plant has answered", moment{importing, answered, false}, false, tally{"verified": parallel}},
		{"before it is read back", moment{exporting, asked, true}, true, tally{"verified": parallel}},
	} {
		if !t.Run(c.name, func(t *testing.T) {
			r := f.plan(t, fmt.Sprintf("a%d", i), c.goesOn)
			r.killed(c.moment)
			r.takenUp(c.goesOn, c.stands)
			r.toTheEnd(c.stands["failed"] > 0)
		}) {
			t.FailNow()
		}
	}
	t.Run("while it plans", func(t *testing.T) { f.killedPlanning(t, "b") })
	t.Run("while it rolls back", func(t *testing.T) { f.killedRollingBack(t, "c") })
}

// killedPlanning kills the office before all plans are made.
func (f *fleet) killedPlanning(t *testing.T, name string) {
	f.valve.shut(moment{exporting, asked, false})
	r := f.made(t, name, false)
	r.until("some are planned", func(b *board) bool { return b.Tally["planned"] == room && f.valve.held() > 0 })
	f.kill(t)
	f.valve.open()
	f.open()
	r.until("all are planned", func(b *board) bool { return b.State == "planned" && b.Tally["planned"] == len(f.plants) })
	r.holds("planned", 0)
}

// killedRollingBack kills the office while it brings back what the plants held.
func (f *fleet) killedRollingBack(t *testing.T, name string) {
	r := f.plan(t, name, true)
	r.act("start", nil)
	r.until("it is finished", func(b *board) bool { return b.State == "finished" && b.Tally["verified"] == len(f.plants) })
	f.valve.shut(moment{importing, answered, false})
	r.act("rollback", map[string]int{"wave": 0})
	r.until("some are rolled back", func(b *board) bool { return b.Tally["rolled-back"] == room && f.valve.held() == parallel })
	f.kill(t)
	f.valve.open()
	f.open()
	b := r.until("it waits", func(b *board) bool { return b.State == "stopped" })
	if !strings.Contains(b.Reason, "waits for somebody") || b.Tally["rolled-back"] != room+parallel {
		t.Errorf("taken up it is %+v", b)
	}
	r.holds("rolled-back", 0)
	r.holds("verified", entriesEach)
	r.act("rollback", map[string]int{"wave": 0})
	r.until("all are rolled back", func(b *board) bool { return b.State == "finished" && b.Tally["rolled-back"] == len(f.plants) })
	r.holds("rolled-back", 0)
}

// kill kills the office.
func (f *fleet) kill(t *testing.T) {
	t.Helper()
	if err := f.office.Kill(); err != nil {
		t.Fatal(err)
	}
}

// tally counts plants by where they stand.
type tally map[string]int

// board is what the office tells of a rollout.
type board struct {
	ID, State, Reason string
	Tally             tally
	Targets           []struct{ Node, State, Reason string }
}

// journey is a rollout on its way.
type journey struct {
	*fleet
	t     *testing.T
	name  string // what its entries begin with
	id    string
	under []string // the plants that were under way when the office was killed
}

// plan makes a rollout to all plants, and waits for its plans.
func (f *fleet) plan(t *testing.T, name string, resume bool) *journey {
	t.Helper()
	r := f.made(t, name, resume)
	r.until("it is planned", func(b *board) bool { return b.State == "planned" && b.Tally["planned"] == len(f.plants) })
	return r
}

// made makes a rollout to all plants.
func (f *fleet) made(t *testing.T, name string, resume bool) *journey {
	t.Helper()
	var b board
	a := f.ask("POST", "/api/v1/rollouts", json.RawMessage(fmt.Sprintf(`{"bundle":%s,"mode":"partial","labels":{"fleet":"1"},%s,"resume":%t}`, batch(name), strategy, resume)))
	if err := json.Unmarshal([]byte(a), &b); err != nil || b.ID == "" {
		t.Fatalf("planning: %s", a)
	}
	return &journey{fleet: f, t: t, name: name, id: b.ID}
}

// entriesEach is how many entries a rollout brings.
const entriesEach = 20

// batch is what a rollout brings: streams whose names begin alike.
func batch(name string) string {
	streams := map[string]string{}
	for i := range entriesEach {
		s := fmt.Sprintf("%s_%02d", name, i)
		streams[s] = fmt.Sprintf(`CREATE STREAM %s () WITH (DATASOURCE="d/%s", FORMAT="json")`, s, s)
	}
	text, err := json.Marshal(map[string]any{"streams": streams})
	if err != nil {
		panic(err) // strings always encode
	}
	return string(text)
}

// act does something with the rollout.
func (r *journey) act(word string, body any) {
	r.t.Helper()
	if a := r.ask("POST", "/api/v1/rollouts/"+r.id+"/"+word, body); !strings.Contains(a, r.id) {
		r.t.Fatalf("%s: %s", word, a)
	}
}

// until waits until the board is as it should be.
func (r *journey) until(what string, is func(*board) bool) *board {
	r.t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		b := &board{}
		a := r.ask(http.MethodGet, "/api/v1/rollouts/"+r.id, nil)
		if err := json.Unmarshal([]byte(a), b); err == nil && is(b) {
			return b
		}
		if time.Now().After(end) {
			r.t.Fatalf("waiting until %s, with %d held: %s", what, r.valve.held(), a)
		}
	}
}

// killed starts the rollout, and kills the office when some plants are verified and some
// are under way.
func (r *journey) killed(m moment) {
	r.t.Helper()
	r.valve.shut(m)
	r.act("start", nil)
	r.until("some are verified and some applying", func(b *board) bool {
		return b.Tally["verified"] == room && b.Tally["applying"] == parallel && r.valve.held() == parallel
	})
	r.kill(r.t)
	r.under = r.valve.cut()
}

// takenUp starts the office again, and looks what it says of each plant.
func (r *journey) takenUp(goesOn bool, stands tally) {
	r.t.Helper()
	r.open()
	verified := room + stands["verified"]
	b := r.until("those under way were read back", func(b *board) bool {
		if goesOn {
			return b.State == "running" && r.valve.held() > 0 && b.Tally["verified"] == verified
		}
		return b.State == "paused"
	})
	if says := map[bool]string{true: "goes on by itself", false: "waits for somebody"}[goesOn]; !strings.Contains(b.Reason, says) {
		r.t.Errorf("the rollout is %s, and says %q", b.State, b.Reason)
	}
	if b.Tally["verified"] != verified || b.Tally["failed"] != stands["failed"] {
		r.t.Errorf("taken up it is %+v", b.Tally)
	}
	for _, n := range b.Targets {
		if !slices.Contains(r.under, n.Node) {
			continue
		}
		if _, reads := r.valve.sent(n.Node); reads == 0 || n.Reason == "" {
			r.t.Errorf("%s was under way, is told to be %s (%s), and was read %d times", n.Node, n.State, n.Reason, reads)
		}
	}
	r.holds("verified", entriesEach)
	r.holds("failed", 0)
	r.holds("planned", 0)
}

// toTheEnd lets the rollout go on until all plants hold the bundle.
func (r *journey) toTheEnd(failed bool) {
	r.t.Helper()
	r.valve.open()
	if b := r.until("it runs or waits", func(*board) bool { return true }); b.State == "paused" {
		r.act("resume", nil)
	}
	r.until("it is finished", func(b *board) bool { return b.State == "finished" })
	if failed {
		r.act("retry", nil)
	}
	r.until("all are verified", func(b *board) bool { return b.State == "finished" && b.Tally["verified"] == len(r.plants) })
	r.holds("verified", entriesEach)
	for _, p := range r.plants {
		if imports, _ := r.valve.sent(p.name); imports != 1 {
			r.t.Errorf("%s was sent %d imports", p.name, imports)
		}
	}
}

// holds compares what is told of the plants that stand somewhere with what they hold.
func (r *journey) holds(stands string, want int) {
	r.t.Helper()
	var wants, has struct{ Streams map[string]string }
	if err := json.Unmarshal([]byte(batch(r.name)), &wants); err != nil {
		r.t.Fatal(err)
	}
	b := r.until("it is read", func(*board) bool { return true })
	for _, n := range b.Targets {
		if n.State != stands {
			continue
		}
		i := slices.IndexFunc(r.plants, func(p *plant) bool { return p.name == n.Node })
		has.Streams = nil
		if err := json.Unmarshal([]byte(read(http.MethodGet, r.plants[i].running().URL+"/data/export", "", &bytes.Buffer{})), &has); err != nil {
			r.t.Fatal(err)
		}
		held := 0
		for name, text := range wants.Streams {
			if has.Streams[name] == text {
				held++
			}
		}
		if held != want {
			r.t.Errorf("%s is told to be %s (%s), and holds %d entries of %d", n.Node, n.State, n.Reason, held, len(wants.Streams))
		}
	}
}
