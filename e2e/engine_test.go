package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// engine is as much of an eKuiper as a console asks for. It refuses the entries whose text
// says refuse, loses those whose text says lose, writes those anew whose text says other,
// and the rules whose text says fail stop by an error. It cannot be stopped.
type engine struct {
	mu    sync.Mutex
	holds map[string]map[string]string
	hangs bool // it tells no more what it holds
	done  chan struct{}
}

// openEngine starts an engine that holds a bundle, and returns its address.
func openEngine(t *testing.T, doc string) (*engine, string) {
	t.Helper()
	e := &engine{holds: map[string]map[string]string{"streams": {}, "tables": {}, "rules": {}}, done: make(chan struct{})}
	e.take(doc)
	server := httptest.NewServer(http.HandlerFunc(e.answer))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(e.done) })
	return e, server.URL
}

// hang has the engine tell no more what it holds.
func (e *engine) hang() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.hangs = true
}

func (e *engine) answer(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	rule, status := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/rules/"), "/status")
	switch {
	case r.URL.Path == "/":
		_, _ = io.WriteString(w, `{"version":"2.4.0","os":"linux","arch":"amd64","upTimeSeconds":86400}`)
	case r.URL.Path == "/data/export" && e.hangs:
		e.mu.Unlock()
		select {
		case <-e.done:
		case <-r.Context().Done():
		}
		e.mu.Lock()
	case r.URL.Path == "/data/export":
		_ = json.NewEncoder(w).Encode(e.holds)
	case r.URL.Path == "/data/import":
		var body struct{ Content string }
		_ = json.NewDecoder(r.Body).Decode(&body)
		e.say(w, e.take(body.Content))
	case r.URL.Path == "/rules":
		list := []map[string]string{}
		for id := range e.holds["rules"] {
			list = append(list, map[string]string{"id": id, "status": e.state(id)})
		}
		_ = json.NewEncoder(w).Encode(list)
	case status:
		fmt.Fprintf(w, `{"status":%q,"message":"dial tcp 10.20.4.11:1883: connect: connection refused"}`, e.state(rule))
	default:
		http.NotFound(w, r)
	}
}

// take lays a bundle over what is held, and returns what is to be said of its entries.
func (e *engine) take(doc string) map[string]map[string]string {
	var b, said map[string]map[string]string
	_ = json.Unmarshal([]byte(doc), &b)
	said = map[string]map[string]string{}
	for section, texts := range b {
		if e.holds[section] == nil {
			e.holds[section] = map[string]string{}
		}
		for name, text := range texts {
			switch {
			case strings.Contains(text, "refuse"):
				said[section] = map[string]string{name: `found "` + name + `", expected keyword stream or table.`}
			case strings.Contains(text, "other"):
				e.holds[section][name] = strings.Replace(text, "other", "another", 1)
			case !strings.Contains(text, "lose"):
				e.holds[section][name] = text
			}
		}
	}
	return said
}

// say answers an import.
func (e *engine) say(w http.ResponseWriter, said map[string]map[string]string) {
	report, _ := json.Marshal(said)
	if len(said) > 0 {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":1000,"message":%q}`, report)
		return
	}
	fmt.Fprintf(w, `{"ErrorMsg":"","ConfigResponse":%s}`, report)
}

// state says what a rule does.
func (e *engine) state(id string) string {
	if strings.Contains(e.holds["rules"][id], "fail") {
		return "stopped by error"
	}
	return "running"
}
