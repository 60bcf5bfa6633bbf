/** E-05, E-10: the part of an order that goes back where its buyer has fewer servers than were paid for. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Row } from '#sim/cell/table.ts'
import { askReissue, awaitReturn, requestInvoice, requestReturn } from '#sim/market/invoices/invoicing.ts'
import { instance } from '#sim/market/servers/instance.ts'
import { asItIs, renew } from '#sim/market/subscriptions/renewal.ts'
import { table } from '../billing/table.ts'
import { withMarket } from './payment-world.ts'
import { sold, TermMarket } from './term-market.ts'

const { running } = instance.state

const text = (rows: readonly Readonly<Record<string, unknown>>[]): string =>
  rows.map(({ event }) => String(event)).join(' ')

// Monthly servers at 100 each, 60 of it for the image and 40 for the server.
test.each(
  table(`
    partial       servers  fail  back  order               running  renewed
    none          3        1     300   begin pay fail      0        -
    keep-created  3        1     100   begin pay complete  2        200
    keep-created  3        2     200   begin pay complete  1        100
    keep-created  3        3     300   begin pay fail      0        -
    keep-created  7        3     300   begin pay complete  4        400
  `),
)('E-05, N-05: custom.partial = $partial with $fail of $servers not created: $back back', (row) => {
  const [servers, fails] = [Number(row.servers), Number(row.fail)]
  const terms = new TermMarket('2024-01-01 10:29', { 'custom.partial': row.partial }, 100 * servers)
  const { wallets, servers: market, subscriptions } = terms.market
  terms.orderServers(sold.monthly, servers, 1, { fails })
  terms.pass('2024-01-01 11:00')
  expect(Number(wallets.balances.cash.at(0)) / 1e8).toBe(Number(row.back))
  expect(text(terms.facts('order_steps').filter(({ order_id: order }) => order === 1))).toBe(row.order)
  expect(market.pools.held[0]).toBe(Number(row.running))
  expect(terms.facts('refusals').map(({ quantity, lost }) => [quantity, Number(lost) / 1e8])).toEqual([
    row.running === '0' ? [servers, 100 * servers] : [fails, 100 * fails],
  ])
  if (row.renewed === '-') return
  // N-05: their term never began, so all of their part goes back, without a fee.
  const parts = terms
    .facts('refunds')
    .map(({ servers: gone, begun, rule, ...amounts }) => [
      ...[gone, begun, rule],
      ...['cash', 'consumed', 'fee', 'amount', 'cloud'].map((name) => Number(amounts[name]) / 1e8),
    ])
  expect(parts).toEqual([[fails, 0, 'N-05', 100 * fails, 0, 0, 100 * fails, 40 * fails]])
  expect(terms.amounts('partial-refund')).toEqual([-100 * fails])
  // L-06: 85 % of 60 stays owed to the seller for each that runs.
  expect(terms.balance('unbilled-payable')).toBeCloseTo(-51 * (servers - fails), 8)
  expect(terms.balance('deferred-revenue')).toBe(-100 * (servers - fails))
  renew(subscriptions, 0, asItIs(subscriptions, 0))
  terms.settle()
  expect(terms.amounts('renewal')).toEqual([Number(row.renewed)])
})

test('E-10, N-03, R-01: an outage takes 2 of 3 servers, of a term that runs and of one that is paid for', () => {
  const terms = new TermMarket('2024-01-01 10:29', { 'outage.refund': 'rest-of-term' }, 600)
  const { servers, subscriptions, wallets } = terms.market
  terms.orderServers(sold.monthly, 3, 1)
  terms.pass('2024-01-05 00:00')
  renew(subscriptions, 0, asItIs(subscriptions, 0))
  terms.settle()
  expect(wallets.balances.cash.at(0)).toBe(0n)
  terms.pass('2024-01-11 10:30')
  for (const row of [0, 2]) servers.instanceBreaks.emit(row)
  terms.settle()
  // 200 less 200 x 240/758 of the first period, all 200 of the second: one order, two lines.
  expect(terms.amounts('partial-refund')).toEqual([-336.67546175])
  expect(
    terms
      .facts('order_lines')
      .slice(-2)
      .map(({ amount, rule }) => [Number(amount) / 1e8, rule]),
  ).toEqual([
    [-136.67546175, 'N-03'],
    [-200, 'N-05'],
  ])
  expect(wallets.balances.cash.at(0)).toBe(33_668_000_000n)
  // The third continues to the end of the second period, and is what is lost then.
  terms.pass('2024-02-10 10:30')
  servers.instanceBreaks.emit(1)
  terms.settle()
  expect(terms.facts('refunds').map(({ cash, servers: gone }) => [Number(cash) / 1e8, gone])).toEqual([
    [200, 2],
    [200, 2],
    [100, 0],
  ])
  terms.close('2024-03-10 00:00')
  expect([terms.balance('deferred-revenue'), terms.balance('deferred-seller-cost')]).toEqual([0, 0])
})

test('E-10, O-09: an open renewal is for servers that are gone, and is cancelled', () => {
  const terms = new TermMarket('2024-01-01 10:29', { 'outage.refund': 'rest-of-term' }, 200)
  const { servers, subscriptions } = terms.market
  terms.orderServers(sold.monthly, 2, 1)
  terms.pass('2024-01-05 00:00')
  renew(subscriptions, 0, asItIs(subscriptions, 0))
  servers.instanceBreaks.emit(0)
  terms.settle()
  expect(text(terms.facts('order_steps').filter(({ order_id: order }) => order === 2))).toBe('begin cancel')
  renew(subscriptions, 0, asItIs(subscriptions, 0))
  expect(terms.amounts('renewal')).toEqual([200, 100])
})

test('E-10, Q-07: whatever is lost when, each part of the price is earned or refunded, and nothing stays deferred', () => {
  const days = fc.integer({ min: 1, max: 31 })
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 7 }),
      fc.array(days, { maxLength: 7 }),
      fc.nat(3),
      (quantity, losses, fails) => {
        const policies = { 'outage.refund': 'rest-of-term', 'custom.partial': 'keep-created' }
        const terms = new TermMarket('2024-01-01 10:29', policies, 100 * quantity)
        const { servers, wallets } = terms.market
        terms.orderServers(sold.monthly, quantity, 1, { fails: Math.min(fails, quantity - 1) })
        for (const day of losses.toSorted((a, b) => a - b)) {
          terms.pass(`2024-01-${String(day).padStart(2, '0')} 12:00`)
          let row = servers.instances.rows - 1
          while (row >= 0 && (servers.instances.id[row] === 0 || servers.instances.state[row] !== running)) row--
          if (row >= 0) servers.instanceBreaks.emit(row)
          terms.settle()
        }
        terms.close('2024-02-03 00:00')
        expect([terms.balance('deferred-revenue'), terms.balance('deferred-seller-cost')]).toEqual([0, 0])
        const earned = -terms.balance('marketplace-revenue') - terms.balance('cloud-resource-revenue')
        const shares = -terms.balance('unbilled-payable')
        const kept = 100 * quantity - Number(wallets.balances.cash.at(0)) / 1e8
        expect(earned + shares - terms.balance('rounding-differences')).toBeCloseTo(kept, 6)
      },
    ),
    { numRuns: 25 },
  )
})

test('E-05, E-10, I-04, M-08, Q-08: the auditor agrees with parts of coupons, taxes, renewals and invoices in yen', async () => {
  const catalog = `
  - { id: image, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, plans: [{ months: 1, price: "1001" }] }, { id: m, billing: pay-per-use, hourly: "1.1" }] }`
  const buyers = `wallet: { opening: 9000000, coupons: [{ amount: 701 }, { kind: discount, amount: 203 }] }, load: { poisson: { perBuyer: 0.5/d } },
    buys: [{ product: image, specification: s, flavour: f, months: 1, quantity: { discrete: { values: [2, 3, 5] } } },
      { product: image, specification: m, flavour: f, lifetime: 400d, server: yearly-monthly, serverMonths: 1, quantity: 3 }],
    habits: { renewing: { manual: 1, before: { uniform: { min: 10d, max: 25d } } }, invoicing: { probability: 0.5, after: 1d }, unsubscribe: { probability: 0.2, after: 8d } }`
  const events = `[{ at: 2024-03-12T10:00:00+08:00, outage: { zone: z1, for: 2h, breaks: 0.3 } }, { at: 2024-03-20T10:00:00+08:00, outage: { zone: z1, for: 2h, breaks: 0.4 } }]`
  const asked = {
    catalog,
    buyers,
    events,
    currency: 'JPY',
    pool: 'failure: 0.2',
    region: 'taxPercent: "10",',
    plans: '{ months: 1, price: "2003", disk: "301" }',
  }
  await withMarket(
    { ...asked, policies: '{ outage.refund: rest-of-term, custom.partial: keep-created, tax.couponBase: paid }' },
    ({ ask }) => {
      const refunds = (where: string) =>
        ask(
          `SELECT COUNT(*) FROM v_refunds r JOIN v_orders o ON o.id = r.order_id WHERE o.kind = 'partial-refund' AND ${where}`,
        ) as number
      expect(refunds("o.rule = 'E-05' AND r.rule = 'N-05'")).toBeGreaterThan(3)
      expect(refunds("o.rule = 'E-10' AND r.rule = 'N-03' AND r.consumed > 0 AND r.fee = 0")).toBeGreaterThan(3)
      expect(refunds("o.rule = 'E-10' AND r.rule = 'N-05'")).toBeGreaterThan(0)
      expect(refunds('r.coupon_returned > 0')).toBeGreaterThan(0)
      // Each has a credit note of its own.
      expect(ask('SELECT COUNT(*) FROM credit_notes')).toBeGreaterThanOrEqual(refunds('1'))
    },
  )
})

// An order of 3 servers, 300, of which an outage takes one on 11 January: the 100 less 100 x 240/758 that go back are a credit note.
test.each(
  table(`
    asked             again             invoices
    2024-01-11 12:00  -                 1:300.00
    2024-01-10 12:00  -                 1:300.00
    2024-01-05 12:00  -                 1:300.00
    2024-01-05 12:00  2024-01-20 12:00  1:300.00 2:300.00
  `),
)(
  'I-03, I-04: an invoice asked for on $asked, and after its return on $again: $invoices',
  ({ asked, again, invoices }) => {
    const terms = new TermMarket('2024-01-01 10:29', { 'outage.refund': 'rest-of-term' }, 300)
    const { servers, invoices: market } = terms.market
    terms.orderServers(sold.monthly, 3, 1)
    const ask = (at: string) => {
      terms.pass(at)
      const what = {
        account: 0 as Row<'accounts'>,
        month: 0,
        reissueOf: 0,
        lines: [{ order: 1, amount: 30_000_000_000n }],
      }
      requestInvoice(market, what)
    }
    const lose = () => {
      terms.pass('2024-01-11 10:30')
      servers.instanceBreaks.emit(0 as Row<'instances'>)
      terms.settle()
    }
    if (asked > '2024-01-11 10:30') lose()
    ask(asked)
    if (asked < '2024-01-11 10:30') lose()
    terms.pass('2024-01-15 00:00')
    if (again !== '-') {
      requestReturn(market, 0 as Row<'invoices'>)
      awaitReturn(market, 0 as Row<'invoices'>)
      terms.pass(again)
      askReissue(market, 0)
      terms.settle()
    }
    const made = terms.facts('invoices').map(({ id, amount }) => `${id}:${(Number(amount) / 1e8).toFixed(2)}`)
    expect(made.join(' ')).toBe(invoices)
  },
)
