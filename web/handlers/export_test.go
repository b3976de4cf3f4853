package handlers

import (
	"maps"
	"slices"
	"strings"
)

// APIRoutes returns the routes for scripts as "METHOD /path".
func APIRoutes(s *Server) []string {
	var all []string
	for _, r := range s.routes() {
		if !strings.HasPrefix(r.path, "/ui") {
			all = append(all, r.method+" "+r.path)
		}
	}
	return all
}

// AllRoutes returns every route as "METHOD /path".
func AllRoutes(s *Server) []string {
	var all []string
	for _, r := range s.routes() {
		all = append(all, r.method+" "+r.path)
	}
	return all
}

// Heavy returns the routes that take documents as "METHOD /path".
func Heavy() []string { return slices.Sorted(maps.Keys(heavy)) }
