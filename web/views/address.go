package views

import (
	"net/url"
	"strconv"

	"ekuiper-console/core"
)

// sectionPath is the address of a section's entries.
func sectionPath(k core.Kind) string { return "/ui/inventory/" + k.Key() }

// entryPath is the address of an entry, with something behind it. A name that a browser
// would take for a step up or for nothing goes into the query.
func entryPath(r core.Ref, behind string) string {
	switch r.Name {
	case "", ".", "..":
		return sectionPath(r.Kind) + "/-" + behind + "?name=" + url.QueryEscape(r.Name)
	}
	return sectionPath(r.Kind) + "/" + url.PathEscape(r.Name) + behind
}

// revisionPath is the address of a revision, with something behind it.
func revisionPath(n int64, behind string) string {
	return "/ui/history/" + strconv.FormatInt(n, 10) + behind
}

// number writes a number as addresses and forms have it.
func number(n int64) string { return strconv.FormatInt(n, 10) }

// withQuery is an address with the values that are not empty; they are names and values
// in turn.
func withQuery(path string, pairs ...string) string {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}
