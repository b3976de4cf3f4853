// Turns every textarea[data-editor] into an editor. The textarea stays the field of its
// form: hidden, and with the text as it is in the editor at any moment.
//
//   data-editor     the language of the text: json, sql, or text for none
//   data-phrases    what the editor says, as a JSON object; its words in English are the keys
//   data-findings   what is wrong with the text: [{line, column, message, severity}], where
//                   line and column begin at 1, column counts characters, and severity is
//                   error, warning or info
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language'
import { lintGutter, nextDiagnostic, previousDiagnostic, setDiagnostics } from '@codemirror/lint'
import { gotoLine, highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState } from '@codemirror/state'
import { EditorView, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view'
import { languages } from './editor-languages.js'
import { look } from './editor-look.js'

// The policy of the pages takes style elements that carry the nonce of the page.
const nonce = document.currentScript.nonce

// editors has the editor of each textarea.
const editors = new Map()

// shared is what all editors have. Tab is not bound: it leaves the editor, as it leaves
// any field.
const shared = [
  EditorView.cspNonce.of(nonce), look,
  lineNumbers(), highlightSpecialChars(), history(), indentUnit.of('  '), indentOnInput(), bracketMatching(),
  EditorView.lineWrapping, search(), highlightSelectionMatches({ minSelectionLength: 3 }),
  keymap.of([
    { key: 'F8', run: nextDiagnostic, shift: previousDiagnostic },
    ...searchKeymap.filter(binding => binding.run !== gotoLine), ...historyKeymap, ...defaultKeymap,
  ]),
  EditorView.domEventHandlers({ drop: leaveFiles, beforeinput: typeOver }),
  EditorView.scrollHandler.of(stay),
]

// leaveFiles keeps the editor from inserting files that the page takes.
function leaveFiles(event) {
  return event.dataTransfer.files.length > 0 && document.querySelector('form[data-drop]') !== null
}

// typeOver replaces the selection by what is typed. Left to it, the browser would give
// what it merges styles, which the policy forbids. A selection may be so new that the
// editor has not been told of it; the page knows.
function typeOver(event, view) {
  const chosen = getSelection()
  if (event.inputType !== 'insertText' || event.isComposing || view.state.readOnly || chosen.isCollapsed) return false
  const { main } = view.state.selection
  const ends = [[chosen.anchorNode, chosen.anchorOffset], [chosen.focusNode, chosen.focusOffset]].map(end => view.posAtDOM(...end))
  const [from, to] = main.empty ? [Math.min(...ends), Math.max(...ends)] : [main.from, main.to]
  const insert = view.state.toText(event.data)
  view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length }, userEvent: 'input.type', scrollIntoView: true })
  return true
}

// stay keeps the page where it is when the editor scrolls a place to its middle.
function stay(view, range, { y }) {
  const { scrollX, scrollY } = window
  if (y === 'center') queueMicrotask(() => scrollTo({ left: scrollX, top: scrollY, behavior: 'instant' }))
  return false
}

// attributes are those by which the textarea tells what it is. Checkers do not know
// that whatever can be edited can have the focus.
function attributes(field) {
  const carried = ['aria-label', 'aria-labelledby', 'aria-describedby', 'aria-invalid'].filter(name => field.hasAttribute(name))
  const all = { tabindex: '0', ...Object.fromEntries(carried.map(name => [name, field.getAttribute(name)])) }
  const label = field.labels[0]
  if (label && !all['aria-label'] && !all['aria-labelledby']) {
    label.id ||= `${field.id}-label`
    all['aria-labelledby'] = label.id
  }
  return all
}

// diagnostic finds the place of a finding, and marks the word that begins there.
function diagnostic(doc, { line, column, message, severity }) {
  const { from: start, text } = doc.line(Math.min(Math.max(line, 1), doc.lines))
  const before = Array.from(text).slice(0, column - 1).join('').length
  const [marked] = /^(?:[\p{L}\p{N}_]+|.?)/u.exec(text.slice(before))
  return { from: start + before, to: start + before + marked.length, message, severity }
}

// mark shows the findings, the first of them in the middle.
function mark(view, findings) {
  if (findings.length === 0) return
  const all = findings.map(f => diagnostic(view.state.doc, f))
  view.dispatch(
    { selection: { anchor: all[0].from }, effects: EditorView.scrollIntoView(all[0].from, { y: 'center' }) },
    setDiagnostics(view.state, all),
  )
}

// enhance puts an editor in the place of a textarea.
function enhance(field) {
  const findings = JSON.parse(field.dataset.findings ?? '[]')
  const classes = [...field.classList].filter(name => name !== 'textarea').join(' ')
  const view = new EditorView({
    doc: field.value,
    selection: { anchor: field.selectionStart },
    extensions: [
      shared, languages[field.dataset.editor]?.() ?? [],
      findings.length > 0 ? lintGutter() : [],
      EditorState.phrases.of(JSON.parse(field.dataset.phrases ?? '{}')),
      EditorState.readOnly.of(field.readOnly),
      EditorView.editorAttributes.of({ class: classes }),
      EditorView.contentAttributes.of(attributes(field)),
      EditorView.updateListener.of(update => { if (update.docChanged) write(field, update.state.doc.toString()) }),
    ],
  })
  const focused = document.activeElement === field
  field.after(view.dom)
  field.hidden = true
  if (focused) view.focus()
  editors.set(field, view)
  // A click on the label arrives here.
  field.addEventListener('click', () => view.focus())
  mark(view, findings)
}

// write gives the textarea the text of its editor, and tells whoever listens.
function write(field, text) {
  if (field.value === text) return
  field.value = text
  field.dispatchEvent(new Event('input', { bubbles: true }))
}

// read gives an editor the text of its textarea, where something else has changed it.
function read(field, view) {
  const now = view.state.doc
  if (now.toString() !== field.value) view.dispatch({ changes: { from: 0, to: now.length, insert: field.value } })
}

// tidy forgets editors whose textarea is gone, or that were taken out of the page.
function tidy() {
  for (const [field, view] of editors) {
    if (field.isConnected && view.dom.isConnected) continue
    view.destroy()
    editors.delete(field)
  }
}

// start makes the editors that the page lacks. What is folded away gets its editor when it
// is opened: making one takes a while.
function start() {
  tidy()
  for (const field of document.querySelectorAll('textarea[data-editor]')) {
    if (!editors.has(field) && !field.closest('details:not([open])')) enhance(field)
  }
}

start()
document.addEventListener('htmx:after:swap', start)
document.addEventListener('toggle', start, { capture: true }) // it does not bubble

// A browser that comes back to a page fills fields in; resetting a form does so after
// the event.
addEventListener('pageshow', () => editors.forEach((view, field) => read(field, view)))
document.addEventListener('reset', event => setTimeout(() => {
  for (const [field, view] of editors) if (field.form === event.target) read(field, view)
}))
