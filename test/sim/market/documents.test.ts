/** I-04: bills, invoices and credit notes have numbers without gaps; what is refunded is a credit note. */
import { expect, test } from 'vitest'
import { units, withMarket } from './payment-world.ts'

const monthly = `[{ id: app, kind: saas, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, quantity: { attribute: seats, min: 1, max: 9 }, plans: [{ months: 1, price: "9.99" }] }] }]`

test('I-04: a refund is a credit note of its own month, which names the bill that it corrects, line by line', async () => {
  const buyers = `wallet: { opening: 900, coupons: [{ amount: 7 }] }, load: { poisson: { perBuyer: 1/d } }, buys: [{ product: app, specification: s }],
    habits: { invoicing: { probability: 0.5 } }`
  const seller = 'failure: 0.3, provisioning: 20d'
  await withMarket(
    { buyers, seller, catalog: monthly, policies: '{ tax.percent: "6.5" }', end: '2024-05-10T00:00:00+08:00' },
    ({ ask, rows }) => {
      const notes = ask('SELECT COUNT(*) FROM credit_notes') as number
      expect(notes).toBeGreaterThan(20)
      expect(notes).toBe(ask("SELECT COUNT(*) FROM v_transactions WHERE kind = 'refund'"))
      expect(rows('SELECT number FROM credit_notes ORDER BY number').map(({ number }) => number)).toEqual(
        Array.from({ length: notes }, (_, index) => `C-r1-${String(index + 1).padStart(6, '0')}`),
      )
      // Paid in March, refunded in April: a note of April about the bill of March.
      expect(
        ask(`SELECT COUNT(*) FROM credit_notes c JOIN bill_numbers b ON b.number = c.bill_number AND b.account = c.account
        WHERE strftime('%m', c.month / 1000, 'unixepoch', '+8 hours') = '04'
        AND strftime('%m', b.month / 1000, 'unixepoch', '+8 hours') = '03'`),
      ).toBeGreaterThan(5)
      // 9.99 and 6.5 % of it, 10.63935, of which no more than was paid is refunded in cents.
      expect(
        rows(
          'SELECT part, amount, COUNT(*) > 0 AS n FROM credit_note_lines GROUP BY part, amount ORDER BY part, amount DESC LIMIT 1',
        ),
      ).toEqual([{ part: 'price', amount: units(9.99), n: 1 }])
      expect(ask('SELECT DISTINCT amount FROM credit_notes')).toBe(units(10.63))
    },
  )
})

test('I-04: every bill and every issued invoice has the next number of its region', async () => {
  const buyers = `wallet: { opening: 900 }, load: { poisson: { perBuyer: 1/d } }, buys: [{ product: app, specification: s }],
    habits: { invoicing: { probability: 0.7, return: { probability: 0.5 }, reissue: 0.5 } }`
  await withMarket({ buyers, end: '2024-05-10T00:00:00+08:00' }, ({ ask, rows }) => {
    expect(rows('SELECT number FROM bill_numbers ORDER BY number').map(({ number }) => number)).toEqual(
      Array.from({ length: 12 }, (_, index) => `B-r1-${String(index + 1).padStart(6, '0')}`),
    )
    const issued = ask("SELECT COUNT(*) FROM v_invoice_steps WHERE event = 'issue'") as number
    expect(issued).toBeGreaterThan(10)
    expect(ask('SELECT MAX(number) FROM invoice_numbers')).toBe(`I-r1-${String(issued).padStart(6, '0')}`)
    expect(ask('SELECT COUNT(DISTINCT number) FROM invoice_numbers')).toBe(issued)
  })
})
