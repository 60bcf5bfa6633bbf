/** A run's record as a side of the comparison: its hours of use, its paid orders, its bills. */
import { monthOf } from '#base/civil-time.ts'
import { least } from '#base/money.ts'
import { HOUR } from '#base/time.ts'
import { taxOnUse } from '#sim/billing/month-total.ts'
import { chargedHour } from '../charged-hours.ts'
import { FactReader } from '../explain/fact-reader.ts'
import { pricedAt, taxPercentOf, untaxedOf } from '../explain/order-lines.ts'
import { policiesOf, taxPercent } from '../explain/premises.ts'
import { type ChargedOrder, chargedOrders } from '../exports/order-charges.ts'
import { usageLines } from '../exports/usage-lines.ts'
import type { RunRecord } from '../record.ts'
import { orderAlternatives } from './order-alternatives.ts'
import {
  type OrderDetail,
  type OtherPrice,
  type RatedLine,
  type RatedSource,
  roundings,
  type SourceBill,
  UseAlternatives,
} from './rated-line.ts'

type Prices = { readonly ecs: readonly OtherPrice[]; readonly image: readonly OtherPrice[] }

const pricesOf = (record: RunRecord): Prices => ({
  ecs: record.rows<{ hourly: bigint; name: string }>('SELECT hourly, flavour AS name FROM pools'),
  image: record.rows<{ hourly: bigint; name: string }>(
    `SELECT s.hourly, g.product || '/' || g.specification AS name FROM specifications s JOIN goods g ON g.id = s.id WHERE s.hourly > 0`,
  ),
})

function* linesOf(record: RunRecord, detail: OrderDetail): Generator<RatedLine> {
  const policies = policiesOf(record)
  const offset = policies['time.utcOffset']
  const prices = pricesOf(record)
  const alternatives = {
    ...{ ecs: new UseAlternatives(policies, prices.ecs), image: new UseAlternatives(policies, prices.image) },
    // E-09: what else a flavour costs is no other price of a disk or an address.
    other: new UseAlternatives(policies, []),
  }
  const reader = new FactReader(record)
  for (const line of usageLines(record)) {
    const kind = line.kind === 'image' ? 'image' : 'ecs'
    const charged = chargedHour(line.hour, record.meta)
    const use = { kind, seconds: line.seconds, hourly: line.hourly, amount: line.amount } as const
    yield {
      account: line.account,
      resource: line.resource,
      kind: line.kind,
      isOrder: false,
      product: line.product,
      hour: line.hour,
      amount: use.amount,
      use,
      month: monthOf(Math.min(charged + HOUR + policies['settlement.lag'], record.meta.end - 1), offset),
      hourMonth: monthOf(charged, offset),
      alternatives: () => alternatives[line.kind === kind ? kind : 'other'].of(use),
    }
  }
  for (const order of chargedOrders(record)) {
    const month = monthOf(order.at, offset)
    const common = {
      ...{ account: order.account, resource: `order ${order.id}`, isOrder: true, hour: order.at, use: undefined },
      ...{ month, hourMonth: month },
    }
    if (detail === 'orders') yield { ...common, kind: 'order', product: order.product, ...wholeOf(reader, order) }
    else yield* partsOf(reader, order).map((part) => ({ ...common, ...part }))
  }
}

type Part = Pick<RatedLine, 'amount' | 'taxed' | 'alternatives'>

/** The order's facts, and what its tax is a percentage of. */
function taxOf(reader: FactReader, { id, amount, tax }: ChargedOrder) {
  const [facts] = reader.facts('orders', 'id = ?', id)
  const priced = pricedAt(reader, facts)
  const net = amount - tax
  return { facts, base: net - least(untaxedOf(reader, facts), net), percent: taxPercentOf(reader, priced), tax, net }
}

/** An order as a whole. */
function wholeOf(reader: FactReader, order: ChargedOrder): Part {
  const { amount } = order
  return {
    amount,
    get taxed() {
      const { facts: _, ...taxed } = taxOf(reader, order)
      return taxed
    },
    alternatives: (theirs) => [...orderAlternatives(reader, taxOf(reader, order).facts, theirs), ...roundings(amount)],
  }
}

/** An order by what is bought with it: lines of one kind and product are one charge. */
function partsOf(reader: FactReader, order: ChargedOrder): (Part & Pick<RatedLine, 'kind' | 'product'>)[] {
  const sold = order.lines.toSorted((a, b) => Number(b.kind === 'ecs') - Number(a.kind === 'ecs'))
  const names = [...new Set(sold.map(({ kind, product }) => `${kind} ${product}`))]
  const parts = names.map((name) => sold.filter(({ kind, product }) => `${kind} ${product}` === name))
  const nets = parts.map((lines) => lines.reduce((sum, { net }) => sum + net, 0n))
  return parts.map((lines, index) => {
    const [{ kind, product }] = lines
    const amount = lines.reduce((sum, { net, tax }) => sum + net + tax, 0n)
    return {
      ...{ kind, product, amount },
      get taxed() {
        const { facts: _, ...taxed } = taxOf(reader, order)
        return { ...taxed, net: nets[index], share: { lines: nets, index } }
      },
      alternatives: (theirs) => [
        ...(kind === 'ecs' ? [] : orderAlternatives(reader, taxOf(reader, order).facts, theirs, true)),
        ...roundings(amount),
      ],
    }
  })
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
    currency: record.meta.currency,
    decimals: record.meta.decimals,
    variants: () => [],
    candidates: () => [],
    otherPrices: () => [],
    totalOf: (
      { charges, taxable = 0n, taxPercent = '0' },
      { use, orders } = { use: 0n, orders: 0n },
      percent = taxPercent,
    ) => {
      const tax = taxOnUse({ amount: taxable + use, percent }, policies['rounding.charge']).amount
      return charges + use + orders + tax
    },
    async each(take, detail = 'orders') {
      for (const line of linesOf(record, detail)) take(line)
      return billsOf(record, policies['time.utcOffset'])
    },
    bills: async () => billsOf(record, policies['time.utcOffset']),
  }
}
