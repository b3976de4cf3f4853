// Package crash kills the built console over and over, at random moments of start and of
// work, while clients import random bundles by every route there is. After each restart
// it holds the console against a model of its own: every import that was acknowledged is
// there once, every other one whole or not at all, the journal leads to what is there, no
// task is left running, and every file that an entry names is there, unaltered.
//
// Other tests take the disk away: they fill it, make it read-only, or hold the store as
// another process may. Then whoever writes must be told why and what to do, whoever reads
// must not notice, and all must go on by itself afterwards. Where a machine lets nobody
// mount a small disk they are skipped.
//
// It imports nothing of the program and knows it by its REST API and its command line
// alone. What it does follows from a seed, which it prints; only the moments at which
// things meet do not.
//
//	go test ./e2e/crash -kills 2000 -seed 7 -timeout 1h
package crash
