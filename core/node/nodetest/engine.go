// Package nodetest has a small eKuiper for tests, with the engine's habits around imports
// and with faults that a test asks for.
package nodetest

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/secret"
)

// Fault is what an engine does in place of an answer.
type Fault string

// The faults.
const (
	Hang     Fault = "hang"     // it never answers
	Die      Fault = "die"      // it closes the connection
	DieAfter Fault = "dieAfter" // it does what it was asked, and closes the connection
	Gone     Fault = "gone"     // it does what it was asked, and never answers again
	Garbage  Fault = "garbage"  // it answers with something else
	Denied   Fault = "denied"   // it answers 401
	Broken   Fault = "broken"   // it answers 503
	Moved    Fault = "moved"    // it leads elsewhere
	Missing  Fault = "missing"  // it answers 404
)

// Ending is what comes of stopping an engine.
type Ending string

// The endings.
const (
	Restarts Ending = ""        // it comes back soon
	Stays    Ending = "stays"   // it answers that it ends, and goes on
	Leaves   Ending = "leaves"  // it never comes back
	Updates  Ending = "updates" // it comes back as another version
	Refuses  Ending = "refuses" // it has no such route
)

// away is how many requests an engine that restarts leaves without an answer.
const away = 3

// Engine is an eKuiper that answers on loopback. Its fields may be changed under Do.
type Engine struct {
	*httptest.Server

	mu      sync.Mutex
	ending  chan struct{}
	away    int            // requests that it still leaves without an answer; below zero for all
	queued  *bundle.Bundle // what it installs when it starts
	Holds   *bundle.Bundle
	Version string
	UpTime  time.Duration       // for how long it has been running
	Token   string              // the value of the Authorization header that it asks for; empty for none
	Faults  map[string]Fault    // by the beginning of method and path, such as "POST /data/import"
	Refuses map[core.Ref]string // what it says of entries that it does not take; LINK stands for the address of their file
	Loses   map[core.Ref]bool   // entries that it takes and does not keep
	Stuck   map[string]string   // what it says of rules that do not run
	Unlists map[string]bool     // rules that it holds, and does not know as rules
	Masks   bool                // whether it exports stars in place of secrets
	Mends   bool                // whether a restart helps them
	Stops   Ending              // what comes of stopping it
	Boots   int                 // how often it has started anew
	OnBoot  func(*Engine)       // called then; may be nil
	Calls   []string            // method and address of each request
}

