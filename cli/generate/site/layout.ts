/** What is around a page of the site: navigation, search, style. */
import { escaped } from './render.ts'

/** The pages in the navigation, by kind. */
type Link = readonly [place: string, name: string]

export const navigation: readonly (readonly [kind: string, pages: readonly Link[]])[] = [
  [
    'Learn',
    [
      ['installation.html', 'Installation'],
      ['tutorial.html', 'Tutorial'],
      ['glossary.html', 'Glossary'],
    ],
  ],
  [
    'Do',
    [
      ['cookbook.html', 'Cookbook'],
      ['planning.html', 'Planning'],
      ['cli.html', 'Command line'],
      ['finance.html', 'Finance'],
      ['data.html', 'Real data'],
      ['questions.html', 'Questions to a record'],
      ['load.html', 'Load tests'],
      ['scale.html', 'Many machines'],
      ['troubleshooting.html', 'Troubleshooting'],
    ],
  ],
  [
    'Understand',
    [
      ['model.html', 'The model'],
      ['trust.html', 'Trust in a figure'],
      ['audit.html', 'The audit'],
      ['performance.html', 'Performance'],
      ['why.html', 'Why not another tool'],
      ['design.html', 'Architecture'],
    ],
  ],
  [
    'Look up',
    [
      ['reference/commands.html', 'Commands'],
      ['reference/scenario.html', 'Scenario keys'],
      ['reference/rules.html', 'Rules'],
      ['reference/figures.html', 'Figures'],
      ['reference/quote.html', 'Operations of quote'],
      ['reference/codes.html', 'Codes'],
      ['reference/files.html', 'Columns of files'],
      ['reference/record.html', 'The record'],
      ['reference/lifecycles.html', 'Lifecycles'],
    ],
  ],
]

const style = `:root{color-scheme:light dark;--text:light-dark(#1b1f24,#e6e8eb);--back:light-dark(#fff,#14171a);--line:light-dark(#d0d5db,#3a4048);--link:light-dark(#0b57a4,#8ec1ff);--soft:light-dark(#f3f5f7,#1f2429)}
*{box-sizing:border-box}
body{margin:0;font:16px/1.55 system-ui,sans-serif;color:var(--text);background:var(--back)}
a{color:var(--link)}
.skip{position:absolute;left:-9999px}.skip:focus{left:1rem;top:1rem;background:var(--back);padding:.5rem}
header{display:flex;flex-wrap:wrap;gap:1rem;align-items:center;padding:.75rem 1.25rem;border-bottom:1px solid var(--line)}
header form{margin:0 0 0 auto;max-width:100%}
input{font:inherit;color:inherit;background:var(--soft);border:1px solid var(--line);border-radius:4px;padding:.3rem .5rem;max-width:100%}
.frame{display:grid;grid-template-columns:14rem minmax(0,1fr);gap:2rem;max-width:80rem;margin:0 auto;padding:1.25rem}
nav ul{list-style:none;padding:0;margin:0 0 1rem}nav li{margin:.15rem 0}nav h2{font-size:.9rem;margin:.5rem 0}
a[aria-current]{font-weight:bold}
main{overflow-wrap:anywhere}
pre{background:var(--soft);padding:.75rem;overflow:auto;border-radius:4px}code{font-family:ui-monospace,monospace;font-size:.9em}
figure{margin:1rem 0}figcaption{font-family:ui-monospace,monospace;font-size:.85rem}
.wide{overflow-x:auto}table{border-collapse:collapse}th,td{border:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top;overflow-wrap:normal}
#found{padding:0 1.25rem}#found:empty{display:none}#found li{margin:.4rem 0}
@media(max-width:50rem){.frame{grid-template-columns:minmax(0,1fr)}nav{order:2}}
`

/** Finds sections while the user types. The index is a script, so that it loads from a disk, without a server. */
export const searching = `(() => {
  const input = document.querySelector('#search')
  const found = document.querySelector('#found')
  const up = document.body.dataset.up
  let index
  const load = (name) => new Promise((resolve, reject) => {
    const script = document.createElement('script')
    script.src = up + name
    script.onload = resolve
    script.onerror = reject
    document.head.append(script)
  })
  const ready = async () => {
    if (index === undefined) {
      await load('minisearch.js')
      await load('search-index.js')
      index = MiniSearch.loadJSON(window.searchIndex, window.searchOptions)
    }
    return index
  }
  const show = async () => {
    const words = input.value.trim()
    if (words === '') return found.replaceChildren()
    const results = (await ready()).search(words).slice(0, 15)
    const count = document.createElement('p')
    count.textContent = results.length === 0 ? 'Nothing found' : results.length + ' sections found'
    const list = document.createElement('ul')
    for (const { place, title, page } of results) {
      const item = document.createElement('li')
      const link = document.createElement('a')
      link.href = up + place
      link.textContent = title === page ? title : page + ': ' + title
      item.append(link)
      list.append(item)
    }
    found.replaceChildren(count, list)
  }
  input.addEventListener('input', show)
  input.form.addEventListener('submit', (event) => { event.preventDefault(); show() })
})()
`

/** A whole page of the site; `up` leads to its first folder. */
export function laidOut({
  title,
  html,
  place,
  up,
}: {
  title: string
  html: string
  place: string
  up: string
}): string {
  const lists = navigation.map(([kind, pages], index) => {
    const items = pages.map(
      ([target, name]) =>
        `<li><a href="${up}${target}"${target === place ? ' aria-current="page"' : ''}>${escaped(name)}</a></li>`,
    )
    return `<h2 id="nav-${index}">${kind}</h2><ul aria-labelledby="nav-${index}">${items.join('')}</ul>`
  })
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} – marketsim</title>
<style>${style}</style>
<script src="${up}search.js" defer></script>
</head>
<body data-up="${up}">
<a class="skip" href="#content">To the content</a>
<header><a href="${up}index.html">marketsim</a><form role="search"><label for="search">Search </label><input id="search" type="search" autocomplete="off"></form></header>
<div id="found" role="status"></div>
<div class="frame">
<nav aria-label="Documentation">${lists.join('')}</nav>
<main id="content">
${html}</main>
</div>
</body>
</html>
`
}
