package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ekuiper-console/core"
)

// query is the query of a request, each name at most once.
type query map[string]string

// readQuery reads a query of known names. What it does not know it refuses, since a
// misspelt filter would answer with something else than was asked for.
func readQuery(r *http.Request, names ...string) (query, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, core.Errorf(core.Invalid, "the query cannot be read: %v", err)
	}
	q := query{}
	for name, all := range values {
		switch {
		case !slices.Contains(names, name):
			return nil, core.WithHint(core.Errorf(core.Invalid, "unknown parameter %s", name), "there are "+strings.Join(names, ", "))
		case len(all) > 1:
			return nil, core.Errorf(core.Invalid, "%s is given %d times", name, len(all))
		}
		q[name] = all[0]
	}
	return q, nil
}

// flag reports whether a parameter has the one value that it may have.
func (q query) flag(name, option string) (bool, error) {
	value := q[name]
	if value != "" && value != option {
		return false, core.Errorf(core.Invalid, "%s=%s is not understood: write %s=%s or leave it out", name, value, name, option)
	}
	return value != "", nil
}

// number reads a parameter as a number between bounds; other is its default.
func (q query) number(name string, other, lowest, highest int) (int, error) {
	text := q[name]
	if text == "" {
		return other, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < lowest || n > highest {
		return 0, core.Errorf(core.Invalid, "%s=%s is not understood: write a number from %d to %d", name, text, lowest, highest)
	}
	return n, nil
}

// revision reads the number of a revision.
func revision(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, core.Errorf(core.Invalid, "%q is not the number of a revision", text)
	}
	return n, nil
}
