// Copies the scripts and the favicon to dist, and draws the sprite of the pages.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'

const root = new URL('../../../', import.meta.url)
const at = path => new URL(path, root)

copyFileSync(at('web/static/src/app.js'), at('web/static/dist/app.js'))
copyFileSync(at('web/static/src/favicon.svg'), at('web/static/dist/favicon.svg'))
const htmx = readFileSync(at('node_modules/htmx.org/dist/htmx.min.js'), 'utf8')
writeFileSync(at('web/static/dist/htmx.js'), htmx.replace(/\n?\/\/# sourceMappingURL.*/, ''))

// Icons are of the Lucide set; a test of the views compares this list with what pages use.
const icons = ['arrow-down-to-line', 'arrow-up-from-line', 'braces', 'copy', 'download', 'file-json',
  'log-out', 'menu', 'monitor', 'moon', 'search', 'sun', 'x']
const symbol = name => {
  const svg = readFileSync(at(`node_modules/lucide-static/icons/${name}.svg`), 'utf8')
  const inner = svg.replace(/<!--[\s\S]*?-->/g, '').replace(/^[\s\S]*?<svg[\s\S]*?>/, '').replace('</svg>', '')
  return `<symbol id="i-${name}" viewBox="0 0 24 24">${inner.replace(/\s*\n\s*/g, '').replace(/ \/>/g, '/>').trim()}</symbol>`
}
const marks = readFileSync(at('web/static/src/marks.svg'), 'utf8').trim().split('\n')
writeFileSync(at('web/views/sprite.svg'), ['<svg class="hidden" aria-hidden="true">', ...icons.map(symbol), ...marks, '</svg>'].join('\n') + '\n')
