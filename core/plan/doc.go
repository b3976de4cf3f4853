// Package plan says what an import would do, before anything is written: which
// entries would be created, replaced, deleted, left as they are or refused, in the
// order in which it would happen, and why.
//
// A plan is a plain value. It is shown, counted and tested; applying it is one
// transaction of the store, and only against the very state it was made from.
package plan
