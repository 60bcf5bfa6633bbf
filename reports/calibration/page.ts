/** calibration.html: the log, what was fitted to it, and how far simulated runs are from its last part. */
import { dateText } from '#base/civil-text.ts'
import { dayOf, formatInstant } from '#base/civil-time.ts'
import { DAY, HOUR } from '#base/time.ts'
import { distribution } from '#engine/random/distribution.ts'
import { survivalOf } from '#engine/random/variate.ts'
import type { Calibration, GroupFit } from '#scenarios/calibration/calibration.ts'
import { parameterText } from '#scenarios/calibration/scenario-text.ts'
import { dayAxis } from '../days.ts'
import { type Chart, chartFigure, colours } from '../html/chart.ts'
import { documentText } from '../html/document.ts'
import { html, type Markup } from '../html/markup.ts'
import { reportSection } from '../html/table.ts'
import { tipsOf } from '../html/tips.ts'
import { column, type ReportTable } from '../report-table.ts'
import { type HeldOutFigure, heldOutTable, type SimulatedPart } from './hold-out.ts'

/** Kinds of servers whose lifetimes are drawn. */
const DRAWN = 3
/** Points of a curve. */
const POINTS = 120

const colourOf = { log: colours['series-1'], fitted: colours['series-2'], simulated: colours['series-3'] }

/** Colours of what is drawn. */
const scaleOf = (...what: (keyof typeof colourOf)[]) => ({ domain: what, range: what.map((each) => colourOf[each]) })

/** Sums of hours by civil day, of whole days. */
function byDay(
  { window, utcOffset }: Calibration,
  valueAt: (hour: number) => number,
): { day: string; value: number }[] {
  const sums = new Map<number, { value: number; hours: number }>()
  const hours = Math.round((window.end - window.start) / HOUR)
  for (let hour = 0; hour < hours; hour++) {
    const day = dayOf(window.start + hour * HOUR, utcOffset)
    const sum = sums.get(day) ?? { value: 0, hours: 0 }
    sums.set(day, { value: sum.value + valueAt(hour), hours: sum.hours + 1 })
  }
  return [...sums]
    .filter(([, { hours: count }]) => count === 24)
    .map(([day, { value }]) => ({ day: dateText(day), value }))
}

function visitsChart(calibration: Calibration): Chart {
  const { arrivals, visits, window, utcOffset } = calibration
  const values = [
    ...byDay(calibration, (hour) => visits[hour]).map((each) => ({ ...each, what: 'log' })),
    ...byDay(calibration, (hour) => arrivals.expected(hour)).map((each) => ({ ...each, what: 'fitted' })),
  ]
  return {
    name: 'visits',
    title: `Visits by day; held out from ${formatInstant(window.split, utcOffset).slice(0, 10)}`,
    text: `Visits of the log and of the fitted rate, profile ${arrivals.profile}.`,
    tips: tipsOf(values, { value: ({ day }) => day, text: ({ what, value }) => `${what} ${value.toFixed(0)}` }),
    specification: {
      height: 180,
      data: { values },
      mark: { type: 'line', strokeWidth: 2 },
      encoding: {
        x: dayAxis,
        y: { field: 'value', type: 'quantitative', title: 'visits a day', axis: { tickCount: 5, format: '~s' } },
        color: { field: 'what', type: 'nominal', scale: scaleOf('log', 'fitted') },
      },
    },
  } as Chart
}

function profileChart({ arrivals, visits, window, utcOffset }: Calibration): Chart | undefined {
  const size = arrivals.weights.length
  if (size === 1) return undefined
  const hours = Math.round((window.split - window.start) / HOUR)
  const first = Math.floor((window.start + utcOffset) / HOUR)
  const seen = arrivals.weights.map(() => ({ visits: 0, hours: 0 }))
  for (let hour = 0; hour < hours; hour++) {
    const slot = ((((first + hour + 72) % 168) + 168) % 168) % size
    seen[slot].visits += visits[hour]
    seen[slot].hours++
  }
  const values = arrivals.weights.flatMap((weight, hour) => [
    { hour, value: seen[hour].hours === 0 ? 0 : seen[hour].visits / seen[hour].hours, what: 'log' },
    { hour, value: weight * arrivals.hourly, what: 'fitted' },
  ])
  // The last step has its end.
  values.push(...values.slice(-2).map((each) => ({ ...each, hour: size })))
  return {
    name: 'profile',
    title: size === 24 ? 'Visits by hour of the day' : 'Visits by hour of the week, from Monday 00:00',
    text: 'Mean visits of each hour of the fitted part.',
    specification: {
      height: 160,
      data: { values },
      mark: { type: 'line', strokeWidth: 2, interpolate: 'step-after' },
      encoding: {
        x: { field: 'hour', type: 'quantitative', title: 'hour', axis: { tickCount: 8, grid: false } },
        y: { field: 'value', type: 'quantitative', title: 'visits an hour', axis: { tickCount: 5 } },
        color: { field: 'what', type: 'nominal', scale: scaleOf('log', 'fitted') },
      },
    },
  }
}

