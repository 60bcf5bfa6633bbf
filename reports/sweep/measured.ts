/** What one run of a sweep says of a figure: numerator and denominator apart, so that runs weigh by what they saw. */
import { exactText, type Rational, rational } from '#base/rational.ts'
import type { FigureKind } from '#engine/statistics/run-mean.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Threshold } from '#scenarios/sections/thresholds.ts'
import { refusalsInARow } from '../capacity/refusal-clusters.ts'
import { MeasuredDays } from '../days.ts'
import { knownFigure } from '../figures/catalogue.ts'
import type { Figure } from '../figures/figure.ts'
import type { RunRecord } from '../record.ts'
import { textsOf } from '../steps/names.ts'
import { poolRequestsOf } from '../steps/requests.ts'
import { filterOf, monthlyValues, thresholdValue } from '../thresholds.ts'

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
/** Shares of requests or of months; other shares are of time. */
const shareOfEvents: ReadonlySet<string> = new Set(['ecs.refusalRate', 'ecs.monthsWithoutRefusal'])
/** Refusals come while a pool is full, one after another. */
const refusals: ReadonlySet<string> = new Set(['ecs.refusalRate', 'ecs.refused', 'orders.refused'])

/** How a figure varies between runs. Money is signed: some balances are below zero. */
export function kindOf({ name, unit }: Pick<Figure, 'name' | 'unit'>): FigureKind {
  if (exactFigures.has(name)) return 'exact'
  if (unit === 'share') return shareOfEvents.has(name) ? 'event-share' : 'share'
  if (unit === 'count') return 'events'
  return unit === 'money' ? 'signed' : 'amount'
}

/** The same without a float, as the store of results keeps it. */
export interface ExactMeasured {
  /**
   * A share as its two counts, `12/345`; any other figure as decimal text in its own unit, money in whole currency, or as a
   * fraction where no decimal is exact.
   */
  readonly exact: string
  readonly cluster?: number
}

/** The floats nearest to an exact value: only estimates use them. */
export function nearestMeasured({ unit }: Pick<Figure, 'unit'>, { exact, ...cluster }: ExactMeasured): Measured {
  const [numerator, denominator = '1'] = exact.split('/')
  const [top, bottom] = [Number(numerator), Number(denominator)]
  return unit === 'share' ? { top, bottom, ...cluster } : { top: top / bottom, bottom: 1, ...cluster }
}

/** Exact text of a value: a share as its two counts, money in whole currency. */
function exactOf({ unit }: Pick<Figure, 'unit'>, { numerator, denominator }: Rational): string {
  if (unit === 'share') return `${numerator}/${denominator}`
  return exactText(rational(numerator, denominator * (unit === 'money' ? 100_000_000n : 1n)))
}

/** The same month by month (`2024-03`), null in months with nothing to measure; null where a month's value means nothing else. */
export function monthsOf(
  record: RunRecord,
  scenario: Scenario,
  threshold: Threshold,
): Readonly<Record<string, string | null>> | null {
  const values = monthlyValues(record, scenario, threshold)
  if (values === null) return null
  const figure = knownFigure(threshold.figure)
  return Object.fromEntries(
    [...values].map(([month, value]) => [month, value === null ? null : exactOf(figure, value)]),
  )
}

/** The same day by day (`2024-03-01`) of the refusal rate of pools; null for other figures, and other filters than a pool. */
export function daysOf(
  record: RunRecord,
  scenario: Scenario,
  threshold: Threshold,
): Readonly<Record<string, string | null>> | null {
  const { pool, ...others } = filterOf(scenario, threshold)
  if (threshold.figure !== 'ecs.refusalRate' || Object.keys(others).length > 0) return null
  const days = new MeasuredDays(record)
  const nameOf = textsOf(record, 'SELECT id, pool FROM pool_names')
  const requests = poolRequestsOf(record)
  const counts = new Map<string, { refused: number; requests: number }>()
  for (const [row, at] of requests.at.entries()) {
    const day = days.text(days.of(at))
    const name = nameOf(requests.pool[row])
    if (day === undefined || name === undefined || (pool !== undefined && pool !== name)) continue
    const count = counts.get(day) ?? { refused: 0, requests: 0 }
    counts.set(day, count)
    count.requests++
    if (requests.refusal[row] > 0) count.refused++
  }
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(sorted.map(([day, { refused, requests }]) => [day, `${refused}/${requests}`]))
}

/** null where the run had nothing to measure. */
export function measuredOf(record: RunRecord, scenario: Scenario, threshold: Threshold): ExactMeasured | null {
  const figure = knownFigure(threshold.figure)
  const value = thresholdValue(record, scenario, threshold)
  if (value === null) return null
  const cluster = refusals.has(figure.name)
    ? { cluster: refusalsInARow(record, filterOf(scenario, threshold).pool) }
    : {}
  return { exact: exactOf(figure, value), ...cluster }
}
