/** N-01..N-07: what unsubscribed yearly/monthly images with their servers release; for each. */
import { expect, test } from 'vitest'
import { requestInvoice } from '#sim/market/invoices/invoicing.ts'
import { asItIs, renew } from '#sim/market/subscriptions/renewal.ts'
import { unsubscribe } from '#sim/market/subscriptions/unsubscribe.ts'
import { grantCoupon } from '#sim/market/wallets/coupons.ts'
import { table } from '../billing/table.ts'
import { sold, TermMarket } from './term-market.ts'

/** An image and its server for 60 + 40 a month, there at 10:30 of 1 January 2024. */
function withServers(policies: Readonly<Record<string, string>> = {}, months = 1, servers = 1): TermMarket {
  const terms = new TermMarket('2024-01-01 10:29', policies)
  terms.orderServers(sold.monthly, servers, months)
  terms.pass('2024-01-01 10:30')
  return terms
}

const refunded = (terms: TermMarket) =>
  terms.facts('refunds').map(({ amount, rule }) => `${Number(amount) / 1e8} ${rule}`)

test.each(
  table(`
    switches                                     months  at                refund
    {}                                           1       2024-01-15 18:40  44.61741425 N-03
    {"refund.fee":"none"}                        1       2024-01-15 18:40  54.61741425 N-03
    {"refund.consumed":"days"}                   1       2024-01-15 18:40  46.25 N-03
    {"refund.fiveDay":"cn"}                      1       2024-01-06 10:29  100 N-06
    {"refund.fiveDay":"cn"}                      1       2024-01-06 10:30  74.16886544 N-03
    {}                                           1       2024-02-01 23:00  0 N-03
    {"refund.fee":"none","refund.consumed":"days"}  24   2024-12-31 12:00  1002.73224044 N-03
    {"refund.consumed":"days"}                   24      2024-12-31 12:00  702.73224044 N-03
    {"refund.consumed":"days"}                   24      2025-01-02 12:00  797.26775957 N-03
    {"refund.consumed":"days"}                   36      2026-01-02 12:00  848.17684595 N-03
  `),
)('N-03, N-04, N-06: $months months under $switches, refunded on $at: $refund', ({ switches, months, at, refund }) => {
  const terms = withServers(JSON.parse(switches), Number(months))
  terms.pass(at)
  unsubscribe(terms.market.subscriptions, 0)
  expect(refunded(terms)).toEqual([refund])
  // Nothing stays deferred, and what stays is earned; the servers are gone and their units back.
  const paid = terms.amounts('purchase')[0]
  expect(terms.balance('deferred-revenue')).toBe(0)
  // L-06: what is kept is the marketplace's, the cloud's or owed to the seller.
  const own = ['marketplace-revenue', 'cloud-resource-revenue', 'unbilled-payable'] as const
  const kept = -own.reduce((sum, ledger) => sum + terms.balance(ledger), 0)
  expect(terms.balance('deferred-seller-cost')).toBe(0)
  expect(kept).toBeCloseTo(paid - Number(refund.split(' ')[0]), 7)
  expect(terms.market.servers.pools.held[0]).toBe(0)
})

test('N-05: a renewal period not yet begun comes back in full, without a fee', () => {
  const terms = withServers()
  renew(terms.market.subscriptions, 0, asItIs(terms.market.subscriptions, 0))
  terms.pass('2024-01-15 18:40')
  unsubscribe(terms.market.subscriptions, 0)
  expect(refunded(terms)).toEqual(['44.61741425 N-03', '100 N-05'])
  expect(terms.amounts('unsubscription')).toEqual([-144.61741425])
})

test('N-06: ten instances an account and calendar year, all servers of an order or none', () => {
  const terms = new TermMarket('2024-01-01 10:29', { 'refund.fiveDay': 'cn' })
  for (const [day, servers] of [
    ['02', 6],
    ['03', 5],
    ['04', 4],
  ] as const) {
    terms.pass(`2024-01-${day} 10:00`)
    terms.orderServers(sold.monthly, servers, 1)
    terms.pass(`2024-01-${day} 11:00`)
    unsubscribe(terms.market.subscriptions, 0)
  }
  expect(terms.facts('refunds').map(({ rule, servers, returns }) => `${rule} ${servers} after ${returns}`)).toEqual([
    'N-06 6 after 0',
    'N-03 5 after 6',
    'N-06 4 after 6',
  ])
})

