package handlers_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/web/handlers"
	"ekuiper-console/web/metrics"
)

// TestRequestID: one that a client gives is taken over when it is sane.
func TestRequestID(t *testing.T) {
	var log lockedBuilder
	s := open(t, func(s *handlers.Server) { s.Log = log.structured() })
	for given, taken := range map[string]bool{
		"": false, "trace-0815.a_b": true, "short": false, "with space and more": false, "new\tline-12345": false, strings.Repeat("x", 65): false, "id=1;level=x": false,
	} {
		req, _ := http.NewRequest("GET", s.URL+"/rules/none", nil)
		req.Header.Set("Authorization", "Bearer "+s.tokens["viewer"])
		if given != "" {
			req.Header.Set("X-Request-Id", given)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		id := resp.Header.Get("X-Request-Id")
		if (id == given) != taken || len(id) < 8 {
			t.Errorf("X-Request-Id %q was answered with %q", given, id)
		}
		if !strings.Contains(string(body), `"request":"`+id+`"`) || !strings.Contains(log.String(), "request="+id) {
			t.Errorf("%q is not in the body %s or not in the log", id, body)
		}
	}
	b := s.signedIn(core.Viewer)
	page := s.read(b.Get(s.URL + "/ui/nothing"))
	if id := page.Header.Get("X-Request-Id"); !strings.Contains(page.body, "<code>"+id+"</code>") {
		t.Errorf("the error page does not tell the id %s", id)
	}
}

// TestNoSecretInAnyLine sends secrets wherever a request can hold one, to routes that
// work, refuse and fail.
func TestNoSecretInAnyLine(t *testing.T) {
	const secret = "hunter2-hunter2"
	var log lockedBuilder
	s := open(t, func(s *handlers.Server) {
		s.Log = log.structured()
		s.Probes = []handlers.Probe{{"store", func(context.Context) error { return errors.New("gone") }}}
	})
	for _, route := range handlers.AllRoutes(s.server) {
		method, path, _ := strings.Cut(route, " ")
		for _, auth := range []string{"Bearer " + secret, "Bearer " + s.tokens["admin"], secret + "." + secret + "." + secret} {
			s.send(method, path+"?token="+secret+"&password="+secret, `{"password":"`+secret+`"}`, "Authorization", auth, "Cookie", "session="+secret, "Referer", "http://x/?token="+secret)
		}
	}
	if out := log.String(); strings.Contains(out, "hunter2") || strings.Contains(out, s.tokens["admin"]) || strings.Count(out, "\n") < 100 {
		t.Errorf("the log has a secret, or little else: %.2000s", out)
	}
}

func TestReadiness(t *testing.T) {
	well := func(context.Context) error { return nil }
	s := open(t, func(s *handlers.Server) { s.Probes = []handlers.Probe{{"store", well}, {"artifacts", well}} })
	s.send("GET", "/healthz", "", "Authorization", "").want(t, 200, "ok")
	s.send("GET", "/readyz", "", "Authorization", "").want(t, 200, `{"ready":true,"checks":{"artifacts":"ok","store":"ok"}}`)
	s = open(t, func(s *handlers.Server) {
		s.Probes = []handlers.Probe{{"store", well}, {"artifacts", func(context.Context) error { return errors.New("read-only") }}}
	})
	s.send("GET", "/readyz", "", "Authorization", "").want(t, 503, `{"ready":false,"checks":{"artifacts":"read-only","store":"ok"}}`)
	s.send("GET", "/healthz", "", "Authorization", "").want(t, 200, "ok")
}

// counted gives a console metrics.
func counted(door handlers.MetricsDoor) func(*handlers.Server) {
	return func(s *handlers.Server) {
		s.Metrics = metrics.New("test", metrics.Now{
			Entries: func(context.Context) (map[string]int, error) { return map[string]int{"streams": 3}, nil },
			Tasks:   func(context.Context) (map[string]int, error) { return nil, errors.New("no answer") },
			Size:    func() int64 { return 4096 },
		})
		s.MetricsDoor, s.Transfer.Observe, s.Audit.Seen = door, s.Metrics.Import, s.Metrics.Event
	}
}

func TestMetrics(t *testing.T) {
	s := open(t, counted(handlers.MetricsByToken))
	s.importing(`{"streams":{"s":"CREATE STREAM s () WITH ()"}}`, "").want(t, 200, success)
	s.importing(`{"streams":{"s":"CREATE STREAM s () WITH ()","x":"no"}}`, "?partial=1")
	s.importing(`{}`, "?partial=1")
	s.importing(`[`, "")
	s.get("/data/export")
	s.post("/data/export", `["nope"]`)
	s.send("GET", "/streams", "", "Authorization", "Bearer wrong")
	s.get("/no/such/path")
	text := s.send("GET", "/metrics", "", "Authorization", "Bearer "+s.tokens["viewer"]).body
	for _, want := range []string{
		`console_transfer_duration_seconds_count{mode="full",result="applied",what="import"} 1`,
		`console_transfer_duration_seconds_count{mode="partial",result="rejected",what="import"} 1`,
		`console_transfer_duration_seconds_count{mode="partial",result="unchanged",what="import"} 1`,
		`console_transfer_duration_seconds_count{mode="full",result="failed",what="import"} 1`,
		`console_transfer_duration_seconds_count{mode="all",result="sent",what="export"} 1`,
		`console_transfer_duration_seconds_count{mode="rules",result="failed",what="export"} 1`,
		`console_http_request_duration_seconds_count{method="POST",route="/data/import",status="400"} 2`,
		`console_refusals_total{action="token-refused"} 1`, `console_refusals_total{action="sign-in-refused"} 0`,
		`console_entries{section="streams"} 3`, `console_store_bytes 4096`, `console_build_info{version="test"} 1`, `go_goroutines`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	if strings.Contains(text, "/no/such/path") || strings.Contains(text, "console_tasks{") {
		t.Error("the metrics have a path that anybody may make up, or numbers that could not be read")
	}
}

func TestMetricsDoor(t *testing.T) {
	for _, tt := range []struct {
		door          handlers.MetricsDoor
		nobody, token int
	}{{handlers.MetricsByToken, 401, 200}, {handlers.MetricsOpen, 200, 200}, {handlers.MetricsOff, 401, 404}} {
		s := open(t, counted(tt.door))
		if a := s.send("GET", "/metrics", "", "Authorization", ""); a.StatusCode != tt.nobody {
			t.Errorf("door %d: nobody gets %d, want %d", tt.door, a.StatusCode, tt.nobody)
		}
		if a := s.get("/metrics"); a.StatusCode != tt.token {
			t.Errorf("door %d: a token gets %d, want %d", tt.door, a.StatusCode, tt.token)
		}
	}
}

// TestProxies has the address of the client, and its scheme, from proxies that are
// trusted and others.
func TestProxies(t *testing.T) {
	for _, tt := range []struct{ trusted, forwarded, proto, want string }{
		{"", "192.0.2.1", "https", "127.0.0.1 http"},
		{"10.0.0.0/8", "192.0.2.1", "https", "127.0.0.1 http"},
		{"127.0.0.0/8", "", "", "127.0.0.1 http"},
		{"127.0.0.0/8", "192.0.2.1", "https", "192.0.2.1 https"},
		{"127.0.0.0/8", "192.0.2.1:4711", "HTTPS", "192.0.2.1 https"},
		{"127.0.0.0/8", "[2001:db8::1]:4711", "http", "2001:db8::1 http"},
		{"127.0.0.0/8", "1.1.1.1, 192.0.2.1", "https, http", "192.0.2.1 http"},
		{"127.0.0.0/8 10.0.0.0/8", "1.1.1.1, 192.0.2.1, 10.1.2.3", "https", "192.0.2.1 https"},
		{"127.0.0.0/8 10.0.0.0/8", "10.9.9.9", "https", "10.9.9.9 https"},
		{"127.0.0.0/8", "192.0.2.1, nonsense", "https", "127.0.0.1 https"},
	} {
		var log lockedBuilder
		s := open(t, func(s *handlers.Server) {
			s.Log = log.structured()
			for _, p := range strings.Fields(tt.trusted) {
				s.Proxies = append(s.Proxies, netip.MustParsePrefix(p))
			}
		})
		a := s.send("GET", "/ui/sign-in", "", "X-Forwarded-For", tt.forwarded, "X-Forwarded-Proto", tt.proto)
		scheme := "http"
		if a.Header.Get("Strict-Transport-Security") != "" {
			scheme = "https"
		}
		from := regexp.MustCompile(`from="?([^" ]+)`).FindStringSubmatch(log.String())[1]
		if host, _, err := net.SplitHostPort(from); err == nil {
			from = host
		}
		if got := from + " " + scheme; got != tt.want {
			t.Errorf("trusting %q, For %q, Proto %q: %s, want %s", tt.trusted, tt.forwarded, tt.proto, got, tt.want)
		}
	}
}

// TestCookiesOnTLS signs in by https: the cookie is bound to this host and to https.
func TestCookiesOnTLS(t *testing.T) {
	s := open(t)
	plain := s.signedIn(core.Viewer)
	secure := httptest.NewTLSServer(s.server.Handler())
	defer secure.Close()
	b := secure.Client()
	b.Jar, _ = cookiejar.New(nil)
	resp, err := b.PostForm(secure.URL+"/ui/sign-in", url.Values{"user": {"u-viewer"}, "password": {password}})
	if err != nil || resp.Request.URL.Path == "/ui/sign-in" {
		t.Fatalf("signing in by https led to %v, %v", resp, err)
	}
	resp.Body.Close()
	cookies := resp.Request.Header.Get("Cookie")
	if !strings.HasPrefix(cookies, "__Host-console_session=") || resp.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("by https the cookies are %s, HSTS %q", cookies, resp.Header.Get("Strict-Transport-Security"))
	}
	a := s.read(plain.Get(s.URL + "/ui/settings"))
	if a.StatusCode != 200 || strings.Contains(a.Request.Header.Get("Cookie"), "__Host-") || a.Header.Get("Strict-Transport-Security") != "" {
		t.Errorf("by http: %d, cookies %s", a.StatusCode, a.Request.Header.Get("Cookie"))
	}
}

// TestSessionIsRenewed signs in where a cookie is set already: it opens nothing.
func TestSessionIsRenewed(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Viewer)
	before := b.Jar.Cookies(mustParse(s.URL))[0]
	s.form(b, "/ui/sign-in", "user", "u-viewer", "password", password, "next", "/ui/settings").at(t, 200, "/ui/settings")
	after := b.Jar.Cookies(mustParse(s.URL))[0]
	if before.Value == after.Value {
		t.Error("the cookie of before is that of the new session")
	}
	old := s.browser()
	old.Jar.SetCookies(mustParse(s.URL), []*http.Cookie{before})
	s.read(old.Get(s.URL+"/ui/settings")).at(t, 200, "/ui/sign-in")
}

