package node

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"ekuiper-console/core"
)

// Times say how long is waited for a node. The zero value means the defaults.
type Times struct {
	Ask    time.Duration // for a short answer
	Export time.Duration // for all that a node holds
	Import time.Duration // for the end of an import
	Settle time.Duration // for rules to start
	Fresh  time.Duration // for as long, what was read of a node passes for what it holds
	Return time.Duration // for a node to come back that broke off in the middle of an import, and for one that is to restart to go

	Restart time.Duration // for a node to come back that was told to restart
	Glance  time.Duration // for what a node holds, by somebody who only looks
}

// The defaults. The engine ends an answer after five minutes: who waits longer hears of it.
// So long it may also take to install, when it starts, what waits for that.
var defaultTimes = Times{
	Ask: 10 * time.Second, Export: time.Minute, Import: 6 * time.Minute, Settle: 10 * time.Second, Fresh: 2 * time.Second,
	Return: time.Minute, Restart: 6 * time.Minute, Glance: 2 * time.Second,
}

// or returns the times with the defaults in place of zeros.
func (t Times) or(other Times) Times {
	for mine, theirs := range map[*time.Duration]time.Duration{
		&t.Ask: other.Ask, &t.Export: other.Export, &t.Import: other.Import, &t.Settle: other.Settle, &t.Return: other.Return, &t.Fresh: other.Fresh,
		&t.Restart: other.Restart, &t.Glance: other.Glance,
	} {
		if *mine <= 0 {
			*mine = theirs
		}
	}
	return t
}

// maxAnswer bounds what a node may answer, in bytes.
const maxAnswer = 512 << 20

// Client speaks the REST API of one node. It is safe for concurrent use.
type Client struct {
	node  Node
	http  *http.Client
	times Times
	limit int64 // bytes of an answer
	links Links // that may stand in what it exports; may be nil
}

// NewClient returns a client of a node that was checked.
func NewClient(n Node, times Times) *Client {
	trusted := &tls.Config{MinVersion: tls.VersionTLS12}
	if n.CA != "" {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		pool.AppendCertsFromPEM([]byte(n.CA))
		trusted.RootCAs = pool
	}
	// The engine closes after each answer anyway. A redirect is not followed: it would
	// carry the credentials to somebody else.
	return &Client{node: n, times: times.or(defaultTimes), limit: maxAnswer, http: &http.Client{
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: trusted, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// request is one question to a node.
type request struct {
	within time.Duration
	method string
	path   string // with its query
	body   any    // sent as JSON; nil for none
}

// answer is what a node answered with success.
type answer struct {
	body []byte
	date time.Time     // of the node's clock; zero where it does not say
	sent time.Time     // when the question was sent
	took time.Duration // until the answer began
}

// call asks a node. The error is a core.Error that wraps a *Trouble or a *Refusal, or
// one of the caller's own.
func (c *Client) call(ctx context.Context, q request) (answer, error) {
	inner, cancel := context.WithTimeout(ctx, q.within)
	defer cancel()
	req, err := c.request(inner, q)
	if err != nil {
		return answer{}, err
	}
	a := answer{sent: time.Now()}
	resp, err := c.http.Do(req)
	if err != nil {
		return a, unanswered(ctx, c.node.Name, q.within, err)
	}
	defer resp.Body.Close()
	a.took = time.Since(a.sent)
	a.date, _ = http.ParseTime(resp.Header.Get("Date")) // zero where it does not say
	if a.body, err = io.ReadAll(io.LimitReader(resp.Body, c.limit+1)); err != nil {
		return a, unanswered(ctx, c.node.Name, q.within, err)
	}
	if int64(len(a.body)) > c.limit {
		return a, trouble(c.node.Name, Incompatible, "its answer is over the limit of %d bytes", c.limit)
	}
	return a, c.judge(resp, a.body)
}

func (c *Client) request(ctx context.Context, q request) (*http.Request, error) {
	var payload io.Reader
	if q.body != nil {
		text, err := json.Marshal(q.body)
		if err != nil {
			return nil, core.Errorf(core.Internal, "writing a request: %w", err)
		}
		payload = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, q.method, c.node.URL+q.path, payload)
	if err != nil {
		return nil, core.Errorf(core.Invalid, "asking %s: %w", c.node.Name, err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "ekuiper-console")
	if q.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	credentials, err := c.node.Auth.header(time.Now())
	if credentials != "" {
		req.Header.Set("Authorization", credentials)
	}
	return req, err
}

// judge returns the error that an answer without success stands for.
func (c *Client) judge(resp *http.Response, body []byte) error {
	name, said := c.node.Name, messageIn(body)
	if said == "" {
		said = resp.Status
	}
	switch code := resp.StatusCode; {
	case code == http.StatusOK || code == http.StatusCreated:
		return nil
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return trouble(name, Unauthorised, "%s", said)
	case code >= 300 && code < 400:
		return trouble(name, Incompatible, "it leads on to %s", resp.Header.Get("Location"))
	case code >= 500 || code == http.StatusTooManyRequests:
		return trouble(name, Unreachable, "%s", said)
	}
	return core.Errorf(core.Invalid, "%w", &Refusal{Node: name, Status: resp.StatusCode, Message: said})
}

// read decodes an answer. What is no JSON of that form does not come from an eKuiper.
func (c *Client) read(a answer, what string, v any) error {
	if err := json.Unmarshal(a.body, v); err != nil {
		return trouble(c.node.Name, Incompatible, "what it answers for %s is not understood: %s", what, excerpt(string(a.body)))
	}
	return nil
}

// longestExcerpt bounds what is quoted of an answer that is not understood, in bytes.
const longestExcerpt = 120

// excerpt returns the beginning of a text on one line.
func excerpt(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "�")), " ")
	if len(text) > longestExcerpt {
		text = strings.ToValidUTF8(text[:longestExcerpt], "") + "…"
	}
	if text == "" {
		return "nothing"
	}
	return text
}
