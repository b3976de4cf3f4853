// Package views draws the pages. Each page is a struct that embeds Layout, says in its
// comment where its forms post to, and renders itself; its template takes the struct
// and only loops, chooses and prints. The texts are in locales, the style sheet and the
// scripts in web/static.
//
// # How a page looks
//
// The console is a ledger: ink on paper, hairlines, numbers that line up. A page
// answers what will happen, what happened, and how to get back.
//
//   - A number stands beside the thing that causes it, before it is pressed: the modes
//     of an import carry what they create, replace and delete.
//   - A hue means an action: green creates, amber replaces, vermilion deletes, crimson
//     was rejected or is missing. Blue is what can be pressed. Nothing else has one.
//   - A square says what an import does, a circle what became of it, and each has a
//     glyph, so that colour is never alone. Beside its word a mark is hidden from
//     screen readers (mark); alone it says the word (markWord).
//   - Sections are parted by space and a hairline. Only code has a surface.
//   - What was not touched steps back: zeros are grey, empty sections are counted, not
//     listed.
//   - Names that people gave are monospaced and never cut; they break after _ / and -.
//   - One primary button a page; one h1; the decision stands in the bar at the bottom.
//   - An empty page says so, teaches in a sentence, and offers the next step.
//
// # Where the drawing met reality
//
//   - A rule is one long line of JSON. An excerpt keeps what stands around the place of
//     an error, with so little before it that the caret is in sight at 360 px.
//   - Of a result the page lists 200 failures and 60 names a section, of an export 20
//     entries a section, and says how many more there are; the report has all.
//   - The message of an engine is the headline of a failure: it may be ten lines long,
//     keeps its line breaks, and may break anywhere.
//   - The text of a draft is shown with secrets masked and can be opened for editing,
//     where they are as they were brought. Excerpts and messages are masked always.
//   - Tags wrap, and give way to the rule's name.
//
// # Without a script, and with one
//
// Every form posts and every list pages by plain HTTP. Elements of the class no-script
// stand in for what a script does, only-script shows only with one; the style sheet
// alone follows the chosen mode of an import (when-partial, when-full). htmx loads a
// running task again and swaps what comes along with picked rules. A field that is
// drawn by editor becomes an editor, with its findings marked, on pages whose frame asks
// for that script. The policy is default-src 'self', with a nonce for scripts and for
// the styles they add: no inline style, no handler, no data: address, no eval; the tests
// hold every page to it, and to labels for all controls.
//
// # To add a page
//
// Write its struct and template, put its texts into locales, add its states to the
// fixtures of the tests, and run go -C web/views tool templ generate and npm run assets. A new
// language is one more folder in locales, read whole, whatever its files are called.
package views
