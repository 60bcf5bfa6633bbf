/** L-02, L-03: what sellers are billed, when, and what is paid out. */
import { expect, test } from 'vitest'
import { units, withMarket } from './payment-world.ts'

const DAY = 86_400_000
const start = Date.UTC(2024, 1, 29, 16)
const buyers = (buys: string, rest = '') =>
  `wallet: { opening: 90000 }, load: { poisson: { perBuyer: 1/d } }, buys: [${buys}] ${rest}`
const app = '{ product: app, specification: s, quantity: 3 }'

test('L-03: (price - withholding) x (1 - platform fee) - seller taxes, on what was sold without tax', async () => {
  const seller = 'withholdingPercent: "10", taxPercent: "5"'
  const policies = '{ tax.percent: "6", settlement.platformFee: "20" }'
  await withMarket({ buyers: buyers(app), seller, policies }, ({ rows, ask }) => {
    const [line] = rows('SELECT sales, withholding, tax, share FROM seller_bill_lines') as Record<string, number>[]
    expect(line.sales).toBe(ask(`SELECT COUNT(*) * ${units(30)} FROM orders WHERE at < ${start + 31 * DAY}`))
    expect(line.withholding).toBe(line.sales * 0.1)
    expect(line.tax).toBeCloseTo(line.sales * 0.9 * 0.8 * 0.05, 0)
    expect(line.share).toBeCloseTo(line.sales * 0.9 * 0.8 * 0.95, 0)
    expect(
      rows(`SELECT w.word AS ledger, p.amount FROM postings p JOIN words w ON w.id = p.ledger JOIN transactions t
      ON t.id = p.transaction_id JOIN words k ON k.id = t.kind WHERE k.word = 'seller-bill' ORDER BY 1`),
    ).toEqual([
      { ledger: 'seller-payable', amount: -line.share },
      { ledger: 'tax-payable', amount: -(line.withholding + line.tax) },
      { ledger: 'unbilled-payable', amount: line.share + line.withholding + line.tax },
    ])
  })
})

test('L-02: on the 7th for the previous month, in the seller`s own region; paid out payoutDelay later', async () => {
  const given = {
    buyers: buyers(`${app}, { product: image, specification: s, flavour: f, lifetime: 30h }`),
    end: '2024-06-20T00:00:00+08:00',
  }
  await withMarket(
    { ...given, sellerRegions: '{ r2: 1 }', policies: '{ settlement.payoutDelay: 10d }' },
    ({ rows, ask }) => {
      const april7 = start + 37 * DAY
      expect(rows('SELECT at FROM seller_bills ORDER BY at').map(({ at }) => at)).toEqual([
        april7,
        april7 + 30 * DAY,
        april7 + 61 * DAY,
      ])
      expect(
        rows("SELECT t.at FROM transactions t JOIN words w ON w.id = t.kind WHERE w.word = 'payout' ORDER BY 1").map(
          ({ at }) => at,
        ),
      ).toEqual([april7, april7 + 30 * DAY, april7 + 61 * DAY].map((at) => at + 10 * DAY))
      expect(ask("SELECT SUM(amount) FROM v_postings WHERE ledger = 'seller-payable'")).toBe(0)
      expect(rows('SELECT to_state FROM v_seller_account_steps').map(({ to_state: state }) => state)).toEqual([
        'owed',
        'settled',
        'owed',
        'settled',
        'owed',
        'settled',
      ])
      // Metered images count in the month in which their hours are settled.
      const settled = `SELECT SUM(amount) FROM usage_hours h JOIN words w ON w.id = h.item
        WHERE w.word = 'image' AND h.hour + 7200000 < ${start + 92 * DAY}`
      expect(ask('SELECT SUM(sales) FROM seller_bill_lines WHERE specification = 2')).toBe(ask(settled))
    },
  )
})

test('L-02: a supervised order counts in the month after its completion', async () => {
  const catalog = `[{ id: job, kind: professional-service, seller: isv/1, category: c, specifications: [{ id: s, billing: one-off, price: "100" }] }]`
  await withMarket(
    { buyers: buyers('{ product: job, specification: s }'), catalog, end: '2024-05-10T00:00:00+08:00' },
    ({ ask, rows }) => {
      const march = `SELECT COUNT(*) FROM order_steps s JOIN words w ON w.id = s.event WHERE w.word = 'complete' AND s.at < ${start + 31 * DAY}`
      expect(rows('SELECT month, amount FROM seller_bills')).toEqual([
        { month: start + 31 * DAY, amount: (ask(march) as number) * units(85) },
      ])
    },
  )
})

test('L-03: a refund is a negative line, and may leave a seller owing', async () => {
  const given = { buyers: buyers(app), seller: 'failure: 1, provisioning: 9d', end: '2024-05-10T00:00:00+08:00' }
  await withMarket({ ...given, policies: '{ settlement.payoutDelay: 1d }' }, ({ ask, rows }) => {
    expect(ask("SELECT COUNT(*) FROM v_seller_bill_lines WHERE part = 'refund' AND share < 0")).toBe(2)
    expect(rows('SELECT to_state FROM v_seller_account_steps').map(({ to_state: state }) => state)).toContain('owed')
    expect(ask("SELECT COUNT(*) FROM v_seller_bill_lines WHERE part = 'sale' AND share > 0")).toBe(2)
  })
})
