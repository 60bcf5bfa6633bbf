/** M-04: the lines of an order calculated again by the billing core that made them, formula and numbers. */
import { BillingError } from '#base/billing-error.ts'
import type { Line } from '#sim/billing/line.ts'
import { taxLine, untaxedPart, withTax } from '#sim/billing/tax.ts'
import { changeLine } from './change-lines.ts'
import { amountText, type Working } from './explanation.ts'
import type { FactReader, FactRow } from './fact-reader.ts'
import { drawnBy } from './money-moments.ts'
import { policiesAt, taxPercent } from './premises.ts'
import { refundWorkings } from './refund-lines.ts'
import { periodLine } from './term-lines.ts'
import { paymentOf } from './transactions.ts'

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

/** A working a line: what was calculated again next to what was recorded. */
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

/** M-07, `tax.couponBase`: what a discount coupon took off the price of an order that was paid, before it was taxed. */
export function untaxedOf(reader: FactReader, order: FactRow): bigint {
  const payment = paymentOf(reader, order.id)
  if (payment === undefined) return 0n
  const drawn = reader.facts('coupon_draws', 'order_id = ?', order.id).filter(({ coupon_id: id, amount }) => {
    const [coupon] = amount > 0n ? reader.facts('coupons', 'id = ?', id) : []
    return coupon !== undefined && reader.word(coupon.kind) === 'discount-coupon'
  })
  const sum = drawn.reduce((total, { amount }) => total + amount, 0n)
  return untaxedPart(sum, policiesAt(reader.record, Number(payment.at)))
}

/** When what an order costs was asked: at its creation, or by `order.quoteLock` at its payment (O-04). */
export function pricedAt(reader: FactReader, order: FactRow): FactRow {
  const payment = paymentOf(reader, order.id)
  // E-04: what is created before it is paid keeps its price.
  if (payment === undefined || reader.word(order.rule) === 'E-04') return order
  const isAsked = policiesAt(reader.record, Number(payment.at))['order.quoteLock'] === 'payment'
  return isAsked ? { ...order, at: payment.at } : order
}

/** The lines that an order was paid by, where they are not those of its creation, and what its sources paid. */
function paidWorkings(reader: FactReader, order: FactRow): Working[] {
  const again = reader.facts('order_requotes', 'order_id = ?', order.id)
  if (again.length === 0) return []
  const own = reader.facts('order_lines', 'order_id = ?', order.id)
  const priced = pricedAt(reader, order)
  const policies = {
    ...policiesAt(reader.record, Number(priced.at)),
    'tax.percent': taxPercentOf(reader, priced),
  }
  const before = again.reduce((sum, { part, amount }) => (reader.word(part) === 'tax' ? sum : sum + amount), 0n)
  const lines = again.map((line): Working => {
    const isTax = reader.word(line.part) === 'tax'
    const recorded = own.find((each) => each.line === line.line && each.part === line.part)
    const kept = { text: `as line ${line.line}`, amount: line.amount }
    const asked = recorded?.amount === line.amount ? kept : priceOf(reader, priced, line)
    const made = isTax ? taxLine(before, policies, untaxedOf(reader, order)) : asked
    return {
      what: `paid, line ${line.line}, ${reader.word(line.part)}`,
      rule: reader.word(line.rule),
      formula: made?.text ?? '',
      amount: made?.amount ?? null,
      recorded: line.amount,
    }
  })
  const amounts = again.map(({ amount }) => amount)
  const payment = paymentOf(reader, order.id)
  const sum = {
    what: 'order, as paid',
    rule: 'M-04',
    formula: sumText(amounts),
    amount: amounts.reduce((total, each) => total + each, 0n),
    recorded: payment === undefined ? 0n : drawnBy(reader, payment.id),
  }
  return [...lines, sum]
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
  return [...(refunds.length > 0 ? refunds : lineWorkings(reader, order, lines)), sum, ...paidWorkings(reader, order)]
}
