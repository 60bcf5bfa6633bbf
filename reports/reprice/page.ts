/** reprice.html: who pays less and who pays more under the new prices, one file that needs nothing else. */
import { grouped } from '#base/decimal-text.ts'
import { shownMoney } from '#base/money.ts'
import { nearestNumber } from '#base/rational.ts'
import { type Chart, colours } from '../html/chart.ts'
import { chartFigure } from '../html/chart-figure.ts'
import { documentText } from '../html/document.ts'
import { html, type Markup } from '../html/markup.ts'
import { folded, reportSection } from '../html/table.ts'
import { tipsOf } from '../html/tips.ts'
import type { ReportTable } from '../report-table.ts'
import { type AccountChange, type Change, type Movers, moversOf } from './price-difference.ts'

/** So many winners, and as many losers, are drawn; their percentages are, where there are more accounts. */
const DRAWN = 12

const unitsOf = (amount: bigint): number => nearestNumber({ numerator: amount, denominator: 100_000_000n })

/** `+1,234.50`, `−3.00`, `0.00` */
export const signedMoney = (amount: bigint): string =>
  amount === 0n ? '0.00' : `${amount < 0n ? '−' : '+'}${shownMoney(amount < 0n ? -amount : amount)}`

/** `+12.5 %`; nothing where there was nothing before. */
export function percentText({ old, difference }: Pick<Change, 'old' | 'difference'>): string {
  if (old <= 0n) return ''
  const percent = unitsOf((difference * 10_000_000_000n) / old)
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)} %`
}

function moversChart(currency: string, { winners, losers }: Movers): Chart {
  const drawn = [...losers.slice(0, DRAWN), ...winners.slice(0, DRAWN).reverse()]
  const values = drawn.map(({ account, difference }) => ({
    account,
    difference: unitsOf(difference),
    side: difference < 0n ? 'pays less' : 'pays more',
  }))
  const shown = (list: readonly AccountChange[]) =>
    list.slice(0, 3).map(({ account, difference }) => `${account} ${signedMoney(difference)}`)
  return {
    name: `movers-${currency}`,
    title: `Who pays more and who pays less, ${currency}`,
    text: [...shown(losers), ...shown(winners)].join('; '),
    tips: tipsOf(drawn, {
      along: 'y',
      value: ({ account }) => account,
      text: (change) => `${signedMoney(change.difference)} ${currency} ${percentText(change)}`.trimEnd(),
    }),
    specification: {
      height: { step: 22 },
      data: { values },
      mark: { type: 'bar' },
      encoding: {
        y: {
          field: 'account',
          type: 'nominal',
          sort: values.map(({ account }) => account),
          title: 'account',
          axis: { ticks: false, labelLimit: 160 },
        },
        x: {
          field: 'difference',
          type: 'quantitative',
          title: `new less old, ${currency}`,
          axis: { format: ',.2~f', tickCount: 5 },
        },
        color: {
          field: 'side',
          type: 'nominal',
          scale: { domain: ['pays more', 'pays less'], range: [colours['series-2'], colours['series-3']] },
        },
      },
    },
  }
}

function sharesChart(currency: string, accounts: readonly AccountChange[]): Chart {
  const values = accounts
    .filter(({ old }) => old > 0n)
    .map(({ old, difference }) => ({ percent: unitsOf((difference * 10_000_000_000n) / old) }))
  return {
    name: `shares-${currency}`,
    title: `How many accounts change by how much, ${currency}`,
    text: `${values.length} accounts by the change of what they pay, in percent.`,
    specification: {
      height: 160,
      data: { values },
      mark: { type: 'bar', color: colours['series-1'] },
      encoding: {
        x: { field: 'percent', type: 'quantitative', bin: { maxbins: 30 }, title: 'change, percent' },
        y: {
          aggregate: 'count',
          type: 'quantitative',
          title: 'accounts',
          axis: { tickMinStep: 1, tickCount: 5, format: '~s' },
        },
      },
    },
  }
}

export interface PageInput {
  /** What was priced, and by what on each side. */
  readonly about: string
  readonly old: string
  readonly new: string
  readonly totals: readonly Change[]
  readonly accounts: readonly AccountChange[]
  readonly tables: readonly ReportTable[]
  /** What the reader has to know. */
  readonly notes: readonly string[]
  /** Milliseconds that civil time is ahead of UTC (T-02). */
  readonly utcOffset: number
}

function cards({ currency, ...change }: Change, movers: Movers): Markup {
  const card = (title: string, value: string, note = '') =>
    html`<div><dt>${title}</dt><dd>${value}${note === '' ? '' : html`<small>${note[0].toUpperCase()}${note.slice(1)}</small>`}</dd></div>`
  const count = (list: readonly unknown[]): string => grouped(String(list.length))
  return html`<dl class="cards">${[
    card('Old', `${shownMoney(change.old)} ${currency}`),
    card('New', `${shownMoney(change.new)} ${currency}`),
    card('New less old', `${signedMoney(change.difference)} ${currency}`, percentText(change)),
    card('Accounts that pay less', count(movers.winners)),
    card('Accounts that pay more', count(movers.losers)),
    card('Accounts without a change', grouped(String(movers.unchanged))),
  ]}</dl>`
}

async function currencyMarkup(total: Change, accounts: readonly AccountChange[]): Promise<Markup> {
  const own = accounts.filter(({ currency }) => currency === total.currency)
  const movers = moversOf(own)
  const moved = movers.winners.length + movers.losers.length > 0
  const shares = own.length > DRAWN ? [sharesChart(total.currency, own)] : []
  const charts = moved ? [moversChart(total.currency, movers), ...shares] : []
  const figures: Markup[] = []
  for (const chart of charts) figures.push(await chartFigure(chart))
  return html`<section><h2>In total, ${total.currency}</h2>${cards(total, movers)}
${moved ? '' : html`<p class="verdict good">No account pays another amount.</p>`}
${figures}</section>`
}

/** Draws the page. */
export async function repricePage(input: PageInput): Promise<string> {
  const parts: Markup[] = []
  for (const total of input.totals) parts.push(await currencyMarkup(total, input.accounts))
  const body = html`<header><h1>The same history under other prices</h1>
<p class="run"><strong>History</strong>: ${input.about}</p>
<p class="run"><strong>Old</strong>: ${input.old}</p>
<p class="run"><strong>New</strong>: ${input.new}</p>
${input.notes.map((note) => html`<p class="warn">${note[0].toUpperCase()}${note.slice(1)}</p>`)}
</header>
<main>
${parts}
<section><h2>In detail</h2>
${input.tables.map((each) => folded(each.title, each.rows.length, reportSection(each, input.utcOffset, '')))}</section>
</main>`
  return documentText({
    title: `${input.about}, repriced`,
    body,
    footer: html`Made by marketsim. The full tables are next to this page as CSV.`,
  })
}
