// Package task runs work in the background and keeps what became of it: its state,
// cancelling it as long as that is possible, and what a restart makes of work that
// was under way.
package task
