/** calibration.html: the log, what was fitted to it, and how far simulated runs are from its last part. */
import { dateText } from '#base/civil-text.ts'
import { dayOf, formatInstant } from '#base/civil-time.ts'
import { DAY, HOUR } from '#base/time.ts'
import { distribution } from '#engine/random/distribution.ts'
import { survivalOf } from '#engine/random/variate.ts'
import type { Calibration } from '#scenarios/calibration/calibration.ts'
import { type GroupFit, nameOfKind } from '#scenarios/calibration/groups.ts'
import type { LifetimeFit } from '#scenarios/calibration/lifetimes.ts'
import { burstsText } from '#scenarios/calibration/scenario-text.ts'
import { parameterText } from '#scenarios/calibration/scenario-words.ts'
import { dayAxis } from '../days.ts'
import { type Chart, colours } from '../html/chart.ts'
import { chartFigure } from '../html/chart-figure.ts'
import { documentText } from '../html/document.ts'
import { html, type Markup } from '../html/markup.ts'
import { reportSection } from '../html/table.ts'
import { tipsOf } from '../html/tips.ts'
import { column, type ReportTable } from '../report-table.ts'
import { type HeldOutFigure, heldOutTable, type SimulatedPart } from './hold-out.ts'
import { parameterTable } from './parameters.ts'

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

