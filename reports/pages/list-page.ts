/** A list of a run, page by page, with its search. */
import { own } from '#base/own.ts'
import { html, type Markup } from '../html/markup.ts'
import { plainTable } from '../html/table.ts'
import { type ListName, listAddress, runAddress } from './addresses.ts'
import { type Asked, countOf, type List, rowsOf } from './list.ts'
import { lists } from './lists.ts'
import type { OpenRun } from './open-run.ts'
import type { Page } from './page.ts'
import { extentOf, PAGE_ROWS, pager } from './paging.ts'

function formOf(run: OpenRun, name: ListName, list: List, asked: Asked): Markup {
  const choices = list.choices.map((choice) => {
    const options = choice.choices(run)
    const all = options.some(([value]) => value === '') ? [] : [['', 'all'] as const]
    return html`<label>${choice.label} <select name="${choice.name}">${[...all, ...options].map(
      ([value, text]) =>
        html`<option value="${value}"${value === (own(asked, choice.name) ?? '') ? html` selected` : ''}>${text}</option>`,
    )}</select></label> `
  })
  const account = asked.account ?? ''
  const only = account === '' ? '' : html`<input type="hidden" name="account" value="${account}">`
  return html`<form class="filter" action="${listAddress(run.key, name)}" method="get" aria-label="Filter of ${list.what}">
<label>Contains <input type="search" name="q" value="${asked.q ?? ''}" placeholder="${list.searches}"></label>
${choices}${only}<button>Show</button> <a href="${listAddress(run.key, name)}">All ${list.what}</a></form>`
}

/** The rows of a list as a table, and how many there are. */
export function listTable(run: OpenRun, name: ListName, asked: Asked, offset: number, limit: number): Markup {
  const list = lists[name]
  return plainTable(list.title, list.columns(run), rowsOf(run, list, asked, offset, limit))
}

export function listPage(run: OpenRun, name: ListName, asked: Asked): Page {
  const list = lists[name]
  const total = countOf(run, list, asked)
  const extent = extentOf(asked.page, total)
  const account = asked.account ?? ''
  const title = account === '' ? list.title : `${list.title} of ${account}`
  const names = ['q', 'account', ...list.choices.map((choice) => choice.name)]
  const kept = Object.fromEntries(names.map((each) => [each, own(asked, each)]))
  return {
    status: 200,
    title: `${title}, ${run.key}`,
    body: html`<h1>${title}</h1>
<p class="soft">${list.text} Amounts in ${run.record.meta.currency}.</p>
${formOf(run, name, list, asked)}
${pager(extent, list.what, (page) => listAddress(run.key, name, { ...kept, page }))}
${listTable(run, name, asked, extent.offset, PAGE_ROWS)}`,
    run: run.key,
    place: list.title,
    trail: [
      ['All runs', '/'],
      [run.key, runAddress(run.key)],
      [title, listAddress(run.key, name, kept)],
    ],
  }
}
