/** M-07, `tax.couponBase`: whether a discount coupon is money, or a lower price that is taxed less. */
import { expect, test } from 'vitest'
import { NONE } from '#sim/cell/table.ts'
import { failSaas, orderSaas } from '#sim/market/orders/saas.ts'
import { orderExpansion } from '#sim/market/subscriptions/changes.ts'
import { asItIs, renew } from '#sim/market/subscriptions/renewal.ts'
import { unsubscribe } from '#sim/market/subscriptions/unsubscribe.ts'
import { grantCoupon } from '#sim/market/wallets/coupons.ts'
import type { CouponKind } from '#sim/market/wallets/wallets.ts'
import { table } from '../billing/table.ts'
import { sold, TermMarket } from './term-market.ts'

/** A buyer with coupons, such as `discount 5, cash 4`, where tax is 20 %. */
function buyer(base: string, coupons: string, policies: Readonly<Record<string, string>> = {}, cash?: number) {
  const terms = new TermMarket('2024-01-01 10:29', { 'tax.percent': '20', 'tax.couponBase': base, ...policies }, cash)
  for (const coupon of coupons === '-' ? [] : coupons.split(', ')) {
    const [kind, amount] = coupon.split(' ')
    grantCoupon(terms.market.wallets, 0, kind as CouponKind, BigInt(Math.round(Number(amount) * 1e8)))
  }
  return terms
}

/** What payments took of coupons and of the balance, and what of it is tax. */
function paid(terms: TermMarket): { tax: number; coupons: number; balance: number } {
  const payments = new Set(terms.facts('transactions').flatMap(({ kind, id }) => (kind === 'payment' ? [id] : [])))
  const legs = terms.facts('postings').filter(({ transaction_id: id }) => payments.has(id))
  const of = (name: string) =>
    legs.reduce((sum, { ledger, amount }) => sum + (ledger === name ? Number(amount) : 0), 0) / 1e8
  return { tax: 0 - of('tax-payable'), coupons: of('buyer-coupons'), balance: of('buyer-cash') }
}

// A year of the product costs 120 before tax.
const orders = table(`
  base   coupons                tax         coupons paid  balance       why
  price  -                      24          0             144           without a coupon tax is on the price
  paid   -                      24          0             144           so it is where a coupon would lower it
  price  discount 20            24          20            124           a discount coupon is money: tax is on the whole price
  paid   discount 20            20          20            120           or a lower price: tax is on 120 - 20
  price  discount 130           24          130           14            as money it pays tax as well
  paid   discount 130           0           120           0             as a lower price it pays at most the price before tax
  price  discount 150           24          144           0             and all of the order as money
  paid   discount 120           0           120           0             nothing is left to be taxed
  price  cash 20                24          20            124           a cash coupon is money
  paid   cash 20                24          20            124           in both
  paid   discount 20, cash 15   20          35            105           first the discount, then one cash coupon
  paid   discount 20, cash 500  20          140           0             which also pays the tax that is left
  paid   discount 119.99999996  0           119.99999996  0.00000004    tax is truncated (M-02)
  paid   discount 119.99999994  0.00000001  119.99999994  0.00000007    20 % of 0.00000006 is 0.000000012
`)

test.each(orders)('M-07, O-05: $why (by $base, $coupons)', (row) => {
  const terms = buyer(row.base, row.coupons)
  terms.buySaas(sold.plain, 1, 12)
  expect(paid(terms)).toEqual({
    tax: Number(row.tax),
    coupons: Number(row['coupons paid']),
    balance: Number(row.balance),
  })
  // M-04: what it was paid by is recorded only where it is not what it was created with.
  const again = terms.facts('order_requotes').map(({ part, amount }) => [part, Number(amount)])
  const isLower = row.base === 'paid' && row.coupons.includes('discount')
  expect(again).toEqual(
    isLower
      ? [
          ['price', 120e8],
          ['tax', Math.round(Number(row.tax) * 1e8)],
        ]
      : [],
  )
})

test('M-07: half-up, the tax that a coupon leaves is rounded half-up as well', () => {
  const terms = buyer('paid', 'discount 119.99999997', { 'rounding.charge': 'half-up' })
  terms.buySaas(sold.plain, 1, 12)
  expect(paid(terms).tax).toBe(0.00000001)
})

test('O-05: an order waits only for what it costs with its coupon', () => {
  // 120 - 20 + 20 of tax: 120 suffice, where 124 are wanted if the coupon is money.
  const opened = (base: string, cash: number) => {
    const terms = buyer(base, 'discount 20', {}, cash)
    const intent = {
      account: 0,
      specification: sold.plain,
      pool: NONE,
      quantity: 1,
      months: 12,
      interest: 1,
      lifetime: 0,
    }
    orderSaas(terms.market.orders, { ...intent, channel: 'search' })
    return terms
  }
  expect(paid(opened('paid', 120)).balance).toBe(120)
  expect(paid(opened('price', 120)).balance).toBe(0)
  const short = opened('paid', 110)
  expect(short.portEvents).toContain('balanceFell 0 1000000000')
  short.pay(10)
  expect(paid(short).balance).toBe(120)
})

