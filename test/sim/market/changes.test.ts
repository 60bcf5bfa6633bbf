/** X-01..X-09, O-09, O-10: upgrades and expansions of running subscriptions, with the numbers of the vectors. */
import { expect, test } from 'vitest'
import { orderExpansion, orderUpgrade } from '#sim/market/subscriptions/changes.ts'
import { renew } from '#sim/market/subscriptions/renewal.ts'
import { table } from '../billing/table.ts'
import { withMarket } from './payment-world.ts'
import { civilText, on, sold, TermMarket } from './term-market.ts'

const offer = (terms: TermMarket, specification: number) => terms.market.subscriptions.offer(specification)

// Bought on the 30th for a month, changed on the 15th of a month of 30 days: half a month remains (X-06).
test.each(
  table(`
    switches                             bought            changed           plan    from  to  fee   rule
    {}                                   2023-05-30 10:00  2023-06-15 09:00  volume  5     6   3.25  X-04
    {}                                   2023-05-30 10:00  2023-06-15 09:00  volume  10    11  3     X-04
    {}                                   2023-05-30 10:00  2023-06-15 09:00  tiered  5     6   2     X-04
    {}                                   2023-05-30 10:00  2023-06-15 09:00  tiered  10    11  0     X-04
    {"expansion.tiered":"price-difference"}  2023-05-30 10:00  2023-06-15 09:00  tiered  10  11  3   X-04
    {}                                   2023-03-30 10:00  2023-04-15 09:00  volume  5     6   2     X-03
    {}                                   2023-03-30 10:00  2023-04-15 09:00  volume  10    11  0.5   X-03
    {"expansion.ruleKey":"originally-bought"}  2023-05-30 10:00  2023-06-15 09:00  volume  5  6  2   X-03
    {"expansion.cutover":"2024-01-01T00:00:00+08:00"}  2023-05-30 10:00  2023-06-15 09:00  volume  5  6  2  X-03
    {"proration.countChangeDay":"true"}  2023-05-30 10:00  2023-06-15 09:00  volume  5     6   3.46666666  X-04
    {"proration.basis":"day30"}          2023-06-30 10:00  2023-07-15 09:00  volume  5     6   3.25  X-04
    {"proration.basis":"days-over-term"}  2023-05-30 10:00  2023-06-15 09:00  volume  5    6   3.14516129  X-04
    {"change.price":"full-difference"}   2023-05-30 10:00  2023-06-15 09:00  volume  5     6   6.5   X-04
    {"change.price":"full-difference"}   2023-05-30 10:00  2023-06-29 23:00  tiered  5     6   4     X-04
    {"upgrade.originalBasis":"paid"}     2023-05-30 10:00  2023-06-15 09:00  tiered  5     6   2     X-04
  `),
)('expansion under $switches of $plan from $from to $to costs $fee by $rule', (row) => {
  const terms = new TermMarket(row.bought, JSON.parse(row.switches))
  const subscription = terms.buySaas(sold[row.plan as 'volume'], Number(row.from), 1)
  terms.pass(row.changed)
  orderExpansion(terms.market.subscriptions, subscription, Number(row.to))
  terms.settle()
  expect(terms.amounts('expansion')).toEqual([Number(row.fee)])
  expect(terms.facts('order_changes')[0].rule).toBe(row.rule)
  expect(terms.market.subscriptions.subscriptions.quantity[subscription]).toBe(Number(row.to))
})

// Ordered on 15 June, when half a month remains, and paid on the 21st, when 9 of its 30 days do.
test.each(
  table(`
    switches                                  what       from    to      ordered  paid        plan
    {}                                        expansion  5       6       3.25     3.25        volume
    {"order.quoteLock":"payment"}             expansion  5       6       3.25     1.95        volume
    {"order.quoteLock":"payment","change.price":"full-difference"}  expansion  5  6  6.5  6.5  volume
    {}                                        upgrade    plain   better  5        5           plain
    {"order.quoteLock":"payment"}             upgrade    plain   better  5        3  plain
    {"order.quoteLock":"payment","expansion.cutover":"2023-06-18T00:00:00+08:00"}  expansion  5  6  2  1.2  volume
  `),
)('O-04: a change under $switches: $what of $plan from $from to $to, ordered at $ordered, is paid at $paid', (row) => {
  const price = row.what === 'upgrade' ? 10 : 35
  const terms = new TermMarket('2023-05-30 10:00', JSON.parse(row.switches), price)
  const { subscriptions } = terms.market
  const isUpgrade = row.what === 'upgrade'
  const bought = sold[row.plan as 'volume']
  const subscription = terms.buySaas(bought, isUpgrade ? 1 : Number(row.from), 1)
  terms.pass('2023-06-15 09:00')
  if (isUpgrade) orderUpgrade(subscriptions, subscription, offer(terms, sold.better), 1)
  else orderExpansion(subscriptions, subscription, Number(row.to))
  terms.pass('2023-06-21 09:00')
  terms.pay(100)
  expect(terms.amounts(row.what)).toEqual([Number(row.ordered)])
  const requoted = terms.facts('order_requotes').reduce((sum, { amount }) => sum + Number(amount), 0) / 1e8
  expect(requoted).toBe(row.paid === row.ordered ? 0 : Number(row.paid))
  // The other account has what it began with.
  expect(terms.balance('buyer-cash')).toBeCloseTo(-(100 - Number(row.paid)) - price, 8)
})

