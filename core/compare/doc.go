// Package compare tells what differs between two texts of one entry, by meaning.
//
// A text is first laid out for reading, secrets masked: JSON with one member a line and
// keys sorted, SQL with one clause, column or option a line. Each line knows besides
// what it means, secrets included, so that two spellings of a number or a comma behind
// a member are no difference, and a new password is one although both lines show the
// same dots. Everything else here works on these lines.
//
// Comments in SQL mean nothing and are left out. A text that is neither JSON nor SQL is
// compared as it stands.
package compare
