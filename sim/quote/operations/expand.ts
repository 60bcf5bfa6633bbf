/** `expand`: plan, from, to, remaining or at, termEnd, per; createdAt, discount? */
import { parseInstant } from '#base/civil-time.ts'
import { isInTerm, outOfTerm } from '../../billing/change.ts'
import { parseDiscount } from '../../billing/discount.ts'
import { decidingTime, expansionFee } from '../../billing/expansion.ts'
import { isRefusal } from '../../billing/line.ts'
import { compilePlan, parseQuantity } from '../../billing/price/plan.ts'
import { withTax } from '../../billing/tax.ts'
import { changeKeys, operation, optionalInstant } from '../request.ts'
import { changeTimeOf, remainingOfChange } from './remaining.ts'

const keys = ['plan', 'from', 'to', 'createdAt', 'paidAt', 'boughtAt', 'discount', ...changeKeys]

export const expand = operation(keys, (request, policies) => {
  const plan = compilePlan(request.plan)
  const from = parseQuantity(request.from, 'from')
  const to = parseQuantity(request.to, 'to')
  const times = {
    created: parseInstant(request.createdAt, 'createdAt'),
    paid: optionalInstant(request.paidAt, 'paidAt'),
    bought: optionalInstant(request.boughtAt, 'boughtAt'),
  }
  const discount = request.discount === undefined ? undefined : parseDiscount(request.discount)
  const time = changeTimeOf(request, policies)
  if (time !== undefined && !isInTerm(time)) return outOfTerm
  const remaining = remainingOfChange(request, time, policies)
  const decidedAt = decidingTime(times, policies['expansion.ruleKey'])
  const fee = expansionFee({ plan, from, to, remaining, decidedAt, discount, time }, policies)
  return isRefusal(fee) ? fee : { lines: withTax(fee.lines, policies) }
})
