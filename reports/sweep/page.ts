/** sweep.html: each figure over the points, with its confidence interval. */
import { dayAxis } from '../days.ts'
import { countAxis } from '../html/axes.ts'
import { type Chart, colours } from '../html/chart.ts'
import { chartFigure } from '../html/chart-figure.ts'
import { documentText } from '../html/document.ts'
import { html, type Markup } from '../html/markup.ts'
import { reportSection } from '../html/table.ts'
import { tipsOf } from '../html/tips.ts'
import type { Fan } from './over-time.ts'
import { controlledLines, demandTable } from './pool-demand.ts'
import { commonNumbersLines, firstMissedLines, type SweepResult, shortPaths } from './result.ts'
import { figureTable, runTable, shownFine } from './tables.ts'

/** An open end is not drawn. */
const endsOf = (low: number, high: number) => (Number.isFinite(low) && Number.isFinite(high) ? { low, high } : {})

/** More ticks than this touch each other. */
const MOST_TICKS = 12

/** The points themselves: whole servers, and no half ones between them. */
function pointAxis(points: SweepResult['points']) {
  const places = points.flatMap(({ x }) => (x === null ? [] : [x]))
  const isWhole = places.every(Number.isInteger)
  const every = Math.ceil(places.length / MOST_TICKS)
  return {
    values: places.filter((_, index) => index % every === 0),
    ...(isWhole ? { format: ',d' } : {}),
    labelOverlap: true,
  }
}

/** The least that is drawn, with zero where it is near. */
function leastDrawn(
  values: readonly { readonly mean: number; readonly low?: number; readonly high?: number }[],
): number {
  const low = Math.min(...values.map(({ mean, low: end }) => end ?? mean))
  const high = Math.max(...values.map(({ mean, high: end }) => end ?? mean))
  return low < (high - low) * 0.5 ? 0 : low
}

/** The mean as a point and its interval as a bar, over an axis of numbers where the points are numbers. */
function figureChart({ asked, points, estimates, paths }: SweepResult, figure: number, intervals: string): Chart {
  const { text, bound, unit } = asked[figure]
  const quantitative = points.every(({ x }) => x !== null)
  const format = unit === 'share' ? '.1%' : '~s'
  const values = estimates[figure].flatMap(({ interval: { count, mean, low, high }, least }, point) =>
    count === 0
      ? []
      : [
          {
            point: quantitative ? points[point].x : points[point].label,
            label: points[point].label,
            mean,
            // A rate is not negative, whatever the interval of its mean allows.
            ...endsOf(unit !== 'money' || least >= 0 ? Math.max(0, low) : low, high),
          },
        ],
  )
  const x = {
    field: 'point',
    type: quantitative ? ('quantitative' as const) : ('nominal' as const),
    title: shortPaths({ paths }).join(', ') || 'point',
    sort: null,
    ...(quantitative
      ? { scale: { zero: false, nice: false, padding: 12 }, axis: pointAxis(points) }
      : { axis: { labelAngle: 0 } }),
  }
  const y = {
    type: 'quantitative' as const,
    title: text,
    axis: { format, tickCount: 5, ...(unit === 'count' || unit === 'units' ? countAxis : {}) },
    // Nothing that is counted, measured or paid per run is below zero; only differences of money are.
    scale: { zero: false, ...(values.every(({ mean }) => mean >= 0) ? { domainMin: leastDrawn(values) } : {}) },
  }
  const limit =
    bound === null
      ? []
      : [
          {
            data: { values: [{ bound: bound.value }] },
            mark: { type: 'rule', strokeDash: [4, 3], color: colours['series-2'] },
            encoding: { y: { field: 'bound', type: 'quantitative', title: text } },
          },
        ]
  return {
    name: `sweep-${figure + 1}`,
    title: text,
    text: `Mean and ${intervals} at each point${bound === null ? '' : '; the dashed line is the bound'}.`,
    tips: tipsOf(values, {
      value: ({ point }) => point ?? '',
      name: (value) => `${shortPaths({ paths }).join(', ')} ${value}`,
      text: ({ mean, ...ends }) =>
        `mean ${shownFine(unit, mean)}${'low' in ends ? `, ${intervals} ${shownFine(unit, Number(ends.low))} to ${shownFine(unit, Number(ends.high))}` : ''}`,
    }),
    specification: {
      height: 220,
      data: { values },
      layer: [
        ...limit,
        {
          mark: { type: 'line', color: colours['series-1'], opacity: quantitative ? 0.5 : 0 },
          encoding: { x, y: { ...y, field: 'mean' } },
        },
        {
          mark: { type: 'rule', strokeWidth: 2, color: colours['series-1'] },
          encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
        },
        {
          mark: { type: 'point', filled: true, size: 60, opacity: 1, color: colours['series-1'] },
          encoding: { x, y: { ...y, field: 'mean' } },
        },
      ],
    },
  } as Chart
}