// Open starts an engine that holds the entries of a document.
func Open(t testing.TB, document string) *Engine {
	t.Helper()
	b, _, err := bundle.Decode([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	e := &Engine{ending: make(chan struct{}), Holds: b, Version: "2.4.0", UpTime: 7 * time.Second, queued: &bundle.Bundle{}, Faults: map[string]Fault{}, Refuses: map[core.Ref]string{}, Loses: map[core.Ref]bool{}, Stuck: map[string]string{}, Unlists: map[string]bool{}}
	e.Server = httptest.NewServer(http.HandlerFunc(e.answer))
	t.Cleanup(func() {
		close(e.ending)
		e.Server.CloseClientConnections()
		e.Server.Close()
	})
	return e
}

// Do changes the engine while it answers nobody.
func (e *Engine) Do(change func(*Engine)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	change(e)
}

// Called returns how many requests began with a method and path.
func (e *Engine) Called(prefix string) (n int) {
	e.Do(func(e *Engine) {
		for _, c := range e.Calls {
			if strings.HasPrefix(c, prefix) {
				n++
			}
		}
	})
	return n
}

func (e *Engine) answer(w http.ResponseWriter, r *http.Request) {
	call := r.Method + " " + r.URL.RequestURI()
	e.mu.Lock()
	e.Calls = append(e.Calls, call)
	var fault Fault
	for prefix, f := range e.Faults {
		if strings.HasPrefix(call, prefix) {
			fault = f
		}
	}
	if e.away != 0 {
		fault = Die
		if e.away--; e.away == 0 {
			e.boot()
		}
	}
	refused := e.Token != "" && r.URL.Path != "/" && r.Header.Get("Authorization") != e.Token
	e.mu.Unlock()
	if refused && fault != Die {
		fault = Denied
	}
	if !e.fail(w, r, fault) {
		e.Do(func(e *Engine) { e.serve(w, r) })
	}
}

// fail does what a fault says, and reports whether that is all.
func (e *Engine) fail(w http.ResponseWriter, r *http.Request, f Fault) bool {
	switch f {
	case Hang:
		select {
		case <-e.ending:
		case <-r.Context().Done():
		case <-time.After(time.Minute):
		}
		panic(http.ErrAbortHandler)
	case Die:
		panic(http.ErrAbortHandler)
	case DieAfter:
		e.Do(func(e *Engine) { e.serve(httptest.NewRecorder(), r) })
		panic(http.ErrAbortHandler)
	case Gone:
		e.Do(func(e *Engine) {
			e.serve(httptest.NewRecorder(), r)
			e.Faults = map[string]Fault{"": Die}
		})
		panic(http.ErrAbortHandler)
	case Garbage:
		_, _ = io.WriteString(w, "<html>Welcome</html>")
	case Denied:
		http.Error(w, "missing_token", http.StatusUnauthorized)
	case Broken:
		http.Error(w, "the proxy is tired", http.StatusServiceUnavailable)
	case Moved:
		http.Redirect(w, r, "http://elsewhere.invalid/", http.StatusFound)
	case Missing:
		http.NotFound(w, r)
	default:
		return false
	}
	return true
}

func (e *Engine) serve(w http.ResponseWriter, r *http.Request) {
	rule, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/rules/"), "/")
	switch r.Method + " " + r.URL.Path {
	case "GET /":
		fmt.Fprintf(w, `{"version":%q,"os":"linux","arch":"amd64","upTimeSeconds":%d}`, e.Version, e.UpTime/time.Second)
	case "GET /data/export":
		_ = e.shown().Encode(w)
	case "POST /data/import":
		e.take(w, r)
	case "POST /stop":
		if e.Stops == Refuses {
			http.NotFound(w, r)
			return
		}
		e.stop()
	case "GET /rules":
		e.rules(w)
	case "GET /rules/" + rule + "/status":
		e.status(w, rule)
	case "POST /rules/" + rule + "/restart":
		if e.Mends {
			delete(e.Stuck, rule)
		}
		fmt.Fprintf(w, "Rule %s was restarted", rule)
	default:
		if kind, name, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/schemas/"), "/"); ok && r.Method == http.MethodDelete {
			e.Holds.Delete(core.Ref{Kind: core.Schema, Name: kind + "_" + name})
			return
		}
		http.NotFound(w, r)
	}
}

// shown returns what the engine exports.
func (e *Engine) shown() *bundle.Bundle {
	if !e.Masks {
		return e.Holds
	}
	b := &bundle.Bundle{}
	for ref, text := range secret.MaskBundle(e.Holds).All() {
		b.Set(ref, strings.ReplaceAll(text, secret.Dots, secret.Stars))
	}
	return b
}

// rules lists the rules with what they do.
func (e *Engine) rules(w http.ResponseWriter) {
	list := []map[string]string{}
	for _, id := range e.Holds.Names(core.Rule) {
		if !e.Unlists[id] {
			list = append(list, map[string]string{"id": id, "status": e.state(id)})
		}
	}
	_ = json.NewEncoder(w).Encode(list)
}

func (e *Engine) status(w http.ResponseWriter, id string) {
	if e.Unlists[id] {
		http.Error(w, fmt.Sprintf(`{"error":1002,"message":"Rule %s is not found"}`, id), http.StatusNotFound)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"status": e.state(id), "message": e.Stuck[id]})
}

// state says what a rule does.
func (e *Engine) state(id string) string {
	text, _ := e.Holds.Get(core.Ref{Kind: core.Rule, Name: id})
	switch {
	case e.Stuck[id] != "":
		return "stopped by error"
	case strings.Contains(strings.ReplaceAll(text, " ", ""), `"triggered":false`):
		return "stopped"
	}
	return "running"
}

// stop ends the engine, after the answer that it is giving.
func (e *Engine) stop() {
	switch e.Stops {
	case Restarts, Updates:
		e.away = away
	case Leaves:
		e.away = -1
	}
}

// boot starts the engine anew: it installs what waits for that.
func (e *Engine) boot() {
	e.UpTime, e.Boots = 0, e.Boots+1
	if e.Stops == Updates {
		e.Version = "9.9.9"
	}
	if e.OnBoot != nil {
		e.OnBoot(e)
	}
	for ref, text := range e.queued.All() {
		if e.Refuses[ref] == "" && !e.Loses[ref] {
			e.Holds.Set(ref, text)
		}
	}
	e.queued = &bundle.Bundle{}
}

