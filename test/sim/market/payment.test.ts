/** O-01, O-04, O-05, O-07, O-08, O-12, C-01, M-06, M-07, A-01: what is paid, by what, when and for what. */
import { expect, test } from 'vitest'
import { table } from '../billing/table.ts'
import { units, withMarket } from './payment-world.ts'

const once =
  'load: { stages: { perBuyer: true, steps: [{ from: 2/d, to: 2/d, over: 2d }, { from: 0/d, to: 0/d, over: 60d }] } }'
const often = 'load: { poisson: { perBuyer: 1/d } }'
const app = 'buys: [{ product: app, specification: s, quantity: 2 }]'

const legs = (kind: string) =>
  `SELECT p.ledger, SUM(p.amount * t.repeats) AS amount FROM v_postings p JOIN transactions t ON t.id = p.transaction_id
   JOIN words w ON w.id = t.kind WHERE w.word = '${kind}' GROUP BY p.ledger ORDER BY p.ledger`

/** An order of 20: each means of payment pays what the one before left; if none pays the rest, the order is not paid. */
test.each(
  table(`
    cash  credit  drawn
    13    30      buyer-cash 12, buyer-coupons 8
    9     30      buyer-cash 9, buyer-coupons 8, buyer-receivable 3
    0     12      buyer-coupons 8, buyer-receivable 12
    0     11      -
    9     0       -
  `),
)(
  'O-05: discount coupon, one cash coupon, cash, credit pay in this order: cash $cash, credit $credit',
  async ({ cash, credit, drawn }) => {
    const coupons = '[{ kind: discount, amount: 3 }, { kind: cash, amount: 5 }, { kind: cash, amount: 1 }]'
    const buyers = `wallet: { opening: ${cash}, coupons: ${coupons}, credit: { limit: ${credit} } }, ${once}, ${app}`
    await withMarket({ buyers }, ({ rows, ask }) => {
      const first = "SELECT MIN(t.id) FROM v_transactions t WHERE t.kind = 'payment' GROUP BY t.account"
      const paid = rows(`SELECT p.ledger, SUM(p.amount) AS amount FROM v_postings p
        WHERE p.transaction_id IN (${first}) AND p.amount > 0 GROUP BY p.ledger ORDER BY p.ledger`)
      // Four buyers, all alike.
      expect(paid.map(({ ledger, amount }) => `${ledger} ${(amount as number) / units(4)}`).join(', ') || '-').toBe(
        drawn,
      )
      // Of each buyer the discount coupon and the larger cash coupon.
      const draws = 'SELECT COUNT(*) FROM coupon_draws WHERE order_id IN (SELECT MIN(id) FROM orders GROUP BY account)'
      expect(ask(draws)).toBe(drawn === '-' ? 0 : 4 * 2)
    })
  },
)

test('O-05: what a discount coupon has left lapses, and M-06: it is no second discount on a line', async () => {
  const buyers = `wallet: { opening: 100, coupons: [{ kind: discount, amount: 30 }] }, ${once}, ${app}`
  await withMarket({ buyers }, ({ ask }) => {
    expect(ask("SELECT SUM(amount) FROM v_postings WHERE ledger = 'buyer-coupons' AND amount > 0")).toBe(units(30 * 4))
    expect(ask("SELECT COUNT(*) FROM v_transactions WHERE kind = 'coupon-lapse'")).toBe(4)
  })
  const catalog = `[{ id: app, kind: saas, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, discount: { percentOff: "10" }, quantity: { attribute: seats, min: 1, max: 9 }, plans: [{ months: 1, price: "10" }] }] }]`
  await withMarket({ buyers, catalog }, ({ ask }) => {
    expect(ask('SELECT COUNT(*) FROM coupon_draws')).toBe(0)
    expect(ask('SELECT MIN(amount) FROM orders')).toBe(units(18))
  })
})

