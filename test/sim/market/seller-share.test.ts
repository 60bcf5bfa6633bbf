/** L-06: the share of the seller is deferred with the price and borne as it is earned, as an agent or as a principal. */
import { expect, test } from 'vitest'
import { type Outcome, units, withMarket } from './payment-world.ts'

const app = '{ product: app, specification: s, quantity: 3 }'
const image = '{ product: image, specification: s, flavour: f, lifetime: 30h }'
const buyers = (buys: string, rest = '') =>
  `wallet: { opening: 90000 }, load: { poisson: { perBuyer: 1/d } }, buys: [${buys}] ${rest}`
const given = {
  buyers: buyers(`${app}, ${image}`),
  seller: 'withholdingPercent: "10", taxPercent: "5"',
  end: '2024-05-20T00:00:00+08:00',
}
const presented = (presentation: string) => ({ ...given, policies: `{ revenue.presentation: ${presentation} }` })

/** Balances by month and ledger account; credits are negative. */
const monthEnds = ({ rows }: Outcome): Map<string, number> =>
  new Map(
    rows('SELECT month, ledger, SUM(balance) AS balance FROM month_ends GROUP BY 1, 2').map((row) => [
      `${row.month} ${row.ledger}`,
      row.balance as number,
    ]),
  )

const months = ['2024-03', '2024-04', '2024-05']

test('L-06, agent: at each month end revenue is the commission of what was earned, and it is never negative', async () => {
  await withMarket(presented('agent'), (outcome) => {
    const held = monthEnds(outcome)
    const orders = outcome.ask('SELECT COUNT(*) FROM orders') as number
    for (const month of months) {
      const at = (ledger: string): number => held.get(`${month} ${ledger}`) ?? 0
      // 90 % after withholding, of which 15 % are the platform's: 13.5 % of the price.
      const used = outcome.ask(`SELECT COALESCE(SUM(h.amount), 0) FROM usage_hours h JOIN words w ON w.id = h.item
        WHERE w.word = 'image' AND strftime('%Y-%m', h.hour / 1000, 'unixepoch', '+8 hours') <= '${month}'`) as number
      const earned = outcome.ask(`SELECT SUM(recognised) FROM deferred_days WHERE day < '${month}-99'`) as number
      expect(Math.abs(-at('marketplace-revenue') - 0.135 * (used + earned))).toBeLessThan(8 * orders)
      expect(Math.abs(at('deferred-seller-cost') + 0.865 * at('deferred-revenue'))).toBeLessThan(8 * orders)
      expect(at('marketplace-revenue')).toBeLessThan(0)
      expect(at('seller-cost')).toBe(0)
    }
  })
})

test('L-06, principal: the price is revenue, the share a cost; what sellers get is the same in both', async () => {
  const paid = `SELECT b.*, l.specification, l.sales, l.withholding, l.tax, l.share FROM seller_bills b
    JOIN seller_bill_lines l ON l.bill_id = b.id ORDER BY b.id, l.rowid`
  const payables = `SELECT month, owner, balance FROM month_ends WHERE ledger = 'seller-payable' ORDER BY 1, 2`
  let asAgent: unknown
  let revenue: readonly number[] = []
  await withMarket(presented('agent'), (outcome) => {
    asAgent = [outcome.rows(paid), outcome.rows(payables)]
    revenue = months.map((month) => monthEnds(outcome).get(`${month} marketplace-revenue`) ?? 0)
  })
  await withMarket(presented('principal'), (outcome) => {
    const held = monthEnds(outcome)
    expect([outcome.rows(paid), outcome.rows(payables)]).toEqual(asAgent)
    for (const [index, month] of months.entries()) {
      const [gross, cost] = ['marketplace-revenue', 'seller-cost'].map((name) => held.get(`${month} ${name}`) ?? 0)
      expect(cost).toBeGreaterThan(0)
      expect(gross + cost).toBe(revenue[index])
    }
    const earned = outcome.ask(`SELECT SUM(recognised) FROM deferred_days`) as number
    const used = outcome.ask(
      `SELECT SUM(h.amount) FROM usage_hours h JOIN words w ON w.id = h.item WHERE w.word = 'image'`,
    )
    expect(held.get('2024-05 marketplace-revenue')).toBe(-earned - (used as number))
  })
})

test('O-08: a refunded order leaves nothing deferred and nothing owed', async () => {
  const seller = 'failure: 1, provisioning: 2h'
  await withMarket({ buyers: buyers(app), seller }, ({ rows, ask }) => {
    expect(ask("SELECT COUNT(*) FROM v_transactions WHERE kind = 'refund'")).toBeGreaterThan(0)
    const left = `SELECT p.ledger, SUM(p.amount) AS amount FROM v_transactions t JOIN v_postings p ON p.transaction_id = t.id
      WHERE t.order_id IN (SELECT order_id FROM v_transactions WHERE kind = 'refund') AND p.ledger IN
      ('deferred-seller-cost', 'unbilled-payable', 'marketplace-revenue', 'deferred-revenue') GROUP BY 1 HAVING SUM(p.amount) <> 0`
    expect(rows(left)).toEqual([])
  })
})

test('a bill moves what was owed without it, and a changed fee is that of the bill', async () => {
  const policies = '{ settlement.platformFee: "20" }'
  await withMarket({ buyers: buyers(app), policies }, ({ rows, ask }) => {
    const sold = ask('SELECT SUM(sales) FROM seller_bill_lines') as number
    expect(ask('SELECT SUM(share) FROM seller_bill_lines')).toBe(sold * 0.8)
    const legs = rows(`SELECT p.ledger, p.amount FROM v_postings p JOIN v_transactions t ON t.id = p.transaction_id
      WHERE t.kind = 'seller-bill' ORDER BY 1`)
    expect(legs).toEqual([
      { ledger: 'seller-payable', amount: -sold * 0.8 },
      { ledger: 'unbilled-payable', amount: sold * 0.8 },
    ])
    expect(ask('SELECT MIN(cost) FROM seller_shares WHERE sales > 0')).toBe(units(24))
  })
})
