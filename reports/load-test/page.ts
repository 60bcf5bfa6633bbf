/** load.html: what was asked of the billing core and what it held, one file that needs nothing else. */
import { grouped } from '#base/decimal-text.ts'
import { countAxis } from '../html/axes.ts'
import { type Chart, seriesColours } from '../html/chart.ts'
import { chartFigure } from '../html/chart-figure.ts'
import { documentText } from '../html/document.ts'
import { html, type Markup } from '../html/markup.ts'
import { plainTable, table } from '../html/table.ts'
import { countText, tipsOf } from '../html/tips.ts'
import { shownRate } from '../rates.ts'
import { generatorTable } from './page-generators.ts'
import { shownCount, shownPercent, shownTime } from './show.ts'
import type { LoadSummary } from './summary.ts'

type Latencies = Readonly<Record<string, number>> | null

const ms = (milliseconds: number): string => shownTime(milliseconds * 1_000)

/** More points than this are a smear: several intervals become one. */
const MOST_POINTS = 240

/** Intervals of a chart: neighbours are taken together where there are many. */
function intervalsOf({ intervals }: LoadSummary): readonly LoadSummary['intervals'][number][][] {
  const together = Math.ceil(intervals.length / MOST_POINTS)
  return Array.from({ length: Math.ceil(intervals.length / together) }, (_, index) =>
    intervals.slice(index * together, (index + 1) * together),
  )
}

const timeAxis = {
  field: 'from',
  type: 'quantitative',
  title: 'seconds from the start',
  axis: { format: ',d', tickMinStep: 1, labelOverlap: true, grid: false },
  scale: { nice: false },
} as const

/** Latencies span decades; a logarithmic axis has no place for 0. */
const latencyAxis = (field: string) => ({
  field,
  type: 'quantitative' as const,
  title: 'milliseconds',
  scale: { type: 'log' as const },
  axis: { format: '~g', tickCount: 6, labelOverlap: true },
})

const LEAST_MS = 0.001

interface Measured {
  readonly series: string
  readonly from: number
  readonly time: number
}

function overTimeChart(summary: LoadSummary): Chart | undefined {
  const series = ['p50', 'p99', 'max']
  const values = intervalsOf(summary).flatMap((group): Measured[] =>
    series.flatMap((name) => {
      const times = group.flatMap(({ response }) =>
        response === null ? [] : [(response as Record<string, number>)[name]],
      )
      // The worst of the intervals that are taken together.
      return times.length === 0 ? [] : [{ series: name, from: group[0].from, time: Math.max(LEAST_MS, ...times) }]
    }),
  )
  if (values.length < 2 * series.length) return undefined
  return {
    name: 'load-latency',
    title: 'Response time over time',
    text: 'From when an operation was due to its answer: median, 99th percentile and longest.',
    tips: tipsOf(values, {
      value: ({ from }) => from,
      name: (from) => `${from} s`,
      text: ({ series: name, time }) => `${name} ${ms(time)}`,
    }),
    specification: {
      height: 200,
      data: { values },
      mark: { type: 'line', strokeWidth: 1.5, interpolate: 'step-after' },
      encoding: {
        x: timeAxis,
        y: latencyAxis('time'),
        color: { field: 'series', type: 'nominal', scale: { domain: series, range: seriesColours } },
      },
    },
  } as Chart
}

/** Each percentile, and how many operations of a thousand are above it. */
const percents = [50, 90, 95, 99, 99.9] as const

function percentileChart({ operations }: LoadSummary): Chart | undefined {
  const { all, ...kinds } = operations as Record<string, LoadSummary['operations']['all']>
  const parts: readonly (readonly [string, Latencies])[] = [
    ['all', all.response],
    ['service alone', all.service],
    ...Object.entries(kinds).map(([name, { response }]) => [name, response] as const),
  ]
  const values = parts.flatMap(([series, latencies]) =>
    latencies === null
      ? []
      : percents.map((percent) => ({
          series,
          percent: `p${percent}`,
          time: Math.max(LEAST_MS, latencies[`p${percent}`]),
        })),
  )
  if (values.length === 0) return undefined
  const domain = parts.map(([name]) => name)
  return {
    name: 'load-percentiles',
    title: 'Response time by percentile and operation',
    text: 'Service alone is the time of an operation once it has begun; the rest is waiting.',
    tips: tipsOf(values, {
      value: ({ percent }) => percent,
      text: ({ series, time }) => `${series} ${ms(time)}`,
    }),
    specification: {
      height: 200,
      data: { values },
      mark: { type: 'line', strokeWidth: 2, point: true },
      encoding: {
        x: {
          field: 'percent',
          type: 'ordinal',
          title: 'percentile',
          sort: percents.map((percent) => `p${percent}`),
          axis: { labelAngle: 0 },
        },
        y: latencyAxis('time'),
        color: { field: 'series', type: 'nominal', scale: { domain, range: seriesColours }, legend: { columns: 4 } },
      },
    },
  } as Chart
}

