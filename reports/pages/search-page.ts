/** One search over accounts, orders, bills, refusals and whatever has a number. */
import { grouped } from '#base/decimal-text.ts'
import { ruleNamed } from '#scenarios/rules.ts'
import type { FactTableName } from '#sim/record/columns.ts'
import type { Subject } from '../explain/subjects.ts'
import { html, type Markup } from '../html/markup.ts'
import { type ListName, listAddress, ruleAddress, runAddress, subjectAddress } from './addresses.ts'
import { countOf } from './list.ts'
import { listTable } from './list-page.ts'
import { lists, monthText } from './lists.ts'
import type { OpenRun } from './open-run.ts'
import type { Page } from './page.ts'

/** Rows of each list on the page; the rest is in the list. */
const FIRST = 8

/** What has a number, and the table that has it. */
const numbered: readonly (readonly [Subject, FactTableName])[] = [
  ['order', 'orders'],
  ['instance', 'instances'],
  ['refusal', 'refusals'],
  ['transaction', 'transactions'],
  ['invoice', 'invoices'],
  ['coupon', 'coupons'],
  ['seller-bill', 'seller_bills'],
]

type Found = readonly [name: string, address: string]

function byNumber(run: OpenRun, text: string): Found[] {
  if (!/^\d{1,15}$/.test(text)) return []
  return numbered
    .filter(([, table]) => run.hasId(table, BigInt(text)))
    .map(([subject]) => [`${subject} ${text}`, subjectAddress(run.key, subject, text)])
}

/** Documents are called by their numbers, such as `B-ap-1-000001`. */
function byDocument(run: OpenRun, text: string): Found[] {
  const { record } = run
  if (/^B-/.test(text))
    return record
      .plainRows(
        'SELECT a.name, n.month FROM bill_numbers n JOIN accounts a ON a.id = n.account WHERE n.number = ?',
        text,
      )
      .map(({ name, month }) => [`bill ${text}`, subjectAddress(run.key, 'bill', `${name}/${monthText(run, month)}`)])
  if (/^C-/.test(text))
    return record
      .plainRows('SELECT number FROM credit_notes WHERE number = ?', text)
      .map(() => [`credit note ${text}`, subjectAddress(run.key, 'credit-note', text)])
  return []
}

const byRule = (text: string): Found[] => {
  const found = ruleNamed(text.toUpperCase())
  return found === undefined ? [] : [[`rule ${text.toUpperCase()}: ${found.text}`, ruleAddress(text.toUpperCase())]]
}

/** An account and a month are the name of a bill. */
function byBill(run: OpenRun, text: string): Found[] {
  const [, account, month] = /^(.+)\/(\d{4}-\d\d)$/.exec(text) ?? []
  if (account === undefined || !run.hasAccount(account)) return []
  return [[`bill of ${account} for ${month}`, subjectAddress(run.key, 'bill', text)]]
}

const searched: readonly ListName[] = ['accounts', 'bills', 'orders', 'refusals']

function listPart(run: OpenRun, name: ListName, text: string): { readonly count: number; readonly markup: Markup } {
  const list = lists[name]
  const count = countOf(run, list, { q: text })
  if (count === 0) return { count, markup: html`` }
  const all =
    count > FIRST
      ? html`<p><a href="${listAddress(run.key, name, { q: text })}">All ${grouped(String(count))} ${list.what}</a></p>`
      : ''
  const rows = listTable(run, name, { q: text }, 0, FIRST)
  return { count, markup: html`<section><h2>${list.title}: ${grouped(String(count))}</h2>${rows}${all}</section>` }
}

export function searchPage(run: OpenRun, asked: string): Page {
  const text = asked.trim().slice(0, 200)
  const found =
    text === '' ? [] : [...byRule(text), ...byNumber(run, text), ...byDocument(run, text), ...byBill(run, text)]
  const parts = text === '' ? [] : searched.map((name) => listPart(run, name, text))
  const count = found.length + parts.reduce((sum, part) => sum + part.count, 0)
  return {
    status: 200,
    title: `Search: ${text}, ${run.key}`,
    run: run.key,
    searched: text,
    trail: [
      ['All runs', '/'],
      [run.key, runAddress(run.key)],
      ['Search', `${runAddress(run.key)}/search`],
    ],
    body: html`<h1>${text === '' ? 'Search' : `Found for “${text}”: ${grouped(String(count))}`}</h1>
${text === '' ? html`<p>Enter the name of an account, a number, a product, a reason for a refusal, or a rule.</p>` : ''}
${count === 0 && text !== '' ? html`<p class="none">Nothing has this name or number.</p>` : ''}
${found.length === 0 ? '' : html`<ul class="found">${found.map(([name, address]) => html`<li><a href="${address}">${name}</a></li>`)}</ul>`}
${parts.map(({ markup }) => markup)}`,
  }
}
