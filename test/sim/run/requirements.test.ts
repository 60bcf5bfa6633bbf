/** C-07: requirements that buyers mail are counted, and a seller lists a product for them, in all cells at the same instant. */
import { expect, test } from 'vitest'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { digestOfText, type Simulated, simulated } from './inline-run.ts'

const HOUR = 3_600_000
const START = Date.parse('2024-03-04T00:00:00+08:00')
const at = (hours: number): string => new Date(START + hours * HOUR).toISOString()

interface Parts {
  readonly requirements?: string
  readonly unmet?: string
  readonly more?: string
  readonly events?: string
  readonly buys?: string
}

/** A buyer in each of two regions comes every hour and looks for observability; the seller is at home in the second. */
const market = ({ requirements = '{ count: 5, after: 5h }', unmet, more = '', events, buys }: Parts = {}) => `
name: requirements
question: When is what buyers miss listed?
start: 2024-03-04T00:00:00+08:00
duration: 14h
messageDelay: 30min
regions:
  - { id: near, zones: [{ id: n1, pools: [{ flavour: s, capacity: 1, hourly: 1 }] }] }
  - { id: far, zones: [{ id: f1, pools: [{ flavour: s, capacity: 1, hourly: 1 }] }] }
sellers: [{ segment: isv, regions: { far: 1 } }]
catalog:
  - id: crm
    kind: saas
    seller: isv/1
    category: office
    specifications: [{ id: seat, billing: monthly, plans: [{ months: 1, price: { model: linear, unit: 10 } }] }]
  - id: monitor
    kind: saas
    seller: isv/1
    category: observability
    requirements: ${requirements}
    ${more}
    specifications: [{ id: host, billing: monthly, plans: [{ months: 1, price: { model: linear, unit: 3 } }] }]
buyers:
  - segment: people
    count: 2
    regions: { near: 1, far: 1 }
    wallet: { opening: 100000 }
    load: { closed: { thinkTime: 1h } }
    unmet: ${unmet ?? '{ probability: 1, categories: { observability: 1 } }'}
    buys: ${buys ?? '[{ product: crm, specification: seat }, { product: monitor, specification: host, weight: 1000 }]'}
events: ${events ?? '[]'}
`

const region = (id: string): string =>
  `  - { id: ${id}, zones: [{ id: ${id}-1, pools: [{ flavour: s, capacity: 1, hourly: 1 }] }] }\n`

const hourOf = (when: number): number => Math.round(((when - START) / HOUR) * 100) / 100

const hoursOf = ({ rows }: Simulated, sql: string): number[] => rows<{ at: number }>(sql).map((row) => hourOf(row.at))

const UNMET = 'SELECT at FROM unmet_demand ORDER BY at'
const ORDERED =
  'SELECT o.at FROM v_orders v JOIN orders o ON o.id = v.id JOIN specifications s ON s.id = o.specification WHERE s.product_id = 2 ORDER BY o.at'

test.each([
  // requirements, when the last came in, from when it is listed
  ['{ count: 5, after: 5h }', 3.5, 8.5],
  ['{ count: 4, after: 5h }', 2.5, 7.5],
  ['{ count: 1, after: 90min }', 1.5, 3],
  // All cells have to hear of it first.
  ['{ count: 1 }', 1.5, 2],
  // The run ends before.
  ['{ count: 5, after: 5d }', 3.5, 123.5],
])('C-07: a product is listed when enough requirements came in: %s', (requirements, came, listed) =>
  simulated(market({ requirements }), (run) => {
    expect(run.outcome.differences).toBe(0)
    expect(
      run
        .rows<{ at: number; listed: number }>('SELECT at, listed FROM requirement_listings')
        .map((row) => [hourOf(row.at), hourOf(row.listed)]),
    ).toEqual([[came, listed]])
    // Both buyers find nothing until then, and buy it from then on.
    const visits = Array.from({ length: 13 }, (_, hour) => hour + 1)
    expect(hoursOf(run, UNMET)).toEqual(visits.filter((hour) => hour < listed).flatMap((hour) => [hour, hour]))
    const [first] = visits.filter((hour) => hour >= listed)
    expect(hoursOf(run, ORDERED).slice(0, 2)).toEqual(first === undefined ? [] : [first, first])
    expect(run.ask("SELECT count(*) FROM v_orders WHERE channel <> 'category'")).toBe(0)
  }),
)

test('C-07: what is not mailed does not count, and other categories neither', () =>
  simulated(
    market({ unmet: '{ probability: 0.6, categories: { observability: 1, security: 1 }, mails: 0.5 }' }),
    (run) => {
      expect(run.outcome.differences).toBe(0)
      const mailed = hoursOf(
        run,
        `SELECT u.at FROM unmet_demand u JOIN categories c ON c.id = u.category
          WHERE u.mailed = 1 AND c.category = 'observability' ORDER BY u.at`,
      )
      const came = hoursOf(run, 'SELECT at FROM requirement_listings')
      expect(came).toEqual(mailed.slice(4, 5).map((hour) => hour + 0.5))
    },
  ))

test('C-05, C-07: an event may list it earlier, and delist it again', () =>
  simulated(
    market({
      events: `[{ at: ${at(2.5)}, list: { product: monitor } }, { at: ${at(10.5)}, delist: { product: monitor } }]`,
    }),
    (run) => {
      expect(run.outcome.differences).toBe(0)
      const isListed = (hour: number): boolean => hour >= 2.5 && hour < 10.5
      expect(hoursOf(run, ORDERED).filter((hour) => !isListed(hour))).toEqual([])
      expect(hoursOf(run, UNMET).filter(isListed)).toEqual([])
      expect([hoursOf(run, ORDERED).length, hoursOf(run, UNMET).length].every((count) => count > 6)).toBe(true)
    },
  ))

test('C-07: one history on 1, 2 and 4 threads', async () => {
  const text = market({ unmet: '{ probability: 0.8, categories: { observability: 3, security: 1 }, mails: 0.7 }' })
    .replace('sellers:', `${['third', 'fourth'].map(region).join('')}sellers:`)
    .replace('count: 2\n    regions: { near: 1, far: 1 }', 'count: 8')
  const alone = await digestOfText(text, 1)
  expect(await digestOfText(text, 2)).toBe(alone)
  expect(await digestOfText(text, 4)).toBe(alone)
})

test.each([
  [{ more: `listed: ${at(3)}` }, /listed or requirements, not both \(C-07\)/],
  [{ unmet: '{ probability: 1, categories: { observability: 1 }, mails: 0 }' }, /which no buyer mails/],
  [{ unmet: '{ probability: 1, categories: { security: 1 } }' }, /requirements of observability, which no buyer mails/],
  [{ buys: '[{ product: monitor, specification: host }]' }, /only what waits for requirements/],
])('C-07: what a scenario may not say: %j', (parts, words) => {
  const faultsOf = () => parseScenario(market(parts), 'inline.yaml')
  expect(faultsOf).toThrow(ScenarioErrors)
  expect(faultsOf).toThrow(words)
})
