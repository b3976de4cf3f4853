// Scores every page of a console with Lighthouse, on loopback, and fails where one is
// below 95:
//
//   npm --prefix e2e/lighthouse ci --ignore-scripts
//   node e2e/lighthouse/run.mjs [/ui/history …]
//
// It builds the program, starts it on an empty folder with the sample bundle in it, and
// stops it again. Chromium is taken from CHROMIUM, else /usr/bin/chromium.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import lighthouse from 'lighthouse'

const least = 95
const categories = ['performance', 'accessibility', 'best-practices']
const pages = ['/ui/', '/ui/import', '/ui/export', '/ui/inventory', '/ui/inventory/rules', '/ui/inventory/rules/rule1',
  '/ui/history', '/ui/history/1', '/ui/history/diff?from=0&to=1', '/ui/accounts', '/ui/tokens', '/ui/audit', '/ui/settings', '/ui/api']

const password = 'only for lighthouse and no one else'
const root = new URL('../../', import.meta.url).pathname
const scratch = mkdtempSync(join(tmpdir(), 'lighthouse-'))
const running = []
const run = (command, args, options) => {
  const child = spawn(command, args, options)
  running.push(child)
  return child
}
const pause = ms => new Promise(done => setTimeout(done, ms))

// freePort returns a port that nobody uses.
const freePort = () => new Promise((done, fail) => {
  const server = createServer().once('error', fail).listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => done(port))
  })
})

// startConsole starts the program with a user, and returns its address.
async function startConsole () {
  const program = join(scratch, 'console')
  execFileSync('go', ['build', '-o', program, './cmd/console'], { cwd: root, stdio: 'inherit' })
  const data = join(scratch, 'data')
  // Its two plugins cannot be had here, and are rejected: that is what exit code 1 says.
  spawnSync(program, ['import', '--partial', '--data', data, join(root, 'core/bundle/testdata/seed.json')], { stdio: 'ignore' })
  const url = `http://127.0.0.1:${await freePort()}`
  run(program, ['serve', '--data', data, '--listen', url.slice(7)], {
    env: { ...process.env, CONSOLE_ADMIN_PASSWORD: password }, stdio: 'ignore'
  })
  for (let i = 0; i < 100; i++) {
    if (await fetch(url + '/ping').then(r => r.ok, () => false)) return url
    await pause(100)
  }
  throw new Error('the console did not start')
}

// signIn returns the cookie of a session.
async function signIn (url) {
  const answer = await fetch(url + '/ui/sign-in', {
    method: 'POST', redirect: 'manual', headers: { Origin: url },
    body: new URLSearchParams({ user: 'admin', password, next: '/ui/' })
  })
  const cookie = answer.headers.get('set-cookie')
  if (!cookie) throw new Error(`sign-in answered ${answer.status}`)
  return cookie.split(';')[0]
}

async function startBrowser () {
  const port = await freePort()
  run(process.env.CHROMIUM ?? '/usr/bin/chromium', ['--headless=new', `--remote-debugging-port=${port}`, `--user-data-dir=${join(scratch, 'profile')}`,
    '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update', '--disable-sync', 'about:blank'], { stdio: 'ignore' })
  for (let i = 0; i < 100; i++) {
    if (await fetch(`http://127.0.0.1:${port}/json/version`).then(r => r.ok, () => false)) return port
    await pause(100)
  }
  throw new Error('the browser did not start')
}

let failed = 0
try {
  const url = await startConsole()
  const cookie = await signIn(url)
  const port = await startBrowser()
  const chosen = process.argv.length > 2 ? process.argv.slice(2) : pages
  for (const page of chosen) {
    const { lhr } = await lighthouse(url + page, { port, output: 'json', logLevel: 'error', onlyCategories: categories, extraHeaders: { Cookie: cookie } })
    const scores = categories.map(c => Math.round(lhr.categories[c].score * 100))
    console.log(page.padEnd(32), categories.map((c, i) => `${c} ${scores[i]}`).join('  '))
    if (scores.some(s => s < least)) {
      failed++
      for (const c of categories) {
        for (const ref of lhr.categories[c].auditRefs) {
          const audit = lhr.audits[ref.id]
          if (ref.weight > 0 && audit.score !== null && audit.score < 0.9) console.log('  ', ref.id, audit.displayValue ?? '', audit.title)
        }
      }
    }
  }
} finally {
  for (const child of running) child.kill()
  await pause(500)
  rmSync(scratch, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)
