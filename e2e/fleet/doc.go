// Package fleet has one console bring a bundle into twenty others that are registered with
// it as nodes. Some are killed while it does, some do not take its token, and some are
// gone; what is told of each must be what became of it.
package fleet