// raw opens a connection and sends the beginning of a request.
func (s *site) raw(text string) net.Conn {
	s.t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprint(c, text)
	return c
}

// head begins an import of length bytes.
func (s *site) head(length int) string {
	return fmt.Sprintf("POST /data/import HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", s.tokens["operator"], length)
}

// TestSlowBody: a client that hardly sends is given up, one that sends slowly but
// steadily passes, even when that takes longer than the grace.
func TestSlowBody(t *testing.T) {
	s := open(t, func(s *handlers.Server) { s.Pace = handlers.Pace{Grace: 300 * time.Millisecond, Rate: 200} })
	stuck := s.raw(s.head(100) + `{"content":`)
	resp, err := http.ReadResponse(bufio.NewReader(stuck), nil)
	if err != nil || resp.StatusCode != http.StatusRequestTimeout {
		t.Fatalf("a body that does not come: %v, %v", resp, err)
	}
	var body struct{ Message string }
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil || body.Message != "the body comes too slowly" {
		t.Errorf("it is answered with %q, %v", body.Message, err)
	}
	unread := s.raw("POST /ui/sign-out HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nx")
	if resp, err := http.ReadResponse(bufio.NewReader(unread), nil); err != nil || resp.StatusCode != http.StatusSeeOther {
		t.Errorf("a body that does not come and is not read: %v, %v", resp, err)
	}
	doc := content(`{"streams":{}}` + strings.Repeat(" ", 400))
	steady := s.raw(s.head(len(doc)))
	for part := doc; part != ""; time.Sleep(50 * time.Millisecond) {
		n := min(40, len(part))
		fmt.Fprint(steady, part[:n])
		part = part[n:]
	}
	if resp, err := http.ReadResponse(bufio.NewReader(steady), nil); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("a steady body: %v, %v", resp, err)
	}
}

