/**
 * The page's own script: tables sort by their headings, and long ones can be searched. Without it every row is
 * there in its order; it reads and moves what is in the page and asks for nothing else.
 */
import { createHash } from 'node:crypto'

export const script = `
for (const table of document.querySelectorAll('table.sortable')) {
  const body = table.tBodies[0]
  const heads = [...table.tHead.rows[0].cells]
  const key = (row, at) => row.cells[at].dataset.v ?? row.cells[at].textContent
  heads.forEach((head, at) => {
    const button = document.createElement('button')
    button.type = 'button'
    button.append(...head.childNodes)
    head.append(button)
    button.addEventListener('click', () => {
      const number = head.classList.contains('number')
      const before = head.getAttribute('aria-sort')
      const down = before === null ? number : before === 'ascending'
      heads.forEach((other) => other.removeAttribute('aria-sort'))
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending')
      const order = (a, b) => number ? Number(key(a, at)) - Number(key(b, at)) : key(a, at) < key(b, at) ? -1 : key(a, at) > key(b, at) ? 1 : 0
      body.append(...[...body.rows].sort((a, b) => down ? order(b, a) : order(a, b)))
    })
  })
}
for (const place of document.querySelectorAll('.search')) {
  const rows = [...place.querySelector('tbody').rows]
  const texts = rows.map((row) => row.textContent.toLowerCase())
  const label = document.createElement('label')
  const input = document.createElement('input')
  const shown = document.createElement('output')
  input.type = 'search'
  label.append(place.dataset.label + ' ', input)
  place.prepend(label, shown)
  input.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(' ').filter((word) => word !== '')
    let count = 0
    rows.forEach((row, at) => {
      row.hidden = !words.every((word) => texts[at].includes(word))
      if (!row.hidden) count++
    })
    shown.textContent = words.length === 0 ? '' : count + ' of ' + rows.length
  })
}
`

/** The hash of a style or script, as a Content-Security-Policy names it. */
export const contentHash = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`

/** What the page's Content-Security-Policy lets run: this text and nothing else. */
export const scriptHash = contentHash(script)