test.each(
  table(`
    switches                         from    to      fee
    {}                               plain   better  5
    {}                               better  plain   negative-upgrade X-07
    {"change.negative":"refuse"}     better  plain   negative-upgrade X-07
    {"change.negative":"floor"}      better  plain   0
    {"upgrade.priceMatch":"same-plan"}  plain  better  5
    {"upgrade.originalBasis":"paid"}    plain  better  5
    {"change.price":"full-difference"}  plain  better  10
  `),
)('X-02, X-07: an upgrade under $switches from $from to $to with half a month left: $fee', (row) => {
  const terms = new TermMarket('2023-05-30 10:00', JSON.parse(row.switches))
  const subscription = terms.buySaas(sold[row.from as 'plain'], 1, 1)
  terms.pass('2023-06-15 09:00')
  orderUpgrade(terms.market.subscriptions, subscription, offer(terms, sold[row.to as 'better']), 1)
  terms.settle()
  expect([...terms.amounts('upgrade').map(String), ...terms.refusals]).toEqual([row.fee])
})

test('X-02: 20 of 30 days of a year-long plan at 240 instead of 120 is matched to what remains', () => {
  const terms = new TermMarket('2023-01-01 10:00')
  const subscription = terms.buySaas(sold.plain, 1, 12)
  terms.pass('2023-12-12 09:00')
  // Until 1 January 2024: 20 days. New: monthly plan, 19/31 + 1/31 of 20. Original: yearly plan, 20/365 of 120.
  orderUpgrade(terms.market.subscriptions, subscription, offer(terms, sold.better), 1)
  expect(terms.amounts('upgrade')).toEqual([Math.floor((20 * 20e8) / 31 - (120e8 * 20) / 365) / 1e8])
})

test('X-09: the full difference of a year-long plan is for all its months, whatever is left of them', () => {
  const terms = new TermMarket('2023-01-01 10:00', { 'change.price': 'full-difference' })
  const subscription = terms.buySaas(sold.plain, 1, 12)
  terms.pass('2023-12-12 09:00')
  orderUpgrade(terms.market.subscriptions, subscription, offer(terms, sold.better), 1)
  expect(terms.amounts('upgrade')).toEqual([240 - 120])
})

test('X-01: not after expiry, and nothing but SaaS', () => {
  const terms = new TermMarket('2023-05-30 10:00')
  const subscription = terms.buySaas(sold.volume, 5, 1)
  terms.pass('2023-07-01 00:00')
  orderExpansion(terms.market.subscriptions, subscription, 6)
  orderUpgrade(terms.market.subscriptions, subscription, offer(terms, sold.tiered), 5)
  terms.orderServers(sold.monthly, 1, 1)
  terms.pass('2023-07-01 00:05')
  orderExpansion(terms.market.subscriptions, 1, 2)
  expect(terms.refusals).toEqual(Array(3).fill('out-of-term X-01'))
})

test('X-08, O-09: a change takes effect on payment; until then nothing else may change', () => {
  const terms = new TermMarket('2023-05-30 10:00', {}, 36)
  const { market } = terms
  const subscription = terms.buySaas(sold.volume, 5, 1)
  terms.pass('2023-06-15 09:00')
  orderExpansion(market.subscriptions, subscription, 10)
  terms.settle()
  expect(market.subscriptions.subscriptions.quantity[subscription]).toBe(5)
  orderExpansion(market.subscriptions, subscription, 6)
  renew(market.subscriptions, subscription, { months: 1, offer: offer(terms, sold.volume), quantity: 5 })
  expect(terms.refusals).toEqual(Array(2).fill('change-in-progress O-09'))
  terms.pass('2023-06-16 12:00')
  terms.pay(100)
  expect(market.subscriptions.subscriptions.quantity[subscription]).toBe(10)
  expect(terms.facts('subscription_steps').at(-1)).toMatchObject({
    event: 'expand',
    rule: 'X-08',
    at: on('2023-06-16 12:00'),
  })
})

