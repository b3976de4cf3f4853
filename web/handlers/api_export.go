package handlers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"ekuiper-console/core/audit"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/transfer"
)

// exportAll is GET /data/export.
func (s *Server) exportAll(w http.ResponseWriter, r *http.Request) error {
	snapshot, err := s.Transfer.Export(r.Context(), callerOf(r), transfer.Local)
	if err != nil {
		return err
	}
	return s.download(w, r, snapshot.Bundle, fmt.Sprintf("r%d", snapshot.Revision), "all")
}

// exportRules is POST /data/export.
func (s *Server) exportRules(w http.ResponseWriter, r *http.Request) error {
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
		return badBody(err)
	}
	set, err := s.Transfer.ExportRules(r.Context(), callerOf(r), transfer.Local, *ids)
	if err != nil {
		return err
	}
	return s.download(w, r, set.Bundle, "rules", naming(*ids))
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

// download sends a bundle as a file, and writes down what was asked for. Ranges of it
// may be asked for.
func (s *Server) download(w http.ResponseWriter, r *http.Request, b *bundle.Bundle, what, detail string) error {
	if err := s.record(r, audit.Export, transfer.Local, detail); err != nil {
		return err
	}
	var doc bytes.Buffer
	if err := b.Encode(&doc); err != nil {
		return err
	}
	now := time.Now()
	name := fmt.Sprintf("ekuiper-%s-%s-%s.json", transfer.Local, what, now.UTC().Format("20060102-150405"))
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "no-store")
	http.ServeContent(w, r, name, now, bytes.NewReader(doc.Bytes()))
	return nil
}
