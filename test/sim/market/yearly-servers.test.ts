/** C-03, E-01, E-04..E-06, E-08, O-08, O-10, R-06, U-04: servers paid for a term, with the image on them. */
import { expect, test } from 'vitest'
import { enterArrears } from '#sim/market/arrears/dunning.ts'
import { remove } from '#sim/market/servers/instance-steps.ts'
import { orderServers } from '#sim/market/servers/pay-per-use.ts'
import { setCapacity } from '#sim/market/servers/pool-changes.ts'
import { asItIs, renew } from '#sim/market/subscriptions/renewal.ts'
import { table } from '../billing/table.ts'
import { withMarket } from './payment-world.ts'
import { hoursOf } from './small-market.ts'
import { civilText, sold, TermMarket } from './term-market.ts'

const eventsOf = (terms: TermMarket, name: 'order_steps' | 'instance_steps') =>
  terms.facts(name).map(({ event }) => String(event))

test('E-06, P-05, R-06: an image and its server are separate lines of one order at the prices of its term, and renew together', () => {
  const terms = new TermMarket('2024-01-01 10:29')
  terms.orderServers(sold.monthly, 2, 1)
  terms.pass('2024-01-01 10:30')
  renew(terms.market.subscriptions, 0, asItIs(terms.market.subscriptions, 0))
  terms.settle()
  const lines = terms
    .facts('order_lines')
    .map(({ order_id, part, rule, amount }) => `${order_id} ${part} ${rule} ${Number(amount) / 1e8}`)
  expect(lines).toEqual(['1 price P-01 120', '1 ecs P-05 80', '2 price P-01 120', '2 ecs P-05 80'])
  expect(terms.steps).toEqual(['begin to 2024-02-02 00:00', 'renew to 2024-03-02 00:00'])
  terms.close('2024-03-05 00:00')
  // L-06: 15 % of the two prices of 120, and all of the servers.
  expect([terms.balance('marketplace-revenue'), terms.balance('cloud-resource-revenue')]).toEqual([-36, -160])
})

test('E-05: customised servers are paid, then created, all or none; O-08: a pool that is full by then pays back', () => {
  const terms = new TermMarket('2024-01-01 10:00', {}, 0)
  terms.orderServers(sold.monthly, 5, 1)
  expect(terms.market.servers.pools.held[0]).toBe(0)
  terms.market.servers.pools.planned[0] = 4
  terms.market.servers.pools.capacity[0] = 4
  terms.pass('2024-01-02 10:00')
  terms.pay(500)
  expect(eventsOf(terms, 'order_steps')).toEqual(['begin', 'pay', 'fail'])
  expect(terms.refusals).toEqual(['capacity-sold-out E-02'])
  expect(terms.market.wallets.balances.cash.at(0)).toBe(50_000_000_000n)
  expect(terms.facts('instances')).toEqual([])
})

test('O-08, E-05: where creating one of them fails none is kept, and what was paid goes back', () => {
  const terms = new TermMarket('2024-01-01 10:29', {}, 500)
  terms.orderServers(sold.monthly, 3, 1, { fails: 1 })
  terms.pass('2024-01-01 11:00')
  expect(eventsOf(terms, 'instance_steps')).toEqual(['begin', 'begin', 'begin', 'fail', 'fail', 'fail'])
  expect(terms.market.wallets.balances.cash.at(0)).toBe(50_000_000_000n)
  expect([terms.balance('deferred-revenue'), terms.market.servers.pools.held[0]]).toEqual([0, 0])
})

// Three units, of which another server has one: three servers at 100 each wait for it.
test.each(
  table(`
    what        patience  then     order                  cash  waits
    customised  30        room     begin pay complete     0     wait admit
    customised  30        none     begin pay cancel       300   wait renege
    customised  30        arrears  begin pay complete     0     wait admit
    quick       30        room     begin pay complete     0     wait admit
    quick       30        none     begin cancel           300   wait renege
  `),
)('E-02: $what servers of a term wait under pool.whenFull = queue, then $then: $order', (row) => {
  const terms = new TermMarket('2024-01-01 10:00', { 'pool.whenFull': 'queue' }, 300)
  const { servers, arrears, wallets } = terms.market
  const isQuick = row.what === 'quick'
  setCapacity(servers, 0, 2)
  terms.orderServers(sold.monthly, 3, 1, { quick: isQuick, patience: Number(row.patience) * 60_000 })
  expect(terms.refusals).toEqual(['never-fits E-02'])
  setCapacity(servers, 0, 3)
  const other = terms.admit(sold.metered)
  terms.orderServers(sold.monthly, 3, 1, { quick: isQuick, patience: Number(row.patience) * 60_000 })
  terms.settle()
  // E-05: paid, then created; E-04: created, then paid.
  expect(Number(wallets.balances.cash.at(0)) / 1e8).toBe(isQuick ? 300 : 0)
  if (row.then === 'arrears') enterArrears(arrears, 0)
  terms.pass('2024-01-01 10:20')
  if (row.then !== 'none') remove(servers, other, 'delete', 'E-01')
  terms.pass('2024-01-01 11:00')
  const steps = terms.facts('order_steps').filter(({ order_id: order }) => order === 2)
  expect(steps.map(({ event }) => event).join(' ')).toBe(row.order)
  expect(Number(wallets.balances.cash.at(0)) / 1e8).toBe(Number(row.cash))
  expect(
    terms
      .facts('pool_waits')
      .map(({ event }) => event)
      .join(' '),
  ).toBe(row.waits)
  const lost = terms
    .facts('refusals')
    .slice(1)
    .map(({ code, lost }) => `${code} ${Number(lost) / 1e8}`)
  expect(lost).toEqual(row.then === 'none' ? ['patience-exhausted 300'] : [])
  expect(servers.pools.held[0]).toBe(row.then === 'none' ? 1 : 3)
})