test('M-10: coupons are promotion expense, and payment clearing holds only what came from outside', async () => {
  const buyers = `wallet: { opening: 100, coupons: [{ amount: 7 }, { kind: discount, amount: 30 }] }, ${once}, ${app}`
  await withMarket({ buyers }, ({ ask, rows }) => {
    const sum = (ledger: string) => ask(`SELECT SUM(balance) FROM balances WHERE ledger = '${ledger}'`)
    // Each of the four holds 37 of coupons; of the discount coupon 20 pays an order, and 10 lapse.
    expect(sum('promotion-expense')).toBe(units(27 * 4))
    expect(sum('payment-clearing')).toBe(units(100 * 4))
    expect(rows(legs('coupon-grant'))).toEqual([
      { ledger: 'buyer-coupons', amount: -units(37 * 4) },
      { ledger: 'promotion-expense', amount: units(37 * 4) },
    ])
    expect(rows(legs('coupon-lapse'))).toEqual([
      { ledger: 'buyer-coupons', amount: units(10 * 4) },
      { ledger: 'promotion-expense', amount: -units(10 * 4) },
    ])
  })
})

test('A-01, U-08: an hour draws on all cash coupons before cash, and the rest falls due', async () => {
  const buyers = `wallet: { opening: 4, coupons: [{ amount: 2, count: 2 }] }, ${once},
    buys: [{ product: image, specification: s, flavour: f, lifetime: 10h }]`
  await withMarket({ buyers }, ({ rows, ask }) => {
    const sums = Object.fromEntries(rows(legs('usage')).map(({ ledger, amount }) => [ledger, amount as number]))
    const used = ask('SELECT SUM(amount) FROM usage_hours') as number
    expect(sums['buyer-coupons']).toBe(units(4 * 4))
    expect(sums['buyer-cash']).toBe(units(4 * 4))
    expect(sums['buyer-receivable']).toBe(used - units(32))
  })
})

test('M-07: the region`s own tax, else the policy`s', async () => {
  const buyers = `wallet: { opening: 1000 }, ${once}, ${app}`
  await withMarket({ buyers, policies: '{ tax.percent: "6" }', region: 'taxPercent: "19",' }, ({ ask }) => {
    expect(ask("SELECT MIN(amount) FROM v_order_lines WHERE part = 'tax'")).toBe(units(3.8))
  })
})

test('O-01: who pays late pays within order.unpaidLife; who abandons never does', async () => {
  const late = (paying: string) => `wallet: { opening: 1000 }, ${once}, ${app}, habits: { paying: { ${paying} } }`
  await withMarket({ buyers: late('reaction: 3h') }, ({ ask, rows }) => {
    const waits = `SELECT DISTINCT s.at - o.at AS wait FROM orders o JOIN order_steps s ON s.order_id = o.id
      JOIN words w ON w.id = s.event WHERE w.word = 'pay'`
    expect(rows(waits)).toEqual([{ wait: 3 * 3_600_000 }])
    expect(ask("SELECT COUNT(*) FROM v_order_steps WHERE event = 'expire'")).toBe(0)
    expect(ask('SELECT COUNT(*) FROM orders')).toBe(ask("SELECT COUNT(*) FROM v_order_steps WHERE event = 'pay'"))
  })
  await withMarket({ buyers: late('abandon: 1') }, ({ ask }) => {
    expect(ask("SELECT COUNT(*) FROM v_order_steps WHERE event = 'pay'")).toBe(0)
    expect(ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'unpaid' AND rule = 'O-01'")).toBe(
      ask('SELECT COUNT(*) FROM orders'),
    )
  })
  await withMarket({ buyers: late('reaction: 8d'), policies: '{ order.unpaidLife: 7d }' }, ({ ask }) => {
    expect(ask("SELECT COUNT(*) FROM v_order_steps WHERE event = 'pay'")).toBe(0)
  })
})

