package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// server is what is held against the contract.
type server struct {
	url     string
	auth    string // the Authorization header; empty for none
	console bool   // it is a console, of which some things are expected that an engine does otherwise
}

// answer is a response that was read.
type answer struct {
	status  int
	header  http.Header
	body    string
	message string // of an error
}

var client = &http.Client{Timeout: time.Minute}

// ask sends a request.
func (s *server) ask(t testing.TB, method, path, body string) answer {
	t.Helper()
	a, err := s.try(method, path, body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

func (s *server) try(method, path, body string) (answer, error) {
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	if s.auth != "" {
		req.Header.Set("Authorization", s.auth)
	}
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	a := answer{status: resp.StatusCode, header: resp.Header, body: string(data)}
	var failure struct{ Message string }
	if json.Unmarshal(data, &failure) == nil {
		a.message = failure.Message
	}
	return a, err
}

// want fails unless the answer has a status and, of an error, a message with these words.
func (a answer) want(t testing.TB, what string, status int, message string) {
	t.Helper()
	if a.status != status || !strings.Contains(a.message, message) {
		t.Errorf("%s: %d %s, want %d %s", what, a.status, short(a.body), status, message)
	}
}

// short returns the beginning of a text.
func short(text string) string {
	if len(text) > 400 {
		return text[:400] + "…"
	}
	return text
}

// document is a bundle: texts by section and name.
type document map[string]map[string]string

// sections are the sections of a bundle, in the order in which they are written.
var sections = []string{
	"streams", "tables", "rules", "nativePlugins", "portablePlugins", "sourceConfig", "sinkConfig", "connectionConfig", "Service", "Schema", "uploads", "scripts",
}

// content returns the body of an import of a text.
func content(text string) string {
	body, err := json.Marshal(map[string]string{"content": text})
	if err != nil {
		panic(err) // a string always encodes
	}
	return string(body)
}

// body returns the body of an import.
func (d document) body() string { return content(d.text()) }

// text returns the document as it is imported.
func (d document) text() string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(d); err != nil {
		panic(err) // strings always encode
	}
	return b.String()
}

// entries returns what is there, as lines "section/name=text".
func (d document) entries() map[string]string {
	all := map[string]string{}
	for section, texts := range d {
		for name, text := range texts {
			all[section+"/"+name] = text
		}
	}
	return all
}

// parse reads a bundle, or a report.
func parse(text string) (d document, err error) {
	err = json.Unmarshal([]byte(text), &d)
	return d, err
}

// holds returns all that the server holds.
func (s *server) holds(t testing.TB) document {
	t.Helper()
	d, err := parse(s.ask(t, "GET", "/data/export", "").body)
	if err != nil {
		t.Fatalf("what is exported is no bundle: %v", err)
	}
	return d
}

// set empties the server and gives it a document.
func (s *server) set(t testing.TB, d document) {
	t.Helper()
	if a := s.ask(t, "POST", "/data/import", d.body()); a.status != http.StatusOK {
		t.Fatalf("importing %v: %d %s", d, a.status, short(a.body))
	}
}

// same fails unless the server holds these entries, and no others of the sections that
// every import replaces.
func (s *server) same(t testing.TB, what string, want document) {
	t.Helper()
	got := s.holds(t)
	for _, section := range []string{"streams", "tables", "rules"} {
		if g, w := fmt.Sprint(got[section]), fmt.Sprint(want[section]); g != w && len(got[section])+len(want[section]) > 0 {
			t.Errorf("%s: %s are %s, want %s", what, section, short(g), w)
		}
	}
}

// either returns what is expected of this server.
func either[T any](s *server, console, engine T) T {
	if s.console {
		return console
	}
	return engine
}