test.each(
  table(`
    switches                 kind      at                amount  returned
    {}                       cash      2024-01-15 18:40  31.23218998  0
    {}                       discount  2024-01-15 18:40  31.23218998  0
    {"refund.fiveDay":"cn"}  cash      2024-01-03 10:00  70      30
    {"refund.fiveDay":"cn"}  discount  2024-01-03 10:00  70      0
  `),
)('N-03, N-06: a $kind coupon of 30 under $switches gives $amount in cash and $returned to the coupon', (row) => {
  const terms = new TermMarket('2024-01-01 10:29', JSON.parse(row.switches))
  grantCoupon(terms.market.wallets, 0, row.kind as 'cash', 3_000_000_000n)
  terms.orderServers(sold.monthly, 1, 1)
  terms.pass(row.at)
  unsubscribe(terms.market.subscriptions, 0)
  const [{ amount, coupon_returned }] = terms.facts('refunds')
  expect([Number(amount) / 1e8, Number(coupon_returned) / 1e8]).toEqual([Number(row.amount), Number(row.returned)])
  expect(terms.balance('deferred-revenue')).toBe(0)
})

test('N-01: SaaS, and an image that is pay-per-use on a yearly/monthly server, are refused', () => {
  const terms = new TermMarket('2024-01-01 10:29')
  const saas = terms.buySaas(sold.plain, 1, 1)
  terms.orderServers(sold.metered, 1, 1)
  terms.pass('2024-01-01 10:35')
  unsubscribe(terms.market.subscriptions, saas)
  unsubscribe(terms.market.subscriptions, 1)
  expect(terms.refusals).toEqual(['not-refundable N-01', 'not-refundable N-01'])
})

test('N-07: not once expired, nor while another order of it is open', () => {
  const terms = withServers()
  terms.market.wallets.balances.cash.put(0, 0n)
  renew(terms.market.subscriptions, 0, asItIs(terms.market.subscriptions, 0))
  unsubscribe(terms.market.subscriptions, 0)
  terms.pass('2024-02-02 00:00')
  unsubscribe(terms.market.subscriptions, 0)
  expect(terms.refusals).toEqual(['change-in-progress N-07', 'unpaid O-01', 'not-in-term N-07'])
})

test('N-02: an invoiced order is refused until its invoice is returned', () => {
  const terms = withServers()
  const [{ id, amount }] = terms.facts('orders')
  const line = { order: Number(id), amount: BigInt(amount) }
  requestInvoice(terms.market.invoices, { account: 0, month: 0, reissueOf: 0, lines: [line] })
  unsubscribe(terms.market.subscriptions, 0)
  expect(terms.refusals).toEqual(['invoice-outstanding N-02'])
})

test('I-03: an order that is on a live invoice is on no second one, and is invoiced as it was paid after it was unsubscribed from', () => {
  const terms = withServers()
  const [{ id, amount }] = terms.facts('orders')
  const line = { order: Number(id), amount: BigInt(amount) }
  const ask = () => requestInvoice(terms.market.invoices, { account: 0, month: 0, reissueOf: 0, lines: [line] })
  unsubscribe(terms.market.subscriptions, 0)
  expect([terms.refusals, terms.facts('refunds').length]).toEqual([[], 1])
  ask()
  ask()
  expect(terms.facts('invoice_lines')).toMatchObject([{ order_id: id, amount }])
})

test('O-05, N-05: what coupons paid of a renewal not yet begun goes back to them', () => {
  const terms = withServers()
  for (const kind of ['discount', 'cash'] as const) grantCoupon(terms.market.wallets, 0, kind, 2_000_000_000n)
  renew(terms.market.subscriptions, 0, asItIs(terms.market.subscriptions, 0))
  terms.settle()
  unsubscribe(terms.market.subscriptions, 0)
  expect(terms.facts('refunds').at(-1)).toMatchObject({ rule: 'N-05', amount: 60e8, coupon_returned: 40e8 })
  expect(terms.balance('buyer-coupons')).toBe(-40)
})
