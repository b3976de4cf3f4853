package handlers

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"ekuiper-console/web/views"
)

// apiPage is GET /ui/api.
func (s *Server) apiPage(w http.ResponseWriter, r *http.Request) error {
	groups, err := apiGroups()
	if err != nil {
		return err
	}
	s.show(w, r, http.StatusOK, views.APIPage{Layout: s.layout(r), Groups: groups})
	return nil
}

// apiGroups reads the document that is served, once.
var apiGroups = sync.OnceValues(func() ([]views.APIGroup, error) {
	var doc apiDoc
	if err := json.Unmarshal([]byte(apiDocument), &doc); err != nil {
		return nil, fmt.Errorf("reading the document of the API: %w", err)
	}
	return doc.groups(), nil
})

// apiDoc is as much of the document as the page shows.
type apiDoc struct {
	Tags []struct {
		Name, Description string
	}
	Paths      map[string]map[string]apiOperation
	Components struct {
		Responses map[string]apiResponse
	}
}

type apiOperation struct {
	Tags                 []string
	Summary, Description string
	Security             *[]any
	Parameters           []views.APIParameter
	RequestBody          struct {
		Content map[string]struct {
			Example json.RawMessage
			Schema  struct {
				Ref string `json:"$ref"`
			}
		}
	}
	Responses map[string]apiResponse
}

type apiResponse struct {
	Ref         string `json:"$ref"`
	Description string
}

// groups sorts the operations by their first tag, in the order of the tags; within one
// by path and method.
func (d *apiDoc) groups() []views.APIGroup {
	byTag := map[string][]views.APIOperation{}
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(d.Paths[path])) {
			o := d.Paths[path][method]
			byTag[o.Tags[0]] = append(byTag[o.Tags[0]], d.operation(strings.ToUpper(method), path, o))
		}
	}
	var groups []views.APIGroup
	for _, tag := range d.Tags {
		groups = append(groups, views.APIGroup{Name: tag.Name, Description: tag.Description, Operations: byTag[tag.Name]})
	}
	return groups
}

func (d *apiDoc) operation(method, path string, o apiOperation) views.APIOperation {
	v := views.APIOperation{
		Method: method, Path: path, Summary: o.Summary, Description: o.Description,
		Open: o.Security != nil && len(*o.Security) == 0, Parameters: o.Parameters, Body: o.body(),
	}
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		r := o.Responses[status]
		if name, ok := strings.CutPrefix(r.Ref, "#/components/responses/"); ok {
			r = d.Components.Responses[name]
		}
		v.Responses = append(v.Responses, views.APIResponse{Status: status, Description: r.Description})
	}
	return v
}

// bodies are examples for the bodies that the document has no example of, by the name
// of their schema.
var bodies = map[string]string{
	"ImportRequest": `{"file":"https://host/bundle.json"}`,
	"ImportV1":      `{"file":"https://host/bundle.json","mode":"partial"}`,
	"RestoreV1":     `{"note":"why"}`,
}

// body returns an example of an operation's body.
func (o *apiOperation) body() string {
	content, ok := o.RequestBody.Content["application/json"]
	switch {
	case !ok:
		return ""
	case len(content.Example) > 0:
		return string(compacted(content.Example))
	}
	_, name, _ := strings.Cut(content.Schema.Ref, "schemas/")
	if example, ok := bodies[name]; ok {
		return example
	}
	return "{}"
}

// compacted writes JSON on one line.
func compacted(text json.RawMessage) []byte {
	var v any
	if json.Unmarshal(text, &v) != nil {
		return text
	}
	line, err := json.Marshal(v)
	if err != nil {
		return text
	}
	return line
}
