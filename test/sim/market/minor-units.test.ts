/**
 * M-08 in whole runs: every document and every movement of money from or to the outside has the currency's minor units, the
 * unrounded parts and the rounding add up to it, and an account has paid what its bills say.
 */
import { expect, test } from 'vitest'
import { decimalsOf } from '#scenarios/currencies.ts'
import { type Simulated, simulated } from '../run/inline-run.ts'

const paying =
  'wallet: { opening: "500", topUp: { below: "100", amount: "250" }, coupons: [{ amount: "20", count: 2 }] }'
const poor = 'wallet: { opening: "3", topUp: { below: "0", amount: "40", reaction: 9d } }'
const segment = (name: string, count: number, means: string): string => `
  - segment: ${name}
    count: ${count}
    ${means}
    load: { poisson: { perBuyer: 2/week } }
    buys:
      - { product: app, specification: s, quantity: 3 }
      - { product: image, specification: hourly, flavour: f, lifetime: 3d }
      - { product: image, specification: monthly, flavour: f }
    habits: { unsubscribe: { probability: 0.6, after: 5d }, invoicing: { probability: 0.3, after: 1d } }
`

/** Servers and images by the hour and by the month, apps, buyers who pay, owe and are a reseller's; three final bills. */
const world = (currency: string, policies = ''): string => `name: minor-units
question: Is what a person pays in minor units?
start: 2024-01-01T00:00:00+08:00
end: 2024-04-20T00:00:00+08:00
seed: 11
currency: ${currency}
policies: { tax.percent: "7.7", invoice.mode: auto, settlement.payoutDelay: 2d ${policies} }
regions:
  - id: here
    zones:
      - id: z
        pools:
          - { flavour: f, capacity: 40, hourly: "0.3777777777", provisioning: 0s, plans: [{ months: 1, price: "33.3333" }] }
sellers: [{ segment: isv, withholdingPercent: "3.3", provisioning: 1h, failure: 0.2 }]
catalog:
  - { id: app, kind: saas, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, quantity: { attribute: seats, min: 1, max: 9 }, plans: [{ months: 1, price: "11.1111" }] }] }
  - id: image
    kind: image
    seller: isv/1
    category: c
    specifications:
      - { id: hourly, billing: pay-per-use, hourly: "0.1234567" }
      - { id: monthly, billing: monthly, plans: [{ months: 1, price: "22.2222" }] }
buyers:
${[segment('own', 4, paying), segment('poor', 2, poor), segment('resold', 2, 'reseller: {}')].join('')}`

const purses = `('buyer-cash', 'buyer-coupons', 'buyer-receivable', 'payment-clearing')`
const charges = `('payment', 'usage', 'late-usage', 'usage-tax', 'bill-rounding')`

/** Rows of a query whose amounts are all whole minor units, as \`rows whole\`. */
const whole = ({ ask }: Simulated, currency: string, amounts: string): string => {
  const unit = 10 ** (8 - (decimalsOf(currency) as number))
  return ask<string>(
    `SELECT CASE WHEN count(*) > 0 THEN count(*) || ' ' || sum(amount % ${unit} = 0) END FROM (${amounts})`,
  )
}

const documents = {
  bills: 'SELECT payable AS amount FROM bills',
  invoices: 'SELECT amount FROM invoices',
  'refunds of unsubscriptions': 'SELECT amount + rounding AS amount FROM refunds',
  'refunds in cash': `SELECT p.amount FROM v_postings p JOIN v_transactions t ON t.id = p.transaction_id
    WHERE t.kind = 'refund' AND p.ledger IN ('buyer-cash', 'payment-clearing')`,
  'bills of sellers': 'SELECT amount FROM seller_bills',
  'money from and to the outside': `SELECT p.amount FROM v_postings p JOIN v_transactions t ON t.id = p.transaction_id
    WHERE p.ledger = 'payment-clearing' AND t.kind IN ('opening', 'top-up', 'payout')`,
}

