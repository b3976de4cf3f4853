// Package secret knows which parts of an entry are secrets, replaces them by dots, and
// puts them back into a text that was edited with the dots in it.
//
// A secret is the value of a property whose name says so, such as password or token,
// and the password in an address such as tcp://user:password@host. Names of users are
// none. In a JSON text properties are known by structure, also in JSON within its
// strings. In any other text, such as SQL, an excerpt or a message, they are known by
// how they are written.
package secret
