/** A random scenario, small and of one month, or of many accounts and years: everything that a scenario can say, drawn at random. */
import fc from 'fast-check'
import { buyersOf } from './buyer-draws.ts'
import { catalogOf } from './catalog-draws.ts'
import { eventsOf } from './event-draws.ts'
import { currencies, some } from './laws.ts'
import { messageDelay, operations, regions, sellers } from './market-draws.ts'
import { withInheritedNames, withLongNames } from './odd-names.ts'
import { policyValues } from './policy-values.ts'
import type { Doc } from './read-doc.ts'
import { requirements, withRequirements } from './requirement-draws.ts'

/** How long scenarios are, and how many accounts there are for each of a small one. */
export interface Extent {
  readonly days: fc.Arbitrary<number>
  readonly people: fc.Arbitrary<number>
}

const small: Extent = { days: fc.constant(31), people: fc.constant(1) }

/** Two to eight years of thousands of accounts: each does little, and much of what takes longer than a month ends. */
export const large: Extent = { days: fc.constantFrom(731, 1461, 2922), people: fc.constantFrom(500, 1_000, 4_000) }

/**
 * Months of different lengths, leap days, turns of years and of a century, a run across 12 June 2023, offsets of
 * quarters of an hour and of more than half a day, and instants just before and after midnight.
 */
const starts = [
  '2024-01-01T00:00:00+08:00',
  '2024-02-10T07:31:05Z',
  '2023-05-25T00:00:00+08:00',
  '2023-12-15T12:00:00.250-05:00',
  '2024-02-28T23:59:59.999+05:45',
  '1999-12-31T23:59:59.999Z',
  '2096-02-29T00:00:00.001+14:00',
]

const policies = some(
  Object.fromEntries(
    Object.entries(policyValues)
      .filter(([, values]) => values.length > 0)
      .map(([key, values]) => [key, fc.constantFrom(...values)]),
  ),
)

const frame = fc.record({
  start: fc.constantFrom(...starts),
  seed: fc.nat(9999),
  currency: fc.constantFrom(...Object.keys(currencies)),
  partition: fc.constantFrom('region', 'zone'),
  messageDelay,
  policies,
  regions,
  sellers,
  operations,
})

const zonesIn = (list: readonly Doc[]) => list.flatMap(({ zones }) => zones as Doc[])

/** A scenario file as plain data. */
export const scenarioOf = ({ days, people }: Extent): fc.Arbitrary<Doc> =>
  fc.tuple(frame, days, people).chain(([drawn, lasting, many]) => {
    const extent = { start: Date.parse(drawn.start), days: lasting, people: many }
    return catalogOf(drawn.sellers).chain((catalog) =>
      fc
        .tuple(
          buyersOf(catalog, extent, currencies[drawn.currency]),
          eventsOf(zonesIn(drawn.regions), catalog, extent.start, lasting),
          requirements,
        )
        .map(([buyers, events, wanted]): Doc => {
          const answered = withRequirements({ catalog, buyers, events }, wanted)
          return { name: 'swarm', ...drawn, duration: `${lasting}d`, ...answered }
        })
        // One in three has names that every object inherits, another one the longest names.
        .map((doc) => [withInheritedNames, withLongNames, (same: Doc) => same][drawn.seed % 3](doc)),
    )
  })

export const scenarioDoc: fc.Arbitrary<Doc> = scenarioOf(small)