// Two monthly servers at 100 from 1 January 10:30 to the end of 1 February: 757 h 30 min, from hour 10 to hour 768.
test.each(
  table(`
    refund        lost                at                back            steps
    none          both                2024-01-11 10:30  0               begin
    rest-of-term  one                 2024-01-11 10:30  68.33773088     begin
    none          one                 2024-01-11 10:30  0               begin
    rest-of-term  both                2024-01-11 10:30  136.67546175    begin unsubscribe
    rest-of-term  both                2024-02-05 10:30  0               begin expire
  `),
)(
  'E-10: outage.refund = $refund with $lost of two servers lost on $at: $back back',
  ({ refund, lost, at, back, steps }) => {
    const terms = new TermMarket('2024-01-01 10:29', { 'outage.refund': refund }, 200)
    const { servers, wallets } = terms.market
    terms.orderServers(sold.monthly, 2, 1)
    terms.pass(at)
    for (const row of lost === 'both' ? [0, 1] : [1]) servers.instanceBreaks.emit(row)
    terms.settle()
    // N-03 without the fee of N-04, in cents (M-08): 240 of 758 hours were consumed.
    expect(wallets.balances.cash.at(0)).toBe(BigInt(Math.round(Number(back) * 100)) * 1_000_000n)
    expect(
      terms
        .facts('subscription_steps')
        .map(({ event }) => event)
        .join(' '),
    ).toBe(steps)
    const refunds = terms
      .facts('refunds')
      .map(({ consumed, fee, amount }) => [consumed, fee, amount].map((each) => Number(each) / 1e8))
    const consumed = lost === 'both' ? 63.32453825 : 31.66226912
    expect(refunds).toEqual(Number(back) > 0 ? [[consumed, 0, Number(back)]] : [])
  },
)

test.each(
  table(`
    insufficient     cash  order                           servers
    fail             100   begin pay complete              begin launch
    fail             99    begin cancel                    begin fail
    pending-payment  99    begin pay complete              begin launch
  `),
)('E-04: quick.insufficient = $insufficient with $cash of 100: $order', ({ insufficient, cash, order, servers }) => {
  const terms = new TermMarket('2024-01-01 10:29', { 'quick.insufficient': insufficient }, Number(cash))
  terms.orderServers(sold.monthly, 1, 1, { quick: true })
  // The server is created first and holds its unit; the fee is deducted when it is there.
  expect([terms.market.servers.pools.held[0], Number(terms.market.wallets.balances.cash.at(0))]).toEqual([
    1,
    Number(cash) * 1e8,
  ])
  terms.pass('2024-01-02 09:00')
  terms.pay(50)
  expect(eventsOf(terms, 'order_steps').join(' ')).toBe(order)
  expect(eventsOf(terms, 'instance_steps').join(' ')).toBe(servers)
  expect(terms.market.servers.pools.held[0]).toBe(servers.endsWith('fail') ? 0 : 1)
})

test('E-04: an order not paid in time fails, and its unit is released', () => {
  const terms = new TermMarket('2024-01-01 10:29', { 'quick.insufficient': 'pending-payment' }, 0)
  terms.orderServers(sold.monthly, 1, 1, { quick: true })
  terms.pass('2024-01-09 00:00')
  expect(eventsOf(terms, 'order_steps')).toEqual(['begin', 'expire'])
  expect([eventsOf(terms, 'instance_steps').at(-1), terms.market.servers.pools.held[0]]).toEqual(['fail', 0])
})

test('E-01: a unit is held through grace and retention, until the release', () => {
  const terms = new TermMarket('2024-01-01 10:29')
  terms.orderServers(sold.monthly, 1, 1)
  const held = ['2024-02-10 00:00', '2024-02-20 00:00', '2024-03-03 00:00'].map((at) => {
    terms.pass(at)
    return terms.market.servers.pools.held[0]
  })
  expect(held).toEqual([1, 1, 0])
  expect(terms.facts('instance_steps').map(({ event, at }) => `${event} ${civilText(at)}`)).toEqual([
    'begin 2024-01-01 10:29',
    'launch 2024-01-01 10:30',
    'suspend 2024-02-17 00:00',
    'release 2024-03-03 00:00',
  ])
})

