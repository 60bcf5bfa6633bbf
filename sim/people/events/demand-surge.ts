/** Planned surges of demand: a factor on a segment's arrival rate over time. */
import type { RateFunction } from '#engine/random/arrivals/rate.ts'
import { stagesRate } from '#engine/random/arrivals/stages.ts'
import type { Scenario } from '#scenarios/schema.ts'

/** The factor of a segment, surges that overlap multiplied; null where none is planned for it. */
export function surgeOf({ start, events }: Scenario, segment: string): RateFunction | null {
  const surges = events.flatMap((event) =>
    event.kind === 'demandSurge' && (event.segment === null || event.segment === segment)
      ? [{ from: event.at, to: event.at + event.for, factor: event.factor }]
      : [],
  )
  if (surges.length === 0) return null
  const edges = [...new Set([start, ...surges.flatMap(({ from, to }) => [from, to])])]
    .filter((edge) => edge >= start)
    .sort((a, b) => a - b)
  const factorAt = (at: number) =>
    surges.reduce((product, { from, to, factor }) => (from <= at && at < to ? product * factor : product), 1)
  return stagesRate(
    start,
    edges.map((edge, index) => {
      const factor = factorAt(edge)
      return { from: factor, to: factor, over: (edges[index + 1] ?? edge) - edge }
    }),
  )
}
