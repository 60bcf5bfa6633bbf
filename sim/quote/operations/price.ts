/** `price`: plan (P-01..P-03, P-06..P-08), quantity, value? (what a percentage is of), discount? */
import { parseDiscount } from '../../billing/discount.ts'
import { parseQuantity } from '../../billing/price/plan.ts'
import { compileUsagePlan, usageLines } from '../../billing/price/usage-plan.ts'
import { withTax } from '../../billing/tax.ts'
import { moneyOf, operation } from '../request.ts'

export const price = operation(['plan', 'quantity', 'value', 'discount'], (request, policies) => {
  const plan = compileUsagePlan(request.plan)
  const usage = {
    quantity: request.quantity === undefined ? undefined : parseQuantity(request.quantity),
    value: request.value === undefined ? undefined : moneyOf(request.value, 'value'),
  }
  const discount = request.discount === undefined ? undefined : parseDiscount(request.discount)
  return { lines: withTax(usageLines(plan, usage, discount, policies['rounding.charge']), policies) }
})
