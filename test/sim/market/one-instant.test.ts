/** Several things at one instant, and amounts below a minor unit: found by random marketplaces, judged by the auditor. */
import { expect, test } from 'vitest'
import { withMarket } from './payment-world.ts'

const batches = 'load: { renewal: { perBuyer: true, gap: 12h, batch: 3 } }'
const seats = '{ product: app, specification: s, quantity: { discrete: { values: [1, 3] } } }'
const end = '2024-03-12T00:00:00+08:00'

test('O-06: what a reseller declines at one instant is refused in the order of the questions', async () => {
  const reseller = 'reseller: { monthlyBudget: 900, confirmation: { after: 0s, declines: 0.5 } }'
  await withMarket({ end, buyers: `${reseller}, ${batches}, buys: [${seats}]` }, ({ ask }) => {
    const different = `SELECT COUNT(*) FROM (SELECT account, at FROM refusals GROUP BY account, at HAVING COUNT(DISTINCT lost) > 1)`
    expect(ask(different)).toBeGreaterThan(0)
  })
})

test('O-06, X-04: an expansion is confirmed at its price before it, also where it is complete at that instant', async () => {
  const reseller = 'reseller: { monthlyBudget: 9000, confirmation: { after: 0s, declines: 0 } }'
  const habits = 'habits: { expand: { probability: 1, after: 1d } }'
  const catalog = `[{ id: app, kind: saas, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly,
    quantity: { attribute: seats, min: 1, max: 100 }, plans: [{ months: 1, price: { model: volume, bands: [{ upTo: 3, unit: "8" }, { upTo: null, unit: "1" }] } }] }] }]`
  await withMarket({ end, catalog, buyers: `${reseller}, ${batches}, ${habits}, buys: [${seats}]` }, ({ ask }) => {
    expect(
      ask(`SELECT COUNT(*) FROM v_reseller_confirmations c JOIN v_order_steps s ON s.at = c.asked AND s.event = 'complete'
        JOIN orders o ON o.id = s.order_id AND o.account = c.account WHERE c.kind = 'expansion' AND c.amount > 0`),
    ).toBeGreaterThan(0)
  })
})

test('C-06: a favourite that an order saved is found by the next one of the same instant', async () => {
  const buyers = `wallet: { opening: 9000 }, channels: { search: 1, favourites: 1 }, habits: { favourites: 1 }, ${batches}, buys: [${seats}]`
  await withMarket({ end, buyers }, ({ ask }) => {
    expect(
      ask(`SELECT COUNT(*) FROM orders o JOIN favourites f ON f.account = o.account AND f.at = o.at
        WHERE o.channel = (SELECT id FROM words WHERE word = 'favourites')`),
    ).toBeGreaterThan(0)
  })
})

test('U-09, L-02: a correction at the first instant of a month is sold in it', async () => {
  const policies =
    '{ settlement.lag: 26h, usage.late: next-bill, usage.lateWindow: 0s, usage.faults: { outOfOrder: 0.5 } }'
  const buys = '{ product: image, specification: s, flavour: f, lifetime: 90h }'
  const buyers = `wallet: { opening: 9000 }, load: { poisson: { perBuyer: 2/d } }, buys: [${buys}]`
  await withMarket({ policies, buyers }, ({ ask }) => {
    expect(
      ask(`SELECT COUNT(*) FROM v_usage_faults WHERE at = '2024-03-31T16:00:00.000Z' AND outcome = 'correction'`),
    ).toBeGreaterThan(0)
    expect(ask(`SELECT COUNT(*) FROM v_seller_bill_lines WHERE part = 'sale'`)).toBeGreaterThan(0)
  })
})

test('I-04: a refund of less than a minor unit gives nothing back, and has no credit note', async () => {
  const catalog = `[{ id: app, kind: saas, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, plans: [{ months: 1, price: "0.00000001" }] }] }]`
  const buyers = `wallet: { opening: 9 }, ${batches}, buys: [{ product: app, specification: s }]`
  await withMarket({ end, catalog, buyers, seller: 'failure: 1, provisioning: 2h' }, ({ ask }) => {
    expect(ask("SELECT COUNT(*) FROM v_transactions WHERE kind = 'refund'")).toBeGreaterThan(0)
    expect(ask('SELECT COUNT(*) FROM credit_notes')).toBe(0)
  })
})

