//go:build !race

package resource

// underRace says that the race detector is on, which makes everything slow.
const underRace = false
