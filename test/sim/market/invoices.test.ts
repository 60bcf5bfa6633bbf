/** I-01..I-03, O-05, L-01: invoices, credit by ticket, support, and the service desk behind them. */
import { expect, test } from 'vitest'
import { table } from '../billing/table.ts'
import { units, withMarket } from './payment-world.ts'

const DAY = 86_400_000
const buys = `load: { poisson: { perBuyer: 1/d } }, buys: [{ product: app, specification: s, quantity: 2 },
  { product: image, specification: s, flavour: f, lifetime: 5h }]`

test('I-01: asked for after completion, issued after issueDelay, returned by ticket and returnDelay, asked for again', async () => {
  const invoicing =
    'habits: { invoicing: { probability: 1, after: 1d, return: { probability: 0.5, after: 2d }, reissue: 0.5 } }'
  const operations = '{ region: r2, tickets: { handling: 1h } }'
  const policies = '{ invoice.issueDelay: 3d, invoice.returnDelay: 4d }'
  await withMarket(
    { buyers: `wallet: { opening: 9000 }, ${buys}, ${invoicing}`, operations, policies },
    ({ ask, rows }) => {
      const between = (from: string, to: string) =>
        rows(`SELECT DISTINCT b.at - a.at AS ms FROM invoice_steps a
      JOIN invoice_steps b ON b.invoice_id = a.invoice_id JOIN words w ON w.id = a.to_state JOIN words x ON x.id = b.to_state
      WHERE w.word = '${from}' AND x.word = '${to}'`).map(({ ms }) => ms as number)
      expect(between('requested', 'issued')).toEqual([3 * DAY])
      expect(between('issued', 'return-requested')).toEqual([2 * DAY])
      // Half an hour there, an hour's work or more, half an hour back, four days.
      expect(Math.min(...between('return-requested', 'returned'))).toBeGreaterThanOrEqual(4 * DAY + 2 * 3_600_000)
      expect(ask('SELECT COUNT(*) FROM invoices WHERE reissue_of > 0')).toBeGreaterThan(0)
      expect(ask("SELECT COUNT(*) FROM v_tickets WHERE about = 'invoice-return'")).toBeGreaterThan(10)
      expect(
        ask(
          'SELECT COUNT(*) FROM invoices i JOIN invoice_lines l ON l.invoice_id = i.id JOIN orders o ON o.id = l.order_id WHERE o.amount <> l.amount',
        ),
      ).toBe(0)
    },
  )
})

test('I-02: by invoice.mode auto each final bill becomes an invoice: its orders and what was metered', async () => {
  const policies = '{ invoice.mode: auto }'
  await withMarket({ buyers: `wallet: { opening: 9000 }, ${buys}`, policies }, ({ ask }) => {
    expect(ask('SELECT COUNT(*) FROM invoices')).toBe(4)
    expect(ask('SELECT SUM(amount) FROM invoices')).toBe(ask('SELECT SUM(payable) FROM bills WHERE final = 1'))
    expect(ask(`SELECT COUNT(*) FROM v_invoice_lines WHERE order_id = 0 AND rule = 'I-03'`)).toBe(4)
    // M-08: an invoice has the bill's rounding as a line of its own.
    expect(ask(`SELECT SUM(amount) FROM v_invoice_lines WHERE rule = 'M-08'`)).toBe(
      ask('SELECT SUM(rounding) FROM bills WHERE final = 1'),
    )
  })
})

