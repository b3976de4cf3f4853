// How the editor looks: a field with the colours of the theme, and code as it is painted
// elsewhere on the pages.
import { syntaxHighlighting } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tagHighlighter, tags } from '@lezer/highlight'

// painted has the classes of theme.css. A property of JSON keeps its ink.
const painted = tagHighlighter([
  { tag: [tags.keyword, tags.bool, tags.null, tags.typeName], class: 'hk' },
  { tag: tags.string, class: 'hs' },
  { tag: tags.number, class: 'hn' },
  { tag: tags.comment, class: 'hc' },
  { tag: tags.punctuation, class: 'hp' },
])

const edge = '1px solid color-mix(in oklab, var(--color-base-content) 26%, transparent)'
const hairline = '1px solid var(--color-base-300)'
const focus = { outline: '2px solid var(--color-primary)', outlineOffset: '2px' }
const found = 'color-mix(in oklab, var(--replace) 24%, transparent)'

// wave underlines in a colour, instead of with an image.
const wave = colour => ({ backgroundImage: 'none', textDecoration: `underline wavy 1px ${colour}`, textUnderlineOffset: '0.25em' })
// dot is a disc in the gutter, instead of an image.
const dot = colour => ({ content: 'normal', backgroundColor: colour })

const theme = EditorView.theme({
  '&': {
    border: edge, borderRadius: 'var(--radius-field)', overflow: 'hidden', minHeight: '6rem',
    backgroundColor: 'var(--color-base-100)', color: 'var(--color-base-content)',
  },
  '&.cm-focused': focus,
  '.cm-scroller': { font: '400 0.75rem/1.25rem var(--font-mono)', fontVariantLigatures: 'none' },
  '.cm-content': { caretColor: 'var(--color-base-content)', padding: '0.375rem 0', tabSize: '2' },
  '.cm-line': { padding: '0 0.625rem 0 0.375rem' },
  '.cm-gutters': { backgroundColor: 'transparent', border: '0', color: 'var(--subtle)', fontSize: '0.6875rem' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '2.25rem', padding: '0 0.375rem 0 0.5rem' },
  '.cm-specialChar': { color: 'var(--rejected)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--active)', outline: '1px solid var(--control)' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--rejected-soft)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--active)' },
  '.cm-searchMatch': { backgroundColor: found },
  '.cm-searchMatch-selected': { backgroundColor: found, outline: '1px solid var(--replace)' },

  '.cm-gutter-lint': { width: '1.125rem' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '0.375rem 0 0 0.5rem' },
  '.cm-lint-marker': { width: '0.5rem', height: '0.5rem', borderRadius: '50%' },
  '.cm-lint-marker-error': dot('var(--rejected)'),
  '.cm-lint-marker-warning': dot('var(--replace)'),
  '.cm-lint-marker-info': dot('var(--color-primary)'),
  '.cm-lintRange-error': wave('var(--rejected)'),
  '.cm-lintRange-warning': wave('var(--replace)'),
  '.cm-lintRange-info': wave('var(--color-primary)'),
  '.cm-lintRange-active': { backgroundColor: 'var(--rejected-soft)' },
  '.cm-lintPoint:after': { borderBottomColor: 'var(--rejected)' },
  '.cm-tooltip': {
    border: edge, borderRadius: 'var(--radius-field)', backgroundColor: 'var(--color-base-100)', color: 'var(--color-base-content)',
    maxWidth: 'min(32rem, 80vw)', font: '400 0.8125rem/1.25rem var(--font-sans)', boxShadow: '0 2px 8px oklch(0% 0 0 / 0.12)',
  },
  '.cm-diagnostic': { padding: '0.375rem 0.625rem', margin: '0', border: '0', overflowWrap: 'anywhere' },

  '.cm-panels': { backgroundColor: 'var(--color-base-200)', color: 'var(--color-base-content)' },
  '.cm-panels-bottom': { borderTop: hairline },
  '.cm-panel.cm-search': { padding: '0.375rem 2.25rem 0.375rem 0.5rem', font: '400 0.8125rem/1.25rem var(--font-sans)' },
  '.cm-panel.cm-search input, .cm-panel.cm-search button, .cm-panel.cm-search label': { margin: '0.125rem 0.375rem 0.125rem 0', fontSize: '0.8125rem', verticalAlign: 'middle' },
  '.cm-panel.cm-search label': { display: 'inline-flex', alignItems: 'center', gap: '0.375rem', minHeight: '1.75rem' },
  '.cm-panel.cm-search input[type=checkbox]': { width: '1rem', height: '1rem', margin: '0', accentColor: 'var(--color-primary)' },
  '.cm-textfield, .cm-button': {
    height: '1.75rem', padding: '0 0.5rem', border: edge, borderRadius: 'var(--radius-field)',
    backgroundColor: 'var(--color-base-100)', backgroundImage: 'none', color: 'inherit',
  },
  '.cm-button:active': { backgroundImage: 'none' },
  '.cm-button:hover': { backgroundColor: 'var(--hover)' },
  '.cm-textfield::placeholder': { color: 'var(--subtle)', opacity: '1' },
  '.cm-textfield:focus-visible, .cm-button:focus-visible': focus,
  // There is one selection at a time.
  '.cm-panel.cm-search [name=select]': { display: 'none' },
  '.cm-panel.cm-search [name=close]': {
    top: '0.375rem', right: '0.375rem', margin: '0', width: '1.75rem', height: '1.75rem', borderRadius: 'var(--radius-field)', fontSize: '1rem', cursor: 'pointer',
  },
})

export const look = [theme, syntaxHighlighting(painted)]
