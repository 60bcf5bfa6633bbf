/** A run's record as a side of the comparison: its hours of use, its paid orders, its bills. */
import { HOUR, monthOf } from '#sim/billing/civil-time.ts'
import { parseDiscount } from '#sim/billing/discount.ts'
import { BillingFault } from '#sim/billing/fault.ts'
import { compilePlan, priceLine } from '#sim/billing/price/plan.ts'
import { policiesOf } from '../explain/premises.ts'
import { usageLines } from '../exports/usage-lines.ts'
import type { RunRecord } from '../record.ts'
import {
  type Alternative,
  type OtherPrice,
  type RatedLine,
  type RatedSource,
  roundings,
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
  readonly quantity: bigint
  readonly price: string | null
  readonly discount: string | null
}

const paidOrders = `
SELECT o.id, a.name AS account, g.product, t.at, o.amount, o.quantity,
  (SELECT p.price FROM order_lines l JOIN plans p ON p.id = l.plan WHERE l.order_id = o.id LIMIT 1) AS price,
  (SELECT discount FROM specifications s WHERE s.id = o.specification) AS discount
FROM transactions t JOIN orders o ON o.id = t.order_id JOIN accounts a ON a.id = o.account
JOIN goods g ON g.id = o.specification
WHERE t.kind = (SELECT id FROM words WHERE word = 'payment') ORDER BY t.at, t.id`

interface Bands {
  readonly model: 'linear' | 'tiered' | 'volume'
  readonly unit?: string
  readonly bands?: readonly { readonly upTo: string | number | null; readonly unit: string }[]
}

/** What the other models and the other bands of a plan would have made of an order (P-01 to P-03). */
function bandAlternatives(order: PaidOrder, rounding: 'truncate' | 'half-up'): Alternative[] {
  const price = JSON.parse(order.price ?? '{"model":"linear","unit":"0"}') as Bands
  if (price.bands === undefined) return []
  const bands = price.bands.map(({ upTo, unit }) => ({ upTo: upTo === null ? null : String(upTo), unit }))
  const others: readonly (readonly [text: string, rule: string, plan: object])[] = [
    ['priced as tiered', 'P-02', { model: 'tiered', bands }],
    ['priced as volume', 'P-03', { model: 'volume', bands }],
    ...bands.map((band, index) => [`all at band ${index + 1}`, 'P-04', { model: 'linear', unit: band.unit }] as const),
  ]
  const discount =
    order.discount === null || order.discount === '' ? undefined : parseDiscount(JSON.parse(order.discount))
  const made = (plan: object, withDiscount: boolean): number =>
    Number(priceLine(compilePlan(plan), order.quantity, withDiscount ? discount : undefined, rounding).amount)
  try {
    return [
      ...others.map(([text, rule, plan]): Alternative => ({ amount: made(plan, true), cause: 'band', rule, text })),
      {
        amount: made({ model: price.model, bands }, false),
        cause: 'wrong price',
        rule: 'M-06',
        text: 'without its discount',
      },
    ]
  } catch (error) {
    // A plan the billing core does not read has no alternatives.
    if (error instanceof BillingFault) return []
    throw error
  }
}

function* linesOf(record: RunRecord): Generator<RatedLine> {
  const policies = policiesOf(record)
  const offset = policies['time.utcOffset']
  const prices = pricesOf(record)
  for (const line of usageLines(record)) {
    const kind = line.kind === 'ecs' ? 'ecs' : 'image'
    const use = { kind, seconds: line.seconds, hourly: line.hourly, amount: Number(line.amount) } as const
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
    const amount = Number(order.amount)
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
      alternatives: () => [...bandAlternatives(order, policies['rounding.charge']), ...roundings(amount)],
    }
  }
}

/** The record as it is: nothing is rated again. */
export function recordSource(record: RunRecord): RatedSource {
  // M-07: what a run charges has its tax in it; nothing comes on top of a month.
  const policies = { ...policiesOf(record), 'tax.percent': '0' }
  return {
    policies,
    decimals: record.meta.decimals,
    async each(take) {
      for (const line of linesOf(record)) take(line)
      const bills = record.rows<{ account: string; month: bigint; charges: bigint; payable: bigint }>(
        'SELECT a.name AS account, b.month, b.charges, b.payable FROM bills b JOIN accounts a ON a.id = b.account ORDER BY b.rowid',
      )
      return bills.map((bill) => ({ ...bill, month: monthOf(Number(bill.month), policies['time.utcOffset']) }))
    },
  }
}
