// What a page gains with a script. Every page is complete without it, and nothing here
// belongs to one page: elements ask for a behaviour by a data attribute.
document.documentElement.classList.add('js')

// data-drop on a form: files dropped anywhere on the page go into its file input.
let depth = 0
const over = on => document.body.classList.toggle('dropping', on)
const target = event => event.dataTransfer?.types.includes('Files') && document.querySelector('form[data-drop]')

document.addEventListener('dragenter', event => {
  if (!target(event)) return
  depth++
  over(true)
})
document.addEventListener('dragleave', event => {
  if (!target(event)) return
  depth = Math.max(0, depth - 1)
  over(depth > 0)
})
document.addEventListener('dragover', event => {
  if (target(event)) event.preventDefault()
})
document.addEventListener('drop', event => {
  const form = target(event)
  if (!form) return
  event.preventDefault()
  depth = 0
  over(false)
  form.querySelector('input[type=file]').files = event.dataTransfer.files
  form.requestSubmit()
})

// data-submit on a control: a change submits its form.
document.addEventListener('change', event => {
  if (event.target.matches('[data-submit]')) event.target.form.requestSubmit()
})

// data-copy="id" on a button: copies the text of that element and says so for a while.
document.addEventListener('click', async event => {
  const button = event.target.closest('[data-copy]')
  if (!button) return
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent)
  const label = button.querySelector('[data-label]')
  const before = label.textContent
  label.textContent = button.dataset.done
  setTimeout(() => { label.textContent = before }, 2000)
})

// data-live="address" on an element that htmx renews on the event live: that event comes
// with every message of the address's event stream. Where there is no stream, or while it
// is cut off, it comes once a second.
const follow = element => {
  const renew = () => element.dispatchEvent(new Event('live'))
  let timer
  const poll = () => { timer ??= setInterval(() => element.isConnected ? renew() : clearInterval(timer), 1000) }
  const rest = () => { clearInterval(timer); timer = undefined }
  if (!window.EventSource) return poll()
  const stream = new EventSource(element.dataset.live)
  let first = true
  stream.onopen = () => { rest(); first = true }
  stream.onerror = poll
  stream.addEventListener('moved', () => {
    if (!element.isConnected) { stream.close(); rest() } else if (!first) renew()
    first = false
  })
  stream.addEventListener('over', () => { stream.close(); poll(); renew() })
  addEventListener('pagehide', () => stream.close())
}
document.querySelectorAll('[data-live]').forEach(follow)
