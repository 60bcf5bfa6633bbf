/**
 * L-06 calculated again: what a sale brings its seller. Metered use is shared on the sum of its day when the day is settled;
 * an order is shared alone.
 */
import { monthOf, startOfMonth } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { MONEY_DECIMALS } from '#base/money.ts'
import { DAY } from '#base/time.ts'
import { literal, times } from '#sim/billing/formula.ts'
import { lineOf } from '#sim/billing/line.ts'
import { parsePercent, percentOf } from '#sim/billing/percent.ts'
import { sellerShare } from '#sim/billing/seller-share.ts'
import { cellPlaces } from '#sim/world/cells.ts'
import type { Working } from './explanation.ts'
import type { FactReader, FactRow } from './fact-reader.ts'
import { policiesAt } from './premises.ts'

/** What else of the day's use the same cell has booked before: late records are computed on the day's new sum. */
function bookedBefore(reader: FactReader, transaction: FactRow, row: FactRow): FactRow[] {
  if (transaction.order_id !== 0n) return []
  const scenario = reader.record.meta.scenario as unknown as Parameters<typeof cellPlaces>[0]
  const cells = BigInt(cellPlaces(scenario).length)
  return reader
    .facts(
      'seller_shares',
      'specification = ? AND month = ? AND transaction_id < ? AND transaction_id % ? = ?',
      ...[row.specification, row.month, transaction.id, cells, transaction.id % cells],
    )
    .filter(({ transaction_id: id }) => {
      const [other] = reader.facts('transactions', 'id = ?', id)
      return other.order_id === 0n && other.day === transaction.day
    })
}

/** L-02: the bill of a month is made on the 7th of the next one, or later where sums take longer to arrive. */
function billedAt({ record, utcOffset }: FactReader, month: number): number {
  const delay = Number(record.meta.scenario.messageDelay ?? 0)
  return startOfMonth(monthOf(month, utcOffset) + 1, utcOffset) + Math.max(6 * DAY, delay)
}

function withheldPercent({ record }: FactReader, specification: bigint): string {
  const [{ segment }] = record.rows<{ segment: string }>(
    `SELECT l.segment FROM specifications s JOIN products p ON p.id = s.product_id JOIN sellers l ON l.id = p.seller_id
     WHERE s.id = ?`,
    specification,
  )
  const sellers = (record.meta.scenario.sellers ?? []) as readonly { segment?: string; withholdingPercent?: unknown }[]
  return String(sellers.find((each) => each.segment === segment)?.withholdingPercent ?? '0')
}

export function shareWorkings(reader: FactReader, transaction: FactRow): Working[] {
  return reader.facts('seller_shares', 'transaction_id = ?', transaction.id).map((row): Working => {
    const before = bookedBefore(reader, transaction, row)
    const policies = policiesAt(reader.record, billedAt(reader, Number(row.month)))
    const rounding = policies['rounding.charge']
    const price = before.reduce((sum, { sales }) => sum + sales, row.sales)
    const withheld = parsePercent(withheldPercent(reader, row.specification), 'withholdingPercent')
    const withholding = lineOf('L-03', times(literal(price, MONEY_DECIMALS), percentOf(withheld)), rounding).amount
    const platformFee = parsePercent(policies['settlement.platformFee'], 'settlement.platformFee')
    // Seller taxes are a part of what the seller is owed: the cost is all of it.
    const { text, amount } = sellerShare({ price, tax: 0n, withholding, platformFee, sellerTax: 0n }, rounding)
    const booked = before.reduce((sum, { cost }) => sum + cost, 0n)
    const parts = [
      ...(withholding === 0n ? [] : [` + ${decimalText(withholding, MONEY_DECIMALS)}`]),
      ...(booked === 0n ? [] : [` - ${decimalText(booked, MONEY_DECIMALS)}`]),
    ]
    return {
      what: `share of the seller of ${reader.nameOf('specification', row.specification) ?? row.specification}`,
      rule: 'L-06',
      formula: `${text}${parts.join('')}`,
      amount: amount + withholding - booked,
      recorded: row.cost,
    }
  })
}
