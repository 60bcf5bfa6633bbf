/** P-05, E-06, X-06, R-07: what a whole period of a yearly/monthly subscription costs, and which part of it the rest is. */
import type { Rounding } from '#base/decimal.ts'
import { UNIT_PRICE_DECIMALS } from '#base/money.ts'
import { rational } from '#base/rational.ts'
import type { Policies } from '#scenarios/policies.ts'
import { fullPart } from './change.ts'
import { type Discount, discounted } from './discount.ts'
import { type Formula, literal, quoted, times } from './formula.ts'
import { type Line, lineOf } from './line.ts'
import { type Plan, priced, priceRule, QUANTITY_DECIMALS } from './price/plan.ts'
import { alignmentExtra, type Period, remaining } from './proration.ts'

type ProrationPolicies = Pick<Policies, 'proration.basis' | 'proration.countChangeDay' | 'time.utcOffset'>
type ChangePolicies = ProrationPolicies & Pick<Policies, 'change.price'>

/** A running period of a subscription, and the months it was bought for. */
export interface RunningTerm {
  readonly start: number
  readonly end: number
  readonly months: number
}

/** Whole years are counted in years, all else in months. */
const periodOf = (months: number): { per: Period; count: number } =>
  months % 12 === 0 ? { per: 'year', count: months / 12 } : { per: 'month', count: months }

/** A price is for all its months: `left` months or years of them are this part of it. */
const partOf = (left: Formula, count: number): Formula =>
  count === 1 ? left : times(left, quoted(rational(1n, BigInt(count)), `1/${count}`))

/**
 * which part of a plan's price for `months` a change at an instant is charged: what remains of the term, or all
 * that was bought (`change.price: full-difference`). Throws BillingError after the term's end.
 */
export function remainingPart(at: number, term: RunningTerm, months: number, policies: ChangePolicies): Formula {
  if (policies['change.price'] === 'full-difference') return fullPart({ bought: term.months, plan: months })
  const { per, count } = periodOf(months)
  return partOf(remaining(at, term.end, per, policies, term.start), count)
}

/** whole months that a change at an instant finds a plan for, by `upgrade.priceMatch`. */
export function remainingMonths(at: number, term: RunningTerm, policies: ChangePolicies): number {
  if (policies['change.price'] === 'full-difference') return term.months
  const { value } = remaining(at, term.end, 'month', policies, term.start)
  return Number(value.numerator / value.denominator)
}

/**
 * how many times its price a renewal of `months` costs that ends at `end` where it would have ended at `plain`:
 * once, and the extra days; undefined where it is not aligned.
 */
export function alignedFactor(
  plain: number,
  end: number,
  months: number,
  policies: ProrationPolicies,
): Formula | undefined {
  if (end === plain) return undefined
  const { per, count } = periodOf(months)
  const extra = partOf(alignmentExtra(plain, end, per, policies), count)
  const { numerator, denominator } = extra.value
  return { value: rational(numerator + denominator, denominator), text: `1 + ${extra.text}`, binds: 'as-sum' }
}

/** What is bought for a whole period: `quantity` in whole 1e-8, and how often an aligned renewal pays it. */
export interface TermQuantity {
  readonly quantity: bigint
  readonly factor: Formula | undefined
}

const charged = (list: Formula, factor: Formula | undefined): Formula =>
  factor === undefined ? list : times(list, factor)

/** The line of a plan's price for a whole period, discounted and rounded once (M-03). */
export const planLine = (
  plan: Plan,
  { quantity, factor }: TermQuantity,
  discount: Discount | undefined,
  rounding: Rounding,
): Line =>
  lineOf(
    factor === undefined ? priceRule[plan.model] : 'R-07',
    discounted(charged(priced(plan, quantity), factor), discount),
    rounding,
  )

/** E-06: the line of the servers under an image; `price` is of one of them, whole 1e-10. */
export const serverLine = (price: bigint, { quantity, factor }: TermQuantity, rounding: Rounding): Line =>
  lineOf(
    factor === undefined ? 'P-05' : 'R-07',
    charged(times(literal(quantity, QUANTITY_DECIMALS), literal(price, UNIT_PRICE_DECIMALS)), factor),
    rounding,
  )
