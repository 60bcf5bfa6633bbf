/** How far simulated runs are from the part of a log that nothing was fitted to. */
import { HOUR } from '#base/time.ts'
import { studentTQuantile } from '#engine/statistics/student-t.ts'
import type { FitErrors } from '#scenarios/calibration/fit-errors.ts'
import type { PartTotals } from '#scenarios/calibration/observed.ts'
import type { RunRecord } from '../record.ts'
import { column, type ReportTable } from '../report-table.ts'

/** What a run has in that part, and its orders by day. */
export interface SimulatedPart {
  readonly seed: string
  readonly totals: PartTotals
  /** Of each segment of buyers, by its id: what is not measured by pools. */
  readonly segments: ReadonlyMap<string, Pick<PartTotals, 'orders' | 'servers' | 'accounts'>>
  /** Orders of each civil day of the run, from its first. */
  readonly ordersByDay: readonly number[]
}

/** Of a run that begins with the log; `split`: where the part begins, ms. */
export function simulatedPart(record: RunRecord, split: number): SimulatedPart {
  const { end, start, utcOffset, seed } = record.meta
  const numbers = (sql: string): number[] => Object.values(record.rows(sql)[0] ?? {}).map((value) => Number(value ?? 0))
  const [orders, servers, accounts] = numbers(
    `SELECT count(*) AS orders, sum(quantity) / 100000000 AS servers, count(DISTINCT account) AS accounts FROM orders WHERE subject = 0 AND at >= ${split} AND at < ${end}`,
  )
  const bySegment = record.rows<{ segment: string; orders: bigint; servers: bigint; accounts: bigint }>(
    `SELECT substr(a.name, 1, instr(a.name, '/') - 1) AS segment, count(*) AS orders, sum(o.quantity) / 100000000 AS servers,
     count(DISTINCT o.account) AS accounts FROM orders o JOIN accounts a ON a.id = o.account
     WHERE o.subject = 0 AND o.at >= ${split} AND o.at < ${end} GROUP BY 1`,
  )
  const [held, peak] = numbers(
    `SELECT sum(held) AS held, max(held) AS peak FROM
     (SELECT sum(held_ms) AS held FROM pool_hours WHERE hour >= ${split} AND hour < ${end} GROUP BY hour)`,
  )
  const ordersByDay: number[] = []
  const first = Math.floor((start + utcOffset) / (24 * HOUR))
  for (const { day, orders: count } of record.rows<{ day: bigint; orders: bigint }>(
    `SELECT (at + ${utcOffset}) / 86400000 AS day, count(*) AS orders FROM orders WHERE subject = 0 GROUP BY 1`,
  ))
    ordersByDay[Number(day) - first] = Number(count)
  return {
    seed,
    totals: { orders, servers, accounts, serverHours: held / HOUR, peak: peak / HOUR },
    segments: new Map(
      bySegment.map(({ segment, ...totals }) => [
        segment,
        { orders: Number(totals.orders), servers: Number(totals.servers), accounts: Number(totals.accounts) },
      ]),
    ),
    ordersByDay: Array.from(ordersByDay, (count) => count ?? 0),
  }
}

export interface HeldOutFigure {
  /** The segment that it is of; undefined: all. */
  readonly segment: string | undefined
  readonly name: string
  readonly log: number
  readonly mean: number
  /** The interval in which another run, of another fit, would be with a probability of 95 %. */
  readonly low: number
  readonly high: number
  /** Mean less log, as a share of the log; null where the log has none. */
  readonly distance: number | null
  readonly isWithin: boolean
}

const names: readonly (readonly [keyof PartTotals, string, keyof FitErrors])[] = [
  ['orders', 'orders', 'orders'],
  ['servers', 'servers ordered', 'servers'],
  ['accounts', 'accounts that came', 'accounts'],
  ['serverHours', 'server-hours in use', 'work'],
  ['peak', 'most servers in use, mean of an hour', 'work'],
]

/** The figures of the log next to those of at least two runs. `errors` are those of the fit, which runs do not show. */
export function heldOutFigures(log: PartTotals, runs: readonly SimulatedPart[], errors: FitErrors): HeldOutFigure[] {
  return figuresOf(
    undefined,
    log,
    runs.map(({ totals }) => totals),
    errors,
  )
}

/** The same of a segment, without what is measured by pools. */
export function segmentFigures(
  segment: string,
  log: PartTotals,
  runs: readonly SimulatedPart[],
  errors: FitErrors,
): HeldOutFigure[] {
  const none = { orders: 0, servers: 0, accounts: 0 }
  const parts = runs.map(({ segments }) => ({ ...(segments.get(segment) ?? none), serverHours: 0, peak: 0 }))
  return figuresOf(segment, log, parts, errors).slice(0, 3)
}

function figuresOf(
  segment: string | undefined,
  log: PartTotals,
  runs: readonly PartTotals[],
  errors: FitErrors,
): HeldOutFigure[] {
  return names.map(([key, name, error]) => {
    const values = runs.map((totals) => totals[key])
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
    const { fit, own } = errors[error]
    // Of what follows the log, and not of the mean of all runs: the accounts of the log are not drawn again, those of each run are.
    const ofRuns = studentTQuantile(0.975, values.length - 1) * Math.sqrt(variance * (own + 1 / values.length))
    const half = Math.hypot(ofRuns, 1.96 * fit * mean)
    const found = log[key]
    return {
      segment,
      name,
      log: found,
      mean,
      low: Math.max(0, mean - half),
      high: mean + half,
      distance: found === 0 ? null : (mean - found) / found,
      isWithin: found >= mean - half && found <= mean + half,
    }
  })
}

export const heldOutTable = (figures: readonly HeldOutFigure[], runs: number): ReportTable => ({
  name: 'hold-out',
  title: 'The last part of the log, and simulated',
  text: `Nothing was fitted to this part. Means of ${runs} runs; the interval is where another run would be with 95 % probability if the scenario were right and had the accounts of the log, the errors of the fit included: of the rate, the batches, the quantities, the lifetimes, and of accounts that come and go.`,
  columns: [
    ...(figures.some(({ segment }) => segment !== undefined) ? [column('segment', 'segment')] : []),
    column('figure', 'figure'),
    column('log', 'log', 'number'),
    column('simulated', 'simulated', 'number'),
    column('low', 'from', 'number'),
    column('high', 'to', 'number'),
    column('distance', 'simulated less log', 'share'),
    column('within', 'log within'),
  ],
  rows: figures.map(({ segment, name, log, mean, low, high, distance, isWithin }) => [
    ...(figures.some((each) => each.segment !== undefined) ? [segment ?? 'all'] : []),
    ...[name, log, mean, low, high, distance, isWithin ? 'yes' : 'no'],
  ]),
})