function visitsChart(calibration: Calibration, suffix: string): Chart {
  const { arrivals, bursts, visits, window, utcOffset } = calibration
  const values = [
    ...byDay(calibration, (hour) => visits[hour]).map((each) => ({ ...each, what: 'log' })),
    ...byDay(calibration, (hour) => bursts?.mean ?? arrivals.expected(hour)).map((each) => ({
      ...each,
      what: 'fitted',
    })),
  ]
  return {
    name: `visits${suffix}`,
    title: `Visits by day; held out from ${formatInstant(window.split, utcOffset).slice(0, 10)}`,
    text: `Visits of the log and of the fitted rate, ${bursts === undefined ? `profile ${arrivals.profile}` : 'the mean of lulls and bursts'}.`,
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

function profileChart({ arrivals, visits, window, utcOffset }: Calibration, suffix: string): Chart | undefined {
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
    name: `profile${suffix}`,
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

function lifetimeChart(group: GroupFit, lifetime: LifetimeFit, index: string): Chart {
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
    title: `Longer than so many hours: ${nameOfKind(group)}`,
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
  calibration: Pick<Calibration, 'window' | 'utcOffset'>,
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

/** How well each family fits the lifetimes of each kind. */
export function lifetimeTable(calibrations: readonly Pick<Calibration, 'name' | 'groups'>[]): ReportTable {
  const isSeveral = calibrations.length > 1
  return {
    name: 'lifetimes',
    title: 'Lifetimes',
    text: 'Each family by maximum likelihood, with 95 % intervals of its parameters; what had not ended is cut off (right-censored). The smallest AIC is the best.',
    columns: [
      ...(isSeveral ? [column('segment', 'segment')] : []),
      ...[column('kind', 'kind'), column('lives', 'lifetimes', 'count'), column('cut_off', 'cut off', 'count')],
      ...[
        column('family', 'family'),
        column('parameters', 'parameters'),
        column('aic', 'AIC above the best', 'number'),
      ],
      ...[column('written', 'in the scenario')],
    ],
    rows: calibrations.flatMap(({ name, groups }) =>
      groups.slice(0, 20).flatMap((group) => {
        const { lifetime } = group
        return (lifetime?.fits ?? []).map((fit, index) => [
          ...(isSeveral ? [name] : []),
          ...[nameOfKind(group), lifetime?.lives ?? 0, lifetime?.cutOff ?? 0, fit.name],
          fit.parameters.map((parameter) => parameterText(parameter)).join(', '),
          Number.isFinite(fit.aic) ? fit.aic - (lifetime?.fits[0].aic ?? 0) : 0,
          index > 0 ? '' : lifetime?.isEmpirical ? 'empirical' : 'yes',
        ])
      }),
    ),
  }
}

type ArrivalModels = Pick<Calibration, 'name' | 'burstsAic' | 'bursts'> & {
  readonly arrivals: Pick<Calibration['arrivals'], 'dispersion' | 'models'>
}

/** How well each model of the arrival rate fits. */
export function arrivalTable(calibrations: readonly ArrivalModels[]): ReportTable {
  const isSeveral = calibrations.length > 1
  const dispersions = calibrations.map(({ arrivals }) => arrivals.dispersion.toFixed(2)).join(', ')
  return {
    name: 'arrivals',
    title: 'Models of the arrival rate',
    text: `Counts by hour, which vary ${dispersions} times as much as Poisson counts around the best profile; where that is clear, they are taken as negative binomial (AIC). workweek: hours of Monday to Friday, and of Saturday and Sunday. A trend is tried where it is clear. Bursts are compared with the best profile by AIC, and written where they lead by 10.`,
    columns: [
      ...(isSeveral ? [column('segment', 'segment')] : []),
      ...[column('profile', 'profile'), column('trend', 'trend')],
      ...[column('aic', 'AIC above the best', 'number'), column('written', 'in the scenario')],
    ],
    rows: calibrations.flatMap(({ name, arrivals, bursts, burstsAic }) => [
      ...arrivals.models.map(({ profile, hasTrend, aic }, index) => [
        ...(isSeveral ? [name] : []),
        ...[profile, hasTrend ? 'yes' : 'no', aic - arrivals.models[0].aic],
        index === 0 && bursts === undefined ? 'yes' : '',
      ]),
      ...(burstsAic === undefined
        ? []
        : [
            [
              ...(isSeveral ? [name] : []),
              'bursts, AIC less that of the best',
              'no',
              burstsAic,
              bursts === undefined ? '' : 'yes',
            ],
          ]),
    ]),
  }
}

export interface CalibrationPageInput {
  readonly name: string
  /** Of each segment of buyers. */
  readonly calibrations: readonly Calibration[]
  readonly figures: readonly HeldOutFigure[]
  readonly runs: readonly SimulatedPart[]
  /** Orders of the log by civil day, from its first. */
  readonly ordersByDay: readonly number[]
}

/** Tables of the page, each of which is also a CSV. */
export const calibrationTables = ({ calibrations, figures, runs }: CalibrationPageInput): ReportTable[] => [
  ...(figures.length === 0 ? [] : [heldOutTable(figures, runs.length)]),
  parameterTable(calibrations),
  arrivalTable(calibrations),
  lifetimeTable(calibrations),
]

function facts({ accounts, bursts, renewals, fitted, heldOut, window, utcOffset }: Calibration): Markup {
  const days = (window.split - window.start) / DAY
  return html`<p class="run">Fitted: ${fitted.orders} orders of ${fitted.servers} servers by ${accounts.seen} accounts in ${days.toFixed(1)} days from ${formatInstant(window.start, utcOffset)}; held out: ${heldOut.orders} orders from ${formatInstant(window.split, utcOffset)}.</p>
<p class="run">Accounts: about ${Math.round(accounts.size)}, ${Number.isFinite(accounts.shape) ? `whose rates differ (gamma, shape ${accounts.shape.toFixed(2)})` : 'with equal rates'}${accounts.churned > 0 ? `; ${(accounts.churned * 100).toFixed(0)} % of those that come often came no more` : ''}${accounts.joined > 0 ? `; ${(accounts.joined * 100).toFixed(0)} % of them came first well after the beginning` : ''}.</p>
${bursts === undefined ? '' : html`<p class="run">Bursts: ${burstsText(bursts)}.</p>`}${renewals === undefined ? '' : html`<p class="run">Terms: ${renewals.renewed} of ${renewals.renewed + renewals.notRenewed} that ended were renewed.</p>`}`
}

/** Draws the page. */
export async function calibrationPage(input: CalibrationPageInput): Promise<string> {
  const { calibrations, runs, ordersByDay } = input
  const isSeveral = calibrations.length > 1
  const [{ window, utcOffset }] = calibrations
  const parts: Markup[] = []
  for (const [segment, calibration] of calibrations.entries()) {
    const suffix = isSeveral ? `-${segment}` : ''
    const charts = [
      visitsChart(calibration, suffix),
      profileChart(calibration, suffix),
      ...calibration.groups
        .flatMap(({ lifetime, ...group }) =>
          lifetime === undefined ? [] : [{ group: { ...group, lifetime }, lifetime }],
        )
        .slice(0, DRAWN)
        .map(({ group, lifetime }, index) => lifetimeChart(group, lifetime, `${index}${suffix}`)),
    ].filter((chart) => chart !== undefined)
    const figures: Markup[] = []
    for (const chart of charts) figures.push(await chartFigure(chart))
    const title = isSeveral ? `Segment ${calibration.name}` : 'The log, and what was fitted'
    parts.push(html`<section><h2>${title}</h2>${isSeveral ? facts(calibration) : ''}${figures}</section>`)
  }
  const simulated =
    runs.length === 0 ? [] : [await chartFigure(simulatedChart({ window, utcOffset }, runs, ordersByDay))]
  const body = html`<header><h1>A scenario fitted to ${input.name}</h1>
${isSeveral ? html`<p class="run">${calibrations.length} segments of buyers, each with a fit of its own.</p>` : facts(calibrations[0])}</header>
<main>
${simulated.length === 0 ? '' : html`<section><h2>Simulated</h2>${simulated}</section>`}
${parts}
<section><h2>In detail</h2>${calibrationTables(input).map((table) => reportSection(table, utcOffset, ''))}</section>
</main>`
  return documentText({
    title: `${input.name}, calibrated`,
    body,
    footer: html`Made by marketsim. The tables are next to this page as CSV, the scenario as scenario.yaml.`,
  })
}
