/** compare.html: two runs side by side, one file that needs nothing else. The verdict and revenue come first. */
import { dayAxis } from '../days.ts'
import { moneyAxis } from '../html/axes.ts'
import { type Chart, colours, seriesColours } from '../html/chart.ts'
import { chartFigure } from '../html/chart-figure.ts'
import { documentText } from '../html/document.ts'
import { html, type Markup } from '../html/markup.ts'
import { reportSection, table } from '../html/table.ts'
import { countText, moneyTip, shareText, type Tips, tipsOf } from '../html/tips.ts'
import type { ReportTable } from '../report-table.ts'
import { type Daily, dailyNames } from './compared-run.ts'
import type { Comparison } from './comparison.ts'
import { conversionText } from './currencies.ts'
import { hasMoved, type MovedFigure, relative } from './differences.ts'
import { shownNumber } from './tables.ts'
import { changeText, exactValue, parametersOf, parameterText, revenueFirst, verdictText } from './verdict.ts'

/** Drawn where the two runs differ in them. */
const drawn: readonly Daily[] = ['gross', 'requests', 'refused', 'use']

const scaled = (daily: Daily, value: number): number => (daily === 'gross' ? value / 1e8 : value)

const textOf = (daily: Daily, value: number): string =>
  daily === 'use' ? shareText(value) : daily === 'gross' ? moneyTip(value) : countText(value)

/** Days that both runs have, with B − A. */
const commonDays = ({ a, b }: Comparison, daily: Daily) =>
  [...a.days[daily]].flatMap(([day, value]) => {
    const other = b.days[daily].get(day)
    return other === undefined
      ? []
      : [{ day, a: scaled(daily, value), b: scaled(daily, other), difference: scaled(daily, other - value) }]
  })

function tips(comparison: Comparison, daily: Daily): Tips {
  const text = (value: number) => textOf(daily, value)
  return tipsOf(commonDays(comparison, daily), {
    value: ({ day }) => day,
    text: ({ a, b, difference }) => `A ${text(a)}; B ${text(b)}; B − A ${text(difference)}`,
  })
}

const capital = (text: string): string => `${text[0].toUpperCase()}${text.slice(1)}`

const axisOf = (daily: Daily) => (daily === 'use' ? { tickCount: 5, format: '.0%' } : moneyAxis)

function dailyChart(comparison: Comparison, daily: Daily): Chart {
  const { a, b } = comparison
  const values = [['A', a] as const, ['B', b] as const].flatMap(([run, { days }]) =>
    [...days[daily]].map(([day, value]) => ({ run, day, value: scaled(daily, value) })),
  )
  return {
    name: `compare-${daily}`,
    title: `${capital(dailyNames[daily])}, by day`,
    text: 'Both runs over the civil days.',
    tips: tips(comparison, daily),
    specification: {
      height: 160,
      data: { values },
      mark: { type: 'line', strokeWidth: 2 },
      encoding: {
        x: dayAxis,
        y: { field: 'value', type: 'quantitative', title: 'a day', axis: axisOf(daily) },
        color: { field: 'run', type: 'nominal', scale: { domain: ['A', 'B'], range: seriesColours } },
      },
    },
  } as Chart
}

/** How much more B has on each day than A. */
function differenceChart(comparison: Comparison, daily: Daily): Chart {
  return {
    name: `difference-${daily}`,
    title: `B − A: ${dailyNames[daily]}, by day`,
    text: 'The difference on each civil day that both runs have.',
    tips: tips(comparison, daily),
    specification: {
      height: 110,
      data: { values: commonDays(comparison, daily).map(({ day, difference }) => ({ day, difference })) },
      mark: { type: 'area', interpolate: 'step', color: colours['series-1'], opacity: 0.8 },
      encoding: {
        x: dayAxis,
        y: { field: 'difference', type: 'quantitative', title: 'B − A a day', axis: axisOf(daily) },
      },
    },
  } as Chart
}

const differs = ({ a, b }: Comparison, daily: Daily): boolean =>
  [...a.days[daily]].some(([day, value]) => b.days[daily].get(day) !== value)

function chartsOf(comparison: Comparison): Chart[] {
  return drawn
    .filter((daily) => differs(comparison, daily))
    .flatMap((daily) =>
      commonDays(comparison, daily).length < 2
        ? [dailyChart(comparison, daily)]
        : [dailyChart(comparison, daily), differenceChart(comparison, daily)],
    )
}

/** How the thresholds and the audit of a side fared. */
function fared({ summary }: Comparison['a']): Markup {
  const differences = Number(summary.figures['reconciliation.differences']?.value ?? 0)
  const missed = summary.thresholds.filter(({ passed }) => !passed)
  const audit =
    differences === 0
      ? html`<span class="good">✓ every amount agrees</span>`
      : html`<span class="bad">✗ ${differences} amounts differ</span>`
  const thresholds =
    summary.thresholds.length === 0
      ? ''
      : missed.length === 0
        ? html` · <span class="good">✓ ${summary.thresholds.length} thresholds kept</span>`
        : html` · <span class="bad">✗ missed: ${missed.map(({ text, shown }) => `${text} (${shown})`).join(', ')}</span>`
  return html`${audit}${thresholds}`
}

