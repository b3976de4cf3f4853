// Package deps tells who needs whom in a bundle: what comes along when some rules
// are exported, with the reason for each, and what is missing.
package deps
