/** What `explain` says, as a page: every number, rule and account in it is a link, and each line has an address. */
import { formatInstant } from '#base/civil-time.ts'
import { ruleText } from '#scenarios/rules.ts'
import { amountText, type Moment, rulesOf, type Working } from '../explain/explanation.ts'
import type { Subject } from '../explain/subjects.ts'
import { html, type Markup } from '../html/markup.ts'
import { table } from '../html/table.ts'
import { type ListName, lineAddress, listAddress, queryText, runAddress, subjectAddress } from './addresses.ts'
import { linkedText } from './linked-text.ts'
import type { OpenRun } from './open-run.ts'
import type { Page } from './page.ts'
import { extentOf, pager } from './paging.ts'
import { ruleLink } from './rule-link.ts'

/** Lines of a bill, or moments, on a page. */
const LINES = 100

/** The list that a subject is found in. */
const listOf: Partial<Record<Subject, readonly [ListName, string]>> = {
  order: ['orders', 'Orders'],
  refund: ['orders', 'Orders'],
  bill: ['bills', 'Bills'],
  refusal: ['refusals', 'Refusals'],
  account: ['accounts', 'Accounts'],
  credit: ['accounts', 'Accounts'],
}

/** What a line is called in addresses: by its transaction, server or order where it has one. */
function lineNames(workings: readonly Working[]): string[] {
  const seen = new Map<string, number>()
  return workings.map(({ what }) => {
    const [, word, number] = /^(transaction|server|order) (\d+)/.exec(what) ?? []
    const name = word === undefined ? what.toLowerCase().replace(/[^a-z0-9]+/g, '-') : `${word}-${number}`
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name}.${times}`
  })
}

function amountsTable(run: OpenRun, workings: readonly Working[], names: readonly string[], address: string): Markup {
  return table(
    'Amounts',
    [
      {
        title: 'What',
        cell: ([{ what }, name]: readonly [Working, string]) =>
          html`<span id="${name}">${linkedText(run, what)}</span> <a class="anchor" href="${lineAddress(address, name)}" aria-label="Address of this line: ${what}">#</a>`,
      },
      { title: 'rule', cell: ([{ rule }]) => ruleLink(rule) },
      { title: 'how', cell: ([{ formula }]) => (formula === '' ? 'recorded only' : linkedText(run, formula)) },
      { title: 'amount', number: true, cell: ([{ amount, recorded }]) => amountText(amount ?? recorded) },
      {
        title: 'as recorded',
        cell: ([{ amount, recorded }]) =>
          amount === null || amount === recorded
            ? html`<span class="good">✓ yes</span>`
            : html`<span class="bad">✗ recorded ${amountText(recorded)}</span>`,
      },
    ],
    workings.map((working, index) => [working, names[index]] as const),
  )
}

function momentsTable(run: OpenRun, moments: readonly Moment[], utcOffset: number): Markup {
  return table(
    'In time order',
    [
      {
        title: 'When',
        cell: ({ at }: Moment) =>
          html`<time datetime="${formatInstant(at, utcOffset)}">${formatInstant(at, utcOffset).slice(0, 19).replace('T', ' ')}</time>`,
      },
      { title: 'rule', cell: ({ rule }) => ruleLink(rule) },
      {
        title: 'what',
        cell: ({ what, details }) =>
          html`${linkedText(run, what)}${details.map((detail) => html`<br><span class="detail">${linkedText(run, detail)}</span>`)}`,
      },
    ],
    moments,
  )
}

/** Other pages of the same thing. */
function related(run: OpenRun, subject: Subject, id: string): Markup | '' {
  const others =
    subject === 'account'
      ? [
          ['Orders', listAddress(run.key, 'orders', { account: id })],
          ['Bills', listAddress(run.key, 'bills', { account: id })],
          ['Refusals', listAddress(run.key, 'refusals', { account: id })],
          ['Credit', subjectAddress(run.key, 'credit', id)],
        ]
      : subject === 'bill'
        ? [['Account', subjectAddress(run.key, 'account', id.slice(0, id.lastIndexOf('/')))]]
        : []
  return others.length === 0
    ? ''
    : html`<p class="related">${others.map(([name, address]) => html`<a href="${address}">${name}</a> `)}</p>`
}

export interface ExplanationQuery {
  readonly page?: string
  readonly moments?: string
  readonly line?: string
}

/** The page of one subject. @throws RecordError if the record does not have it */
export function explanationPage(run: OpenRun, subject: Subject, id: string, query: ExplanationQuery): Page {
  const { record } = run
  const { utcOffset } = record.meta
  const explanation = run.explanation(subject, id)
  const { workings, moments, particulars } = explanation
  const address = subjectAddress(run.key, subject, id)
  const names = lineNames(workings)
  const asked = query.line === undefined ? -1 : names.indexOf(query.line)
  const lines = extentOf(asked < 0 ? query.page : String(Math.floor(asked / LINES) + 1), workings.length, LINES)
  const times = extentOf(query.moments, moments.length, LINES)
  const rules = rulesOf(explanation)
  const shownLines = workings.slice(lines.offset, lines.offset + LINES)
  const shownNames = names.slice(lines.offset, lines.offset + LINES)
  const body = html`<h1>${explanation.subject}</h1>
${related(run, subject, id)}
<dl class="particulars">${particulars.map(([label, text]) => html`<div><dt>${label}</dt><dd>${linkedText(run, text)}</dd></div>`)}</dl>
${
  workings.length === 0
    ? ''
    : html`<section><h2>Amounts, ${record.meta.currency}</h2>
${pager(lines, workings.length === 1 ? 'line' : 'lines', (page) => `${address}${queryText({ page, moments: query.moments })}`)}
${amountsTable(run, shownLines, shownNames, address)}</section>`
}
${
  moments.length === 0
    ? ''
    : html`<section id="moments"><h2>In time order</h2>
${pager(times, 'moments', (page) => `${address}${queryText({ page: query.page, moments: page })}#moments`)}
${momentsTable(run, moments.slice(times.offset, times.offset + LINES), utcOffset)}</section>`
}
${rules.length === 0 ? '' : html`<section><h2>Rules</h2><dl class="rules">${rules.map((rule) => html`<div><dt>${ruleLink(rule)}</dt><dd>${ruleText(rule)}</dd></div>`)}</dl></section>`}
`
  const list = listOf[subject]
  return {
    status: 200,
    title: `${explanation.subject}, ${run.key}`,
    body,
    run: run.key,
    place: list?.[1] ?? '',
    trail: [
      ['All runs', '/'],
      [run.key, runAddress(run.key)],
      ...(list === undefined ? [] : [[list[1], listAddress(run.key, list[0])] as const]),
      [explanation.subject, address],
    ],
  }
}