// take imports as the engine does: in full mode it resets all but schemas, and passes over
// native plugins and schemas, unless it is to stop afterwards: then they are installed when
// it starts. It stops only where it took all.
func (e *Engine) take(w http.ResponseWriter, r *http.Request) {
	var body struct{ Content string }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		fail(w, "Invalid body: Error decoding json: "+err.Error())
		return
	}
	full := r.URL.Query().Get("partial") != "1"
	stop := full && r.URL.Query().Get("stop") == "1"
	if full {
		e.reset()
	}
	b, _, err := bundle.Decode([]byte(body.Content))
	if err != nil {
		fail(w, "configuration unmarshal with error "+err.Error())
		return
	}
	report := &bundle.Bundle{}
	for ref, text := range b.All() {
		if stop && (ref.Kind == core.NativePlugin || ref.Kind == core.Schema) {
			e.queued.Set(ref, text)
			continue
		}
		if says := e.put(ref, text, full); says != "" {
			report.Set(ref, says)
		}
	}
	said, _ := report.MarshalJSON()
	if report.Len() > 0 {
		fail(w, string(said))
		return
	}
	fmt.Fprintf(w, `{"ErrorMsg":"","ConfigResponse":%s}`, said)
	if stop {
		e.stop()
	}
}

func (e *Engine) reset() {
	kept := &bundle.Bundle{}
	for name, text := range maps.Collect(e.Holds.Section(core.Schema)) {
		kept.Set(core.Ref{Kind: core.Schema, Name: name}, text)
	}
	e.Holds = kept
}

// laid returns a configuration laid over another one, key by key.
func laid(old, text string) string {
	var keys, over map[string]json.RawMessage
	if json.Unmarshal([]byte(old), &keys) != nil || json.Unmarshal([]byte(text), &over) != nil {
		return text
	}
	maps.Copy(keys, over)
	both, _ := json.Marshal(keys) // what was read can be written
	return string(both)
}

// put takes one entry, or says why not.
func (e *Engine) put(ref core.Ref, text string, full bool) string {
	old, exists := e.Holds.Get(ref)
	boot := ref.Kind == core.NativePlugin || ref.Kind == core.Schema
	switch {
	case full && boot || !full && exists && (boot || ref.Kind == core.PortablePlugin):
		return ""
	case !full && exists && ref.Kind == core.Service:
		return "service " + ref.Name + " exist"
	case e.Refuses[ref] != "":
		return strings.ReplaceAll(e.Refuses[ref], "LINK", fileIn(text))
	case !e.Loses[ref]:
		if exists && !full && ref.Kind.Partial() == core.Merge {
			text = laid(old, text)
		}
		e.Holds.Set(ref, text)
	}
	return ""
}

// fail answers as the engine does, with its own way of quoting.
func fail(w http.ResponseWriter, message string) {
	http.Error(w, fmt.Sprintf(`{"error":1000,"message":%q}`, message), http.StatusBadRequest)
}

// Has reports whether the engine holds all entries of a document.
func (e *Engine) Has(document string) (all bool) {
	b, _, err := bundle.Decode([]byte(document))
	if err != nil {
		return false
	}
	e.Do(func(e *Engine) {
		all = true
		for ref, text := range b.All() {
			holds, ok := e.Holds.Get(ref)
			all = all && ok && holds == text
		}
	})
	return all
}

// Is reports whether the engine holds the entries of a document, and nothing else.
func (e *Engine) Is(document string) (same bool) {
	b, _, err := bundle.Decode([]byte(document))
	e.Do(func(e *Engine) { same = err == nil && e.Holds.Equal(b) })
	return same
}

// Take lays the entries of a document over what the engine holds.
func (e *Engine) Take(document string) {
	b, _, err := bundle.Decode([]byte(document))
	if err != nil {
		panic(err)
	}
	e.Do(func(e *Engine) {
		for ref, text := range b.All() {
			e.Holds.Set(ref, text)
		}
	})
}

// fileIn returns the address of the file that an entry names.
func fileIn(text string) string {
	var entry struct{ File string }
	_ = json.Unmarshal([]byte(text), &entry) // what is no entry names none
	return entry.File
}
