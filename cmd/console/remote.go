package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

// remote is a console that runs elsewhere.
type remote struct {
	base   string
	token  string
	client *http.Client
}

func newRemote(server *url.URL, token string) (*remote, error) {
	if server.Scheme != "http" && server.Scheme != "https" || server.Host == "" {
		return nil, core.WithHint(core.Errorf(core.Invalid, "%s is no address of a console", server), "write --server http://host:9082")
	}
	if server.RawQuery != "" || server.Fragment != "" {
		return nil, core.WithHint(core.Errorf(core.Invalid, "%s has more than an address", server), "write --server http://host:9082")
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &remote{strings.TrimSuffix(server.String(), "/"), token, &http.Client{CheckRedirect: stay}}, nil
}

func (r *remote) close() error { return nil }

// remoteError is what a console answers in place of a result.
type remoteError struct {
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

// Error returns the message.
func (e *remoteError) Error() string { return e.Message }

// Unwrap carries the hint.
func (e *remoteError) Unwrap() error {
	return core.WithHint(core.Errorf(core.Invalid, "%s", e.Message), e.Hint)
}

// call sends a request and returns the body of the answer. Body nil means GET.
func (r *remote) call(p *process, path string, body any) ([]byte, error) {
	method, payload := http.MethodGet, io.Reader(nil)
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("making the request: %w", err)
		}
		method, payload = http.MethodPost, bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(p.ctx, method, r.base+path, payload)
	if err != nil {
		return nil, fmt.Errorf("making the request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking the console: %w", err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		return data, nil
	}
	failure := &remoteError{}
	if json.Unmarshal(data, failure) != nil || failure.Message == "" {
		failure.Message = resp.Status
	}
	return nil, failure
}

// importBody is an import, or its plan, as a console elsewhere takes it.
type importBody struct {
	Content string          `json:"content"`
	Format  transfer.Format `json:"format"`
	Mode    plan.Mode       `json:"mode"`
	Atomic  bool            `json:"atomic,omitempty"`
	Leave   []core.Ref      `json:"leave,omitempty"`
	Note    string          `json:"note,omitempty"`
}

func (req importRequest) body() importBody {
	return importBody{string(req.doc), req.format, mode(req.partial), req.atomic, req.leave, req.note}
}

// importBundle sends the bundle.
func (r *remote) importBundle(p *process, req importRequest) (*importReport, error) {
	o, err := ask[plan.Outcome](r, p, "import", req.body())
	if err != nil {
		return nil, err
	}
	return reportOf(o), nil
}

// previewBundle asks what importing a bundle would do.
func (r *remote) previewBundle(p *process, req importRequest) (*plan.Listing, error) {
	return ask[plan.Listing](r, p, "plan", req.body())
}

// query returns the path of an export with its options.
func (req exportRequest) query() string {
	query := url.Values{}
	if req.masked {
		query.Set("secrets", "masked")
	}
	if req.allConnections {
		query.Set("connections", "all")
	}
	return "/data/export?" + query.Encode()
}

// export downloads a document. What comes must be one, whatever stands between.
func (r *remote) export(p *process, req exportRequest) (*bundle.Bundle, error) {
	var body any
	if len(req.rules) > 0 {
		body = req.rules
	}
	doc, err := r.call(p, req.query(), body)
	if err != nil {
		return nil, err
	}
	b, _, err := bundle.Decode(doc)
	if err != nil {
		return nil, core.WithHint(core.Errorf(core.Invalid, "what came is no bundle: %w", err), "is a console at this address?")
	}
	return b, nil
}