function lifetimeChart({ lifetime, ...group }: GroupFit, index: number): Chart {
  const { steps, spec } = lifetime
  const fitted = distribution(spec)
  const thinned = steps.filter((_, step) => step % Math.max(1, Math.ceil(steps.length / POINTS)) === 0)
  const values = thinned
    .filter(({ time }) => time > 0)
    .flatMap(({ time, survival }) => [
      { hours: time / HOUR, survival, what: 'log' },
      { hours: time / HOUR, survival: survivalOf(fitted, time), what: 'fitted' },
    ])
  return {
    name: `lifetime-${index}`,
    title: `Longer than so many hours: ${nameOf(group)}`,
    text: `The share of uses that last longer, by Kaplan and Meier and by the fitted distribution.`,
    specification: {
      height: 150,
      data: { values },
      mark: { type: 'line', strokeWidth: 2 },
      encoding: {
        x: {
          field: 'hours',
          type: 'quantitative',
          title: 'hours',
          scale: { type: 'log' },
          axis: { tickCount: 6, format: '~g' },
        },
        y: {
          field: 'survival',
          type: 'quantitative',
          title: 'share that lasts longer',
          axis: { tickCount: 4, format: '.0%' },
        },
        color: { field: 'what', type: 'nominal', scale: scaleOf('log', 'fitted') },
      },
    },
  }
}

function simulatedChart(
  calibration: Calibration,
  runs: readonly SimulatedPart[],
  ordersByDay: readonly number[],
): Chart {
  const first = dayOf(calibration.window.start, calibration.utcOffset)
  const days = ordersByDay.map((log, index) => ({ index, log }))
  // The first and the last day are parts of days.
  const whole = days.slice(1, -1)
  const values = whole.flatMap(({ index, log }) => [
    { day: dateText(first + index), value: log, what: 'log', seed: 'log' },
    ...runs.map(({ seed, ordersByDay: run }) => ({
      ...{ day: dateText(first + index), value: run[index] ?? 0, what: 'simulated', seed },
    })),
  ])
  return {
    name: 'simulated',
    title: 'Orders by day: the log, and simulated runs',
    text: `Orders of the log and of ${runs.length} runs.`,
    tips: tipsOf(values, {
      value: ({ day }) => day,
      text: ({ seed, value }) => `${seed === 'log' ? 'log' : `seed ${seed}`} ${value}`,
    }),
    specification: {
      height: 180,
      data: { values },
      encoding: {
        x: dayAxis,
        y: { field: 'value', type: 'quantitative', title: 'orders a day', axis: { tickCount: 5, format: '~s' } },
        color: { field: 'what', type: 'nominal', scale: scaleOf('log', 'simulated') },
        detail: { field: 'seed', type: 'nominal' },
      },
      layer: [
        { transform: [{ filter: "datum.what == 'simulated'" }], mark: { type: 'line', strokeWidth: 1, opacity: 0.6 } },
        { transform: [{ filter: "datum.what == 'log'" }], mark: { type: 'line', strokeWidth: 2.5 } },
      ],
    },
  } as Chart
}

const nameOf = ({ flavour, zone, product }: Pick<GroupFit, 'flavour' | 'zone' | 'product'>): string =>
  [flavour, product, zone].filter((text) => text !== '').join(', ') || 'all uses'