/** Fans that are drawn, at most: those of the first pools and points. */
const MOST_FANS = 8

/** Use of a pool over time: the median of the runs, and the bands that hold 80 % of them and all. */
function fanChart({ points, paths }: SweepResult, { point, pool, days }: Fan, index: number): Chart {
  const x = dayAxis
  const y = { type: 'quantitative' as const, title: null, axis: { format: '.0%', tickCount: 5 } }
  const band = (low: string, high: string, opacity: number) => ({
    mark: { type: 'area', color: colours['series-1'], opacity },
    encoding: { x, y: { ...y, field: low }, y2: { field: high } },
  })
  return {
    name: `use-${index + 1}`,
    title: `Use of ${pool}${paths.length === 0 ? '' : ` at ${points[point].label}`}`,
    text: 'Mean use on each day: the line is the median of the runs; the dark band holds 80 % of them, the light one all.',
    specification: {
      height: 180,
      data: { values: days },
      layer: [
        band('least', 'most', 0.15),
        band('low', 'high', 0.3),
        {
          mark: { type: 'line', color: colours['series-1'], strokeWidth: 1.5 },
          encoding: { x, y: { ...y, field: 'median' } },
        },
      ],
    },
  } as Chart
}

/** What a page says besides the result itself. */
export interface PageWords {
  /** `a sweep`, in the title. */
  readonly kind: string
  /** The result in words; the first line is the answer. */
  readonly answer: readonly string[]
  /** What to know about it. */
  readonly warnings: readonly string[]
  /** How to read the table of a figure; by default that of a sweep. */
  readonly reading?: string
  /** What the bars of a chart are, with "at each point" after it. */
  readonly intervals?: string
}

/** Draws the page. */
export async function sweepPage(
  result: SweepResult,
  { kind, answer, warnings, reading, intervals = '95 % interval' }: PageWords,
): Promise<string> {
  const { name, question, points, paths, runs, asked, utcOffset } = result
  const count = runs.reduce((sum, ofPoint) => sum + ofPoint.length, 0)
  const differences = runs.flat().reduce((sum, run) => sum + run.differences, 0)
  const amounts = runs.flat().reduce((sum, run) => sum + run.amounts, 0)
  const charts: Markup[] = []
  if (points.length > 1)
    for (const figure of asked.keys()) charts.push(await chartFigure(figureChart(result, figure, intervals)))
  const fans: Markup[] = []
  const drawn = result.fans.filter(({ days }) => days.length > 1).slice(0, MOST_FANS)
  for (const [index, fan] of drawn.entries()) fans.push(await chartFigure(fanChart(result, fan, index)))
  const counts = `${points.length} ${points.length === 1 ? 'point' : 'points'}, ${count} runs`
  const [decision = `${name}: ${counts}`, ...rest] = answer
  const [seen, all] = [runTable(result), count]
  const body = html`<header><h1>${decision}</h1>
${rest.map((line) => html`<p class="answer">${line}</p>`)}
<p class="question">${question}</p>
<p class="run">${name} · ${counts}${paths.length === 0 ? '' : html` · ${paths.join(', ')}`}</p>
${firstMissedLines(result).map((line) => html`<p>${line}</p>`)}
${warnings.map((line) => html`<p class="warn">${line}</p>`)}
<p class="verdict ${differences === 0 ? 'good' : 'bad'}">${differences === 0 ? '✓' : '✗'} reconciliation: ${amounts.toLocaleString('en')} amounts in ${count} runs, ${differences.toLocaleString('en')} differences</p>
</header>
<main>
${charts.length === 0 ? '' : html`<section><h2>By point</h2>${charts}</section>`}
${fans.length === 0 ? '' : html`<section><h2>Use of the pools over time</h2><p class="soft">The line is the median of the runs; the dark band holds 80 % of them, the light one all.</p>${fans}</section>`}
<section><h2>Estimates</h2>${asked.map((_, figure) => reportSection(figureTable(result, figure, reading), utcOffset, ''))}</section>
${[...commonNumbersLines(result), ...controlledLines(result)].map((line) => html`<p class="soft">${line[0].toUpperCase()}${line.slice(1)}.</p>`)}
${result.demand.length === 0 ? '' : reportSection(demandTable(result), utcOffset, '')}
<details><summary>Each run: ${all.toLocaleString('en')}</summary>${reportSection(seen, utcOffset, '')}</details>
</main>`
  return documentText({
    title: `${name}, ${kind}`,
    body,
    footer: html`Made by marketsim. The tables are next to this page as CSV.`,
  })
}
