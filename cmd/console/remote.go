package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/parcel"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

// remote is a console that runs elsewhere.
type remote struct {
	base   string
	token  string
	node   string
	client *http.Client
}

func newRemote(server *url.URL, token, node string) (*remote, error) {
	if server.Scheme != "http" && server.Scheme != "https" || server.Host == "" {
		return nil, core.WithHint(core.Errorf(core.Invalid, "%s is no address of a console", server), "write --server http://host:9082")
	}
	if server.RawQuery != "" || server.Fragment != "" {
		return nil, core.WithHint(core.Errorf(core.Invalid, "%s has more than an address", server), "write --server http://host:9082")
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &remote{strings.TrimSuffix(server.String(), "/"), token, node, &http.Client{CheckRedirect: stay}}, nil
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
	resp, err := r.send(p, path, body)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	return data, nil
}

// send sends a request. An answer that is no success is an error.
func (r *remote) send(p *process, path string, body any) (*http.Response, error) {
	method, contentType, payload, err := encodeBody(body)
	if err != nil {
		return nil, fmt.Errorf("making the request: %w", err)
	}
	req, err := http.NewRequestWithContext(p.ctx, method, r.base+r.of(path), payload)
	if err != nil {
		return nil, fmt.Errorf("making the request: %w", err)
	}
	req.Header.Set("Content-Type", contentType)
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking the console: %w", err)
	}
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return resp, nil
	}
	defer resp.Body.Close()
	failure := &remoteError{}
	if json.NewDecoder(resp.Body).Decode(failure) != nil || failure.Message == "" {
		failure.Message = resp.Status
	}
	return nil, failure
}

// of returns the path of a route for the node.
func (r *remote) of(path string) string {
	switch {
	case r.node == core.Local || r.node == "":
		return path
	case !strings.HasPrefix(path, "/api/"):
		return "/nodes/" + url.PathEscape(r.node) + path
	case strings.Contains(path, "?"):
		return path + "&node=" + url.QueryEscape(r.node)
	}
	return path + "?node=" + url.QueryEscape(r.node)
}

// upload is a request with a file, and its other fields.
type upload struct {
	options any
	file    []byte
}

// deleting is the body of a request that deletes.
type deleting struct{}

// instead is a request that puts something in the place of what there is.
type instead struct{ body any }

// partly is a request that changes a part of what there is.
type partly struct{ body any }

// encodeBody returns how a body is sent.
func encodeBody(body any) (method, contentType string, payload io.Reader, err error) {
	switch body := body.(type) {
	case nil:
		return http.MethodGet, "application/json", nil, nil
	case deleting:
		return http.MethodDelete, "application/json", nil, nil
	case upload:
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		options, err := json.Marshal(body.options)
		if err != nil {
			return "", "", nil, err
		}
		part, err := w.CreateFormFile("bundle", "bundle.zip")
		if err == nil {
			_, err = part.Write(body.file)
		}
		return http.MethodPost, w.FormDataContentType(), &form, errors.Join(err, w.WriteField("options", string(options)), w.Close())
	}
	method = http.MethodPost
	switch wrapped := body.(type) {
	case instead:
		method, body = http.MethodPut, wrapped.body
	case partly:
		method, body = http.MethodPatch, wrapped.body
	}
	text, err := json.Marshal(body)
	return method, "application/json", bytes.NewReader(text), err
}

// importBody is an import, or its plan, as a console elsewhere takes it.
type importBody struct {
	Content  string          `json:"content,omitempty"`
	Format   transfer.Format `json:"format"`
	Mode     plan.Mode       `json:"mode"`
	Atomic   bool            `json:"atomic,omitempty"`
	Rollback bool            `json:"rollback_on_error,omitempty"`
	Restart  bool            `json:"restart,omitempty"`
	Leave    []core.Ref      `json:"leave,omitempty"`
	Note     string          `json:"note,omitempty"`
}

// body returns how an import is sent: with its files it is a form.
func (req importRequest) body() any {
	body := importBody{"", req.format, mode(req.partial), req.atomic, req.rollback, req.restart, req.leave, req.note}
	if parcel.Is(req.doc) {
		body.Format = transfer.Detect
		return upload{body, req.doc}
	}
	body.Content = string(req.doc)
	return body
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
	if req.selfContained {
		query.Set("self_contained", "1")
	}
	return "/data/export?" + query.Encode()
}

// pack downloads an archive.
func (r *remote) pack(p *process, req exportRequest, w io.Writer) error {
	resp, err := r.send(p, req.query(), req.body())
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(w, resp.Body); err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	return nil
}

// body names the rules; nil stands for all there is.
func (req exportRequest) body() any {
	if len(req.rules) == 0 {
		return nil
	}
	return req.rules
}

// export downloads a document. What comes must be one, whatever stands between.
func (r *remote) export(p *process, req exportRequest) (*bundle.Bundle, error) {
	doc, err := r.call(p, req.query(), req.body())
	if err != nil {
		return nil, err
	}
	b, _, err := bundle.Decode(doc)
	if err != nil {
		return nil, core.WithHint(core.Errorf(core.Invalid, "what came is no bundle: %w", err), "is a console at this address?")
	}
	return b, nil
}
