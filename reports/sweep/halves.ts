/**
 * The two halves of the time that figures count: where they differ beyond chance, the run was not in one state, and its mean
 * is that of a change. A pool that starts empty and still fills up is the usual reason.
 */
import { holmAdjusted } from '#engine/statistics/holm.ts'
import { pairedPValue } from '#engine/statistics/paired-test.ts'
import { contributions } from '#engine/statistics/run-mean.ts'
import { preparePoolSpans } from '../capacity/pool-hours.ts'
import type { RunRecord } from '../record.ts'
import { requestSlots } from '../sla/refusal-interval.ts'

/** Numerator and denominator in each half. */
type Halved = readonly [first: readonly [number, number], second: readonly [number, number]]

/** One pool in one run: requests refused of requests, and unit-time held of the unit-time of its capacity. */
export interface PoolHalves {
  readonly pool: string
  readonly refused: Halved
  readonly use: Halved
}

const sumOf = (numbers: Float64Array): number => numbers.reduce((sum, each) => sum + each, 0)

/** The halves of each pool of a run, in the order of their names. */
export function poolHalves(record: RunRecord): PoolHalves[] {
  const { since, end } = record.meta
  const middle = since + (end - since) / 2
  const held = new Map<string, [[number, number], [number, number]]>()
  preparePoolSpans(record)
  const { rows } = record.cursor(`SELECT pn.pool, s.hour, s.next, s.hours * s.held_ms, s.hours * s.capacity_ms
FROM pool_spans s JOIN pool_names pn ON pn.id = s.pool`)
  for (const [pool, from, until, used, room] of rows) {
    const halves = held.get(String(pool)) ?? [
      [0, 0],
      [0, 0],
    ]
    held.set(String(pool), halves)
    const before = Math.min(1, Math.max(0, (middle - Number(from)) / (Number(until) - Number(from))))
    for (const [half, part] of [before, 1 - before].entries()) {
      halves[half][0] += part * Number(used)
      halves[half][1] += part * Number(room)
    }
  }
  const requests = requestSlots(record, 2)
  return [...held]
    .map(([pool, use]): PoolHalves => {
      const asked = requests.get(pool)
      const half = (index: number): readonly [number, number] =>
        asked === undefined ? [0, 0] : [asked.tops[index], asked.bottoms[index]]
      return { pool, use, refused: [half(0), half(1)] }
    })
    .sort((a, b) => (a.pool < b.pool ? -1 : 1))
}

/** Halves of one pool at one point that differ beyond chance. Shares from 0 to 1. */
export interface Drift {
  readonly point: number
  readonly pool: string
  readonly what: 'refused' | 'use'
  readonly first: number
  readonly second: number
}

/** Probability that any drift of a sweep is said that is none. */
const ANY_WRONG = 0.05
/** Smaller differences do not matter, however significant they are. */
const LEAST_RELATIVE = 0.02

/** Every drift of a sweep, from the halves by point and run. All runs of a point have the same pools. */
export function driftsOf(points: readonly (readonly (readonly PoolHalves[])[])[]): Drift[] {
  const found = points.flatMap((runs, point) =>
    (runs[0] ?? []).flatMap(({ pool }) =>
      (['refused', 'use'] as const).flatMap((what) => {
        const halves = runs.flatMap((pools) => pools.filter((each) => each.pool === pool).map((each) => each[what]))
        const drift = driftOf(halves)
        return drift === null ? [] : [{ point, pool, what, ...drift }]
      }),
    ),
  )
  const adjusted = holmAdjusted(found.map(({ pValue }) => pValue))
  return found.flatMap(({ pValue: _, ...drift }, index) => {
    const gap = Math.abs(drift.first - drift.second) / Math.max(drift.first, drift.second)
    return adjusted[index] <= ANY_WRONG && gap >= LEAST_RELATIVE ? [drift] : []
  })
}

function driftOf(halves: readonly Halved[]): { first: number; second: number; pValue: number } | null {
  const both = halves.filter(([first, second]) => first[1] > 0 && second[1] > 0)
  if (both.length < 2) return null
  const shares = ([0, 1] as const).map((half) =>
    contributions(
      both.map((each) => each[half][0]),
      both.map((each) => each[half][1]),
    ),
  )
  const [first, second] = shares.map((each) => sumOf(Float64Array.from(each)) / each.length)
  const differences = shares[1].map((share, run) => share - shares[0][run])
  return { first, second, pValue: pairedPValue(differences, false) }
}
