/** what it costs to move a running subscription to a better configuration. */
import type { Policies } from '#scenarios/policies.ts'
import {
  type ChangeSide,
  type ChangeTime,
  changeDown,
  differenceOf,
  discountedFee,
  isInTerm,
  outOfTerm,
} from './change.ts'
import type { Discount } from './discount.ts'
import { atLeastZero } from './formula.ts'
import { type Charged, lineOf, type Refusal } from './line.ts'

export interface Upgrade {
  /** The new configuration at its list price, matched to the remaining duration. */
  readonly to: ChangeSide
  /** The original configuration at the list price of the purchased duration. */
  readonly from: ChangeSide
  /** Of the offer in force at the change. */
  readonly discount?: Discount | undefined
  /** Absent where only a factor is known: then nothing is said about the term. */
  readonly time?: ChangeTime | undefined
}

export const negativeUpgrade: Refusal = { refused: 'negative-upgrade', rule: 'X-07' }

/** One line, the exact difference rounded once (M-03); refused when it would be negative. */
export function upgradeFee(
  upgrade: Upgrade,
  policies: Pick<Policies, 'change.negative' | 'change.downAtRenewal' | 'rounding.charge'>,
): Charged {
  if (upgrade.time !== undefined && !isInTerm(upgrade.time)) return outOfTerm
  const { to, from, discount } = upgrade
  const difference = differenceOf(to, from, discount)
  const isNegative = difference.value.numerator < 0n
  if (isNegative && policies['change.downAtRenewal']) return changeDown('X-01', upgrade.time, policies, negativeUpgrade)
  if (isNegative && policies['change.negative'] !== 'floor') return negativeUpgrade
  const fee = discountedFee(isNegative ? atLeastZero(difference) : difference, to, discount)
  return { lines: [lineOf('X-02', fee, policies['rounding.charge'])] }
}

/** A plan's price for a duration it can be bought for (P-05). */
export interface DurationPlan {
  readonly months: number
}

/**
 * X-02, `upgrade.priceMatch`: which plan of the new configuration prices an upgrade. `by-duration`: the longest one that
 * the remaining months still fill, else the shortest there is; `same-plan`: the one of the purchased duration, if sold.
 */
export function matchedPlan<P extends DurationPlan>(
  plans: readonly P[],
  months: { readonly purchased: number; readonly remaining: number },
  match: Policies['upgrade.priceMatch'],
): P | undefined {
  if (match === 'same-plan') return plans.find((plan) => plan.months === months.purchased)
  const byLength = plans.toSorted((a, b) => a.months - b.months)
  return byLength.findLast((plan) => plan.months <= months.remaining) ?? byLength[0]
}
