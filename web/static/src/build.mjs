// Copies the scripts and the favicon to dist, bundles the editor, and draws the sprite of
// the pages.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = new URL('../../../', import.meta.url)
const at = path => new URL(path, root)

copyFileSync(at('web/static/src/app.js'), at('web/static/dist/app.js'))
copyFileSync(at('web/static/src/favicon.svg'), at('web/static/dist/favicon.svg'))
const htmx = readFileSync(at('node_modules/htmx.org/dist/htmx.min.js'), 'utf8')
writeFileSync(at('web/static/dist/htmx.js'), htmx.replace(/\n?\/\/# sourceMappingURL.*/, ''))

// The editor is one file, headed by the licences of what is in it.
const { metafile, outputFiles: [editor] } = await build({
  absWorkingDir: fileURLToPath(root), entryPoints: ['web/static/src/editor.js'], outfile: 'web/static/dist/editor.js',
  bundle: true, format: 'iife', minify: true, target: ['chrome111', 'firefox128', 'safari16.4'], metafile: true, write: false,
})
const parts = Object.keys(metafile.inputs).flatMap(path => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1] ?? [])
const licences = new Set(parts.sort().map(name => readFileSync(at(`node_modules/${name}/LICENSE`), 'utf8').trim()))
writeFileSync(at('web/static/dist/editor.js'), `/*\n${[...licences].join('\n\n')}\n*/\n${editor.text}`)

// Icons are of the Lucide set; a test of the views compares this list with what pages use.
const icons = ['activity', 'archive', 'arrow-down-to-line', 'arrow-right-left', 'arrow-up-from-line', 'braces', 'chevron-right', 'copy', 'download', 'file-json',
  'history', 'layers', 'log-out', 'menu', 'monitor', 'moon', 'network', 'search', 'sun', 'undo-2', 'waypoints', 'x']
const symbol = name => {
  const svg = readFileSync(at(`node_modules/lucide-static/icons/${name}.svg`), 'utf8')
  const inner = svg.replace(/<!--[\s\S]*?-->/g, '').replace(/^[\s\S]*?<svg[\s\S]*?>/, '').replace('</svg>', '')
  return `<symbol id="i-${name}" viewBox="0 0 24 24">${inner.replace(/\s*\n\s*/g, '').replace(/ \/>/g, '/>').trim()}</symbol>`
}
const marks = readFileSync(at('web/static/src/marks.svg'), 'utf8').trim().split('\n')
writeFileSync(at('web/views/sprite.svg'), ['<svg class="hidden" aria-hidden="true">', ...icons.map(symbol), ...marks, '</svg>'].join('\n') + '\n')
