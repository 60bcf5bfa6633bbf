/** Planned surges of demand: a factor on a segment's arrival rate over time. */
import type { RateFunction } from '#engine/random/arrivals/rate.ts'
import { stagesRate } from '#engine/random/arrivals/stages.ts'
import type { Scenario } from '#scenarios/schema.ts'

interface Surge {
  readonly from: number
  readonly to: number
  readonly factor: number
}

const surgesOf = ({ events }: Scenario, segment: string): Surge[] =>
  events.flatMap((event) =>
    event.kind === 'demandSurge' && (event.segment === null || event.segment === segment)
      ? [{ from: event.at, to: event.at + event.for, factor: event.factor }]
      : [],
  )

/** Surges that overlap are multiplied. */
const factorAt = (surges: readonly Surge[], at: number): number =>
  surges.reduce((product, { from, to, factor }) => (from <= at && at < to ? product * factor : product), 1)

/** The inverse of the golden ratio: its multiples are spread evenly between 0 and 1, and no period of a trace meets them. */
const EVEN = 0.618_033_988_749_894_9

/**
 * How often each line of a segment's trace is placed; null where no surge is planned for it. A line has the factor of its
 * instant: as many copies as its whole part, and one more for so many lines as its fraction says. Which ones depends on
 * the number of the line alone, so that seeds, threads and cells agree.
 */
export function surgedCopies(scenario: Scenario, segment: string, instants: Float64Array): Uint32Array | null {
  const surges = surgesOf(scenario, segment)
  if (surges.length === 0) return null
  return Uint32Array.from(instants, (at, line) => Math.floor(factorAt(surges, at) + (((line + 1) * EVEN) % 1)))
}

/** The factor of a segment, surges that overlap multiplied; null where none is planned for it. */
export function surgeOf(scenario: Scenario, segment: string): RateFunction | null {
  const { start } = scenario
  const surges = surgesOf(scenario, segment)
  if (surges.length === 0) return null
  const edges = [...new Set([start, ...surges.flatMap(({ from, to }) => [from, to])])]
    .filter((edge) => edge >= start)
    .sort((a, b) => a - b)
  return stagesRate(
    start,
    edges.map((edge, index) => {
      const factor = factorAt(surges, edge)
      return { from: factor, to: factor, over: (edges[index + 1] ?? edge) - edge }
    }),
  )
}
