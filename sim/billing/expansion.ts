/** what more units of a running subscription cost, before and since 12 June 2023. */
import { UNIT_PRICE_DECIMALS } from '#base/money.ts'
import type { Policies } from '#scenarios/policies.ts'
import { type ChangeTime, changeDown, isInTerm, onlyUpwards, outOfTerm } from './change.ts'
import { type Discount, discounted } from './discount.ts'
import { atLeastZero, type Formula, literal, minus, times } from './formula.ts'
import { type Charged, lineOf, type Refusal } from './line.ts'
import { type Plan, priced, QUANTITY_DECIMALS, unitPriceAt } from './price/plan.ts'

export interface Expansion {
  readonly plan: Plan
  /** Quantities before and after, whole 1e-8. */
  readonly from: bigint
  readonly to: bigint
  /** */
  readonly remaining: Formula
  /** The instant that decides between the two rules: see `decidingTime`. */
  readonly decidedAt: number
  readonly discount?: Discount | undefined
  readonly time?: ChangeTime | undefined
}

type ExpansionPolicies = Pick<
  Policies,
  'change.negative' | 'change.downAtRenewal' | 'expansion.cutover' | 'expansion.tiered' | 'rounding.charge'
>

const negativeExpansion: Refusal = { refused: 'negative-expansion', rule: 'X-07' }

/** One line, the exact difference rounded once (M-03); floored at 0. */
export function expansionFee(expansion: Expansion, policies: ExpansionPolicies): Charged {
  if (expansion.time !== undefined && !isInTerm(expansion.time)) return outOfTerm
  if (expansion.to < expansion.from) return changeDown('X-01', expansion.time, policies, onlyUpwards)
  const rule = expansion.decidedAt >= policies['expansion.cutover'] ? 'X-04' : 'X-03'
  const difference = times(perPeriod(expansion, rule, policies), expansion.remaining)
  const isNegative = difference.value.numerator < 0n
  if (isNegative && policies['change.negative'] === 'refuse') return negativeExpansion
  const fee = discounted(isNegative ? atLeastZero(difference) : difference, expansion.discount)
  return { lines: [lineOf(rule, fee, policies['rounding.charge'])] }
}

/** The fee for one whole month or year. */
function perPeriod(
  { plan, from, to }: Expansion,
  rule: 'X-03' | 'X-04',
  policies: Pick<Policies, 'expansion.tiered'>,
): Formula {
  const unit = literal(unitPriceAt(plan, to), UNIT_PRICE_DECIMALS)
  if (rule === 'X-04' && plan.model === 'volume') return times(unit, literal(to - from, QUANTITY_DECIMALS))
  if (plan.model === 'tiered' && policies['expansion.tiered'] === 'price-difference')
    return minus(priced(plan, to), priced(plan, from))
  // As the guide writes it: the price of one band for the whole, which is why a tiered plan may come out negative.
  return minus(times(unit, literal(to, QUANTITY_DECIMALS)), priced(plan, from))
}

/** X-05, `expansion.ruleKey`: the instant that decides. What is not known falls back on the change order's creation. */
export function decidingTime(
  times: { readonly created: number; readonly paid?: number | undefined; readonly bought?: number | undefined },
  ruleKey: Policies['expansion.ruleKey'],
): number {
  if (ruleKey === 'paid') return times.paid ?? times.created
  return ruleKey === 'originally-bought' ? (times.bought ?? times.created) : times.created
}