/** How well each family fits the lifetimes of each kind. */
export function lifetimeTable({ groups }: Pick<Calibration, 'groups'>): ReportTable {
  return {
    name: 'lifetimes',
    title: 'Lifetimes',
    text: 'Each family by maximum likelihood, with 95 % intervals of its parameters; what had not ended is cut off (right-censored). The smallest AIC is the best.',
    columns: [
      ...[column('kind', 'kind'), column('lives', 'lifetimes', 'count'), column('cut_off', 'cut off', 'count')],
      ...[
        column('family', 'family'),
        column('parameters', 'parameters'),
        column('aic', 'AIC above the best', 'number'),
      ],
      ...[column('written', 'in the scenario')],
    ],
    rows: groups
      .slice(0, 20)
      .flatMap((group) =>
        group.lifetime.fits.map((fit, index) => [
          ...[nameOf(group), group.lifetime.lives, group.lifetime.cutOff, fit.name],
          fit.parameters.map((parameter) => parameterText(parameter)).join(', '),
          Number.isFinite(fit.aic) ? fit.aic - group.lifetime.fits[0].aic : 0,
          index > 0 ? '' : group.lifetime.isEmpirical ? 'empirical' : 'yes',
        ]),
      ),
  }
}

/** How well each model of the arrival rate fits. */
export const arrivalTable = (arrivals: Pick<Calibration['arrivals'], 'dispersion' | 'models'>): ReportTable => ({
  name: 'arrivals',
  title: 'Models of the arrival rate',
  text: `Poisson counts by hour. Hourly counts vary ${arrivals.dispersion.toFixed(2)} times as much as by chance, and the criterion (QAIC) allows for it. A trend is tried where it is clear.`,
  columns: [column('profile', 'profile'), column('trend', 'trend'), column('qaic', 'QAIC above the best', 'number')],
  rows: arrivals.models.map(({ profile, hasTrend, qaic }) => [
    ...[profile, hasTrend ? 'yes' : 'no', qaic - arrivals.models[0].qaic],
  ]),
})

export interface CalibrationPageInput {
  readonly name: string
  readonly calibration: Calibration
  readonly figures: readonly HeldOutFigure[]
  readonly runs: readonly SimulatedPart[]
  /** Orders of the log by civil day, from its first. */
  readonly ordersByDay: readonly number[]
}

/** Tables of the page, each of which is also a CSV. */
export const calibrationTables = ({ calibration, figures, runs }: CalibrationPageInput): ReportTable[] => [
  ...(figures.length === 0 ? [] : [heldOutTable(figures, runs.length)]),
  arrivalTable(calibration.arrivals),
  lifetimeTable(calibration),
]

function facts({ accounts, fitted, heldOut, window, utcOffset }: Calibration): Markup {
  const days = (window.split - window.start) / DAY
  return html`<p class="run">Fitted: ${fitted.orders} orders of ${fitted.servers} servers by ${accounts.seen} accounts in ${days.toFixed(1)} days from ${formatInstant(window.start, utcOffset)}; held out: ${heldOut.orders} orders from ${formatInstant(window.split, utcOffset)}.</p>
<p class="run">Accounts: about ${Math.round(accounts.size)}, ${Number.isFinite(accounts.shape) ? `whose rates differ (gamma, shape ${accounts.shape.toFixed(2)})` : 'with equal rates'}${accounts.churned > 0 ? `; ${(accounts.churned * 100).toFixed(0)} % of those that come often came no more` : ''}${accounts.joined > 0 ? `; ${(accounts.joined * 100).toFixed(0)} % of them came first well after the beginning` : ''}.</p>`
}

/** Draws the page. */
export async function calibrationPage(input: CalibrationPageInput): Promise<string> {
  const { calibration, runs, ordersByDay } = input
  const charts = [
    visitsChart(calibration),
    profileChart(calibration),
    ...(runs.length === 0 ? [] : [simulatedChart(calibration, runs, ordersByDay)]),
    ...calibration.groups.slice(0, DRAWN).map(lifetimeChart),
  ].filter((chart) => chart !== undefined)
  const figures: Markup[] = []
  for (const chart of charts) figures.push(await chartFigure(chart))
  const body = html`<header><h1>A scenario fitted to ${input.name}</h1>
${facts(calibration)}</header>
<main>
<section><h2>The log, and what was fitted</h2>${figures}</section>
<section><h2>In detail</h2>${calibrationTables(input).map((table) => reportSection(table, calibration.utcOffset, ''))}</section>
</main>`
  return documentText({
    title: `${input.name}, calibrated`,
    body,
    footer: html`Made by marketsim. The tables are next to this page as CSV, the scenario as scenario.yaml.`,
  })
}
