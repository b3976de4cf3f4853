package handlers

import "strings"

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
