// Package core holds the words that all of the console shares: the twelve kinds of
// configuration, the reference to one entry, who is calling and what they may do,
// errors with a code, and what a check finds.
package core
