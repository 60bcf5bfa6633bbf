/** Servers metered in coarser steps than the second: each hour of use is charged by started or by whole minutes. */
import { hourLine } from '#sim/billing/metering/hour-charge.ts'
import { changedSource } from './changed-source.ts'
import type { RatedSource, Variant } from './rated-line.ts'

/** Seconds of a step, and whether a started one counts. */
const steps: readonly (readonly [seconds: number, isStarted: boolean, text: string])[] = [
  [60, true, 'by the started minute'],
  [60, false, 'by whole minutes'],
  [300, true, 'by the started 5 minutes'],
  [600, true, 'by the started 10 minutes'],
  [900, true, 'by the started quarter of an hour'],
  [1800, true, 'by the started half hour'],
]

export function steppedSources(source: RatedSource): Variant[] {
  const { policies } = source
  if (policies['ecs.granularity'] !== 'second') return []
  return steps.map(([step, isStarted, text]) => ({
    cause: 'granularity',
    rule: 'U-01',
    text: `servers ${text}`,
    source: changedSource(source, {
      amount: ({ use, amount }) => {
        if (use === undefined || use.kind !== 'ecs') return amount
        const seconds = step * (isStarted ? Math.ceil(use.seconds / step) : Math.floor(use.seconds / step))
        return seconds === use.seconds ? amount : hourLine('ecs', use.hourly, seconds, policies).amount
      },
    }),
  }))
}
