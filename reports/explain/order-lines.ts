/** M-04: the lines of an order calculated again by the billing core that made them, formula and numbers. */
import { parseDiscount } from '#sim/billing/discount.ts'
import { BillingFault } from '#sim/billing/fault.ts'
import type { Line } from '#sim/billing/line.ts'
import { compilePlan, priceLine } from '#sim/billing/price/plan.ts'
import { withTax } from '#sim/billing/tax.ts'
import type { Working } from './explanation.ts'
import type { FactReader, FactRow } from './fact-reader.ts'
import { policiesOf, taxPercent } from './premises.ts'

/** A plan as the billing core reads it: a record may hold limits as plain numbers. */
const planText = (price: { readonly bands?: readonly { readonly upTo: string | number | null }[] }): unknown =>
  price.bands === undefined
    ? price
    : { ...price, bands: price.bands.map((band) => ({ ...band, upTo: band.upTo === null ? null : String(band.upTo) })) }

/** The price of a plan for the order's quantity, or undefined where the plan alone does not make the amount. */
function planPrice(reader: FactReader, order: FactRow, plan: bigint, recorded: bigint): Line | undefined {
  const [found] = reader.record.rows<{ price: string; discount: string }>(
    'SELECT p.price, s.discount FROM plans p JOIN specifications s ON s.id = p.specification_id WHERE p.id = ?',
    plan,
  )
  if (found === undefined) return undefined
  try {
    const discount = found.discount === '' ? undefined : parseDiscount(JSON.parse(found.discount))
    const rounding = policiesOf(reader.record)['rounding.charge']
    const line = priceLine(compilePlan(planText(JSON.parse(found.price))), order.quantity, discount, rounding)
    // A change or a renewal takes the plan into a longer formula: what it came to is recorded, the plan is shown beside.
    return reader.word(order.kind) === 'purchase' || line.amount === recorded ? line : undefined
  } catch (error) {
    if (error instanceof BillingFault) return undefined
    throw error
  }
}

/** One working a line, and their sum. */
export function orderWorkings(reader: FactReader, order: FactRow): Working[] {
  const lines = reader.facts('order_lines', 'order_id = ?', order.id)
  const region = Number(
    reader.record.rows<{ region: bigint }>('SELECT region_id AS region FROM accounts WHERE id = ?', order.account)[0]
      ?.region ?? 0n,
  )
  const policies = { ...policiesOf(reader.record), 'tax.percent': taxPercent(reader.record, region) }
  let before = 0n
  const workings = lines.map((line): Working => {
    const part = reader.word(line.part)
    const made =
      part === 'tax'
        ? withTax([{ rule: '', text: '', amount: before }], policies)[1]
        : planPrice(reader, order, line.plan, line.amount)
    if (part !== 'tax') before += line.amount
    return {
      what: `line ${line.line}, ${part}`,
      rule: reader.word(line.rule),
      formula: made?.text ?? '',
      amount: made?.amount ?? null,
      recorded: line.amount,
    }
  })
  if (lines.length === 0) return []
  const sum = lines.reduce((total, line) => total + line.amount, 0n)
  const formula = lines.length === 1 ? 'its line' : `sum of its ${lines.length} lines`
  return [...workings, { what: 'order', rule: 'M-04', formula, amount: sum, recorded: order.amount }]
}