/** Seconds from one interval to the next. */
const stepOf = ({ intervals, load }: LoadSummary): number =>
  intervals.length > 1 ? intervals[1].from - intervals[0].from : load.seconds

function rateChart(summary: LoadSummary): Chart {
  const step = stepOf(summary)
  const sum = (group: LoadSummary['intervals'], key: 'due' | 'done' | 'dropped'): number =>
    group.reduce((total, each) => total + each[key], 0)
  const series = [
    ['asked', 'due'],
    ['done', 'done'],
    ['dropped', 'dropped'],
  ] as const
  // What is done after the last operation was due is no rate.
  const loaded = intervalsOf(summary).filter(([{ from }]) => from < summary.load.seconds)
  const values = loaded.flatMap((group) =>
    series.map(([name, key]) => ({
      series: name,
      from: group[0].from,
      rate: sum(group, key) / (step * group.length),
    })),
  )
  return {
    name: 'load-rate',
    title: 'Rate asked, done and dropped',
    text: 'Operations a second that were due, that were answered, and that a full backlog dropped.',
    tips: tipsOf(values, {
      value: ({ from }) => from,
      name: (from) => `${from} s`,
      text: ({ series: name, rate }) => `${name} ${shownRate(rate)}`,
    }),
    specification: {
      height: 180,
      data: { values },
      mark: { type: 'line', strokeWidth: 2, interpolate: 'step-after' },
      encoding: {
        x: timeAxis,
        y: { field: 'rate', type: 'quantitative', title: 'operations a second', axis: countAxis },
        color: {
          field: 'series',
          type: 'nominal',
          scale: {
            domain: series.map(([name]) => name),
            range: [seriesColours[5], seriesColours[0], seriesColours[7]],
          },
        },
      },
    },
  } as Chart
}

function backlogChart(summary: LoadSummary): Chart {
  const values = intervalsOf(summary).map((group) => ({
    from: group[0].from,
    waiting: Math.max(...group.map(({ backlog }) => backlog)),
  }))
  return {
    name: 'load-backlog',
    title: 'Backlog',
    text: 'Operations that were due and waited, at the end of each interval.',
    tips: tipsOf(values, {
      value: ({ from }) => from,
      name: (from) => `${from} s`,
      text: ({ waiting }) => `${countText(waiting)} waiting`,
    }),
    specification: {
      height: 120,
      data: { values },
      mark: { type: 'area', interpolate: 'step-after', color: seriesColours[1], opacity: 0.8 },
      encoding: {
        x: timeAxis,
        y: { field: 'waiting', type: 'quantitative', title: 'operations', axis: { ...countAxis, tickCount: 4 } },
      },
    },
  } as Chart
}

const isClosed = ({ load }: LoadSummary): boolean => load.arrivals === 'closed'

/** What was held, in a sentence. */
export function loadDecision(summary: LoadSummary): string {
  const { load, knee, complete } = summary
  if (knee !== null && knee.verdict === 'found')
    return `Between ${shownRate(knee.low ?? 0)} and ${shownRate(knee.high ?? 0)}, ${knee.target} no longer holds (95 % confidence)`
  if (!complete) return `Stopped after ${load.seconds} s of ${load.plannedSeconds} s`
  if (isClosed(summary)) return `${shownRate(load.achievedPerSecond)} done by ${shownCount(load.users)} users`
  const held = load.reached ? 'Held' : 'Not reached'
  return `${held}: ${shownRate(load.achievedPerSecond)} done of ${shownRate(load.askedPerSecond)} asked`
}

const card = (name: string, value: string, note: string): Markup =>
  html`<div><dt>${name}</dt><dd>${value} <small>${note}</small></dd></div>
`

function cards(summary: LoadSummary): Markup {
  const { operations, backlog, machine, load } = summary
  const { all } = operations
  const response = all.response as Latencies
  const time = (name: string): string => (response === null ? '–' : ms(response[name]))
  return html`<dl class="cards">
${card('Done', shownCount(all.done), `of ${shownCount(load.operations)} asked, ${shownCount(all.refused)} refused by a rule`)}
${card('Dropped', shownCount(all.dropped), 'because the backlog was full')}
${card('Response, p99', time('p99'), `median ${time('p50')}, longest ${time('max')}`)}
${card('Backlog', shownCount(backlog.peakOfAThread), `at most, of a thread; ${shownCount(backlog.boundOfAThread)} is its bound`)}
${card('Threads at work', shownPercent(machine.busy), `${shownPercent(machine.committing)} in commits`)}
${card('Stalls', shownCount(machine.stalls.count), machine.stalls.count === 0 ? 'of the whole process' : `the longest ${ms(machine.stalls.longestMs)}`)}
</dl>`
}