test('O-04: an order costs what it cost when it was made; with order.quoteLock payment, what it costs when it is paid', async () => {
  const buyers = `wallet: { opening: 1000 }, ${once}, ${app}, habits: { paying: { reaction: 9h } }`
  const change = '2024-03-02T00:00:00+08:00'
  const events = `[{ at: ${change}, priceChange: { product: app, specification: s, plans: [{ months: 1, price: "12.5" }] } }]`
  const paid = `SELECT DISTINCT o.at < ${Date.parse(change)} AS before, s.at >= ${Date.parse(change)} AS after,
      o.amount AS made, (SELECT SUM(p.amount) FROM v_postings p JOIN v_transactions t ON t.id = p.transaction_id
        WHERE t.order_id = o.id AND t.kind = 'payment' AND p.ledger = 'buyer-cash') AS drawn,
      (SELECT SUM(q.amount) FROM order_requotes q WHERE q.order_id = o.id AND q.at = s.at) AS requoted
    FROM orders o JOIN order_steps s ON s.order_id = o.id JOIN words w ON w.id = s.event WHERE w.word = 'pay'
    ORDER BY 1 DESC, 2`
  // Two seats at 10 are 20, and at 12.50 they are 25.
  const outcome = (quoteLock: string, drawn: number, requoted: number | null) =>
    withMarket({ buyers, events, policies: `{ order.quoteLock: ${quoteLock} }` }, ({ rows }) => {
      expect(rows(paid)).toEqual([
        { before: 1, after: 0, made: units(20), drawn: units(20), requoted: null },
        { before: 1, after: 1, made: units(20), drawn: units(drawn), requoted },
        { before: 0, after: 1, made: units(25), drawn: units(25), requoted: null },
      ])
    })
  await outcome('order', 20, null)
  await outcome('payment', 25, units(25))
})

test('O-07: all open orders together, at most 30; orders paid or expired meanwhile are skipped', async () => {
  const buyers = `wallet: { opening: 100000 }, load: { poisson: { perBuyer: 20/d } }, ${app},
    habits: { paying: { reaction: { uniform: { min: 1d, max: 8d } }, together: 0.5, abandon: 0.2 } }`
  await withMarket({ buyers, end: '2024-03-20T00:00:00+08:00' }, ({ ask }) => {
    for (const outcome of ['paid', 'skipped'])
      expect(ask(`SELECT COUNT(*) FROM v_combined_payments WHERE outcome = '${outcome}'`)).toBeGreaterThan(0)
    expect(ask('SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM combined_payments GROUP BY payment_id)')).toBe(30)
  })
})

