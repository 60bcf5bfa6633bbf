/** what every change of a subscription must satisfy, and how its fee is a difference of two sides. */
import { MONEY_DECIMALS } from '#base/money.ts'
import { rational } from '#base/rational.ts'
import type { Policies } from '#scenarios/policies.ts'
import { type Discount, discounted } from './discount.ts'
import { type Formula, literal, minus, quoted, times } from './formula.ts'
import { type Line, lineOf, type Refusal } from './line.ts'
import { withinLastDays } from './term.ts'

/** When a change is made within its term. */
export interface ChangeTime {
  readonly at: number
  readonly termEnd: number
}

const LAST_DAYS = 30

export const outOfTerm: Refusal = { refused: 'out-of-term', rule: 'X-01' }
export const onlyUpwards: Refusal = { refused: 'only-upwards', rule: 'X-01' }

/** a change needs a term that has not ended; terms are half-open (T-03). */
export const isInTerm = ({ at, termEnd }: ChangeTime): boolean => at < termEnd

/**
 * `change.downAtRenewal`: a smaller configuration may be chosen in the last 30 days of a term; it takes effect at the
 * renewal and costs nothing now.
 */
export function changeDown(
  rule: string,
  time: ChangeTime | undefined,
  policies: Pick<Policies, 'change.downAtRenewal'>,
  refusal: Refusal,
): { lines: readonly Line[] } | Refusal {
  if (!policies['change.downAtRenewal'] || time === undefined) return refusal
  if (!withinLastDays(time.at, time.termEnd, LAST_DAYS)) return refusal
  const free: Formula = { ...literal(0n, 0), text: '0 now, the smaller configuration starts with the renewal' }
  return { lines: [lineOf(rule, free, 'truncate')] }
}

/** One side of a change: what a configuration costs for all months of its plan, and which part of that is charged. */
export interface ChangeSide {
  readonly price: Formula
  readonly part: Formula
}

/**
 * the difference of the two sides before its floor. A fixed price replaces the new side's price. `original`
 * is absent where only the added units are priced.
 */
export function differenceOf(
  { price, part }: ChangeSide,
  original: ChangeSide | undefined,
  discount: Discount | undefined,
): Formula {
  const listed = discount?.kind === 'fixedPrice' ? literal(discount.value, MONEY_DECIMALS) : price
  if (original === undefined) return times(listed, part)
  return part === original.part
    ? times(minus(listed, original.price), part)
    : minus(times(listed, part), times(original.price, original.part))
}

/**
 * the fee with its discount, from the difference that is not negative. A percentage of both sides is a percentage of
 * their difference; an amount off is taken once; a fixed price is in the difference already.
 */
export function discountedFee(difference: Formula, { price }: ChangeSide, discount: Discount | undefined): Formula {
  if (discount?.kind !== 'fixedPrice') return discounted(difference, discount)
  const fixed = literal(discount.value, MONEY_DECIMALS)
  return { ...difference, text: `${difference.text}, ${fixed.text} fixed instead of ${price.text}` }
}

/** X-09, `change.price: full-difference`: the price of a plan for `months` counts for the months that were bought. */
export function fullPart(months: { readonly bought: number; readonly plan: number }): Formula {
  const part = rational(BigInt(months.bought), BigInt(months.plan))
  return quoted(part, months.bought === months.plan ? '1' : `${months.bought}/${months.plan}`)
}