// TestLongWork: the deadlines of the body must not end a handler that works longer, nor
// the next request on the connection.
func TestLongWork(t *testing.T) {
	s := open(t, func(s *handlers.Server) {
		s.Pace = handlers.Pace{Grace: 100 * time.Millisecond, Rate: 1 << 20}
		s.Probes = []handlers.Probe{{"slow", func(ctx context.Context) error {
			time.Sleep(400 * time.Millisecond)
			return ctx.Err()
		}}}
	})
	c := s.raw("")
	answers := bufio.NewReader(c)
	for range 3 {
		fmt.Fprint(c, "GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}")
		resp, err := http.ReadResponse(answers, nil)
		if err != nil || resp.StatusCode != 200 {
			t.Fatalf("%v, %v", resp, err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		time.Sleep(200 * time.Millisecond)
	}
}

// TestImportsAtOnce fills the slots with imports whose bodies do not end.
func TestImportsAtOnce(t *testing.T) {
	s := open(t, func(s *handlers.Server) { s.MaxImports = 2 })
	first, second := s.raw(s.head(100)+`{"con`), s.raw(s.head(100)+`{"con`)
	time.Sleep(100 * time.Millisecond)
	a := s.importing(`{}`, "?partial=1")
	a.want(t, 503, `{"error":1000,"message":"too many imports are under way","hint":"try again in a moment"}`)
	if a.Header.Get("Retry-After") == "" {
		t.Error("there is no Retry-After")
	}
	s.get("/streams").want(t, 200, "[]")
	first.Close()
	second.Close()
	s.importing(`{}`, "?partial=1").want(t, 200, success)
}

// TestBodyLimits sends more than any form needs to every route that takes no document.
func TestBodyLimits(t *testing.T) {
	s := open(t)
	big := strings.Repeat(" ", 9<<20)
	for _, route := range []string{"POST /data/export", "POST /api/v1/users", "POST /api/v1/tokens"} {
		method, path, _ := strings.Cut(route, " ")
		if a := s.send(method, path, big, "Authorization", "Bearer "+s.tokens["admin"]); a.StatusCode != 413 {
			t.Errorf("%s takes 9 MiB: %d", route, a.StatusCode)
		}
	}
	for _, route := range handlers.Heavy() {
		if !strings.Contains(strings.Join(handlers.AllRoutes(s.server), "\n")+"\n", route+"\n") {
			t.Errorf("%s may take documents, and is no route", route)
		}
	}
}

// TestEventsEnd: streams of events end when the program does.
func TestEventsEnd(t *testing.T) {
	ending := make(chan struct{})
	s := open(t, func(s *handlers.Server) { s.Ending = ending })
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(slow.Close)
	id := s.start(t, "?partial=1", `{"file":"`+slow.URL+`"}`)
	resp, err := http.DefaultClient.Do(s.request("GET", "/api/v1/tasks/"+id+"/events"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	over := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, resp.Body)
		over <- err
	}()
	select {
	case <-over:
		t.Fatal("the stream has ended by itself")
	case <-time.After(100 * time.Millisecond):
	}
	close(ending)
	select {
	case <-over:
	case <-time.After(5 * time.Second):
		t.Error("the stream does not end")
	}
	s.post("/async/task/"+id+"/cancel", "")
}

// request makes a request of an operator.
func (s *site) request(method, path string) *http.Request {
	s.t.Helper()
	req, err := http.NewRequest(method, s.URL+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.tokens["operator"])
	return req
}

// TestHTTP2 imports over HTTP/2, where deadlines belong to streams.
func TestHTTP2(t *testing.T) {
	s := open(t)
	secure := httptest.NewUnstartedServer(s.server.Handler())
	secure.EnableHTTP2 = true
	secure.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	secure.StartTLS()
	defer secure.Close()
	req, _ := http.NewRequest("POST", secure.URL+"/data/import", strings.NewReader(content(`{"streams":{"s":"CREATE STREAM s () WITH ()"}}`)))
	req.Header.Set("Authorization", "Bearer "+s.tokens["operator"])
	resp, err := secure.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.ProtoMajor != 2 || resp.StatusCode != 200 {
		t.Errorf("%s %s", resp.Proto, resp.Status)
	}
}