function latencyTable({ operations }: LoadSummary): Markup {
  const rows = Object.entries(operations as Record<string, LoadSummary['operations']['all']>)
  const columns = ['p50', 'p90', 'p99', 'p99.9', 'max']
  return table(
    'Response times',
    [
      { title: 'Operation', cell: ([name]: (typeof rows)[number]) => name },
      { title: 'due', number: true, cell: ([, { due }]) => shownCount(due) },
      { title: 'done', number: true, cell: ([, { done }]) => shownCount(done) },
      { title: 'refused', number: true, cell: ([, { refused }]) => shownCount(refused) },
      { title: 'dropped', number: true, cell: ([, { dropped }]) => shownCount(dropped) },
      ...columns.map((name) => ({
        title: name,
        number: true,
        cell: ([, { response }]: (typeof rows)[number]) =>
          response === null ? '–' : ms((response as Record<string, number>)[name]),
        sort: ([, { response }]: (typeof rows)[number]) =>
          response === null ? -1 : (response as Record<string, number>)[name],
      })),
    ],
    rows,
  )
}

function thresholdList({ thresholds }: LoadSummary): Markup | '' {
  if (thresholds.length === 0) return ''
  return html`<section><h2>Thresholds</h2><ul class="thresholds">${thresholds.map(
    ({ text, passed, shown }) =>
      html`<li><span class="${passed ? 'good' : 'bad'}">${passed ? '✓ kept' : '✗ missed'}</span>: <code>${text}</code>, actual: ${shown}</li>`,
  )}</ul></section>`
}

function kneeTable({ knee }: LoadSummary): Markup | '' {
  if (knee === null) return ''
  return html`<details><summary>Trials of the search: ${knee.trials.length}</summary>${plainTable(
    'Trials',
    [
      { title: 'Rate', cell: ({ rate }: (typeof knee.trials)[number]) => shownRate(rate) },
      { title: 'done', number: true, cell: ({ achieved }) => shownRate(achieved) },
      { title: 'dropped', number: true, cell: ({ dropped }) => shownCount(dropped) },
      { title: knee.target, cell: ({ shown }) => shown },
      { title: 'verdict', cell: ({ held, disturbed }) => (disturbed ? 'not counted' : held ? 'held' : 'broke') },
      { title: 'why', cell: ({ why }) => why },
    ],
    knee.trials,
  )}</details>`
}

/** Draws the page of a load test. */
export async function loadPage(summary: LoadSummary): Promise<string> {
  const { scenario, seed, load, audit, digest } = summary
  const charts = [
    overTimeChart(summary),
    percentileChart(summary),
    rateChart(summary),
    ...(isClosed(summary) ? [] : [backlogChart(summary)]),
  ].filter((chart) => chart !== undefined)
  const figures: Markup[] = []
  for (const chart of charts) figures.push(await chartFigure(chart))
  const right = audit.made && audit.differences === 0
  const what = summary.service === null ? 'amounts' : 'bills'
  const verdict = audit.made
    ? `${right ? '✓' : '✗'} ${summary.service === null ? 'audit' : 'bills of the service'}: ${grouped(String(audit.amounts))} ${what}, ${grouped(String(audit.differences))} differences`
    : summary.service === null
      ? '✗ the books were not audited'
      : '✗ the bills were not read'
  return documentText({
    title: `${scenario.name}, load test`,
    body: html`<header><h1>${loadDecision(summary)}</h1>
<p class="run">${scenario.name} · seed ${seed} · ${load.arrivals} arrivals for ${load.seconds} s${scenario.sets.length === 0 ? '' : ` · ${scenario.sets.join(', ')}`}</p>
<p class="verdict ${right ? 'good' : 'bad'}">${verdict}</p></header>
<main>
${cards(summary)}
${thresholdList(summary)}
<section><h2>Latency, rate and backlog</h2>${figures}</section>
<section><h2>By operation</h2><p class="soft">From when an operation was due. By second and by percentile in <code>latencies.csv</code> and <code>percentiles.csv</code>.</p>${latencyTable(summary)}</section>
${kneeTable(summary)}
${generatorTable(summary)}
${summary.service === null ? html`<p class="soft">Digest of the work: <code>${digest.work ?? 'none'}</code>; of the books: <code>${digest.books ?? 'none'}</code></p>` : ''}
</main>`,
    footer: html`Made by marketsim from <code>summary.json</code> of the load test.`,
  })
}
