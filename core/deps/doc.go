// Package deps tells who needs whom in a bundle: what comes along when some rules
// are exported, with the reason for each, what an entry needs and what needs it, and
// what is missing.
package deps