test('O-01: an unpaid change expires and leaves the subscription free; X-01: the end of the term ends it too', () => {
  for (const [months, last] of [
    [12, 'expire'],
    [1, 'cancel'],
  ] as const) {
    const terms = new TermMarket('2023-05-30 10:00', {}, 125)
    const subscription = terms.buySaas(sold.plain, 1, months)
    terms.pass('2023-06-28 09:00')
    terms.market.wallets.balances.cash.put(0, 0n)
    orderUpgrade(terms.market.subscriptions, subscription, offer(terms, sold.better), 1)
    terms.pass('2023-07-06 00:00')
    expect(terms.facts('order_steps').at(-1)?.event).toBe(last)
    expect(terms.market.subscriptions.subscriptions.busy[subscription]).toBe(-1)
  }
})

test('X-05: expansion.ruleKey = paid prices again what is paid on the other side of 12 June 2023', () => {
  const terms = new TermMarket('2023-05-30 10:00', { 'expansion.ruleKey': 'paid' }, 36)
  const subscription = terms.buySaas(sold.volume, 5, 1)
  terms.pass('2023-06-10 09:00')
  orderExpansion(terms.market.subscriptions, subscription, 6)
  terms.pass('2023-06-15 09:00')
  terms.pay(100)
  const rules = terms.facts('order_changes').map(({ rule, at }) => `${rule} ${civilText(at)}`)
  expect(rules).toEqual(['X-03 2023-06-10 09:00', 'X-04 2023-06-15 09:00'])
  expect(terms.amounts('expansion').at(-1)).toBe(3.25)
  expect(terms.facts('order_steps').filter(({ rule }) => rule === 'X-05')).toHaveLength(1)
})

test('Q-07: the fee of a change is earned over the days from the change to the end of the term', () => {
  const terms = new TermMarket('2023-05-30 10:00')
  const subscription = terms.buySaas(sold.volume, 5, 1)
  terms.pass('2023-06-15 09:00')
  orderExpansion(terms.market.subscriptions, subscription, 6)
  terms.close('2023-06-23 12:00')
  const earned = (order: number) =>
    terms
      .facts('transactions')
      .filter((transaction) => transaction.kind === 'recognition' && transaction.order_id === order)
      .map(({ id }) => terms.facts('postings').find((posting) => posting.transaction_id === id)?.amount)
  // 35 over 32 days, 24 of which have ended, 2 of them in May; 3.25 over 16 days, 8 of which have.
  expect([earned(1), earned(2)]).toEqual([[218_750_000, 2_406_250_000], [162_500_000]])
  terms.close('2023-07-02 00:00')
  expect(terms.balance('deferred-revenue')).toBe(0)
})

test('X-01, X-02: with repeat a subscription is upgraded and expanded as often as its buyer decides, else once', async () => {
  const specification = (id: string, price: number) =>
    `{ id: ${id}, billing: monthly, quantity: { attribute: seats, min: 1, max: 90 }, plans: [{ months: 12, price: ${price} }] }`
  const catalog = `[{ id: app, kind: saas, seller: isv/1, category: c, specifications: [${[10, 20, 30, 40].map((price) => specification(`s${price}`, price)).join(', ')}] }]`
  const changes = async (repeat: boolean) => {
    const habit = (probability: number, after: string) =>
      `{ probability: ${probability}, after: ${after}, repeat: ${repeat} }`
    const buyers = `wallet: { opening: 90000 }, load: { poisson: { perBuyer: 0.2/d } }, buys: [{ product: app, specification: s10 }],
      habits: { upgrade: ${habit(1, '3d')}, expand: ${habit(0.9, '2d')} }`
    const most: Record<string, number> = {}
    await withMarket({ buyers, catalog }, ({ rows }) => {
      for (const {
        kind,
        most: n,
      } of rows(`SELECT kind, MAX(n) AS most FROM (SELECT w.word AS kind, COUNT(*) AS n FROM orders o
          JOIN words w ON w.id = o.kind WHERE o.subject > 0 GROUP BY w.word, o.subject) GROUP BY kind`))
        most[String(kind)] = Number(n)
    })
    return most
  }
  expect(await changes(false)).toEqual({ upgrade: 1, expansion: 1 })
  const repeated = await changes(true)
  // The fourth specification is the last.
  expect(repeated.upgrade).toBe(3)
  expect(repeated.expansion).toBeGreaterThan(3)
})
