// Package account knows the people who sign in and the tokens that scripts carry:
// how a password is kept, how a token is made, what both may do, who is signed in where,
// and how long one who guesses has to wait.
package account
