/** C-05, O-02, O-03, O-10, E-03, E-02: one order that is wrong in every way, put right one step at a time. */
import { expect, test } from 'vitest'
import { standing } from '#sim/market/arrears/standing.ts'
import { placeOrder } from '#sim/market/place-order.ts'
import type { ServerIntent } from '#sim/market/servers/admission.ts'
import { setCapacity } from '#sim/market/servers/pool-changes.ts'
import { SmallMarket } from './small-market.ts'

const scenario = `name: admission
question: Which refusal comes first?
start: 2024-05-06T08:00:00+08:00
duration: 30d
seed: 1
currency: USD
regions: [{ id: here, zones: [{ id: here-1, pools: [{ flavour: small, capacity: 0, hourly: "3.6", plans: [{ months: 1, price: "40" }] }] }] }]
sellers: [{ segment: isv }]
catalog:
  - { id: A, kind: image, seller: isv/1, category: c, needsAuthorisation: true, specifications: [{ id: a, billing: pay-per-use, hourly: "0.1" }] }
  - { id: B, kind: saas, seller: isv/1, category: c, needsAuthorisation: true, specifications: [{ id: b, billing: monthly, plans: [{ months: 1, price: "10" }] }] }
events:
  - { at: 2024-05-06T08:00:00+08:00, delist: { product: A } }
  - { at: 2024-05-06T08:00:00+08:00, delist: { product: B } }
  - { at: 2024-05-06T09:00:00+08:00, list: { product: A } }
  - { at: 2024-05-06T09:00:00+08:00, list: { product: B } }
buyers: [{ segment: people, count: 1, load: { poisson: { perBuyer: 1/week } }, buys: [{ product: A, specification: a, flavour: small, lifetime: 1d }] }]
`

/** What is put right, and what the order is refused for before that; in the order of the ladder. */
const ladder: readonly (readonly [refusal: string, repair: (world: Wrong) => void, isForServers?: true])[] = [
  ['product-delisted C-05', ({ small }) => small.goTo(small.now + 3_600_000)],
  ['account-missing O-02', ({ small }) => small.market.orders.customers.registered.fill(1)],
  ['payment-method-missing O-02', ({ small }) => small.market.orders.customers.paymentMethod.fill(1)],
  ['terms-not-accepted O-03', (world) => (world.accepts = true)],
  ['authorisation-missing O-03', (world) => (world.authorises = true)],
  ['in-arrears O-10', ({ small }) => (small.market.arrears.standings.state[0] = standing.state.good)],
  ['vpc-missing E-03', ({ small }) => small.market.servers.owners.vpcs.fill(1), true],
  ['security-group-missing E-03', ({ small }) => small.market.servers.owners.securityGroup.fill(1), true],
  ['credentials-missing E-03', ({ small }) => small.market.servers.owners.credentials.fill(1), true],
  ['capacity-sold-out E-02', ({ small }) => setCapacity(small.market.servers, 0, 5), true],
]

/** A market in which everything is wrong. */
class Wrong {
  readonly small = new SmallMarket([], scenario)
  accepts = false
  authorises = false
  readonly asked: string[] = []

  constructor() {
    const { orders, servers, arrears } = this.small.market
    orders.customers.registered.fill(0)
    orders.customers.paymentMethod.fill(0)
    servers.owners.vpcs.fill(0)
    servers.owners.securityGroup.fill(0)
    servers.owners.credentials.fill(0)
    arrears.standings.state[0] = standing.state.grace
  }

  place(kind: 'servers' | 'term servers' | 'saas' | 'trial'): string {
    const isServer = kind === 'servers' || kind === 'term servers'
    const intent: ServerIntent = {
      account: 0,
      specification: isServer ? 1 : 2,
      pool: isServer ? 0 : -1,
      quantity: 2,
      months: kind === 'servers' ? 0 : 1,
      channel: 'search',
      interest: 1,
      lifetime: Number.POSITIVE_INFINITY,
      kind: kind === 'trial' ? 'trial' : 'purchase',
      consent: {
        acceptsTerms: () => this.asked.push('terms') > 0 && this.accepts,
        authorises: () => this.asked.push('authorisation') > 0 && this.authorises,
      },
      provisioning: 'customised',
      creation: () => {
        this.asked.push('creation')
        return { launches: [1, 2].map((after) => ({ after, fails: false })), patience: 0 }
      },
    }
    const { creation: _, ...plain } = intent
    const placed = placeOrder(this.small.market.servers, isServer ? intent : plain)
    return typeof placed === 'number' ? 'placed' : `${placed.refused} ${placed.rule}`
  }
}

test.each(['servers', 'term servers', 'saas', 'trial'] as const)(
  'an order of %s that is wrong in every way is refused by the first rung, then by the next',
  (kind) => {
    const world = new Wrong()
    const rungs = ladder.filter(([, , isForServers]) => isForServers !== true || kind.endsWith('servers'))
    const seen = rungs.map(([, repair]) => {
      const refusal = world.place(kind)
      repair(world)
      return refusal
    })
    expect(seen).toEqual(rungs.map(([refusal]) => refusal))
    expect(world.place(kind)).toBe('placed')
    // Each is a fact, and only what was placed is an order.
    const facts = world.small.facts('refusals').map(({ code, rule }) => `${code} ${rule}`)
    expect(facts).toEqual(rungs.map(([refusal]) => refusal))
    expect(world.small.facts('orders')).toHaveLength(1)
  },
)

test('O-03: consent is not asked for orders refused earlier, and the pool is not asked without consent', () => {
  const world = new Wrong()
  world.place('servers')
  expect(world.asked).toEqual([])
  for (const [, repair] of ladder.slice(0, 3)) repair(world)
  world.place('servers')
  expect(world.asked).toEqual(['terms'])
  for (const [, repair] of ladder.slice(3, 9)) repair(world)
  world.place('servers')
  // What creating them takes is drawn before the pool is asked, so that capacity changes no draw.
  expect(world.asked).toEqual(['terms', 'terms', 'authorisation', 'creation'])
})

test('E-02: what a full pool loses is an hour of the servers, or their term', () => {
  const world = new Wrong()
  for (const [, repair] of ladder.slice(0, 9)) repair(world)
  world.place('servers')
  expect(world.small.facts('refusals').at(-1)).toMatchObject({ pool: 1, quantity: 2, lost: 740_000_000 })
  world.place('term servers')
  expect(world.small.facts('refusals').at(-1)).toMatchObject({ pool: 1, quantity: 2, lost: 8_000_000_000 })
})
