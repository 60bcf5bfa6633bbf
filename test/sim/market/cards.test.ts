/** O-13: the buyer selects balance, bound card or credit; a card is charged what the balance does not cover. */
import { expect, test } from 'vitest'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { coveringMinorUnits } from '#sim/billing/minor-units.ts'
import { table } from '../billing/table.ts'
import { scenarioText, units, withMarket } from './payment-world.ts'

const once =
  'load: { stages: { perBuyer: true, steps: [{ from: 2/d, to: 2/d, over: 2d }, { from: 0/d, to: 0/d, over: 60d }] } }'
const app = 'buys: [{ product: app, specification: s, quantity: 2 }]'
const priced = (price: string) =>
  `[{ id: app, kind: saas, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, quantity: { attribute: seats, min: 1, max: 9 }, plans: [{ months: 1, price: "${price}" }] }] }]`

const firstPayment = `SELECT p.ledger, SUM(p.amount) AS amount FROM v_postings p WHERE p.amount > 0 AND p.transaction_id IN
  (SELECT MIN(t.id) FROM v_transactions t WHERE t.kind = 'payment' GROUP BY t.account) GROUP BY p.ledger ORDER BY p.ledger`

/** Two seats. The card is charged whole cents; what is above the amount stays on the balance. */
test.each(
  table(`
    method   cash  credit  price    card   drawn
    card     0     0       10       20     buyer-cash 20
    card     13    50      10       7      buyer-cash 20
    card     20    0       10       0      buyer-cash 20
    card     0     0       5.00125  10.01  buyer-cash 10.0025
    card     10    0       5.00125  0.01   buyer-cash 10.0025
    card     0     50      0.00005  0.01   buyer-cash 0.0001
    credit   100   20      10       0      buyer-receivable 20
    credit   100   19      10       0      -
    balance  13    30      10       0      buyer-cash 13, buyer-receivable 7
    balance  13    6       10       0      -
  `),
)(
  'O-13: $price a seat by $method with $cash on the balance and $credit of credit: the card pays $card',
  async ({ method, cash, credit, price, card, drawn }) => {
    const limit = credit === '0' ? '' : `credit: { limit: ${credit} },`
    const wallet = `wallet: { opening: ${cash}, ${limit} card: {}, methods: { ${method}: 1 } }`
    await withMarket({ buyers: `${wallet}, ${once}, ${app}`, catalog: priced(price) }, ({ rows, ask }) => {
      const paid = rows(firstPayment).map(({ ledger, amount }) => `${ledger} ${(amount as number) / units(4)}`)
      expect(paid.join(', ') || '-').toBe(drawn)
      // Of each buyer the first order.
      const charged = `SELECT coalesce(MAX(amount), 0) FROM card_charges WHERE order_id IN (SELECT MIN(id) FROM orders GROUP BY account)`
      expect(ask(charged)).toBe(units(Number(card)))
      expect(ask(`SELECT COUNT(DISTINCT method) FROM payment_methods`)).toBe(method === 'balance' ? 0 : 1)
    })
  },
)

test('O-13: coupons pay before the card', async () => {
  const wallet =
    'wallet: { coupons: [{ kind: discount, amount: 3 }, { kind: cash, amount: 5 }], card: {}, methods: { card: 1 } }'
  await withMarket({ buyers: `${wallet}, ${once}, ${app}` }, ({ ask }) => {
    expect(ask('SELECT MIN(amount) FROM card_charges')).toBe(units(12))
    expect(ask("SELECT COUNT(*) FROM v_transactions WHERE kind = 'card-charge' AND rule = 'O-13'")).toBe(
      ask('SELECT COUNT(*) FROM orders'),
    )
  })
})

