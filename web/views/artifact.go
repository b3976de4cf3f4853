package views

import (
	"encoding/json"
	"net/url"
	"path"

	"ekuiper-console/core/plan"
)

// contents is as much of what was found in an entry's file as its page shows.
type contents struct {
	Files    int      `json:"files"`
	Version  string   `json:"version"`
	Language string   `json:"language"`
	Platform string   `json:"platform"`
	Notes    []string `json:"notes"`
}

// contentsOf reads what was found in a file. Of one that nobody looked into nothing is
// known.
func contentsOf(a *plan.Artifact) (c contents) {
	if json.Unmarshal(a.Contents, &c) != nil {
		return contents{}
	}
	return c
}

// fileName is what the file of an address is called.
func fileName(address string) string {
	if u, err := url.Parse(address); err == nil && u.Path != "" {
		return path.Base(u.Path)
	}
	return "artifact"
}

// artifactPath is where the pages serve a file.
func artifactPath(a *plan.Artifact) string {
	return "/ui/artifacts/" + a.SHA256 + "/" + url.PathEscape(fileName(a.Address))
}

// brought is one kind of what a file brings.
type brought struct {
	label Key
	names []string
}

// brings returns what a file brings, by kind.
func brings(a *plan.Artifact) []brought {
	var all []brought
	for _, b := range []brought{{"artifact.sources", a.Provides.Sources}, {"artifact.sinks", a.Provides.Sinks}, {"artifact.functions", a.Provides.Functions}} {
		if len(b.names) > 0 {
			all = append(all, b)
		}
	}
	return all
}
