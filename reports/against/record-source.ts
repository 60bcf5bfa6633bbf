/** A run's record as a side of the comparison: its hours of use, its paid orders, its bills. */
import { monthOf } from '#base/civil-time.ts'
import { HOUR } from '#base/time.ts'
import { taxOnUse } from '#sim/billing/month-total.ts'
import { FactReader } from '../explain/fact-reader.ts'
import { policiesOf, taxPercent } from '../explain/premises.ts'
import { usageLines } from '../exports/usage-lines.ts'
import type { RunRecord } from '../record.ts'
import { orderAlternatives } from './order-alternatives.ts'
import {
  type OtherPrice,
  type RatedLine,
  type RatedSource,
  roundings,
  type SourceBill,
  useAlternatives,
} from './rated-line.ts'

type Prices = { readonly ecs: readonly OtherPrice[]; readonly image: readonly OtherPrice[] }

const pricesOf = (record: RunRecord): Prices => ({
  ecs: record.rows<{ hourly: bigint; name: string }>('SELECT hourly, flavour AS name FROM pools'),
  image: record.rows<{ hourly: bigint; name: string }>(
    `SELECT s.hourly, g.product || '/' || g.specification AS name FROM specifications s JOIN goods g ON g.id = s.id WHERE s.hourly > 0`,
  ),
})

interface PaidOrder {
  readonly [name: string]: bigint | string | null
  readonly id: bigint
  readonly account: string
  readonly product: string
  readonly at: bigint
  readonly amount: bigint
}

const paidOrders = `
SELECT o.id, a.name AS account, g.product, t.at, (SELECT sum(amount) FROM paid_lines WHERE order_id = o.id) AS amount
FROM transactions t JOIN orders o ON o.id = t.order_id JOIN accounts a ON a.id = o.account
JOIN goods g ON g.id = o.specification
WHERE t.kind = (SELECT id FROM words WHERE word = 'payment') ORDER BY t.at, t.id`

function* linesOf(record: RunRecord): Generator<RatedLine> {
  const policies = policiesOf(record)
  const offset = policies['time.utcOffset']
  const prices = pricesOf(record)
  const reader = new FactReader(record)
  for (const line of usageLines(record)) {
    const kind = line.kind === 'ecs' ? 'ecs' : 'image'
    const use = { kind, seconds: line.seconds, hourly: line.hourly, amount: line.amount } as const
    yield {
      account: line.account,
      resource: line.resource,
      kind,
      product: line.product,
      hour: line.hour,
      amount: use.amount,
      use,
      month: monthOf(Math.min(line.hour + HOUR + policies['settlement.lag'], record.meta.end - 1), offset),
      hourMonth: monthOf(line.hour, offset),
      alternatives: () => useAlternatives(use, policies, prices[kind]),
    }
  }
  for (const order of record.rows<PaidOrder>(paidOrders)) {
    const { amount } = order
    const month = monthOf(Number(order.at), offset)
    yield {
      account: order.account,
      resource: `order ${order.id}`,
      kind: 'order',
      product: order.product,
      hour: Number(order.at),
      amount,
      use: undefined,
      month,
      hourMonth: month,
      alternatives: (theirs) => [
        ...reader.facts('orders', 'id = ?', order.id).flatMap((facts) => orderAlternatives(reader, facts, theirs)),
        ...roundings(amount),
      ],
    }
  }
}

/** The bills with what the use on them is taxed by: a policy that changed holds from when the bill was made. */
function billsOf(record: RunRecord, utcOffset: number): SourceBill[] {
  const bills = record.rows<Bill>(
    `SELECT a.name AS account, a.region_id AS region, b.month, b.charges, b.payable,
       x.taxable, coalesce(x.at, 0) AS taxed_at
     FROM bills b JOIN accounts a ON a.id = b.account LEFT JOIN bill_taxes x ON x.account = b.account AND x.month = b.month
     ORDER BY b.rowid`,
  )
  return bills.map(({ account, region, month, charges, payable, taxable, taxed_at }) => {
    return {
      account,
      month: monthOf(Number(month), utcOffset),
      charges,
      payable,
      taxable: taxable ?? 0n,
      taxPercent: taxable === null ? '0' : taxPercent(record, Number(region), Number(taxed_at)),
    }
  })
}

interface Bill {
  readonly [name: string]: bigint | string | null
  readonly account: string
  readonly region: bigint
  readonly month: bigint
  readonly charges: bigint
  readonly payable: bigint
  readonly taxable: bigint | null
  readonly taxed_at: bigint
}

/** The record as it is: nothing is rated again. */
export function recordSource(record: RunRecord): RatedSource {
  const policies = policiesOf(record)
  return {
    policies,
    decimals: record.meta.decimals,
    variants: () => [],
    totalOf: ({ charges, taxable = 0n, taxPercent: percent = '0' }, { use, orders } = { use: 0n, orders: 0n }) => {
      const tax = taxOnUse({ amount: taxable + use, percent }, policies['rounding.charge']).amount
      return charges + use + orders + tax
    },
    async each(take) {
      for (const line of linesOf(record)) take(line)
      return billsOf(record, policies['time.utcOffset'])
    },
  }
}
