// Package transfer holds the use cases of configuration on the move: preview and
// import a bundle, export all or some rules with what they need, and look at what is
// there and what has happened. Pages, the REST API, the command line and background
// tasks all come through here, so they cannot differ.
package transfer
