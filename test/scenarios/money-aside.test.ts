/** `money: ignore`: a scenario without a word of money, for questions about capacity. */
import { expect, test } from 'vitest'
import type { ScenarioErrors } from '#scenarios/errors.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { simulated } from '../sim/run/inline-run.ts'

/** `price`: of servers and images; `wallet`: of the buyers; `events`: what happens by plan. */
const scenario = (money: string, { price = '', wallet = '{}', events = '[]' } = {}) => `
name: capacity-only
start: 2024-01-01T00:00:00Z
duration: 30d
policies: { time.utcOffset: "+00:00", tax.percent: 7 }
${money}
regions: [{ id: r, zones: [{ id: z, pools: [{ flavour: f, capacity: 9, ${price} provisioning: 1min }] }] }]
sellers: [{ segment: s }]
catalog:
  - { id: img, kind: image, seller: s/1, category: infrastructure, specifications: [{ id: n, ${price} billing: pay-per-use }] }
buyers:
  - segment: b
    count: 20
    wallet: ${wallet}
    load: { poisson: { perBuyer: 4/week } }
    buys: [{ product: img, specification: n, flavour: f, lifetime: { exponential: { mean: 20h } } }]
events: ${events}
`

const outcomeOf = (text: string) =>
  simulated(text, ({ outcome, ask }) => ({
    digest: outcome.digest,
    differences: outcome.differences,
    orders: ask('SELECT COUNT(*) FROM orders'),
    servers: ask('SELECT COUNT(*) FROM instances'),
    refused: ask(`SELECT group_concat(DISTINCT code) FROM v_refusals`),
    suspended: ask(`SELECT COUNT(*) FROM v_account_steps`),
    money: ask('SELECT SUM(ABS(amount)) FROM postings'),
  }))

test('without prices and wallets every server is refused for lack of room only, and no amount is above 0', async () => {
  const found = await outcomeOf(scenario('money: ignore'))
  expect(found).toMatchObject({ differences: 0, refused: 'capacity-sold-out', suspended: 0 })
  expect(found.money ?? 0).toBe(0)
  expect(found.servers).toBeGreaterThan(100)
})

test('prices, wallets and payment failures that are written do not matter', async () => {
  const bare = await outcomeOf(scenario('money: ignore'))
  const priced = await outcomeOf(
    scenario('money: ignore', {
      price: 'hourly: "1.5",',
      wallet: '{ opening: "3", paymentMethod: 0.5, coupons: [{ amount: 5 }], topUp: { below: 1, amount: 5 } }',
      events:
        '[{ at: 2024-01-03T00:00:00Z, paymentFailure: { for: 20d } }, { at: 2024-01-04T00:00:00Z, serverPriceChange: { zone: z, flavour: f, hourly: "9" } }]',
    }),
  )
  expect(priced).toEqual(bare)
  // The same people with money to count fall into arrears.
  const counted = await outcomeOf(scenario('', { price: 'hourly: "1.5",' }))
  expect(counted.suspended).toBeGreaterThan(0)
  expect(counted.servers).toBeLessThan(bare.servers)
})

test('a price is needed where money counts, and must be a price where it is written', () => {
  const faultsOf = (text: string): string[] => {
    try {
      parseScenario(text, 'x.yaml')
      return []
    } catch (error) {
      return (error as ScenarioErrors).faults.map(({ path, what }) => `${path}: ${what}`)
    }
  }
  expect(faultsOf(scenario('money: ignore'))).toEqual([])
  expect(faultsOf(scenario('')).map((fault) => fault.split(':')[0])).toEqual([
    'regions.r.zones.z.pools.f.hourly',
    'catalog.img.specifications.n.hourly',
  ])
  expect(faultsOf(scenario('money: ignore', { price: 'hourly: "-1",' }))).toHaveLength(2)
  expect(faultsOf(scenario('money: none'))[0]).toMatch(/^money: /)
})