test('A-05, R-01: renewed in retention, a frozen server runs again', () => {
  const terms = new TermMarket('2024-01-01 10:29')
  terms.orderServers(sold.monthly, 1, 1)
  terms.pass('2024-02-20 00:00')
  renew(terms.market.subscriptions, 0, asItIs(terms.market.subscriptions, 0))
  terms.settle()
  expect(terms.facts('instance_steps').at(-1)).toMatchObject({ event: 'resume', to_state: 'running', rule: 'A-05' })
})

test('O-10: arrears of the account do not stop what is paid for a term', () => {
  const terms = new TermMarket('2024-01-01 10:29')
  terms.orderServers(sold.monthly, 1, 1)
  terms.pass('2024-01-02 00:00')
  enterArrears(terms.market.arrears, 0)
  expect(terms.facts('instance_steps').at(-1)?.to_state).toBe('running')
})

test('E-08, C-03: yearly/monthly images of a product may be bought after pay-per-use ones, the other way too', () => {
  const terms = new TermMarket('2024-01-01 10:29')
  const { market } = terms
  const metered = { account: 0, specification: sold.metered, pool: 0, quantity: 1, months: 0, interest: 1 } as const
  const rest = { lifetime: Infinity, channel: 'search', provisioning: 'customised' } as const
  const creation = () => ({ launches: [{ after: 0, fails: false }], patience: Number.POSITIVE_INFINITY })
  const buyMetered = () => orderServers(market.servers, { ...metered, ...rest, creation })
  buyMetered()
  terms.orderServers(sold.monthly, 1, 1)
  terms.pass('2024-01-01 11:00')
  buyMetered()
  expect(terms.facts('instances').map(({ billing }) => billing)).toEqual(['pay-per-use', 'monthly', 'pay-per-use'])
  expect(terms.refusals).toEqual([])
})

test.each(
  table(`
    inYearlyGrace  hours
    free           766
    billed         1126
  `),
)(
  'U-04: image.inYearlyGrace = $inYearlyGrace: a metered image on a monthly server is billed for $hours hours',
  (row) => {
    const terms = new TermMarket('2024-01-01 01:59', { 'image.inYearlyGrace': row.inYearlyGrace })
    terms.orderServers(sold.metered, 1, 1)
    terms.pass('2024-03-05 00:00')
    // From 02:00 on 1 January to the expiry on 2 February, or to the end of grace on 17 February; never the server itself.
    const hours = hoursOf(terms.facts('usage_spans'))
    expect(hours.every(({ item, amount }) => item === 'image' && amount === 1e7)).toBe(true)
    expect(hours.length).toBe(Number(row.hours))
  },
)

test('E-10, N-05: with outage.refund the auditor agrees with what an outage refunds: coupons, tax, periods not yet begun', async () => {
  const catalog = `
  - { id: image, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, plans: [{ months: 1, price: "10" }] }, { id: m, billing: pay-per-use, hourly: "0.01" }] }`
  const buyers = `wallet: { opening: 10000, coupons: [{ amount: 7 }, { kind: discount, amount: 2 }] }, load: { poisson: { perBuyer: 0.5/d } },
    buys: [{ product: image, specification: s, flavour: f, months: 1, quantity: { discrete: { values: [1, 2] } } },
      { product: image, specification: m, flavour: f, lifetime: 400d, server: yearly-monthly, serverMonths: 1 }],
    habits: { renewing: { manual: 1, before: { uniform: { min: 10d, max: 25d } } }, invoicing: { probability: 0.5, after: 1d } }`
  const events = '[{ at: 2024-03-20T10:00:00+08:00, outage: { zone: z1, for: 2h, breaks: 0.7 } }]'
  const asked = { catalog, buyers, events, region: 'taxPercent: "10",', plans: '{ months: 1, price: "20" }' }
  await withMarket({ ...asked, policies: '{ outage.refund: rest-of-term }' }, ({ ask }) => {
    const refunds = (where: string) =>
      ask(
        `SELECT COUNT(*) FROM v_refunds r JOIN v_orders o ON o.id = r.order_id WHERE o.rule = 'E-10' AND ${where}`,
      ) as number
    expect(refunds("r.begun = 1 AND r.rule = 'N-03' AND r.fee = 0 AND r.consumed > 0")).toBeGreaterThan(5)
    expect(refunds("r.begun = 0 AND r.rule = 'N-05'")).toBeGreaterThan(0)
    // Of what is broken, but not the last of its order, nothing comes back.
    expect(ask("SELECT COUNT(*) FROM v_instance_steps WHERE event = 'fail' AND rule = 'E-01'")).toBeGreaterThan(
      refunds('r.begun = 1'),
    )
  })
})
