/** A random small scenario of one month: everything that a scenario can say, drawn at random. */
import fc from 'fast-check'
import { buyersOf } from './buyer-draws.ts'
import { catalogOf } from './catalog-draws.ts'
import { eventsOf } from './event-draws.ts'
import { currencies, some } from './laws.ts'
import { messageDelay, operations, regions, sellers } from './market-draws.ts'
import { withInheritedNames, withLongNames } from './odd-names.ts'
import { policyValues } from './policy-values.ts'
import type { Doc } from './read-doc.ts'

const DAYS = 31

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

const zonesIn = (list: readonly Doc[]) => list.flatMap(({ zones }) => (zones as Doc[]).map(({ id }) => id as string))

/** A scenario file as plain data. */
export const scenarioDoc: fc.Arbitrary<Doc> = frame.chain((drawn) => {
  const start = Date.parse(drawn.start)
  return catalogOf(drawn.sellers).chain((catalog) =>
    fc
      .tuple(
        buyersOf(catalog, start, DAYS, currencies[drawn.currency]),
        eventsOf(zonesIn(drawn.regions), catalog, start, DAYS),
      )
      .map(([buyers, events]) => ({ name: 'swarm', ...drawn, duration: `${DAYS}d`, catalog, buyers, events }))
      // One in three has names that every object inherits, another one the longest names.
      .map((doc) => [withInheritedNames, withLongNames, (same: Doc) => same][drawn.seed % 3](doc)),
  )
})
