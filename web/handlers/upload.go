package handlers

import (
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/transfer"
)

func isMultipart(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data")
}

// parseFiles reads a form with files, which may be as large as a bundle that brings its
// own. The caller removes what was written to temporary files.
func parseFiles(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, transfer.MaxParcel)
	if err := r.ParseMultipartForm(formMemory); err != nil {
		return badForm(err)
	}
	return nil
}

// readUpload reads the bundle of a form that has one file.
func (s *Server) readUpload(w http.ResponseWriter, r *http.Request) (brought transfer.Brought, err error) {
	if err := parseFiles(w, r); err != nil {
		return brought, err
	}
	defer r.MultipartForm.RemoveAll()
	var files []*multipart.FileHeader
	for _, some := range r.MultipartForm.File {
		files = append(files, some...)
	}
	if len(files) != 1 {
		return brought, core.WithHint(core.Errorf(core.Invalid, "the form has %d files, and should have one", len(files)), "send the bundle with: curl -F bundle=@FILE")
	}
	return s.take(r, files[0])
}

// optionsHint says how the other fields of a form are sent.
const optionsHint = `send -F 'options={"mode":"partial"}'`

// readForm reads a form of /api/v1: a file, and the other fields of the body as JSON in
// the field named options.
func (s *Server) readForm(w http.ResponseWriter, r *http.Request, options any) (brought transfer.Brought, err error) {
	if brought, err = s.readUpload(w, r); err != nil {
		return brought, err
	}
	text := r.FormValue("options")
	if text == "" {
		return brought, core.WithHint(core.Errorf(core.Invalid, "the form has no field options"), optionsHint)
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(options); err != nil {
		return brought, core.WithHint(core.Errorf(core.Invalid, "the field options cannot be read: %v", err), optionsHint)
	}
	return brought, nil
}

// take reads a bundle from a file of a form.
func (s *Server) take(r *http.Request, header *multipart.FileHeader) (transfer.Brought, error) {
	f, err := header.Open()
	if err != nil {
		return transfer.Brought{}, fmt.Errorf("opening %s: %w", header.Filename, err)
	}
	defer f.Close()
	brought, err := s.Transfer.Take(r.Context(), callerOf(r), f, header.Size)
	if err != nil {
		return brought, fmt.Errorf("reading %s: %w", header.Filename, err)
	}
	return brought, nil
}
