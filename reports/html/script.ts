/**
 * The page's own script: tables sort by their headings, long ones can be searched, and charts say what is at the pointer
 * or where the arrow keys lead. Without it every row is there in its order; it reads and moves what is in the page and asks for nothing else.
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
const tip = document.createElement('div')
tip.className = 'tip'
tip.setAttribute('role', 'status')
tip.hidden = true
document.body.append(tip)
for (const drawing of document.querySelectorAll('[data-tips]')) {
  const tips = JSON.parse(drawing.dataset.tips)
  const across = drawing.dataset.along === 'x'
  const cursor = document.createElement('div')
  cursor.className = 'cursor'
  cursor.hidden = true
  drawing.append(cursor)
  let at = -1
  const shown = () => [...drawing.querySelectorAll('[data-at]')].find((each) => each.offsetParent !== null)
  const hide = () => {
    tip.hidden = cursor.hidden = true
  }
  const show = (index) => {
    const place = shown()
    if (place === undefined || tips.length === 0) return
    at = Math.max(0, Math.min(tips.length - 1, index))
    const svg = place.querySelector('svg')
    const box = svg.getBoundingClientRect()
    const frame = drawing.getBoundingClientRect()
    const share = Number(place.dataset.at.split(' ')[at])
    tip.textContent = tips[at]
    tip.hidden = cursor.hidden = false
    const x = across ? box.left + share * box.width : box.left + box.width / 2
    const y = across ? box.top : box.top + share * box.height
    cursor.style.cssText = across
      ? 'top:0;width:1px;height:' + box.height + 'px;left:' + (x - frame.left) + 'px'
      : 'left:0;height:1px;width:' + box.width + 'px;top:' + (y - frame.top) + 'px'
    const below = Math.min(across ? box.bottom : y + 12, innerHeight - tip.offsetHeight - 8)
    tip.style.left = Math.max(8, Math.min(x - tip.offsetWidth / 2, innerWidth - tip.offsetWidth - 8)) + 'px'
    tip.style.top = Math.max(8, below) + 'px'
  }
  const nearest = (event) => {
    const place = shown()
    if (place === undefined) return -1
    const box = place.querySelector('svg').getBoundingClientRect()
    const share = across ? (event.clientX - box.left) / box.width : (event.clientY - box.top) / box.height
    const places = place.dataset.at.split(' ').map(Number)
    let best = 0
    places.forEach((each, index) => {
      if (Math.abs(each - share) < Math.abs(places[best] - share)) best = index
    })
    return best
  }
  drawing.addEventListener('pointermove', (event) => show(nearest(event)))
  drawing.addEventListener('pointerleave', hide)
  drawing.addEventListener('blur', hide)
  drawing.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (event.key === 'Escape') hide()
    if (step === undefined) return
    event.preventDefault()
    show(at + step)
  })
}
`

/** The hash of a style or script, as a Content-Security-Policy names it. */
export const contentHash = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`

/** What the page's Content-Security-Policy lets run: this text and nothing else. */
export const scriptHash = contentHash(script)
