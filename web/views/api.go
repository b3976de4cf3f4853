package views

import (
	"context"
	"io"
	"strings"
)

// APIPage is the reference of the REST API, drawn from the document that is served at
// /openapi.json. It lives at /ui/api.
type APIPage struct {
	Layout
	Groups []APIGroup
}

// APIGroup is the operations of one tag. Name and texts are those of the document.
type APIGroup struct {
	Name        string
	Description string
	Operations  []APIOperation
}

// APIOperation is what one method does at one path.
type APIOperation struct {
	Method, Path         string
	Summary, Description string
	Open                 bool // needs no token
	Parameters           []APIParameter
	Body                 string // an example of the body; empty where there is none
	Responses            []APIResponse
}

// APIParameter is a part of the path or the query.
type APIParameter struct {
	Name, In, Description string
	Required              bool
}

// APIResponse is an answer by its status.
type APIResponse struct {
	Status, Description string
}

// Render writes the page.
func (p APIPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// anchor is the id of an operation within the page.
func (o APIOperation) anchor() string {
	return strings.ToLower(o.Method) + strings.NewReplacer("/", "-", "{", "", "}", "").Replace(o.Path)
}

// curl returns the operation as a line for a shell, with the required parameters of
// the query. What is to be filled in stands in capitals.
func (p APIPage) curl(o APIOperation) string {
	line := "curl "
	if !o.Open {
		line += `-H "Authorization: Bearer $TOKEN" `
	}
	switch {
	case o.Body != "":
		line += "-d '" + o.Body + "' "
	case o.Method != "GET":
		line += "-X " + o.Method + " "
	}
	address, query := o.Path, ""
	for _, x := range o.Parameters {
		switch {
		case x.In == "path":
			address = strings.ReplaceAll(address, "{"+x.Name+"}", strings.ToUpper(x.Name))
		case x.Required:
			query += "&" + x.Name + "=" + strings.ToUpper(x.Name)
		}
	}
	if query != "" {
		query = "?" + query[1:]
	}
	return line + "'" + p.Server + address + query + "'"
}

// apiPlaces are the texts for where a parameter stands.
var apiPlaces = map[string]Key{"path": "api.in.path", "query": "api.in.query"}

// place returns where a parameter stands, in the word of the document where no catalogue
// has one.
func (x APIParameter) place(ctx context.Context) string {
	if key, ok := apiPlaces[x.In]; ok {
		return t(ctx, key)
	}
	return x.In
}
