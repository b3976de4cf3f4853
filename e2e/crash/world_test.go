package crash

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"ekuiper-console/e2e/process"
)

// numClients is how many import at a time.
const numClients = 4

// world is one console with all that is known of it.
type world struct {
	*rand.Rand
	name    string
	data    string // its folder
	files   string // address of the server of files
	clients []*client
	url     string
	kills   int

	revisions []revision      // all that were seen, the oldest first
	states    []state         // by number of the revision; the first is the empty one
	acts      map[string]*act // all that were sent, by the SHA-256 of the document, or by note
	round     []*act          // those that nobody has looked for yet
	left      map[string]bool // files that should go with the next start
	report    string          // the entries that the status names, as it was last
	log       []string        // what happened
}

// newWorld returns a console that was never started.
func newWorld(name, data, files string, seed uint64) *world {
	w := &world{
		Rand: rand.New(rand.NewPCG(seed, 0)), name: name, data: data, files: files,
		states: []state{{}}, acts: map[string]*act{}, left: map[string]bool{},
	}
	transport := &http.Transport{MaxIdleConnsPerHost: numClients + 1}
	for i := range numClients + 1 { // the last one looks, and imports nothing
		id := fmt.Sprintf("%s.%d", name, i)
		m := &maker{Rand: rand.New(rand.NewPCG(seed, uint64(i+1))), files: files, id: id}
		w.clients = append(w.clients, &client{maker: m, data: data, http: &http.Client{Transport: transport}})
	}
	return w
}

// note writes the world's log.
func (w *world) note(format string, args ...any) {
	w.log = append(w.log, fmt.Sprintf(format, args...))
}

// history returns the end of the log.
func (w *world) history() string {
	return strings.Join(w.log[max(0, len(w.log)-80):], "\n")
}

// run kills the console that many times, and looks at it after each restart.
func (w *world) run(kills int) error {
	token, err := process.Command(program, w.data, "token", "add", "crash", "--role", "admin")
	if err != nil {
		return err
	}
	for _, c := range w.clients {
		c.token = token
	}
	for w.kills < kills {
		if err := w.again(); err != nil {
			return fmt.Errorf("console %s, after %d kills: %w", w.name, w.kills, err)
		}
	}
	return w.last()
}

// again starts the console, holds it against the model, lets the clients work and kills
// it. Now and then it is killed before it is ready.
func (w *world) again() error {
	for w.IntN(5) == 0 {
		p, err := process.Launch(program, w.data, nil, "--allow-private-net")
		if err != nil {
			return err
		}
		pause := w.upTo(120 * time.Millisecond)
		time.Sleep(pause)
		if err := p.Kill(); err != nil {
			return err
		}
		w.kills++
		w.note("killed %v after the start", pause)
	}
	p, err := w.start()
	if err != nil {
		return err
	}
	if err := w.verify(w.IntN(10) == 0); err != nil {
		return errors.Join(err, p.Kill())
	}
	pause := w.upTo(400 * time.Millisecond)
	err = w.work(p, pause)
	w.kills++
	w.note("killed %v after the clients began", pause)
	return err
}

// last looks at everything once more, with nobody at work.
func (w *world) last() error {
	p, err := w.start()
	if err != nil {
		return err
	}
	return errors.Join(w.verify(true), p.Kill())
}

// upTo returns a random time, more often a short one.
func (w *world) upTo(most time.Duration) time.Duration {
	return time.Duration(w.Float64() * w.Float64() * float64(most))
}

// start starts the console and waits until it is ready.
func (w *world) start() (*process.Console, error) {
	p, err := process.Launch(program, w.data, nil, "--allow-private-net")
	if err != nil {
		return nil, err
	}
	if err := p.Wait(); err != nil {
		return nil, err
	}
	w.url = p.URL
	for _, c := range w.clients {
		c.url, c.newest = w.url, int64(len(w.revisions))
	}
	return p, nil
}

// work lets the clients import for a while and kills the console under them.
func (w *world) work(p *process.Console, pause time.Duration) error {
	ctx, stop := context.WithCancel(context.Background())
	errs := make([]error, numClients)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = w.clients[i].run(ctx) })
	}
	time.Sleep(pause)
	killed := p.Kill()
	stop()
	wg.Wait()
	if err := errors.Join(append(errs, killed)...); err != nil {
		return err
	}
	for _, c := range w.clients {
		c.http.CloseIdleConnections()
		for _, a := range c.acts {
			w.sent(a)
		}
		c.acts = nil
	}
	return nil
}

// sent remembers what a client has sent.
func (w *world) sent(a *act) {
	key := a.note
	if a.doc != nil {
		key = a.doc.sum
	}
	w.acts[key] = a
	w.round = append(w.round, a)
	w.note("%v", a)
}