test('E-04, R-03: servers and renewals that are paid by themselves need no more than that either', () => {
  // An image and its server for a month cost 60 + 40, less 20, and 16 of tax.
  for (const [cash, refused] of [
    [96, []],
    [95, ['insufficient-balance E-04']],
  ] as const) {
    const terms = buyer('paid', 'discount 20', {}, cash)
    terms.orderServers(sold.monthly, 1, 1, { quick: true })
    terms.pass('2024-01-01 10:30')
    expect(terms.refusals).toEqual(refused)
  }
})

const lines = (terms: TermMarket) =>
  terms.facts('order_requotes').map(({ line, part, rule, amount }) => `${line} ${part} ${rule} ${Number(amount) / 1e8}`)

test('E-06: every line of an image and its server is listed again, the tax on their sum last', () => {
  const terms = buyer('paid', 'discount 50')
  terms.orderServers(sold.monthly, 1, 1)
  terms.pass('2024-01-01 10:30')
  expect(lines(terms)).toEqual(['1 price P-01 60', '2 ecs P-05 40', '3 tax M-07 10'])
})

test('X-04, R-01: changes and renewals are taxed on what a discount coupon leaves', () => {
  const terms = buyer('paid', '-')
  const crm = terms.buySaas(sold.volume, 1, 1)
  grantCoupon(terms.market.wallets, 0, 'discount', 100_000_000n)
  // 1 user more until the end of 1 February, 7 x (30/31 + 1/29).
  orderExpansion(terms.market.subscriptions, crm, 2)
  terms.settle()
  grantCoupon(terms.market.wallets, 0, 'discount', 400_000_000n)
  renew(terms.market.subscriptions, crm, asItIs(terms.market.subscriptions, crm))
  terms.settle()
  expect(lines(terms)).toEqual(['1 price X-04 7.01557285', '2 tax M-07 1.20311457', '1 price P-03 14', '2 tax M-07 2'])
})

// An image and its server for a month: 100, a discount coupon of 30 and one of 10 in cash, 14 of tax: 74 are paid in cash.
const refunds = table(`
  switches                                     at                coupon  back         tax          rule  why
  {}                                           2024-01-15 18:40  0       33.01688655  5.50281442   N-03  tax goes back with the part of what was taxed
  {"refund.fee":"none"}                        2024-01-15 18:40  0       40.41688655  6.73614775   N-03  likewise without a fee
  {"refund.fiveDay":"cn"}                      2024-01-03 10:00  10      84           14           N-06  all that was paid and taxed: all of the tax
`)

test.each(refunds)('N-03, N-06, M-07: $why ($switches)', ({ switches, at, coupon, back, tax, rule }) => {
  const terms = buyer('paid', 'discount 30, cash 10', JSON.parse(switches))
  terms.orderServers(sold.monthly, 1, 1)
  terms.pass('2024-01-01 10:30')
  expect(paid(terms)).toEqual({ tax: 14, coupons: 40, balance: 74 })
  terms.pass(at)
  unsubscribe(terms.market.subscriptions, 0)
  const [given] = terms.facts('refunds')
  expect(given).toMatchObject({ rule, coupon_returned: Number(coupon) * 1e8 })
  expect((Number(given.amount) + Number(given.coupon_returned)) / 1e8).toBe(Number(back))
  expect(Number(given.tax) / 1e8).toBe(Number(tax))
  expect(terms.balance('deferred-revenue')).toBe(0)
  expect(terms.balance('tax-payable')).toBeCloseTo(Number(tax) - 14, 8)
})

test('N-05: a renewal not yet begun comes back whole, what the discount coupon took off too, and so does its tax', () => {
  const terms = buyer('paid', '-')
  terms.orderServers(sold.monthly, 1, 1)
  terms.pass('2024-01-01 10:30')
  grantCoupon(terms.market.wallets, 0, 'discount', 3_000_000_000n)
  renew(terms.market.subscriptions, 0, asItIs(terms.market.subscriptions, 0))
  terms.settle()
  unsubscribe(terms.market.subscriptions, 0)
  expect(terms.facts('refunds').at(-1)).toMatchObject({
    rule: 'N-05',
    amount: 84e8,
    coupon_returned: 30e8,
    tax: 14e8,
  })
})

test('O-08: what fails is refunded in full: coupons get what they paid, and no tax is owed', () => {
  const terms = buyer('paid', 'discount 20, cash 15')
  const intent = {
    account: 0,
    specification: sold.plain,
    pool: NONE,
    quantity: 1,
    months: 12,
    interest: 1,
    lifetime: 0,
  }
  failSaas(terms.market.orders, orderSaas(terms.market.orders, { ...intent, channel: 'search' }) as number)
  expect(['tax-payable', 'deferred-revenue', 'buyer-coupons'].map((ledger) => terms.balance(ledger) + 0)).toEqual([
    0, 0, -35,
  ])
})
