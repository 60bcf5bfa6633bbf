/** R-01..R-07, T-04, C-05, X-01: renewals by hand and by themselves, what follows expiry, and where terms end. */
import { expect, test } from 'vitest'
import { NONE } from '#sim/cell/table.ts'
import { orderSaas } from '#sim/market/orders/saas.ts'
import { disableAutoRenewal, enableAutoRenewal, modifyAutoRenewal } from '#sim/market/subscriptions/auto-renewal.ts'
import { asItIs, renew } from '#sim/market/subscriptions/renewal.ts'
import { table } from '../billing/table.ts'
import { withMarket } from './payment-world.ts'
import { civilText, on, sold, TermMarket } from './term-market.ts'

const noticesOf = (terms: TermMarket) => terms.facts('notices').map(({ at, code }) => `${civilText(at)} ${code}`)

test.each(
  table(`
    when                 renewed           ends
    in its term          2024-01-20 12:00  2024-03-02 00:00
    in grace             2024-02-10 12:00  2024-03-02 00:00
    in retention         2024-02-25 12:00  2024-03-02 00:00
    on its last instant  2024-03-02 23:59  2024-03-02 00:00
  `),
)('R-01: renewed $when, a term starts at its original expiry', ({ renewed, ends }) => {
  const terms = new TermMarket('2024-01-01 10:30')
  const subscription = terms.buySaas(sold.plain, 1, 1)
  terms.pass(renewed)
  renew(terms.market.subscriptions, subscription, asItIs(terms.market.subscriptions, subscription))
  terms.settle()
  expect(terms.steps.filter((step) => step.startsWith('renew'))).toEqual([`renew to ${ends}`])
})

test('R-01: a renewed period may be over already, and then expires immediately', () => {
  const terms = new TermMarket('2024-01-01 10:30')
  const subscription = terms.buySaas(sold.plain, 1, 1)
  terms.pass('2024-03-02 23:59')
  renew(terms.market.subscriptions, subscription, asItIs(terms.market.subscriptions, subscription))
  terms.settle()
  expect(terms.steps.slice(-2)).toEqual(['renew to 2024-03-02 00:00', 'expire to 2024-03-02 00:00'])
  terms.pass('2024-04-02 00:00')
  expect(terms.market.subscriptions.subscriptions.termEnd[subscription]).toBe(0)
  terms.close('2024-04-03 00:00')
  expect(terms.balance('deferred-revenue')).toBe(0)
})

test('T-04: 31 March + 1 month = 30 April, + 1 more = 31 May', () => {
  const terms = new TermMarket('2024-03-31 09:00')
  const subscription = terms.buySaas(sold.plain, 1, 1)
  renew(terms.market.subscriptions, subscription, asItIs(terms.market.subscriptions, subscription))
  terms.settle()
  expect(terms.steps).toEqual(['begin to 2024-05-01 00:00', 'renew to 2024-06-01 00:00'])
})

test('R-02: messages 7, 3 and 1 days before, grace 15 days, retention 15 days, and those of A-06 within them', () => {
  const terms = new TermMarket('2024-01-01 10:30')
  terms.buySaas(sold.plain, 1, 1)
  terms.pass('2024-04-01 00:00')
  expect(noticesOf(terms)).toEqual([
    '2024-01-26 00:00 expires-in-7-days',
    '2024-01-30 00:00 expires-in-3-days',
    '2024-02-01 00:00 expires-in-1-day',
    '2024-02-02 00:00 expired',
    '2024-02-12 00:00 freeze-in-5-days',
    '2024-02-15 00:00 freeze-in-2-days',
    '2024-02-17 00:00 frozen',
    '2024-02-26 00:00 release-in-6-days',
    '2024-03-01 00:00 release-in-2-days',
    '2024-03-03 00:00 released',
  ])
})

