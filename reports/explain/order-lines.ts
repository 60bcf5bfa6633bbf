/** M-04: the lines of an order calculated again by the billing core that made them, formula and numbers. */
import { BillingFault } from '#sim/billing/fault.ts'
import type { Line } from '#sim/billing/line.ts'
import { priceLine } from '#sim/billing/price/plan.ts'
import { withTax } from '#sim/billing/tax.ts'
import { changeLine, refundWorkings } from './change-lines.ts'
import type { Working } from './explanation.ts'
import type { FactReader, FactRow } from './fact-reader.ts'
import { planOf } from './plans.ts'
import { discountAt, policiesAt, taxPercent } from './premises.ts'

/** The list price of a plan for the order's quantity, with the discount that held at an instant. */
function planPrice(reader: FactReader, order: FactRow, plan: bigint, at: number): Line | undefined {
  const found = planOf(reader, plan)
  if (found === undefined) return undefined
  const rounding = policiesAt(reader.record, at)['rounding.charge']
  return priceLine(found.plan, order.quantity, discountAt(reader.record, order.specification, at), rounding)
}

/** The formula of a line of the price; undefined where only the record knows how it came about. */
function priceOf(reader: FactReader, order: FactRow, line: FactRow): Line | undefined {
  try {
    const changed = changeLine(reader, order)
    if (changed !== undefined) return changed.amount === line.amount ? changed : undefined
    const listed = planPrice(reader, order, line.plan, Number(order.at))
    // What is paid by a coupon, aligned or longer than its plan takes the price into a formula of its own.
    return listed?.amount === line.amount ? listed : undefined
  } catch (error) {
    if (error instanceof BillingFault) return undefined
    throw error
  }
}

const regionOf = (reader: FactReader, account: bigint): number =>
  Number(
    reader.record.rows<{ region: bigint }>('SELECT region_id AS region FROM accounts WHERE id = ?', account)[0]
      ?.region ?? 0n,
  )

/** One working a line, and their sum; then what was given back. */
export function orderWorkings(reader: FactReader, order: FactRow): Working[] {
  const lines = reader.facts('order_lines', 'order_id = ?', order.id)
  const at = Number(order.at)
  const percent = taxPercent(reader.record, regionOf(reader, order.account), at)
  const policies = { ...policiesAt(reader.record, at), 'tax.percent': percent }
  let before = 0n
  const workings = lines.map((line): Working => {
    const part = reader.word(line.part)
    const tax = () => withTax([{ rule: '', text: '', amount: before }], policies)[1]
    const made = part === 'tax' ? tax() : part === 'price' ? priceOf(reader, order, line) : undefined
    if (part !== 'tax') before += line.amount
    return {
      what: `line ${line.line}, ${part}`,
      rule: reader.word(line.rule),
      formula: made?.text ?? '',
      amount: made?.amount ?? null,
      recorded: line.amount,
    }
  })
  const refunds = refundWorkings(reader, order)
  if (lines.length === 0) return refunds
  const amount = lines.reduce((total, line) => total + line.amount, 0n)
  const formula = lines.length === 1 ? 'its line' : `sum of its ${lines.length} lines`
  return [...workings, { what: 'order', rule: 'M-04', formula, amount, recorded: order.amount }, ...refunds]
}
