/** Style sheet and script of the pages over records, served as files of their own. */
import { style } from '../html/style.ts'

export const styleSheet = `${style.text}
body.app{padding-top:0}
.skip{position:absolute;left:-100rem;background:var(--page);padding:.5rem 1rem;z-index:3}
.skip:focus{left:1rem;top:.5rem}
.top{position:sticky;top:0;z-index:2;display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:center;justify-content:space-between;padding:.6rem 0;background:var(--page);border-bottom:1px solid var(--line)}
.top nav{margin:0}
.top a[aria-current]{font-weight:600;color:var(--text);text-decoration:none}
form{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end;font-size:.9rem;margin:.75rem 0}
.top form{margin:0;align-items:center;gap:.5rem}
form label{display:flex;flex-wrap:wrap;gap:.25rem .5rem;align-items:center;color:var(--soft)}
input,select,form button{font:inherit;color:var(--text);background:var(--panel);border:1px solid var(--axis);border-radius:.35rem;padding:.3rem .5rem;min-height:2rem}
form input[type=search]{width:min(16rem,70vw)}
form button{cursor:pointer;font-weight:600}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
main{outline:none;padding-top:1rem}
.trail{display:block;margin:0 0 .75rem}
.trail ol{display:flex;flex-wrap:wrap;gap:.25rem .5rem;list-style:none;margin:0;padding:0}
.trail li+li::before{content:"›";padding-right:.5rem;color:var(--soft)}
.pager{align-items:baseline}
.count{color:var(--soft);font-size:.9rem}
.cards .more{font-size:.9rem;font-weight:400}
.particulars,dl.rules{margin:1rem 0}
.particulars div,dl.rules div{display:grid;grid-template-columns:9rem 1fr;gap:0 1rem;padding:.2rem .25rem;border-bottom:1px solid var(--line)}
.particulars dt,dl.rules dt{color:var(--soft)}
.particulars dd,dl.rules dd{margin:0}
dl.rules div{grid-template-columns:4rem 1fr}
.related a,.found a{display:inline-block;margin-right:1rem;padding:.15rem 0}
.rule{white-space:nowrap}
.anchor{color:var(--soft)}
.detail{color:var(--soft);padding-left:1rem}
time{white-space:nowrap;font-variant-numeric:tabular-nums}
tr:has(:target),dl div:target{background:var(--panel);outline:2px solid var(--link)}
:target{scroll-margin-top:6rem}
#live{list-style:none;padding:0}
#live li{border-bottom:1px solid var(--line);padding:.5rem 0}
#live h2{margin:0;padding:0;border:0}
progress{width:min(30rem,100%);height:1rem;accent-color:var(--series-1)}
#live svg{display:block;width:min(30rem,100%);height:3rem}
#live polyline{fill:none;stroke:var(--series-1);stroke-width:1.5;vector-effect:non-scaling-stroke}
kbd{font:.85em ui-monospace,Menlo,Consolas,monospace;border:1px solid var(--line);border-radius:.2rem;padding:0 .3em}
@media (max-width:44rem){.top{position:static}.particulars div{grid-template-columns:1fr}.top form{width:100%}.top input[type=search]{flex:1}}
@media print{.top,.skip,.trail,.pager a,form,.anchor,.related{display:none}}
`

/** Titles become tooltips that the keyboard shows as well; \`/\` goes to the search. Without it every page works. */
export const pageScript = `
const tip = document.createElement('div')
tip.className = 'tip'
tip.id = 'tip'
tip.role = 'tooltip'
tip.hidden = true
document.body.append(tip)
let shown
const hide = () => {
  shown?.removeAttribute('aria-describedby')
  shown = undefined
  tip.hidden = true
}
const show = (link) => {
  if (link.title !== '') {
    link.dataset.tip = link.title
    link.removeAttribute('title')
  }
  hide()
  shown = link
  tip.textContent = link.dataset.tip
  tip.hidden = false
  link.setAttribute('aria-describedby', 'tip')
  const place = link.getBoundingClientRect()
  const below = place.bottom + 6 + tip.offsetHeight < innerHeight
  tip.style.left = Math.max(8, Math.min(place.left, innerWidth - tip.offsetWidth - 8)) + 'px'
  tip.style.top = (below ? place.bottom + 6 : place.top - tip.offsetHeight - 6) + 'px'
}
const ruleOf = (event) => (event.target instanceof Element ? event.target.closest('a.rule') : null)
for (const name of ['pointerover', 'focusin'])
  document.addEventListener(name, (event) => {
    const link = ruleOf(event)
    if (link !== null) show(link)
  })
for (const name of ['pointerout', 'focusout'])
  document.addEventListener(name, (event) => {
    if (ruleOf(event) !== null) hide()
  })
addEventListener('scroll', hide, { passive: true })
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') hide()
  const search = document.getElementById('search')
  if (event.key !== '/' || search === null || event.ctrlKey || event.metaKey || event.altKey) return
  if (document.activeElement instanceof HTMLInputElement || document.activeElement instanceof HTMLSelectElement) return
  event.preventDefault()
  search.focus()
  search.select()
})
const live = document.getElementById('live')
const POINTS = 120
const rates = new Map()
const line = (values) => {
  const name = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(name, 'svg')
  svg.setAttribute('viewBox', '0 0 ' + POINTS + ' 30')
  svg.setAttribute('aria-hidden', 'true')
  svg.setAttribute('preserveAspectRatio', 'none')
  const path = document.createElementNS(name, 'polyline')
  const most = Math.max(...values, 1)
  path.setAttribute('points', values.map((value, index) => index + ',' + (29 - (28 * value) / most)).join(' '))
  svg.append(path)
  return svg
}
if (live !== null) {
  const count = document.getElementById('live-count')
  const shownNotes = (notes) => {
    const text = notes.length === 0 ? 'Nothing is under way in this folder.' : notes.length + ' under way'
    if (count.textContent !== text) count.textContent = text
    live.replaceChildren(...notes.map((note) => {
      const item = document.createElement('li')
      const head = document.createElement('h2')
      head.textContent = note.target
      const words = document.createElement('p')
      const silent = Math.round((note.now - note.at) / 1000)
      words.textContent = note.words.join(' · ') + (silent > 10 ? ' · no news for ' + silent + ' s' : '')
      item.append(head)
      if (note.fraction !== null) {
        const bar = document.createElement('progress')
        bar.max = 1
        bar.value = note.fraction
        bar.setAttribute('aria-label', 'Progress of ' + note.target)
        item.append(bar)
      }
      item.append(words)
      if (note.rate !== null) {
        const key = note.target + note.began
        const values = [...(rates.get(key) ?? []), note.rate].slice(-POINTS)
        rates.set(key, values)
        item.append(line(values))
      }
      return item
    }))
  }
  const events = new EventSource(live.dataset.events)
  events.addEventListener('message', (event) => shownNotes(JSON.parse(event.data)))
  addEventListener('pagehide', () => events.close())
}
`

export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#2a6fbb"/><path d="M3 12V8h2v4zm4 0V4h2v8zm4 0V6h2v6z" fill="#fff"/></svg>`