test.each(
  table(`
    tier  graceEnds         released
    V5    2024-02-09 00:00  2024-02-24 00:00
    V3    2024-02-09 00:00  2024-02-16 00:00
    V1    2024-02-03 00:00  2024-02-10 00:00
    V0    2024-02-03 00:00  2024-02-04 00:00
  `),
)(
  'A-04: with tiers = cn a $tier customer keeps a yearly/monthly resource until $released',
  ({ tier, graceEnds, released }) => {
    const terms = new TermMarket('2024-01-01 10:30', { tiers: 'cn' })
    Object.assign(terms.market.wallets.world.scenario.buyers[0], { tier })
    terms.buySaas(sold.plain, 1, 1)
    terms.pass('2024-04-01 00:00')
    const at = (event: string) => civilText(terms.facts('subscription_steps').find((step) => step.event === event)?.at)
    expect([at('graceEnds'), at('retentionEnds')]).toEqual([graceEnds, released])
  },
)

test('R-03: tried at 03:00 from seven days before the last day on, daily until the money is there', () => {
  const terms = new TermMarket('2024-01-01 10:30', {}, 10)
  const subscription = terms.buySaas(sold.plain, 1, 1)
  enableAutoRenewal(terms.market.subscriptions, subscription, 7)
  terms.pass('2024-01-28 12:00')
  terms.pay(10)
  terms.pass('2024-02-05 00:00')
  const tries = terms.facts('refusals').map(({ at, code }) => `${civilText(at)} ${code}`)
  expect(tries).toEqual(['25', '26', '27', '28'].map((day) => `2024-01-${day} 03:00 renewal-unpaid`))
  expect(terms.facts('subscription_steps').at(-1)).toMatchObject({ event: 'renew', at: on('2024-01-29 03:00') })
})

test('R-03, O-05: money for a renewal is no reason to pass an order that waits to be paid before it', () => {
  const terms = new TermMarket('2024-01-01 10:30', {}, 25)
  const subscription = terms.buySaas(sold.plain, 1, 1)
  enableAutoRenewal(terms.market.subscriptions, subscription, 7)
  terms.pass('2024-01-24 12:00')
  const dear = { account: 0, specification: sold.plain, pool: NONE, quantity: 5, months: 1, interest: 1, lifetime: 0 }
  orderSaas(terms.market.orders, { ...dear, channel: 'search' })
  terms.pass('2024-01-25 12:00')
  expect([terms.amounts('purchase'), terms.amounts('renewal')]).toEqual([[10, 50], []])
  expect(terms.refusals).toEqual(['renewal-unpaid R-03'])
  // Paid in their turn: first the order, then the renewal.
  terms.pay(50)
  terms.pass('2024-01-26 12:00')
  expect(terms.amounts('renewal')).toEqual([10])
})

test('R-03: from a chosen day, none after expiry; enabled late, the next 03:00, or immediately on the last day', () => {
  for (const [enabled, days, first] of [
    ['2024-01-02 00:00', 2, '2024-01-30 03:00'],
    ['2024-01-28 09:00', 7, '2024-01-29 03:00'],
    ['2024-02-01 09:00', 7, '2024-02-01 09:00'],
    ['2024-02-03 09:00', 7, undefined],
  ] as const) {
    const terms = new TermMarket('2024-01-01 10:30')
    const subscription = terms.buySaas(sold.plain, 1, 1)
    terms.pass(enabled)
    enableAutoRenewal(terms.market.subscriptions, subscription, days)
    terms.pass('2024-02-10 00:00')
    const renewed = terms.facts('subscription_steps').find(({ event }) => event === 'renew')
    expect(renewed && civilText(renewed.at)).toBe(first)
  }
})

