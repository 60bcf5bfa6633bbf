/** How long servers of a pool live: for how long a pool remembers what happened to it. */
import { nearestNumber } from '#base/rational.ts'
import { knownFigure } from '../figures/catalogue.ts'
import { measureBy, prepare } from '../figures/figure.ts'
import { poolHoursSource } from '../figures/pools.ts'
import type { RunRecord } from '../record.ts'

/**
 * By pool that was ever used: unit-time held over servers that ended, ms. That is the mean life where lives are
 * exponential, and too long where many have not ended yet, which is on the safe side. Infinity where none ended.
 */
export function meanLives(record: RunRecord): Map<string, number> {
  prepare(record, poolHoursSource)
  const rows = record.rows(`SELECT pool, sum(held_ms) AS held FROM ${poolHoursSource.name} GROUP BY 1`)
  const ended = measureBy(record, knownFigure('ecs.deleted'), 'pool')
  return new Map(
    rows
      .filter(({ held }) => Number(held) > 0)
      .map(({ pool, held }) => {
        const ends = ended.get(String(pool)) ?? null
        return [String(pool), ends === null ? Infinity : Number(held) / nearestNumber(ends)] as const
      }),
  )
}

/** The longest of them; 0 where no pool was used. */
export const longestLife = (record: RunRecord): number => Math.max(0, ...meanLives(record).values())
