// Package resource knows what the text of an entry means: what its kind requires of
// it, in what form it is stored, and what else it needs to work.
package resource
