package views

import (
	"context"
	"io"
	"net/http"
)

// ErrorPage says why there is no other page.
type ErrorPage struct {
	Layout
	Status  int    // of HTTP
	Message string // the error, in its own words; may be empty
	Hint    string // what to do about it; may be empty
	Request string // the id under which the log tells of it; may be empty
}

// errorTitles are the titles of the statuses that have one of their own.
var errorTitles = map[int]Key{
	http.StatusBadRequest:            "error.400",
	http.StatusUnauthorized:          "error.401",
	http.StatusForbidden:             "error.403",
	http.StatusNotFound:              "error.404",
	http.StatusMethodNotAllowed:      "error.405",
	http.StatusConflict:              "error.409",
	http.StatusRequestEntityTooLarge: "error.413",
	http.StatusTooManyRequests:       "error.429",
	http.StatusServiceUnavailable:    "error.503",
	http.StatusInsufficientStorage:   "error.507",
}

// title returns the title of the status.
func (p ErrorPage) title() Key {
	if key, ok := errorTitles[p.Status]; ok {
		return key
	}
	return "error.500"
}

// Render writes the page.
func (p ErrorPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }
