// Package load has many clients export and browse while bundles of ten thousand entries
// are imported one after the other. Every answer must be good, and when all is quiet again
// the console has no more goroutines and open files than before.
//
// It prints how long readers wait when nobody imports, how long they wait while somebody
// does, and the ratio of the two. These figures are for people: a busy machine must not
// fail a test.
//
//	go test ./e2e/load -v -seconds 60
//
// Run with the race detector, it builds the console with it too.
package load