test('I-03, I-04: an order stays on its invoice as it was paid, and what is refunded is a credit note', async () => {
  const catalog = `[{ id: job, kind: professional-service, seller: isv/1, category: c, specifications: [{ id: s, billing: one-off, price: "100" }] }]`
  const buyers = `wallet: { opening: 9000 }, load: { poisson: { perBuyer: 1/d } }, buys: [{ product: job, specification: s }],
    habits: { invoicing: { probability: 1, after: 1h }, supervision: { reject: 1, appeal: { probability: 1 } } }`
  const policies = '{ appeal.outcomes: { cancel: 1 }, invoice.issueDelay: 1h }'
  await withMarket({ buyers, catalog, policies }, ({ ask }) => {
    const cancelled = `SELECT i.amount, n.amount AS back FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id
      JOIN v_order_steps s ON s.order_id = l.order_id AND s.to_state = 'cancelled' JOIN credit_notes n ON n.order_id = l.order_id`
    expect(ask(`SELECT COUNT(*) FROM (${cancelled})`)).toBeGreaterThan(3)
    expect(ask(`SELECT COUNT(*) FROM (${cancelled}) WHERE amount <> back OR amount <> ${units(100)}`)).toBe(0)
    expect(ask("SELECT COUNT(*) FROM v_invoice_steps WHERE to_state = 'returned'")).toBe(0)
  })
})

const subscribed = `[{ id: image, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, plans: [{ months: 3, price: "90" }] }] }]`
const leaving = `wallet: { opening: 9000 }, load: { poisson: { perBuyer: 0.3/d } }, buys: [{ product: image, specification: s, flavour: f, months: 3 }]`

// Of what was bought some is unsubscribed from, with a handling fee and what was consumed of it (N-03, N-04).
test.each(
  table(`
    mode    habits                                                                                       end
    auto    { unsubscribe: { probability: 0.8, after: 3d } }                                              2024-04-10T00:00:00+08:00
    manual  { unsubscribe: { probability: 0.8, after: 3d }, invoicing: { probability: 1, after: 9d } }     2024-04-10T00:00:00+08:00
  `),
)(
  'I-02..I-04, N-03: in mode $mode with $habits, what was unsubscribed from has its invoice',
  async ({ mode, habits, end }) => {
    const plans = '{ months: 3, price: "60" }'
    const buyers = `${leaving}, habits: ${habits}`
    await withMarket({ buyers, catalog: subscribed, plans, end, policies: `{ invoice.mode: ${mode} }` }, ({ ask }) => {
      const gone = `SELECT r.paid_order FROM v_refunds r JOIN v_orders o ON o.id = r.order_id WHERE o.kind = 'unsubscription' AND r.fee > 0`
      const lines = `SELECT l.order_id, l.amount, o.amount AS paid FROM invoice_lines l JOIN orders o ON o.id = l.order_id WHERE l.order_id IN (${gone})`
      expect(ask(`SELECT COUNT(*) FROM (${lines})`)).toBeGreaterThan(3)
      expect(ask(`SELECT COUNT(*) FROM (${lines}) WHERE amount <> paid`)).toBe(0)
      if (mode === 'auto')
        expect(ask('SELECT SUM(amount) FROM invoices')).toBe(ask('SELECT SUM(payable) FROM bills WHERE final = 1'))
    })
  },
)

test('O-05: credit comes through a service ticket, is drawn last, and restored by the next money', async () => {
  const wallet = 'wallet: { opening: 30, credit: { limit: 25 }, topUp: { below: 5, amount: 10, reaction: 6h } }'
  await withMarket({ buyers: `${wallet}, ${buys}`, operations: '{ tickets: { handling: 2h } }' }, ({ ask, rows }) => {
    // One at a time, first come first served.
    expect(
      rows(
        "SELECT at - (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'start') AS ms, amount FROM credit_grants",
      ).map(({ ms, amount }) => [ms, amount]),
    ).toEqual([2, 4, 6, 8].map((hours) => [hours * 3_600_000, units(25)]))
    expect(ask("SELECT COUNT(*) FROM v_transactions WHERE kind = 'credit-repaid'")).toBeGreaterThan(0)
    const worst = ask("SELECT MAX(balance) FROM balances WHERE ledger = 'buyer-receivable'") as number
    expect(worst).toBeGreaterThanOrEqual(0)
  })
})
