/** M-08 calculated again: what brings a bill, an invoice, a refund or a bill of a seller to minor units of the currency. */
import { monthOf, startOfMonth } from '#base/civil-time.ts'
import type { Rounding } from '#base/decimal.ts'
import { DAY } from '#base/time.ts'
import { paidBack, roundingText, toMinorUnits } from '#sim/billing/minor-units.ts'
import type { Working } from './explanation.ts'
import type { FactReader, FactRow } from './fact-reader.ts'
import { legsOf } from './money-moments.ts'
import { sumText } from './order-lines.ts'
import { policiesAt } from './premises.ts'

/** `rounding, half-up to 2 decimals`, `20 - 19.996`. */
function workingOf(
  { record }: FactReader,
  how: Rounding,
  { paid, exact, recorded }: { readonly paid: bigint; readonly exact: bigint; readonly recorded: bigint },
): Working {
  const what = `rounding, ${roundingText(record.meta.decimals, how)}`
  return { what, rule: 'M-08', formula: sumText([paid, -exact]), amount: paid - exact, recorded }
}

/** `exact` rounded by the policies at an instant. */
export function roundingWorking(reader: FactReader, at: bigint, exact: bigint, recorded: bigint): Working {
  const how = policiesAt(reader.record, Number(at))['rounding.monthTotal']
  const paid = toMinorUnits(exact, reader.record.meta.decimals, how)
  return workingOf(reader, how, { paid, exact, recorded })
}

/** Of a refund: by policy never to more than was `paid` in cash. */
export function refundRounding(
  reader: FactReader,
  at: bigint,
  { amount, paid }: { readonly amount: bigint; readonly paid: bigint },
  recorded: bigint,
): Working {
  const policies = policiesAt(reader.record, Number(at))
  const { decimals } = reader.record.meta
  const back = paidBack({ amount, paid }, policies, decimals)
  const isLike = back === toMinorUnits(amount, decimals, policies['rounding.monthTotal'])
  return workingOf(reader, isLike ? policies['rounding.monthTotal'] : 'truncate', {
    paid: back,
    exact: amount,
    recorded,
  })
}

/** What a transaction posts on the account of rounding differences. */
export const roundedBy = (reader: FactReader, transaction: FactRow): bigint =>
  legsOf(reader, transaction.id).reduce(
    (sum, { ledger, amount }) => (reader.word(ledger) === 'rounding-differences' ? sum + amount : sum),
    0n,
  )

/** The transactions that brought a bill to minor units: about the last day of its month, or of the run. */
export const billRoundings = (reader: FactReader, bill: FactRow): FactRow[] =>
  reader
    .facts('transactions', 'account = ? AND at >= ?', bill.account, bill.month)
    .filter((each) => reader.word(each.kind) === 'bill-rounding' && monthOfDay(reader, each.day) === bill.month)

/** The first instant of the civil month in which a civil day is. */
function monthOfDay({ utcOffset }: FactReader, day: bigint): bigint {
  return BigInt(startOfMonth(monthOf(Number(day) * DAY - utcOffset, utcOffset), utcOffset))
}

/** How the rounding of a bill was drawn or refunded. */
export function billRoundingWorkings(reader: FactReader, transaction: FactRow): Working[] {
  const month = monthOfDay(reader, transaction.day)
  return reader.facts('bills', 'account = ? AND month = ?', transaction.account, month).map((bill) => {
    const tax = reader
      .facts('bill_taxes', 'account = ? AND month = ?', transaction.account, month)
      .reduce((sum, row) => sum + row.tax, 0n)
    return roundingWorking(reader, transaction.at, bill.charges + tax, -roundedBy(reader, transaction))
  })
}
