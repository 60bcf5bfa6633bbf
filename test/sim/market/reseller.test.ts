/** O-06: customers of a reseller, who is charged in their place. */
import { expect, test } from 'vitest'
import { simulated } from '../run/inline-run.ts'
import { units, withMarket } from './payment-world.ts'

const buys = `load: { poisson: { perBuyer: 2/d } }, buys: [{ product: app, specification: s, quantity: 2 },
  { product: image, specification: s, flavour: f, lifetime: 5h }]`

test('O-06: the customer pays nothing, the reseller is charged; a budget blocks terms, never pay-per-use', async () => {
  const buyers = `wallet: { opening: 50, topUp: { below: 10, amount: 10 } }, reseller: { monthlyBudget: 50 }, ${buys}`
  await withMarket({ buyers, policies: '{ tax.percent: "10" }' }, ({ ask }) => {
    expect(ask("SELECT COUNT(*) FROM v_postings WHERE ledger IN ('buyer-cash', 'buyer-receivable')")).toBe(0)
    // 50 a month hold two orders of 20 at list price; tax does not count.
    expect(ask(`SELECT COUNT(*) FROM v_orders WHERE months = 1 AND at < '2024-03-31T16:00'`)).toBe(2 * 4)
    expect(ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'budget-exhausted' AND rule = 'O-06'")).toBeGreaterThan(0)
    expect(ask(`SELECT COUNT(*) FROM v_orders WHERE months = 1 AND at >= '2024-03-31T16:00'`)).toBeGreaterThan(0)
    expect(ask('SELECT COUNT(*) FROM account_steps')).toBe(0)
    expect(ask('SELECT COUNT(*) FROM instances')).toBeGreaterThan(100)
    const charged = ask("SELECT balance FROM balances WHERE ledger = 'payment-clearing'")
    const lines = ask('SELECT SUM(amount) FROM order_lines') as number
    const metered = ask('SELECT SUM(amount) FROM usage_hours') as number
    // M-07: use is taxed once a month, orders have their tax in their lines.
    const taxed = ask('SELECT SUM(tax) FROM bill_taxes') as number
    // M-08: bills are paid in cents.
    const rounded = ask('SELECT SUM(rounding) FROM bills') as number
    expect(charged).toBe(lines + metered + taxed + rounded)
    expect((charged as number) % units(0.01)).toBe(0)
  })
})

test("O-01, O-06: an order that a budget can block waits for the reseller's approval, which is immediate", async () => {
  await withMarket({ buyers: `reseller: {}, ${buys}`, end: '2024-03-05T00:00:00+08:00' }, ({ rows, ask }) => {
    expect(
      rows(`SELECT event, from_state, to_state, rule FROM v_order_steps
        WHERE order_id = (SELECT MIN(id) FROM orders WHERE months = 1) LIMIT 3`),
    ).toEqual([
      { event: 'begin', from_state: '', to_state: 'pending-approval', rule: 'O-01' },
      { event: 'approve', from_state: 'pending-approval', to_state: 'pending-payment', rule: 'O-06' },
      { event: 'pay', from_state: 'pending-payment', to_state: 'processing', rule: 'O-06' },
    ])
    expect(ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'budget-exhausted'")).toBe(0)
  })
})

test('O-06: only a part of the segment may be a reseller`s', async () => {
  await withMarket({ buyers: `wallet: { opening: 50 }, reseller: { probability: 0.5 }, ${buys}` }, ({ ask }) => {
    const resold = ask('SELECT COUNT(*) FROM reseller_customers') as number
    expect(resold).toBeGreaterThan(0)
    expect(
      ask(
        "SELECT -SUM(amount) FROM v_postings p JOIN v_transactions t ON t.id = p.transaction_id WHERE t.kind = 'opening' AND amount < 0",
      ),
    ).toBe(units(50 * (4 - resold)))
  })
})

test('O-06: yearly/monthly servers count against the budget too, image and server at list price; renewals are not new', async () => {
  const text = `
name: resold
start: 2024-03-01T00:00:00+08:00
duration: 45d
policies: { tax.percent: "10" }
regions: [{ id: r1, zones: [{ id: z1, pools: [{ flavour: f, capacity: 50, hourly: "1", plans: [{ months: 1, price: "30" }] }] }] }]
sellers: [{ segment: isv }]
catalog:
  - { id: image, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, discount: { percentOff: 50 }, plans: [{ months: 1, price: "20" }] }] }
buyers:
  - segment: b
    count: 1
    reseller: { monthlyBudget: 120 }
    load: { poisson: { perBuyer: 1/d } }
    buys: [{ product: image, specification: s, flavour: f }]
    habits: { renewing: { manual: 1, before: 5d } }
`
  await simulated(text, ({ outcome, rows, ask }) => {
    expect(outcome.differences).toBe(0)
    // Two of 50 at list price hold in a month; the two that are renewed at the end of March ask nothing of it.
    expect(
      rows(`SELECT strftime('%m', (at + 8 * 3600000) / 1000, 'unixepoch') AS month, COUNT(*) AS n FROM orders
        WHERE kind = (SELECT id FROM words WHERE word = 'purchase') GROUP BY 1`),
    ).toEqual([
      { month: '03', n: 2 },
      { month: '04', n: 2 },
    ])
    expect(ask("SELECT COUNT(*) FROM v_orders WHERE kind = 'renewal'")).toBeGreaterThan(1)
    expect(ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'budget-exhausted' AND pool = 1")).toBeGreaterThan(10)
  })
})

const catalog = `
  - { id: app, kind: saas, seller: isv/1, category: c, specifications: [
      { id: s, billing: monthly, quantity: { attribute: seats, min: 1, max: 100 }, plans: [{ months: 1, price: "10" }] },
      { id: l, billing: monthly, quantity: { attribute: seats, min: 1, max: 100 }, plans: [{ months: 1, price: "15" }] }] }
  - { id: image, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use, hourly: "0.5" }] }`
const confirmed = (keys: string, more = '') =>
  `wallet: { paymentMethod: 0 }, reseller: { confirmation: { ${keys} } }, ${buys}${more}`

test('O-02: a reseller`s customer needs no payment method; anyone else does', async () => {
  await withMarket({ buyers: `wallet: { paymentMethod: 0 }, reseller: {}, ${buys}` }, ({ ask }) => {
    expect(ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'payment-method-missing'")).toBe(0)
    expect(ask('SELECT COUNT(*) FROM orders')).toBeGreaterThan(10)
  })
  await withMarket({ buyers: `wallet: { opening: 90, paymentMethod: 0 }, ${buys}` }, ({ ask }) => {
    expect(ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'payment-method-missing'")).toBeGreaterThan(10)
    expect(ask('SELECT COUNT(*) FROM orders')).toBe(0)
  })
})

test('O-06: the amount with tax is confirmed first, which takes time; what is paid by the hour is not asked about', async () => {
  const habits =
    'habits: { expand: { probability: 1, after: 3d }, upgrade: { probability: 1, after: 6d }, renewing: { manual: 1 } }'
  const buyers = confirmed('after: 5h', `, ${habits}`)
  await withMarket({ buyers, catalog, policies: '{ tax.percent: "10" }' }, ({ ask, rows }) => {
    expect(ask('SELECT MIN(at - asked) || MAX(at - asked) FROM reseller_confirmations')).toBe('1800000018000000')
    // Every purchase and change follows an answer at its own instant, with its amount.
    expect(
      rows(`SELECT kind, COUNT(*) > 0 AS some, SUM(NOT EXISTS (SELECT 1 FROM v_reseller_confirmations c
          WHERE c.account = o.account AND c.at = o.at AND c.amount = o.amount AND c.kind = o.kind)) AS unasked
        FROM v_orders o WHERE amount > 0 GROUP BY kind ORDER BY kind`),
    ).toEqual(['expansion', 'purchase', 'renewal', 'upgrade'].map((kind) => ({ kind, some: 1, unasked: 0 })))
    expect(ask(`SELECT MIN(amount) FROM v_reseller_confirmations WHERE kind = 'purchase'`)).toBe(units(22))
    expect(ask('SELECT COUNT(*) FROM instances')).toBeGreaterThan(0)
    expect(ask('SELECT COUNT(*) FROM reseller_confirmations WHERE pool > 0')).toBe(0)
  })
})

test('O-06: what the reseller declines is refused, and its amount is lost', async () => {
  await withMarket({ buyers: confirmed('declines: 1') }, ({ ask }) => {
    const declined = ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'reseller-declined' AND rule = 'O-06'")
    expect(declined).toBeGreaterThan(10)
    expect(ask('SELECT SUM(lost) FROM refusals')).toBe(units(20) * (declined as number))
    expect(ask('SELECT COUNT(*) FROM orders WHERE months > 0')).toBe(0)
    expect(ask('SELECT COUNT(*) FROM reseller_confirmations WHERE confirmed = 1')).toBe(0)
  })
})

test('O-06, C-05: an amount that changed before the answer is confirmed once more', async () => {
  const events = `[{ at: 2024-03-10T00:00:00+08:00, priceChange: { product: app, specification: s, plans: [{ months: 1, price: "12" }] } }]`
  await withMarket({ buyers: confirmed('after: 3d'), events }, ({ ask }) => {
    const stale = `FROM reseller_confirmations c WHERE c.confirmed = 1
      AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.account = c.account AND o.at = c.at AND o.amount = c.amount)`
    expect(ask(`SELECT COUNT(*) ${stale} AND amount = ${units(20)}`)).toBeGreaterThan(0)
    // Those asked about last are at the new price, and ordered.
    expect(ask(`SELECT COUNT(*) ${stale} AND amount = ${units(24)}`)).toBe(0)
    expect(ask(`SELECT COUNT(*) FROM orders WHERE amount = ${units(20)} AND at >= 1710000000000`)).toBe(0)
  })
})
