/** The first page of a run: the answer, the verdict, and cards that lead to the lists. */

import { type FigureValue, shownValue } from '../figures/show.ts'
import { html, type Markup } from '../html/markup.ts'
import type { Summary } from '../summary.ts'
import { listAddress, runAddress } from './addresses.ts'
import type { OpenRun } from './open-run.ts'
import type { Page } from './page.ts'

/** A figure of the summary for the eye; a dash where the summary does not have it. */
export function shownIn({ figures }: Summary, name: string): string {
  const figure = figures[name]
  return figure === undefined ? '–' : shownValue(figure.unit, figure.value)
}

const card = (name: string, value: string, note: string, address: string, more: string): Markup =>
  html`<div><dt>${name}</dt><dd>${value} <small>${note}</small></dd><dd class="more"><a href="${address}">${more}</a></dd></div>
`

export const differencesOf = ({ figures }: Summary): FigureValue => figures['reconciliation.differences']?.value ?? null

/** `✓ every amount agrees`: whether the auditor computed every amount alike. */
export function verdictLine(summary: Summary): Markup {
  const differences = differencesOf(summary)
  const right = Number(differences) === 0
  return html`<p class="verdict ${right ? 'good' : 'bad'}">${right ? '✓' : '✗'} reconciliation: ${shownIn(summary, 'reconciliation.amounts')} amounts, ${shownIn(summary, 'reconciliation.differences')} differences</p>`
}

function thresholdList({ thresholds }: Summary): Markup | '' {
  if (thresholds.length === 0) return ''
  return html`<section><h2>Thresholds</h2><ul class="thresholds">${thresholds.map(
    ({ text, passed, shown }) =>
      html`<li><span class="${passed ? 'good' : 'bad'}">${passed ? '✓ kept' : '✗ missed'}</span>: <code>${text}</code>, actual: ${shown}</li>`,
  )}</ul></section>`
}

export function overviewPage(run: OpenRun): Page {
  const { summary } = run
  const { name, question, answer, seed, start, end, utcOffset, currency, digest } = summary.run
  const at = (figure: string): string => shownIn(summary, figure)
  const to = (list: Parameters<typeof listAddress>[1]): string => listAddress(run.key, list)
  const day = (instant: string): string => instant.slice(0, 16).replace('T', ' ')
  return {
    status: 200,
    title: run.key,
    run: run.key,
    place: 'Overview',
    trail: [
      ['All runs', '/'],
      [run.key, runAddress(run.key)],
    ],
    body: html`<header><h1>${name}</h1>
${question === '' ? '' : html`<p class="question">${question}</p>`}
${answer === undefined ? '' : html`<p class="answer">${answer}</p>`}
${verdictLine(summary)}
<p class="run">${day(start)} to ${day(end)} (UTC${utcOffset}) · seed ${seed} · amounts in ${currency} · digest <code>${digest}</code></p></header>
<dl class="cards">
${card(`Revenue, ${currency}`, at('revenue.gross'), `net ${at('revenue.net')}`, `${to('bills')}?sort=payable`, 'Bills')}
${card('Orders placed', at('orders.placed'), `${at('orders.completed')} completed, ${at('orders.open')} open`, to('orders'), 'Orders')}
${card('Requests refused', at('orders.refused'), `of servers ${at('ecs.refusalRate')}`, to('refusals'), 'Refusals')}
${card('Fell into arrears', at('arrears.entered'), `${at('arrears.due')} due at the end`, to('accounts'), 'Accounts')}
${card('Server hours metered', at('ecs.meteredHours'), `${at('ecs.created')} servers`, `${runAddress(run.key)}/tables`, 'Tables')}
${card('Amounts that differ', at('reconciliation.differences'), `of ${at('reconciliation.amounts')}`, to('differences'), 'Differences')}
</dl>
<p><a href="${runAddress(run.key)}/report">The one-file report, with charts</a></p>
${thresholdList(summary)}`,
  }
}
