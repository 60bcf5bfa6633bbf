/** compare.html: two runs side by side, one file that needs nothing else. */

import { dayAxis } from '../days.ts'
import type { Chart } from '../html/chart.ts'
import { chartFigure, seriesColours } from '../html/chart.ts'
import { documentText } from '../html/document.ts'
import { html, type Markup } from '../html/markup.ts'
import { reportSection } from '../html/table.ts'
import type { ReportTable } from '../report-table.ts'
import { type Daily, dailyNames } from './compared-run.ts'
import type { Comparison } from './comparison.ts'
import { conversionText } from './currencies.ts'

/** Drawn where the two runs differ in them. */
const drawn: readonly Daily[] = ['requests', 'refused', 'gross', 'use']

function dailyChart({ a, b }: Comparison, daily: Daily): Chart {
  const values = [['A', a] as const, ['B', b] as const].flatMap(([run, { days }]) =>
    [...days[daily]].map(([day, value]) => ({ run, day, value: daily === 'gross' ? value / 1e8 : value })),
  )
  return {
    name: `compare-${daily}`,
    title: `${dailyNames[daily][0].toUpperCase()}${dailyNames[daily].slice(1)}, by day`,
    text: 'Both runs over the civil days.',
    specification: {
      height: 160,
      data: { values },
      mark: { type: 'line', strokeWidth: 2 },
      encoding: {
        x: dayAxis,
        y: {
          field: 'value',
          type: 'quantitative',
          title: 'a day',
          axis: { tickCount: 5, format: daily === 'use' ? '.0%' : '~s' },
        },
        color: { field: 'run', type: 'nominal', scale: { domain: ['A', 'B'], range: seriesColours } },
      },
    },
  } as Chart
}

const differs = ({ a, b }: Comparison, daily: Daily): boolean =>
  [...a.days[daily]].some(([day, value]) => b.days[daily].get(day) !== value)

const runLine = (name: string, { folder, meta }: Comparison['a'], seeds: readonly string[]): Markup =>
  html`<p class="run"><strong>${name}</strong>: ${folder} · ${meta.name} · seed ${seeds.join(', ')} · digest <code>${meta.digest}</code></p>
`

/** Draws the page. */
export async function comparisonPage(comparison: Comparison, tables: readonly ReportTable[]): Promise<string> {
  const { a, b, seeds, alone, conversion } = comparison
  const charts = drawn.filter((daily) => differs(comparison, daily)).map((daily) => dailyChart(comparison, daily))
  const figures = await Promise.all(charts.map(chartFigure))
  const shown = tables.filter(({ rows }) => rows.length > 0)
  const body = html`<header><h1>Changes from A to B</h1>
${runLine(
  'A',
  a,
  seeds.map(([seed]) => seed),
)}${runLine(
  'B',
  b,
  seeds.map(([, seed]) => seed),
)}
${conversion === undefined ? '' : html`<p class="warn">${conversionText(conversion)}. Every amount of ${conversion.side.toUpperCase()} is marked as converted.</p>`}
${alone.length === 0 ? '' : html`<p class="warn">Skipped, because no run on the other side has their seed: ${alone.join(', ')}</p>`}
${shown.length === 0 ? html`<p class="verdict good">No differences: both are equal.</p>` : ''}
</header>
<main>
<section>${figures}</section>
${shown.map(
  (table) => html`<section>${reportSection(table, a.meta.utcOffset, '')}</section>
`,
)}</main>`
  return documentText({
    title: `${a.folder} and ${b.folder}`,
    body,
    footer: html`Made by marketsim from the records of the runs. The full tables are next to this page as CSV.`,
  })
}
