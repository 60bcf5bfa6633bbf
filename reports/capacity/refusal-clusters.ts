/** How many requests a full pool refuses in a row: what rare refusals do not show by themselves. */
import { nearestNumber } from '#base/rational.ts'
import { STANDARD_CLUSTER } from '#engine/statistics/run-mean.ts'
import { knownFigure } from '../figures/catalogue.ts'
import { measureBy } from '../figures/figure.ts'
import type { RunRecord } from '../record.ts'

const MOST_IN_A_ROW = 20

/**
 * A full pool of use u refuses 1 / (1 - u) requests on average before it has room for good: the drift of a birth-death
 * process near its upper end. The 95th percentile of the hours means the busy time, when refusals come. Without a
 * pool, that of the busiest one.
 */
export function refusalsInARow(record: RunRecord, pool: string | undefined): number {
  const uses = measureBy(record, knownFigure('pool.useP95'), 'pool')
  const busiest = [...uses].flatMap(([name, use]) =>
    use === null || (pool !== undefined && name !== pool) ? [] : [nearestNumber(use)],
  )
  const use = Math.max(0, ...busiest)
  return Math.min(MOST_IN_A_ROW, Math.max(STANDARD_CLUSTER, use < 1 ? 1 / (1 - use) : Infinity))
}
