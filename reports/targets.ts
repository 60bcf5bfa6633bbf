/**
 * What was promised. A scenario promises by its thresholds: `"supervision.deliveryP95": "<= 3d"` makes three days the
 * target of deliveries. Otherwise the rulebook gives the target, or there is none.
 */
import type { Rational } from '#base/rational.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { knownFigure } from './figures/catalogue.ts'
import type { RunRecord } from './record.ts'
import { boundOf } from './thresholds.ts'

/** The bound that the first threshold of the run's scenario sets on one of these figures from above; null without one. */
export function promised(record: RunRecord, figures: readonly string[], pool?: string): Rational | null {
  const { thresholds } = record.meta.scenario as unknown as Scenario
  const zone = pool?.split('/')[0]
  const found = thresholds.find(
    ({ figure, op, filter }) =>
      figures.includes(figure) &&
      (op === '<' || op === '<=') &&
      Object.entries(filter).every(([label, value]) => label === 'pool' && (value === pool || value === zone)),
  )
  return found === undefined ? null : boundOf(knownFigure(found.figure), found)
}

/** The target of a duration in milliseconds, of figures in `seconds` or `hours`. */
export function durationTarget(record: RunRecord, figures: readonly string[]): number | null {
  const bound = promised(record, figures)
  if (bound === null) return null
  const unit = knownFigure(figures[0]).unit === 'hours' ? 3_600_000n : 1000n
  return Number((bound.numerator * unit) / bound.denominator)
}