test('O-13: a declined order stays pending-payment and expires, or is tried again until the card is accepted', async () => {
  const buyers = (keys: string) => `wallet: { card: { ${keys} }, methods: { card: 1 } }, ${once}, ${app}`
  await withMarket({ buyers: buyers('declines: 1, reasons: { card-expired: 1 }') }, ({ ask, rows }) => {
    const orders = ask('SELECT COUNT(*) FROM orders')
    expect(ask("SELECT COUNT(*) FROM v_order_steps WHERE event = 'pay'")).toBe(0)
    expect(ask("SELECT COUNT(*) FROM v_order_steps WHERE event = 'expire'")).toBe(orders)
    expect(rows('SELECT DISTINCT outcome, reason, rule FROM v_card_charges')).toEqual([
      { outcome: 'declined', reason: 'card-expired', rule: 'O-13' },
    ])
    expect(ask("SELECT COUNT(*) FROM v_notices WHERE code = 'card-declined'")).toBe(orders)
    expect(ask('SELECT COUNT(*) FROM transactions')).toBe(0)
  })
  await withMarket({ buyers: buyers('declines: 0.5, retry: { probability: 1, after: 3h }') }, ({ ask, rows }) => {
    expect(ask("SELECT COUNT(*) FROM v_order_steps WHERE event = 'pay'")).toBe(ask('SELECT COUNT(*) FROM orders'))
    expect(ask('SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM card_charges GROUP BY order_id)')).toBeGreaterThan(2)
    expect(
      rows(`SELECT DISTINCT wait FROM (SELECT at - LAG(at) OVER (PARTITION BY order_id ORDER BY at) AS wait FROM card_charges)
        WHERE wait IS NOT NULL`),
    ).toEqual([{ wait: 3 * 3_600_000 }])
  })
  // Tried again immediately: the instant at which it was declined is that of its payment.
  await withMarket({ buyers: buyers('declines: 0.5, retry: { probability: 1, after: 0s }') }, ({ ask }) => {
    expect(
      ask(`SELECT COUNT(*) FROM v_card_charges c JOIN v_order_steps s ON s.order_id = c.order_id AND s.at = c.at
        WHERE c.outcome = 'declined' AND s.event = 'pay'`),
    ).toBeGreaterThan(0)
  })
})

test('O-13: a declined order holds up no other, and a later one may be paid first', async () => {
  const wallet =
    'wallet: { topUp: { below: 15, amount: 20, reaction: 6h }, card: { declines: 1 }, methods: { balance: 1, card: 1 } }'
  await withMarket({ buyers: `${wallet}, ${once}, ${app}` }, ({ ask }) => {
    // A declined order, and one of the same buyer after it that the balance paid.
    expect(
      ask(`SELECT COUNT(*) FROM card_charges c JOIN v_orders o ON o.account = c.account AND o.id > c.order_id
        JOIN v_order_steps s ON s.order_id = o.id AND s.event = 'pay'`),
    ).toBeGreaterThan(0)
  })
})

test('O-13, A-05: top-ups may be paid by card, use never is', async () => {
  const image = 'buys: [{ product: image, specification: s, flavour: f, lifetime: 3d }]'
  const card = 'card: { topUps: true, declines: 0.3, retry: { probability: 1, after: 2h } }, methods: { card: 1 }'
  const buyers = `wallet: { opening: 10, topUp: { below: 5, amount: 10 }, ${card} }, ${once}, ${image}`
  await withMarket({ buyers }, ({ ask }) => {
    const topUps = ask("SELECT COUNT(*) FROM v_transactions WHERE kind = 'top-up'")
    expect(topUps).toBeGreaterThan(10)
    expect(ask("SELECT COUNT(*) FROM v_card_charges WHERE outcome = 'charged' AND order_id = 0")).toBe(topUps)
    expect(ask("SELECT COUNT(*) FROM v_card_charges WHERE outcome = 'declined'")).toBeGreaterThan(3)
    expect(ask("SELECT COUNT(*) FROM v_transactions WHERE kind = 'card-charge'")).toBe(0)
    expect(ask('SELECT COUNT(*) FROM usage_hours')).toBeGreaterThan(100)
  })
})

test('O-13: what declined orders would have cost is judged, also where declined top-ups come between them', async () => {
  const card = 'card: { topUps: true, declines: 1, retry: { probability: 1, after: 2h } }, methods: { card: 1 }'
  const buyers = `wallet: { opening: 4, topUp: { below: 15, amount: 20, reaction: 1h }, ${card} }, ${once}, ${app}`
  await withMarket({ buyers }, ({ ask, rows }) => {
    expect(ask('SELECT COUNT(*) FROM card_charges WHERE order_id = 0')).toBeGreaterThan(3)
    expect(rows('SELECT DISTINCT amount FROM card_charges WHERE order_id > 0')).toEqual([{ amount: units(16) }])
  })
})

test('O-13: in a currency without minor units a card is charged whole units', () => {
  const yen = 100_000_000n
  expect(coveringMinorUnits(yen, 0)).toBe(yen)
  expect(coveringMinorUnits(yen + 1n, 0)).toBe(2n * yen)
  expect(coveringMinorUnits(1n, 3)).toBe(yen / 1000n)
  expect(coveringMinorUnits(0n, 2)).toBe(0n)
})

test.each(['card', 'credit'])('O-13: a wallet without %s cannot have it selected', (method) => {
  const text = scenarioText({ buyers: `wallet: { methods: { ${method}: 1 } }, ${once}, ${app}` })
  const faults = () => parseScenario(text, 'x.yaml')
  expect(faults).toThrow(ScenarioErrors)
  expect(faults).toThrow(`their wallet has no ${method} (O-13)`)
})