test.each(
  table(`
    switches                               renewals  months
    {}                                     12        12
    {"autoRenew.times":"2"}                2         12
    {"autoRenew.period":"1"}               12        1
    {"autoRenew.period":"7"}               12        12
  `),
)(
  'R-04: under $switches a year is renewed for $months months at a time, $renewals times',
  ({ switches, renewals, months }) => {
    const terms = new TermMarket('2024-01-01 10:30', JSON.parse(switches))
    const subscription = terms.buySaas(sold.plain, 1, 12)
    enableAutoRenewal(terms.market.subscriptions, subscription, 7)
    // A month at a time, twelve renewals are over within two years.
    terms.pass(months === '1' ? '2025-12-01 00:00' : '2036-01-10 00:00')
    const orders = terms.facts('orders').filter(({ kind }) => kind === 'renewal')
    expect(orders.map((order) => Number(order.months))).toEqual(Array(Number(renewals)).fill(Number(months)))
  },
)

test('R-05: a renewal by hand leaves automatic renewal on; its next try is seven days before the new expiry', () => {
  const terms = new TermMarket('2024-01-01 10:30')
  const subscription = terms.buySaas(sold.plain, 1, 1)
  enableAutoRenewal(terms.market.subscriptions, subscription, 7)
  terms.pass('2024-01-20 12:00')
  renew(terms.market.subscriptions, subscription, asItIs(terms.market.subscriptions, subscription))
  terms.pass('2024-02-25 00:00')
  const renewed = terms.facts('subscription_steps').filter(({ event }) => event === 'renew')
  expect(renewed.map(({ at }) => civilText(at))).toEqual(['2024-01-20 12:00', '2024-02-23 03:00'])
})

test('R-07: renewal.alignDay charges the extra days by X-06, and later terms are counted from there', () => {
  const terms = new TermMarket('2024-01-01 10:30', { 'renewal.alignDay': '15' })
  const subscription = terms.buySaas(sold.plain, 1, 1)
  for (let renewal = 0; renewal < 2; renewal++) {
    renew(terms.market.subscriptions, subscription, asItIs(terms.market.subscriptions, subscription))
    terms.settle()
  }
  expect(terms.steps.slice(1)).toEqual(['renew to 2024-03-16 00:00', 'renew to 2024-04-16 00:00'])
  // From 2 to 15 March are 14 days of 31.
  expect(terms.amounts('renewal')).toEqual([Math.floor(10e8 + (14 * 10e8) / 31) / 1e8, 10])
})

test('C-05: what its seller lets no one renew automatically is still renewed by hand', () => {
  const terms = new TermMarket('2024-01-01 10:30')
  const subscription = terms.buySaas(sold.fixed, 1, 1)
  expect(enableAutoRenewal(terms.market.subscriptions, subscription, 7)).toBe(false)
  renew(terms.market.subscriptions, subscription, asItIs(terms.market.subscriptions, subscription))
  terms.settle()
  expect(terms.refusals).toEqual(['not-renewable C-05'])
  expect(terms.amounts('renewal')).toEqual([10])
})

test.each(
  table(`
    switches                            renewed           outcome
    {}                                  2024-01-20 12:00  only-upwards X-01
    {"change.downAtRenewal":"true"}     2024-01-20 12:00  10
    {"change.downAtRenewal":"true"}     2024-02-05 12:00  only-upwards X-01
  `),
)('X-01: under $switches a renewal on $renewed goes down: $outcome', ({ switches, renewed, outcome }) => {
  const terms = new TermMarket('2024-01-01 10:30', JSON.parse(switches))
  const subscription = terms.buySaas(sold.better, 1, 1)
  terms.pass(renewed)
  renew(terms.market.subscriptions, subscription, {
    months: 1,
    offer: terms.market.subscriptions.offer(sold.plain),
    quantity: 1,
  })
  terms.settle()
  expect([...terms.amounts('renewal').map(String), ...terms.refusals]).toEqual([outcome])
})

test('O-10: an account in arrears renews nothing', () => {
  const terms = new TermMarket('2024-01-01 10:30')
  const subscription = terms.buySaas(sold.plain, 1, 1)
  terms.market.arrears.standings.state[0] = 1
  renew(terms.market.subscriptions, subscription, asItIs(terms.market.subscriptions, subscription))
  expect(terms.refusals).toEqual(['in-arrears O-10'])
})

