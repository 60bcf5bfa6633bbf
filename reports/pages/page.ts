/** What every page over records has in common: its head, where one is, the way to the others, and the search. */
import { html, type Markup } from '../html/markup.ts'
import { LIVE, listAddress, RULES, runAddress } from './addresses.ts'

/** A page, or why there is none. */
export interface Page {
  readonly status: number
  readonly title: string
  readonly body: Markup
  /** Key of the run that it is of. */
  readonly run?: string
  /** Names on the way to it, with their addresses; the last is the page itself. */
  readonly trail?: readonly (readonly [name: string, address: string])[]
  /** The entry of the navigation that it belongs to. */
  readonly place?: string
  /** What was searched for. */
  readonly searched?: string
}

export const assets = { style: '/assets/style.css', script: '/assets/script.js', icon: '/assets/icon.svg' } as const

const placesOf = (run: string): readonly (readonly [string, string])[] => [
  ['Overview', runAddress(run)],
  ['Accounts', listAddress(run, 'accounts')],
  ['Orders', listAddress(run, 'orders')],
  ['Bills', listAddress(run, 'bills')],
  ['Refusals', listAddress(run, 'refusals')],
  ['Tables', `${runAddress(run)}/tables`],
]

function navigation({ run, place }: Page): Markup {
  const places = [
    ['All runs', '/'] as const,
    ...(run === undefined ? [] : placesOf(run)),
    ['Under way', LIVE] as const,
    ['Rules', RULES] as const,
  ]
  return html`<nav aria-label="Pages">${places.map(
    ([name, address]) => html`<a href="${address}"${name === place ? html` aria-current="page"` : ''}>${name}</a> `,
  )}</nav>`
}

function search({ run, searched = '' }: Page): Markup | '' {
  if (run === undefined) return ''
  return html`<form role="search" action="${runAddress(run)}/search" method="get"><label for="search">Search</label>
<input id="search" name="q" type="search" value="${searched}" placeholder="account, number, bill, reason" aria-keyshortcuts="/">
<button>Find</button></form>`
}

function trail({ trail: places = [] }: Page): Markup | '' {
  if (places.length < 2) return ''
  return html`<nav aria-label="Where this is" class="trail"><ol>${places.map(([name, address], index) =>
    index === places.length - 1
      ? html`<li aria-current="page">${name}</li>`
      : html`<li><a href="${address}">${name}</a></li>`,
  )}</ol></nav>`
}

/** The page as text. It has no script and no style of its own: the Content-Security-Policy would not run it. */
export const pageText = (page: Page): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title} · marketsim</title>
<link rel="icon" href="${assets.icon}">
<link rel="stylesheet" href="${assets.style}">
<script src="${assets.script}" defer></script>
</head>
<body class="app">
<a class="skip" href="#content">Skip to the content</a>
<div class="top" role="banner">${navigation(page)}${search(page)}</div>
<main id="content" tabindex="-1">
${trail(page)}
${page.body}</main>
<footer>Read-only, from the record of the run. <kbd>/</kbd> goes to the search, <kbd>Tab</kbd> and <kbd>Enter</kbd> to everything else.</footer>
</body>
</html>
`.text

/** A page that says what is missing or wrong, and what to do. */
export const problemPage = (status: number, title: string, text: string, run?: string): Page => ({
  status,
  title,
  body: html`<h1>${title}</h1><p>${text}</p><p><a href="${run === undefined ? '/' : runAddress(run)}">Back to the ${run === undefined ? 'list of runs' : 'overview of the run'}</a></p>`,
  ...(run === undefined ? {} : { run }),
})