const runLine = (name: string, run: Comparison['a'], seeds: readonly string[]): Markup =>
  html`<p class="run"><strong>${name}</strong>: ${run.folder} · ${run.meta.name} · seed ${seeds.length > 8 ? `${seeds.slice(0, 8).join(', ')} and ${seeds.length - 8} more` : seeds.join(', ')} · ${fared(run)}</p>
`

function figuresTable(figures: readonly MovedFigure[], isLabelled: boolean): Markup {
  const hasIntervals = figures.some(({ interval }) => interval !== null)
  return table(
    isLabelled ? 'Changes by label' : 'Figures that changed',
    [
      { title: 'Figure', cell: ({ figure }: MovedFigure) => figure },
      ...(isLabelled ? [{ title: 'of', cell: ({ label, value }: MovedFigure) => `${label} ${value}` }] : []),
      { title: 'A', number: true, cell: ({ unit, a }) => exactValue(unit, a), sort: ({ a }) => a ?? -1e300 },
      { title: 'B', number: true, cell: ({ unit, b }) => exactValue(unit, b), sort: ({ b }) => b ?? -1e300 },
      {
        title: 'B − A',
        number: true,
        cell: ({ unit, difference }) => exactValue(unit, difference),
        sort: ({ difference }) => difference ?? -1e300,
      },
      { title: 'change', number: true, cell: changeText, sort: (figure) => relative(figure) ?? -1e300 },
      ...(hasIntervals
        ? [
            {
              title: '95 % interval of B − A',
              cell: ({ unit, interval }: MovedFigure) =>
                interval === null ? '' : `${shownNumber(unit, interval.low)} to ${shownNumber(unit, interval.high)}`,
            },
            {
              title: 'beyond chance',
              cell: ({ interval }: MovedFigure) => (interval === null ? '' : interval.significant ? 'yes' : 'no'),
            },
          ]
        : []),
    ],
    figures,
  )
}

/** Rows of changes by label that the page has. */
const LABELLED = 200

function parameters({ changes, a }: Comparison): Markup {
  const shown = parametersOf({ changes })
  if (shown.length === 0) return html``
  return html`<section><h2>Parameters that differ</h2>
<p class="soft">By path; empty when a scenario does not have the value. In full in <code>scenario-changes.csv</code>.</p>
${table(
  'Parameters that differ',
  [
    { title: 'Path', cell: ({ path }: (typeof shown)[number]) => path },
    { title: 'A', cell: ({ a: value }) => parameterText(value, a.meta.utcOffset) },
    { title: 'B', cell: ({ b: value }) => parameterText(value, a.meta.utcOffset) },
  ],
  shown,
)}</section>`
}

/** Tables that the page shows in its own way. */
const ownTables: ReadonlySet<string> = new Set(['scenario-changes', 'figures', 'figures-by-label'])

/** Draws the page. */
export async function comparisonPage(comparison: Comparison, tables: readonly ReportTable[]): Promise<string> {
  const { a, b, seeds, alone, conversion } = comparison
  const charts: Markup[] = []
  for (const chart of chartsOf(comparison)) charts.push(await chartFigure(chart))
  const moved = comparison.figures.filter(hasMoved)
  const totals = revenueFirst(moved.filter(({ label }) => label === ''))
  const labelled = revenueFirst(moved.filter(({ label }) => label !== ''))
  const isSame = moved.length === 0 && comparison.changes.length === 0
  const converted = conversion === undefined ? '' : `; ${conversionText(conversion)}`
  const folded = tables.filter(({ name, rows }) => !ownTables.has(name) && rows.length > 0)
  const body = html`<header><h1>Changes from A to B</h1>
${a.meta.question === '' ? '' : html`<p class="question">${a.meta.question}</p>`}
<p class="answer">${verdictText(comparison)}</p>
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
${isSame ? html`<p class="verdict good">No differences: both are equal.</p>` : ''}
</header>
<main>
${totals.length === 0 ? '' : html`<section><h2>Figures that changed: ${totals.length}</h2><p class="soft">Revenue, orders and capacity first${converted}. In full in <code>figures.csv</code>.</p>${figuresTable(totals, false)}</section>`}
${parameters(comparison)}
${charts.length === 0 ? '' : html`<section><h2>Day by day</h2>${charts}</section>`}
${
  labelled.length === 0
    ? ''
    : html`<details><summary>Changes by label: ${labelled.length}</summary>${labelled.length > LABELLED ? html`<p class="soft">The first ${LABELLED} of ${labelled.length} rows; all in <code>figures-by-label.csv</code>.</p>` : ''}${figuresTable(labelled.slice(0, LABELLED), true)}</details>`
}
${folded.map(
  (each) => html`<details><summary>${each.title}</summary>${reportSection(each, a.meta.utcOffset, '')}</details>
`,
)}
<p class="soft">Digests: A <code>${a.meta.digest}</code>, B <code>${b.meta.digest}</code></p></main>`
  return documentText({
    title: `${a.folder} and ${b.folder}`,
    body,
    footer: html`Made by marketsim from the records of the runs. The full tables are next to this page as CSV.`,
  })
}
