/** I-01..I-03, O-05, L-01: invoices, credit by ticket, support, and the service desk behind them. */
import { expect, test } from 'vitest'
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

test('I-03: what is refunded is on no live invoice', async () => {
  const catalog = `[{ id: job, kind: professional-service, seller: isv/1, category: c, specifications: [{ id: s, billing: one-off, price: "100" }] }]`
  const buyers = `wallet: { opening: 9000 }, load: { poisson: { perBuyer: 1/d } }, buys: [{ product: job, specification: s }],
    habits: { invoicing: { probability: 1, after: 1h }, supervision: { reject: 1, appeal: { probability: 1 } } }`
  const policies = '{ appeal.outcomes: { cancel: 1 }, invoice.issueDelay: 1h }'
  await withMarket({ buyers, catalog, policies }, ({ ask }) => {
    expect(ask("SELECT COUNT(*) FROM v_invoice_steps WHERE event = 'lapse'")).toBeGreaterThan(0)
    expect(
      ask(`SELECT COUNT(*) FROM invoice_lines l JOIN v_order_steps s ON s.order_id = l.order_id AND s.to_state = 'cancelled'
      WHERE l.invoice_id NOT IN (SELECT invoice_id FROM v_invoice_steps WHERE to_state = 'returned')`),
    ).toBe(0)
  })
})

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