test('O-08: what cannot be provisioned is cancelled and refunded in full, coupons too', async () => {
  const buyers = `wallet: { opening: 100, coupons: [{ amount: 7 }, { kind: discount, amount: 2 }] }, ${often}, ${app}`
  await withMarket({ buyers, seller: 'failure: 1, provisioning: 2h', sellerRegions: '{ r2: 1 }' }, ({ ask, rows }) => {
    const orders = ask("SELECT COUNT(*) FROM v_order_steps WHERE event = 'fail' AND to_state = 'cancelled'")
    expect(orders).toBeGreaterThan(10)
    expect(ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'provisioning-failed'")).toBe(orders)
    // Nothing was sold: what is left of wallets is what they began with, but for orders that are still being set up.
    const balances = Object.fromEntries(
      rows('SELECT ledger, SUM(balance) AS b FROM balances GROUP BY 1').map((r) => [r.ledger, r.b as number]),
    )
    const open = -(balances['deferred-revenue'] ?? 0)
    const lapsed = ask(
      "SELECT COALESCE(SUM(amount), 0) FROM v_postings p JOIN v_transactions t ON t.id = p.transaction_id WHERE t.kind = 'coupon-lapse' AND p.amount > 0",
    )
    expect(-balances['buyer-cash'] - balances['buyer-coupons'] + open).toBe(units(109 * 4) - (lapsed as number))
    expect(balances.refunds ?? 0).toBe(0)
  })
})

test('O-12: a trial once per account and product, free, trial.days long, then gone', async () => {
  const catalog = `[{ id: app, kind: saas, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, trial: true, plans: [{ months: 1, price: "10" }] }] }]`
  const buyers = `wallet: { opening: 100 }, ${often}, buys: [{ product: app, specification: s, trial: true }]`
  await withMarket({ buyers, catalog, policies: '{ trial.days: 3 }' }, ({ ask }) => {
    expect(ask("SELECT COUNT(*) FROM v_orders WHERE kind = 'trial' AND amount = 0")).toBe(4)
    expect(ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'trial-used' AND rule = 'O-12'")).toBeGreaterThan(10)
    const days = 'SELECT MAX(s.term_end - s.term_start) / 3600000.0 FROM subscription_steps s'
    expect(ask(days)).toBeGreaterThan(72)
    expect(ask(days)).toBeLessThanOrEqual(96)
    expect(ask("SELECT COUNT(*) FROM v_subscription_steps WHERE to_state = 'released'")).toBe(4)
    expect(ask('SELECT COUNT(*) FROM transactions')).toBe(4)
  })
})

test('C-01: content and hardware are bought once and earned when they are there', async () => {
  const catalog = `
  - { id: film, kind: content, seller: isv/1, category: c, specifications: [{ id: s, billing: one-off, price: "7" }] }
  - { id: box, kind: hardware, seller: isv/2, category: c, specifications: [{ id: s, billing: one-off, price: "90" }] }
  - { id: tool, kind: saas, seller: isv/2, category: c, specifications: [{ id: s, billing: one-off, price: "3" }] }`
  const buyers = `wallet: { opening: 10000 }, ${often}, buys: [{ product: film, specification: s }, { product: box, specification: s }, { product: tool, specification: s }]`
  await withMarket({ buyers, catalog }, ({ ask }) => {
    expect(ask('SELECT COUNT(DISTINCT specification) FROM orders')).toBe(3)
    const sold = ask('SELECT SUM(amount) FROM orders')
    const earned = `SELECT SUM(p.amount) FROM v_postings p JOIN v_transactions t ON t.id = p.transaction_id
      WHERE t.kind = 'recognition' AND p.amount > 0`
    expect(ask(earned)).toBe(sold)
    expect(ask('SELECT COUNT(*) FROM subscription_steps')).toBe(0)
  })
})

// A term of 10 a seat is renewed, or bought with its server, at 12.50 when it is paid after the change of the price.
test('O-04: renewals and orders of servers are paid at the prices of their payment, tax too, by order.quoteLock payment', async () => {
  const catalog = `
  - { id: app, kind: saas, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, plans: [{ months: 1, price: "10" }] }, { id: l, billing: monthly, plans: [{ months: 1, price: "30" }] }] }
  - { id: image, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, plans: [{ months: 1, price: "10" }] }] }`
  const region = `taxPercent: "10",`
  const buyers = `wallet: { opening: 10000 }, load: { poisson: { perBuyer: 0.8/d } },
    buys: [{ product: app, specification: s }, { product: image, specification: s, flavour: f, months: 1 }],
    habits: { paying: { reaction: 50h }, upgrade: { probability: 0.5, after: { exponential: { mean: 12d } } },
      renewing: { manual: 1, before: { uniform: { min: 2d, max: 20d } } } }`
  const events = `[{ at: 2024-03-26T00:00:00+08:00, priceChange: { product: app, specification: s, plans: [{ months: 1, price: "12.5" }] } },
    { at: 2024-03-26T00:00:00+08:00, priceChange: { product: image, specification: s, plans: [{ months: 1, price: "12.5" }] } },
    { at: 2024-04-03T00:00:00+08:00, policyChange: { order.quoteLock: order } }]`
  const again = `SELECT o.kind, o.pool > 0 AS servers, SUM(q.amount) AS paid, o.amount AS made FROM v_orders o
    JOIN order_requotes q ON q.order_id = o.id GROUP BY o.id`
  await withMarket(
    { catalog, region, buyers, events, plans: '{ months: 1, price: "20" }', policies: '{ order.quoteLock: payment }' },
    ({ rows, ask }) => {
      const all = rows(again).map(
        ({ kind, servers, paid, made }) => `${kind} ${servers} ${Number(paid) / 1e8} ${Number(made) / 1e8}`,
      )
      for (const row of ['purchase 0 13.75 11', 'purchase 1 35.75 33', 'renewal 1 35.75 33'])
        expect(all, row).toContain(row)
      expect(all.some((row) => row.startsWith('upgrade'))).toBe(true)
      expect(ask('SELECT MAX(at) FROM order_requotes') as number).toBeLessThan(Date.parse('2024-04-03T00:00:00+08:00'))
    },
  )
})