test.each(['JPY', 'USD', 'KWD', 'CLF'])('M-08: every document of a run in %s is in minor units', async (currency) => {
  await simulated(world(currency), (run) => {
    expect(run.rows('SELECT * FROM audit_differences')).toEqual([])
    for (const [name, amounts] of Object.entries(documents)) {
      const found = whole(run, currency, amounts) ?? 'none'
      expect(`${name}: ${found}`).toBe(`${name}: ${found.split(' ')[0]} ${found.split(' ')[0]}`)
    }
    const differ = {
      'a bill is its charges, its tax and its rounding (M-02)': `SELECT count(*) FROM bills b
        LEFT JOIN bill_taxes t USING (account, month) WHERE payable <> charges + coalesce(t.tax, 0) + rounding`,
      'an invoice is the sum of its lines (I-03)': `SELECT count(*) FROM invoices i
        WHERE amount <> (SELECT sum(amount) FROM invoice_lines WHERE invoice_id = i.id)
          OR lines <> (SELECT count(*) FROM invoice_lines WHERE invoice_id = i.id)`,
      'a bill of a seller is the sum of its lines (L-03)': `SELECT count(*) FROM seller_bills b
        WHERE amount <> (SELECT sum(share) FROM seller_bill_lines WHERE bill_id = b.id)`,
      'no refund is more than was paid in cash (Q-05)': 'SELECT count(*) FROM refunds WHERE amount + rounding > cash',
      'an account has paid what its bills say': `SELECT count(*) FROM (
        SELECT a.id, (SELECT sum(payable) FROM bills WHERE account = a.id) AS billed,
          (SELECT sum(p.amount * t.repeats) FROM v_transactions t JOIN v_postings p ON p.transaction_id = t.id
            WHERE t.account = a.id AND t.kind IN ${charges} AND p.ledger IN ${purses}) AS paid FROM accounts a)
        WHERE billed IS NOT paid`,
      'the account of rounding differences is the sum of what was rounded': `SELECT
        (SELECT balance FROM balances WHERE ledger = 'rounding-differences') + (SELECT sum(rounding) FROM bills)
        - (SELECT sum(share) FROM v_seller_bill_lines WHERE part = 'rounding')
        - (SELECT sum(p.amount) FROM v_postings p JOIN v_transactions t ON t.id = p.transaction_id
          WHERE t.kind = 'refund' AND p.ledger = 'rounding-differences')`,
    }
    for (const [law, query] of Object.entries(differ)) expect(`${law}: ${run.ask(query)}`).toBe(`${law}: 0`)
  })
})

test('M-08: by rounding.rest = keep the balance keeps what bills are rounded by, and nothing is booked', async () => {
  await simulated(world('JPY', ', rounding.rest: keep, rounding.refund: as-bill'), (run) => {
    expect(run.rows('SELECT * FROM audit_differences')).toEqual([])
    expect(run.ask(`SELECT count(*) FROM v_transactions WHERE kind = 'bill-rounding'`)).toBe(0)
    expect(run.ask('SELECT count(*) FROM bills WHERE rounding <> 0')).toBeGreaterThan(10)
    expect(run.ask('SELECT count(*) FROM refunds WHERE amount + rounding > cash')).toBe(0)
  })
})

test('M-08: the refund of a bill restores the credit immediately', async () => {
  const text = world('JPY', ', rounding.monthTotal: truncate').replace(
    paying,
    'wallet: { credit: { limit: "100000" } }',
  )
  await simulated(text, (run) => {
    expect(run.rows('SELECT * FROM audit_differences')).toEqual([])
    const atBills = `SELECT count(*) FROM v_transactions r JOIN v_transactions b ON b.account = r.account AND b.at = r.at
      JOIN v_postings p ON p.transaction_id = b.id AND p.ledger = 'buyer-cash' AND p.amount < 0
      WHERE r.kind = 'credit-repaid' AND b.kind = 'bill-rounding'`
    expect(run.ask(atBills)).toBeGreaterThan(2)
  })
})
