/** what more units of a running subscription cost, before and since 12 June 2023. */
import { UNIT_PRICE_DECIMALS } from '#base/money.ts'
import type { Policies } from '#scenarios/policies.ts'
import {
  type ChangeSide,
  type ChangeTime,
  changeDown,
  differenceOf,
  discountedFee,
  isInTerm,
  onlyUpwards,
  outOfTerm,
} from './change.ts'
import type { Discount } from './discount.ts'
import { atLeastZero, type Formula, literal, times } from './formula.ts'
import { type Charged, lineOf, type Refusal } from './line.ts'
import { type Plan, priced, QUANTITY_DECIMALS, unitPriceAt } from './price/plan.ts'

export interface Expansion {
  readonly plan: Plan
  /** Quantities before and after, whole 1e-8. */
  readonly from: bigint
  readonly to: bigint
  /** What the units before cost; by `plan` where it is absent. */
  readonly original?: ChangeSide | undefined
  /** which part of the price of a whole period is charged. */
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
  const { discount } = expansion
  const { to, from } = sidesOf(expansion, rule, policies)
  const difference = differenceOf(to, from, discount)
  const isNegative = difference.value.numerator < 0n
  if (isNegative && policies['change.negative'] === 'refuse') return negativeExpansion
  const fee = discountedFee(isNegative ? atLeastZero(difference) : difference, to, discount)
  return { lines: [lineOf(rule, fee, policies['rounding.charge'])] }
}

/** The configurations after and before; X-04 prices the added units of a volume plan alone. */
function sidesOf(
  { plan, from, to, original, remaining: part }: Expansion,
  rule: 'X-03' | 'X-04',
  policies: Pick<Policies, 'expansion.tiered'>,
): { readonly to: ChangeSide; readonly from?: ChangeSide } {
  const unit = literal(unitPriceAt(plan, to), UNIT_PRICE_DECIMALS)
  const unitsAtBand = (units: bigint): ChangeSide => ({ price: times(unit, literal(units, QUANTITY_DECIMALS)), part })
  if (rule === 'X-04' && plan.model === 'volume') return { to: unitsAtBand(to - from) }
  const before = original ?? { price: priced(plan, from), part }
  if (plan.model === 'tiered' && policies['expansion.tiered'] === 'price-difference')
    return { to: { price: priced(plan, to), part }, from: before }
  // As the guide writes it: the price of one band for the whole, which is why a tiered plan may come out negative.
  return { to: unitsAtBand(to), from: before }
}

/** X-05, `expansion.ruleKey`: the instant that decides. What is not known falls back on the change order's creation. */
export function decidingTime(
  times: { readonly created: number; readonly paid?: number | undefined; readonly bought?: number | undefined },
  ruleKey: Policies['expansion.ruleKey'],
): number {
  if (ruleKey === 'paid') return times.paid ?? times.created
  return ruleKey === 'originally-bought' ? (times.bought ?? times.created) : times.created
}
