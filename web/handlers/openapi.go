package handlers

import (
	_ "embed"
	"io"
	"net/http"
)

// apiDocument describes every route that scripts use. It is written by hand, and a
// test holds it to the route table.
//
//go:embed openapi.json
var apiDocument string

// openAPI is GET /openapi.json.
func (s *Server) openAPI(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, apiDocument) // the client is gone
	return nil
}
