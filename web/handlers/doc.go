// Package handlers is the console on HTTP: the engine's REST API and the browser
// pages, on one route table. A handler reads the request, calls one use case, renders,
// and returns its error; what an error looks like is decided in one place.
package handlers
