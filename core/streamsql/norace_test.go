//go:build !race

package streamsql

// underRace says that the race detector is on, which makes everything slow.
const underRace = false
