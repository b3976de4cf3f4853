// Package account knows the people who sign in and the tokens that scripts carry:
// how a password is kept, how a token is made, and what both may do.
package account
