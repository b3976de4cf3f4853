//go:build race

package load

// racing is whether the console is built with the race detector.
const racing = true
