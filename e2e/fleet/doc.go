// Package fleet has one console bring a bundle into twenty others that are registered with
// it as nodes. Some are killed while it does, some do not take its token, and some are
// gone; what is told of each must be what became of it. In the middle of a rollout into
// them the console itself is killed, and the next one must know where each of them stands.
package fleet
