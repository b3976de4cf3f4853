package load

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"time"
)

// password is that of the user admin.
const password = "only for the load test"

// targets are what a reader asks for, in turns.
var targets = []struct{ method, path, body string }{
	{"GET", "/ui/", ""},
	{"GET", "/data/export", ""},
	{"GET", "/ui/inventory", ""},
	{"GET", "/ui/inventory/rules?q=77", ""},
	{"POST", "/data/export", `["r7","r77","r777"]`},
	{"GET", "/ui/inventory/rules/r42", ""},
	{"GET", "/ui/history", ""},
	{"GET", "/api/v1/entries?q=s99&limit=20", ""},
	{"GET", "/ui/export?q=55", ""},
	{"GET", "/rules/r1", ""},
	{"GET", "/ui/settings", ""},
}

// rest is how long a reader looks at an answer.
const rest = 250 * time.Millisecond

// client asks a console.
type client struct {
	*http.Client
	url, token string
}

// signedIn returns a client with a connection and a session of its own.
func signedIn(address, token string) (*client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := &client{&http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 1}, Timeout: 2 * time.Minute}, address, token}
	resp, err := c.PostForm(address+"/ui/sign-in", url.Values{"user": {"admin"}, "password": {password}})
	if err != nil {
		return nil, err
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.Request.URL.Path != "/ui/" {
		return nil, fmt.Errorf("signing in led to %v with %s", resp.Request.URL, resp.Status)
	}
	return c, nil
}

// ask sends a request and reads the answer, which must be good.
func (c *client) ask(method, path, body string) ([]byte, error) {
	req, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	resp, err := c.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s = %s: %.500s", method, path, resp.Status, answer)
	}
	if err == nil && strings.HasPrefix(path, "/ui/") && !bytes.HasSuffix(bytes.TrimSpace(answer), []byte("</html>")) {
		err = fmt.Errorf("%s %s is no whole page: %.500s", method, path, answer)
	}
	return answer, err
}

// read asks for one thing after the other until the end, and returns how long each took.
func (c *client) read(ctx context.Context, first int) ([]time.Duration, error) {
	var took []time.Duration
	for i := first; ctx.Err() == nil; i++ {
		t, began := targets[i%len(targets)], time.Now()
		if _, err := c.ask(t.method, t.path, t.body); err != nil {
			return took, err
		}
		took = append(took, time.Since(began))
		time.Sleep(rest)
	}
	return took, nil
}

// readers are the clients that read.
type readers []*client

// read has all of them read for a while.
func (all readers) read(ctx context.Context) ([]time.Duration, error) {
	var mu sync.Mutex
	var took []time.Duration
	var failed error
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	for i, c := range all {
		wg.Go(func() {
			mine, err := c.read(ctx, i)
			mu.Lock()
			defer mu.Unlock()
			took = append(took, mine...)
			if err != nil && failed == nil {
				failed = fmt.Errorf("reader %d: %w", i, err)
				cancel()
			}
		})
	}
	wg.Wait()
	return took, failed
}

// leave closes the connections of all.
func (all readers) leave() {
	for _, c := range all {
		c.CloseIdleConnections()
	}
}

// write imports one bundle after the other until the end, each of which changes every rule,
// and returns how many.
func (c *client) write(ctx context.Context) (n int, err error) {
	for ; ctx.Err() == nil; n++ {
		if _, err := c.ask("POST", "/data/import", document(n)); err != nil {
			return n, fmt.Errorf("import %d: %w", n, err)
		}
	}
	return n, nil
}

// document is an import of 10,000 entries.
func document(version int) string {
	streams, rules := map[string]string{}, map[string]string{}
	for i := range 5000 {
		s := fmt.Sprint("s", i)
		streams[s] = fmt.Sprintf(`CREATE STREAM %s (id BIGINT, v FLOAT) WITH (DATASOURCE="a/%d", FORMAT="JSON")`, s, i)
		rules[fmt.Sprint("r", i)] = fmt.Sprintf(`{"id":"r%d","sql":"SELECT id, %d AS n FROM %s WHERE v > %d","actions":[{"log":{}}]}`, i, version, s, i)
	}
	return marshal(map[string]string{"content": marshal(map[string]any{"streams": streams, "rules": rules})})
}

// marshal writes a value as JSON.
func marshal(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}
