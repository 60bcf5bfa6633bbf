/**
 * The use of what was paid for a term, by civil day (M-09): nothing is billed for it again, and its effective cost is what was earned
 * of the price on that day. What is not used by the end of the run, or was refunded, has no rows.
 */

import { monthOf } from '#base/civil-time.ts'
import { DAY } from '#base/time.ts'
import type { Cell, RunRecord } from '../record.ts'
import { type FocusCharge, PROVIDER, serviceOf } from './focus-rows.ts'

const ONE = 10_000_000_000n

const columns =
  "a.name, coalesce(r.region, ''), t.order_id, coalesce(g.kind, 'orders'), coalesce(g.product, ''), g.seller"
const joined = `JOIN accounts a ON a.id = t.account LEFT JOIN regions r ON r.id = a.region_id
LEFT JOIN orders o ON o.id = t.order_id LEFT JOIN goods g ON g.id = o.specification`

const terms = `
SELECT ${columns}, e.price, e.first_day, e.days, e.since, e.earned_from, e.earned_to
FROM recognitions e JOIN transactions t ON t.id = e.transaction_id ${joined} ORDER BY e.rowid`

/** What has no term is earned immediately. */
const withoutTerm = `
SELECT ${columns}, p.amount, t.day
FROM transactions t JOIN postings p ON p.transaction_id = t.id ${joined}
WHERE t.kind = (SELECT id FROM words WHERE word = 'recognition') AND p.amount > 0
  AND p.ledger = (SELECT id FROM words WHERE word = 'deferred-revenue')
  AND NOT EXISTS (SELECT 1 FROM recognitions e WHERE e.transaction_id = t.id) ORDER BY t.id`

/** By the end of day n of a term, price x n / days is earned, truncated. */
export function* termCharges(record: RunRecord): Generator<FocusCharge> {
  const { utcOffset } = record.meta
  const chargeOf = (names: readonly Cell[], day: number, amount: bigint, text: string): FocusCharge => {
    const [account, region, order, kind, product, seller] = names
    const start = day * DAY - utcOffset
    return {
      ...({ account: String(account), month: monthOf(start, utcOffset), category: 'Usage' } as const),
      frequency: 'Usage-Based',
      description: `${text} of order ${order}`,
      ...{ from: start, until: start + DAY, billed: 0n, effective: amount },
      service: serviceOf(String(kind)),
      publisher: seller === null || seller === '' ? PROVIDER : String(seller),
      ...{ region: String(region), invoice: '', sku: `${kind}/${product}` },
      priced: { quantity: ONE, unit: 'Days', price: amount * 100n },
      consumed: { quantity: ONE, unit: 'Days' },
      resource: { id: `order ${order}`, type: 'Order' },
    }
  }
  for (const row of record.cursor(terms).rows) {
    const [, , , , , , price, firstDay, days, since, from, to] = row
    const earned = (day: bigint): bigint => ((price as bigint) * day) / (days as bigint)
    for (let day = from as bigint; day < (to as bigint); day++) {
      // Days of the term before it was paid are earned on that day.
      const civil = Math.max(Number(firstDay) + Number(day), Number(since))
      yield chargeOf(row, civil, earned(day + 1n) - earned(day), `day ${day + 1n} of ${days}`)
    }
  }
  for (const row of record.cursor(withoutTerm).rows) {
    const [, , , , , , amount, day] = row
    yield chargeOf(row, Number(day), amount as bigint, 'all')
  }
}
