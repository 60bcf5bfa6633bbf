/** M-04: the lines of an order calculated again by the billing core that made them, formula and numbers. */
import { BillingError } from '#base/billing-error.ts'
import type { Line } from '#sim/billing/line.ts'
import { withTax } from '#sim/billing/tax.ts'
import { changeLine } from './change-lines.ts'
import { amountText, type Working } from './explanation.ts'
import type { FactReader, FactRow } from './fact-reader.ts'
import { policiesAt, taxPercent } from './premises.ts'
import { refundWorkings } from './refund-lines.ts'
import { periodLine } from './term-lines.ts'

/** The formula of a line of the price; undefined where only the record knows how it came about. */
function priceOf(reader: FactReader, order: FactRow, line: FactRow): Line | undefined {
  try {
    const made = changeLine(reader, order) ?? periodLine(reader, order, line)
    return made?.amount === line.amount ? made : undefined
  } catch (error) {
    if (error instanceof BillingError) return undefined
    throw error
  }
}

const regionOf = (reader: FactReader, account: bigint): number =>
  Number(
    reader.record.rows<{ region: bigint }>('SELECT region_id AS region FROM accounts WHERE id = ?', account)[0]
      ?.region ?? 0n,
  )

/** `52.00000000 + 3.12000000 - 1.00000000` */
export const sumText = (amounts: readonly bigint[]): string =>
  amounts
    .map((amount, index) => {
      if (index === 0) return amountText(amount)
      return amount < 0n ? `- ${amountText(-amount)}` : `+ ${amountText(amount)}`
    })
    .join(' ')

/** M-07: the percentage of tax on an order, at its buyer's home. */
export const taxPercentOf = (reader: FactReader, order: FactRow): string =>
  taxPercent(reader.record, regionOf(reader, order.account), Number(order.at))

/** A working a line: what was calculated again beside what was recorded. */
function lineWorkings(reader: FactReader, order: FactRow, lines: readonly FactRow[]): Working[] {
  const at = Number(order.at)
  const policies = { ...policiesAt(reader.record, at), 'tax.percent': taxPercentOf(reader, order) }
  let before = 0n
  return lines.map((line): Working => {
    const part = reader.word(line.part)
    const tax = () => withTax([{ rule: '', text: '', amount: before }], policies)[1]
    const made = part === 'tax' ? tax() : priceOf(reader, order, line)
    if (part !== 'tax') before += line.amount
    return {
      what: `line ${line.line}, ${part}`,
      rule: reader.word(line.rule),
      formula: made?.text ?? '',
      amount: made?.amount ?? null,
      recorded: line.amount,
    }
  })
}

/** The lines that an order was paid by: those of its creation, or of its payment (O-04, `order.quoteLock`). */
export function paidLines(reader: FactReader, order: FactRow): FactRow[] {
  const again = reader.facts('order_requotes', 'order_id = ?', order.id)
  return again.length > 0 ? again : reader.facts('order_lines', 'order_id = ?', order.id)
}

/** One working a line, and their sum; of an unsubscription also what was taken from each refund. */
export function orderWorkings(reader: FactReader, order: FactRow): Working[] {
  const lines = reader.facts('order_lines', 'order_id = ?', order.id)
  if (lines.length === 0) return []
  const refunds = refundWorkings(reader, order, lines)
  const amounts = lines.map((line) => line.amount)
  const amount = amounts.reduce((total, each) => total + each, 0n)
  const sum = {
    what: 'order',
    rule: 'M-04',
    formula: amounts.length === 1 ? 'its line' : sumText(amounts),
    amount,
    recorded: order.amount,
  }
  return [...(refunds.length > 0 ? refunds : lineWorkings(reader, order, lines)), sum]
}
