/** `price`: plan, quantity, discount? */
import { parseDiscount } from '../../billing/discount.ts'
import { compilePlan, parseQuantity, priceLine } from '../../billing/price/plan.ts'
import { withTax } from '../../billing/tax.ts'
import { operation } from '../request.ts'

export const price = operation(['plan', 'quantity', 'discount'], (request, policies) => {
  const plan = compilePlan(request.plan)
  const quantity = parseQuantity(request.quantity)
  const discount = request.discount === undefined ? undefined : parseDiscount(request.discount)
  return { lines: withTax([priceLine(plan, quantity, discount, policies['rounding.charge'])], policies) }
})
