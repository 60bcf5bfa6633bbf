/** What one run of a sweep says of a figure: numerator and denominator apart, so that runs weigh by what they saw. */
import { type FigureKind, STANDARD_CLUSTER } from '#engine/statistics/run-mean.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Threshold } from '#scenarios/sections/thresholds.ts'
import { quotient } from '../amounts.ts'
import { knownFigure } from '../figures/catalogue.ts'
import { type Figure, measureBy } from '../figures/figure.ts'
import type { RunRecord } from '../record.ts'
import { filterOf, thresholdValue } from '../thresholds.ts'

export interface Measured {
  /** In the figure's own unit where the denominator is 1; money in whole currency. */
  readonly top: number
  readonly bottom: number
  /** Events of the figure come in clusters of about this many in this run; undefined where nothing says so. */
  readonly cluster?: number
}

/** Follow from the scenario alone, or are the same in every sound run. */
const exactFigures: ReadonlySet<string> = new Set([
  'accounts.count',
  'ledger.sum',
  'pool.capacity',
  'reconciliation.differences',
])
/** Shares of requests; other shares are of time. */
const shareOfEvents: ReadonlySet<string> = new Set(['ecs.refusalRate'])
/** Refusals come while a pool is full, one after another. */
const refusals: ReadonlySet<string> = new Set(['ecs.refusalRate', 'ecs.refused', 'orders.refused'])
const MOST_REFUSALS_IN_A_ROW = 20

/** How a figure varies between runs. Money is signed: some balances are below zero. */
export function kindOf({ name, unit }: Pick<Figure, 'name' | 'unit'>): FigureKind {
  if (exactFigures.has(name)) return 'exact'
  if (unit === 'share') return shareOfEvents.has(name) ? 'event-share' : 'share'
  if (unit === 'count') return 'events'
  return unit === 'money' ? 'signed' : 'amount'
}

/**
 * A full pool of use u refuses 1 / (1 - u) requests on average before it has room for good: the drift of a birth-death
 * process near its upper end. The 95th percentile of the hours stands for the busy time, when refusals come.
 */
function refusalsInARow(record: RunRecord, pool: string | undefined): number {
  const uses = measureBy(record, knownFigure('pool.useP95'), 'pool')
  const busiest = [...uses].flatMap(([name, use]) =>
    use === null || (pool !== undefined && name !== pool) ? [] : [quotient(use)],
  )
  const use = Math.max(0, ...busiest)
  return Math.min(MOST_REFUSALS_IN_A_ROW, Math.max(STANDARD_CLUSTER, use < 1 ? 1 / (1 - use) : Infinity))
}

/** null where the run had nothing to measure. */
export function measuredOf(record: RunRecord, scenario: Scenario, threshold: Threshold): Measured | null {
  const figure = knownFigure(threshold.figure)
  const value = thresholdValue(record, scenario, threshold)
  if (value === null) return null
  const cluster = refusals.has(figure.name)
    ? { cluster: refusalsInARow(record, filterOf(scenario, threshold).pool) }
    : {}
  if (figure.unit !== 'share')
    return { top: quotient(value) / (figure.unit === 'money' ? 1e8 : 1), bottom: 1, ...cluster }
  return { top: Number(value.numerator), bottom: Number(value.denominator), ...cluster }
}