test('O-05: the end of a payment failure brings no money, and restores no credit', async () => {
  const credit = 'credit: { limit: 30, probability: 1 }, methods: { credit: 1 }'
  const buyers = `wallet: { opening: 13, ${credit} }, load: { poisson: { perBuyer: 3/d } }, buys: [{ product: app, specification: s }]`
  const events = '[{ at: 2024-03-03T00:00:00+08:00, paymentFailure: { for: 2d } }]'
  await withMarket({ end, events, buyers }, ({ ask }) => {
    expect(
      ask("SELECT COUNT(*) FROM postings p JOIN words w ON w.id = p.ledger WHERE w.word = 'buyer-receivable'"),
    ).toBeGreaterThan(0)
    expect(ask("SELECT COUNT(*) FROM v_transactions WHERE kind = 'credit-repaid'")).toBe(0)
  })
})

test('X-01, X-07: with downgrades at renewals a negative upgrade is refused early in the term, also under floor', async () => {
  const specifications = ['9', '3'].map(
    (price, index) => `{ id: s${index + 1}, billing: monthly, plans: [{ months: 12, price: "${price}" }] }`,
  )
  const catalog = `[{ id: app, kind: saas, seller: isv/1, category: c, specifications: [${specifications}] }]`
  const habits = 'habits: { upgrade: { probability: 1, after: 2d } }'
  const buyers = `wallet: { opening: 900 }, ${habits}, ${batches}, buys: [{ product: app, specification: s1 }]`
  const policies = '{ change.downAtRenewal: true, change.negative: floor }'
  await withMarket({ end, catalog, policies, buyers }, ({ ask }) => {
    expect(ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'negative-upgrade'")).toBeGreaterThan(0)
  })
})

test('X-01, X-07: in the last 30 days of a term a negative upgrade is refused as well, and says what was asked for', async () => {
  const specifications = ['9', '3'].map(
    (price, index) => `{ id: s${index + 1}, billing: monthly, plans: [{ months: 1, price: "${price}" }] }`,
  )
  const catalog = `[{ id: app, kind: saas, seller: isv/1, category: c, specifications: [${specifications}] }]`
  const buyers = `wallet: { opening: 900 }, habits: { upgrade: { probability: 1, after: 2d } }, ${batches}, buys: [{ product: app, specification: s1 }]`
  await withMarket({ end, catalog, policies: '{ change.downAtRenewal: true }', buyers }, ({ ask }) => {
    const sql = `SELECT COUNT(*) FROM v_refusals r JOIN v_refused_requests q ON q.refusal_id = r.id
      WHERE r.code = 'negative-upgrade' AND q.kind = 'upgrade' AND q.specification <> r.specification`
    expect(ask(sql)).toBeGreaterThan(0)
    expect(ask("SELECT COUNT(*) FROM v_orders WHERE kind = 'upgrade'")).toBe(0)
  })
})

test('X-01, M-06: what changes in a period that was renewed for nothing says when that period began', async () => {
  const catalog = `[{ id: app, kind: saas, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, discount: { percentOff: 100 }, plans: [{ months: 1, price: "9" }] }] }]`
  const buyers = `wallet: { opening: 9 }, habits: { renewing: { auto: 1 } }, load: { renewal: { perBuyer: true, gap: 20d } }, buys: [{ product: app, specification: s }]`
  await withMarket({ end: '2024-07-10T00:00:00+08:00', catalog, buyers }, ({ ask }) => {
    expect(
      ask(
        'SELECT COUNT(*) FROM (SELECT 1 FROM order_changes GROUP BY subscription_id HAVING COUNT(DISTINCT term_start) > 1)',
      ),
    ).toBeGreaterThan(0)
  })
})
