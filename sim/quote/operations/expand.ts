/** `expand`: plan, from, to, remaining or at, termEnd, per; createdAt, discount?, paid (with upgrade.originalBasis: paid) */
import { BillingError } from '#base/billing-error.ts'
import { parseInstant } from '#base/civil-time.ts'
import { MONEY_DECIMALS } from '#base/money.ts'
import type { Policies } from '#scenarios/policies.ts'
import { isInTerm, outOfTerm } from '../../billing/change.ts'
import { parseDiscount } from '../../billing/discount.ts'
import { decidingTime, expansionFee } from '../../billing/expansion.ts'
import { type Formula, literal } from '../../billing/formula.ts'
import { isRefusal } from '../../billing/line.ts'
import { compilePlan, parseQuantity } from '../../billing/price/plan.ts'
import { withTax } from '../../billing/tax.ts'
import { changeKeys, moneyOf, operation, optionalInstant } from '../request.ts'
import { changeTimeOf, remainingOfChange } from './remaining.ts'

const keys = ['plan', 'from', 'to', 'paid', 'createdAt', 'paidAt', 'boughtAt', 'discount', ...changeKeys]

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
  const price = paidPrice(request.paid, policies)
  const original = price && { price, part: remaining }
  const fee = expansionFee({ plan, from, to, original, remaining, decidedAt, discount, time }, policies)
  return isRefusal(fee) ? fee : { lines: withTax(fee.lines, policies) }
})

/** `upgrade.originalBasis`: what the units before cost for a whole period when they were paid. */
function paidPrice(paid: unknown, policies: Policies): Formula | undefined {
  if (policies['upgrade.originalBasis'] === 'current') return undefined
  if (paid === undefined)
    throw new BillingError('paid', 'is missing', 'write the price that was paid for the units in from, such as "67.5"')
  return literal(moneyOf(paid, 'paid'), MONEY_DECIMALS)
}
