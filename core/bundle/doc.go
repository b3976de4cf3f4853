// Package bundle holds the document that configuration travels in: a JSON object of
// twelve sections, each a map of names to texts.
//
// The form is eKuiper's. Section names are read in any case and written in the
// engine's spelling and order, names within a section are written sorted, and the
// texts are never touched. A report of errors has the same form: its texts are
// messages.
package bundle
