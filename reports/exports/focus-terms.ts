/**
 * The use of what was paid for a term, by civil day (M-09): nothing is billed for it again, and its effective cost is what was earned
 * of the price on that day. It has the SKU and the price of its purchase, and as much of the quantity as was earned. What is not
 * used by the end of the run, or was refunded, has no rows.
 */

import { monthOf } from '#base/civil-time.ts'
import { DAY } from '#base/time.ts'
import { proportionalShares } from '../proportional-shares.ts'
import type { Cell, RunRecord } from '../record.ts'
import type { BoughtPart } from './focus-orders.ts'
import { type FocusCharge, serviceOf } from './focus-rows.ts'

const ONE = 10_000_000_000n

/** What a purchase tells its use. */
export interface Bought {
  /** Of its bill, year x 12 + month - 1. */
  readonly month: number
  readonly region: string
  readonly resource: { readonly id: string; readonly type: string }
  readonly parts: readonly BoughtPart[]
}

/** Servers are earned by the cloud, what is on them by the marketplace. */
const isCloud = `EXISTS (SELECT 1 FROM postings c WHERE c.transaction_id = t.id AND c.ledger = (SELECT id FROM words WHERE word = 'cloud-resource-revenue'))`

const terms = `
SELECT a.name, t.order_id, ${isCloud}, e.price, e.first_day, e.days, e.since, e.earned_from, e.earned_to
FROM recognitions e JOIN transactions t ON t.id = e.transaction_id JOIN accounts a ON a.id = t.account ORDER BY e.rowid`

/** What has no term is earned immediately. */
const withoutTerm = `
SELECT a.name, t.order_id, ${isCloud}, p.amount, t.day
FROM transactions t JOIN postings p ON p.transaction_id = t.id JOIN accounts a ON a.id = t.account
WHERE t.kind = (SELECT id FROM words WHERE word = 'recognition') AND p.amount > 0
  AND p.ledger = (SELECT id FROM words WHERE word = 'deferred-revenue')
  AND NOT EXISTS (SELECT 1 FROM recognitions e WHERE e.transaction_id = t.id) ORDER BY t.id`

/** What of a day a part has, whole 1e-10. */
function daysOf(parts: readonly BoughtPart[], part: BoughtPart): bigint {
  const alike = parts.filter(({ sku }) => sku === part.sku)
  const shares = proportionalShares(
    alike.map(({ quantity }) => quantity),
    ONE,
  )
  return shares[alike.indexOf(part)]
}

/** Something earned of an order: amounts before and after it, whole 1e-8, and which day of the term it is in words. */
interface Earned {
  readonly before: bigint
  readonly after: bigint
  readonly text: string
}

/**
 * Rows of each recognition of an order. `boughtOf` tells what was bought with an order; `[charge, order]` a row.
 * By the end of day n of a term, price x n / days is earned, truncated.
 */
export function* termCharges(
  record: RunRecord,
  boughtOf: (order: bigint) => Bought | undefined,
): Generator<[charge: FocusCharge, bought: Bought]> {
  const { utcOffset } = record.meta
  function* chargesOf(
    row: readonly Cell[],
    day: number,
    { before, after, text }: Earned,
  ): Generator<[FocusCharge, Bought]> {
    const [account, order, isOfCloud] = row
    const bought = boughtOf(order as bigint)
    if (bought === undefined) throw new Error(`order ${order} earned something, and was not paid`)
    const own = bought.parts.filter(({ isServer }) => isServer === (isOfCloud === 1n))
    const parts = own.length > 0 ? own : bought.parts
    const nets = parts.map(({ net }) => net)
    const whole = nets.reduce((sum, net) => sum + net, 0n)
    const [sharesBefore, sharesAfter] = [proportionalShares(nets, before), proportionalShares(nets, after)]
    const start = day * DAY - utcOffset
    for (const [index, part] of parts.entries()) {
      const upTo = (amount: bigint): bigint => (whole === 0n ? 0n : (part.quantity * amount) / whole)
      const { kind, sku, price, publisher, zone, unit, listPrice } = part
      yield [
        {
          ...({ account: String(account), month: monthOf(start, utcOffset), category: 'Usage' } as const),
          frequency: 'Usage-Based',
          description: `${text} of order ${order}`,
          ...{ from: start, until: start + DAY, billed: 0n, effective: sharesAfter[index] - sharesBefore[index] },
          service: serviceOf(kind),
          ...{ publisher, zone, sku, price, invoice: '' },
          region: part.region === '' ? bought.region : part.region,
          priced: { quantity: upTo(after) - upTo(before), unit, price: listPrice },
          // Of a day the bands of one product have the shares of their units (P-02).
          consumed: { quantity: daysOf(parts, part), unit: 'Days' },
          resource: bought.resource,
        },
        bought,
      ]
    }
  }
  for (const row of record.cursor(terms).rows) {
    const [, , , price, firstDay, days, since, from, to] = row
    const earned = (day: bigint): bigint => ((price as bigint) * day) / (days as bigint)
    for (let day = from as bigint; day < (to as bigint); day++) {
      // Days of the term before it was paid are earned on that day.
      const civil = Math.max(Number(firstDay) + Number(day), Number(since))
      const text = `day ${day + 1n} of ${days}`
      yield* chargesOf(row, civil, { before: earned(day), after: earned(day + 1n), text })
    }
  }
  for (const row of record.cursor(withoutTerm).rows) {
    const [, , , amount, day] = row
    yield* chargesOf(row, Number(day), { before: 0n, after: amount as bigint, text: 'all' })
  }
}
