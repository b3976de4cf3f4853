package handlers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"ekuiper-console/core/audit"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

// exportOptions are the values that a query parameter of an export may have besides
// none at all.
var exportOptions = map[string]string{"secrets": "masked", "connections": "all", "self_contained": "1"}

// exportRequest reads the query of an export. The engine takes no parameters; what is
// unknown is refused, since whoever asks for masked secrets and misspells it must not get
// them.
func exportRequest(r *http.Request) (transfer.ExportRequest, error) {
	query, err := readQuery(r, slices.Sorted(maps.Keys(exportOptions))...)
	if err != nil {
		return transfer.ExportRequest{}, err
	}
	for name, option := range exportOptions {
		if _, err := query.flag(name, option); err != nil {
			return transfer.ExportRequest{}, err
		}
	}
	return transfer.ExportRequest{Node: nodeOf(r), Masked: query["secrets"] != "", AllConnections: query["connections"] != ""}, nil
}

// exportAll is GET /data/export.
func (s *Server) exportAll(w http.ResponseWriter, r *http.Request) error {
	req, err := exportRequest(r)
	if err != nil {
		return err
	}
	req.All = true
	return s.export(w, r, req, asJSON)
}

// exportRules is POST /data/export.
func (s *Server) exportRules(w http.ResponseWriter, r *http.Request) error {
	req, err := exportRequest(r)
	if err != nil {
		return err
	}
	if req.Rules, err = s.readIDs(w, r); err != nil {
		return err
	}
	return s.export(w, r, req, asJSON)
}

// readIDs reads a body that is an array of rule ids. The engine takes anything else for
// an empty array.
func (s *Server) readIDs(w http.ResponseWriter, r *http.Request) ([]string, error) {
	var ids *[]string
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, s.maxDocument()))
	err := dec.Decode(&ids)
	if err == nil && ids == nil {
		err = fmt.Errorf("null is no array of rule ids")
	}
	if err == nil {
		if _, more := dec.Token(); more != io.EOF {
			err = fmt.Errorf("something stands behind the array of rule ids")
		}
	}
	if err != nil {
		return nil, badBody(err)
	}
	return *ids, nil
}

// form is how a bundle is written into a file.
type form struct {
	extension, contentType string
	encode                 func(*bundle.Bundle, io.Writer) error
	plain                  bool // whether it is what Transfer.Document makes
}

var asJSON = form{"json", "application/json", (*bundle.Bundle).Encode, true}

// marshal returns a bundle as a file.
func (f form) marshal(b *bundle.Bundle) ([]byte, error) {
	if f.plain {
		return b.MarshalJSON()
	}
	var doc bytes.Buffer
	err := f.encode(b, &doc)
	return doc.Bytes(), err
}

// export sends what a request asks for as a file, and writes that down.
func (s *Server) export(w http.ResponseWriter, r *http.Request, req transfer.ExportRequest, f form) (err error) {
	defer func(began time.Time) { s.Metrics.Export(req.All, err, time.Since(began)) }(time.Now())
	if r.FormValue("self_contained") != "" {
		return s.exportParcel(w, r, req)
	}
	doc, state, err := s.document(r, req, f)
	if err != nil {
		return err
	}
	what, detail := "rules", naming(req.Rules)
	if req.All {
		what, detail = fmt.Sprintf("r%d", state.Revision), "all"
	}
	if err := s.recordExport(r, req, detail); err != nil {
		return err
	}
	s.download(w, r, doc, f, what)
	return nil
}

// document makes what a request asks for.
func (s *Server) document(r *http.Request, req transfer.ExportRequest, f form) ([]byte, plan.State, error) {
	if req.All && !req.Masked && f.plain {
		return s.Transfer.Document(r.Context(), callerOf(r), req.Node)
	}
	x, err := s.Transfer.Compose(r.Context(), callerOf(r), req)
	if err != nil {
		return nil, plan.State{}, err
	}
	doc, err := f.marshal(x.Bundle)
	return doc, x.State, err
}

// recordExport writes down that somebody exports.
func (s *Server) recordExport(r *http.Request, req transfer.ExportRequest, detail string) error {
	action := audit.ExportSecrets
	if req.Masked {
		action = audit.Export
	}
	return s.record(r, action, nodeOf(r), detail)
}

// exportParcel sends what a request asks for with all the files that it names.
func (s *Server) exportParcel(w http.ResponseWriter, r *http.Request, req transfer.ExportRequest) error {
	what, detail := "rules", naming(req.Rules)
	if req.All {
		what, detail = "all", "all"
	}
	if err := s.recordExport(r, req, detail+", self-contained"); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", `attachment; filename="`+fileName(nodeOf(r), what, "zip", time.Now())+`"`)
	h.Set("Cache-Control", "no-store")
	sent := &counted{ResponseWriter: w}
	err := s.Transfer.Pack(r.Context(), callerOf(r), req, sent)
	if err != nil && sent.n > 0 {
		panic(http.ErrAbortHandler) // what was sent is no whole archive, and the client must see that
	}
	if err != nil {
		h.Del("Content-Disposition")
	}
	return err
}

// counted counts what was written.
type counted struct {
	http.ResponseWriter
	n int64
}

// Write writes on.
func (c *counted) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.n += int64(n)
	return n, err
}

// fileName is what an export is called.
func fileName(node, what, extension string, now time.Time) string {
	return fmt.Sprintf("ekuiper-%s-%s-%s.%s", node, what, now.UTC().Format("20060102-150405"), extension)
}

// maxNaming bounds how much the audit log says of the rules of an export, in bytes.
const maxNaming = 200

// naming says which rules are exported.
func naming(ids []string) string {
	text := fmt.Sprintf("%d rules: %s", len(ids), strings.Join(ids, ", "))
	if len(text) > maxNaming {
		text = strings.ToValidUTF8(text[:maxNaming], "") + "…"
	}
	return text
}

// download sends a document as a file. Ranges of it may be asked for.
func (s *Server) download(w http.ResponseWriter, r *http.Request, doc []byte, f form, what string) {
	now := time.Now()
	name := fileName(nodeOf(r), what, f.extension, now)
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "no-store")
	http.ServeContent(w, r, name, now, bytes.NewReader(doc))
}