/** A month from 1 January, whose last day is 1 February; enabled on 2 January for day 7 (25 January). */
test.each(
  table(`
    changed           what                   renewed
    2024-01-10 12:00  modify to day 0        2024-02-01 03:00
    2024-01-10 12:00  modify to day 2        2024-01-30 03:00
    2024-01-10 12:00  disable                -
    2024-01-26 12:00  disable                2024-01-25 03:00
    2024-01-10 12:00  disable, enable again  2024-01-25 03:00
  `),
)('R-08: $what on $changed, and it is renewed on $renewed', ({ changed, what, renewed }) => {
  const terms = new TermMarket('2024-01-01 10:30')
  const subscription = terms.buySaas(sold.plain, 1, 1)
  const { subscriptions } = terms.market
  terms.pass('2024-01-02 00:00')
  enableAutoRenewal(subscriptions, subscription, 7)
  terms.pass(changed)
  if (what.startsWith('modify')) modifyAutoRenewal(subscriptions, subscription, Number(what.slice(-1)), 0)
  else disableAutoRenewal(subscriptions, subscription)
  if (what.endsWith('again')) enableAutoRenewal(subscriptions, subscription, 7)
  terms.pass('2024-02-05 00:00')
  const first = terms.facts('subscription_steps').find(({ event }) => event === 'renew')
  expect(first === undefined ? '-' : civilText(first.at)).toBe(renewed)
})

test('R-08, R-04: a modified period is that of the next automatic renewals', () => {
  const terms = new TermMarket('2024-01-01 10:30')
  const subscription = terms.buySaas(sold.plain, 1, 1)
  enableAutoRenewal(terms.market.subscriptions, subscription, 7)
  modifyAutoRenewal(terms.market.subscriptions, subscription, 7, 12)
  terms.pass('2024-03-05 00:00')
  const orders = terms.facts('orders').filter(({ kind }) => kind === 'renewal')
  expect(orders.map(({ months }) => Number(months))).toEqual([12])
  // What was never enabled is neither modified nor disabled.
  const other = terms.buySaas(sold.plain, 1, 1)
  modifyAutoRenewal(terms.market.subscriptions, other, 3, 0)
  disableAutoRenewal(terms.market.subscriptions, other)
  expect(terms.market.subscriptions.subscriptions.autoOn[other]).toBe(0)
})

test('R-08: buyers enable, modify and disable it by their habits, and the record says when', async () => {
  const renewing =
    'auto: 0.6, enable: { probability: 0.7, after: 5d }, modify: { probability: 0.5, after: 8d, day: 1 }, disable: { probability: 0.4, after: 12d }'
  const buyers = `wallet: { opening: 500 }, load: { poisson: { perBuyer: 1/d } }, buys: [{ product: app, specification: s }],
    habits: { renewing: { ${renewing} } }`
  await withMarket({ buyers, end: '2024-06-01T00:00:00+08:00' }, ({ rows, ask }) => {
    expect(
      rows("SELECT event, COUNT(*) > 5 AS some FROM v_auto_renewals WHERE rule = 'R-08' GROUP BY 1 ORDER BY 1"),
    ).toEqual(['disable', 'enable', 'modify'].map((event) => ({ event, some: 1 })))
    expect(ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'renewal-unpaid'")).toBeGreaterThan(5)
    // Nothing is tried after it was disabled.
    expect(
      ask(`SELECT COUNT(*) FROM v_refusals f WHERE f.code = 'renewal-unpaid' AND 'disable' = (SELECT a.event FROM v_auto_renewals a
        WHERE a.subscription_id = f.order_id AND a.at <= f.at ORDER BY a.at DESC LIMIT 1)`),
    ).toBe(0)
  })
})
