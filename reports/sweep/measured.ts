/** What one run of a sweep says of a figure: numerator and denominator apart, so that runs weigh by what they saw. */
import { nearestNumber } from '#base/rational.ts'
import type { FigureKind } from '#engine/statistics/run-mean.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Threshold } from '#scenarios/sections/thresholds.ts'
import { refusalsInARow } from '../capacity/refusal-clusters.ts'
import { knownFigure } from '../figures/catalogue.ts'
import type { Figure } from '../figures/figure.ts'
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

/** How a figure varies between runs. Money is signed: some balances are below zero. */
export function kindOf({ name, unit }: Pick<Figure, 'name' | 'unit'>): FigureKind {
  if (exactFigures.has(name)) return 'exact'
  if (unit === 'share') return shareOfEvents.has(name) ? 'event-share' : 'share'
  if (unit === 'count') return 'events'
  return unit === 'money' ? 'signed' : 'amount'
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
    return { top: nearestNumber(value) / (figure.unit === 'money' ? 1e8 : 1), bottom: 1, ...cluster }
  return { top: Number(value.numerator), bottom: Number(value.denominator), ...cluster }
}
