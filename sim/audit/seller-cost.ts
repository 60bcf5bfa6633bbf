/** L-03, L-06: the seller's share of sales, and what is withheld and taxed of it, by the policies of its bill. */
import { DAY } from './civil-time.ts'
import { percentIn, rounded } from './exact.ts'
import type { Premises } from './premises.ts'

interface SellerShares {
  readonly withholding: bigint
  readonly tax: bigint
  readonly share: bigint
}

/**
 * L-02: the bill of the month that began at an instant is made on the 7th, or later where what is added to it until its buyers'
 * bills are final takes longer to arrive.
 */
export const billedAt = ({ calendar, scenario }: Premises, month: number): number =>
  Math.max(calendar.nextMonth(month) + 6 * DAY, calendar.billFinalAt(month) + scenario.messageDelay)

/** Of sales in whole 1e-8, negative where they are released. */
export function sharesOf(premises: Premises, specification: number, sales: bigint, at: number): SellerShares {
  const rounding = premises.policies['rounding.charge']
  const seller = premises.sellers.get(specification)
  const withheld = percentIn(seller?.withholdingPercent ?? '0')
  const withholding = rounded({ over: sales * withheld.over, under: withheld.under }, rounding)
  const fee = percentIn(premises.policyAt('settlement.platformFee', at))
  const base = (sales - withholding) * (fee.under - fee.over)
  const taxed = percentIn(seller?.taxPercent ?? '0')
  const tax = rounded({ over: base * taxed.over, under: fee.under * taxed.under }, rounding)
  return { withholding, tax, share: rounded({ over: base - tax * fee.under, under: fee.under }, rounding) }
}

/** What was computed, by `specification month sales`: most orders of a product cost the same. */
const known = new WeakMap<Premises, Map<string, bigint>>()
/** Beyond so many there is little to find again. */
const MOST_KNOWN = 100_000

/** All that sales which are on the bill of a month cost. */
export function costOf(premises: Premises, specification: number, sales: bigint, month: number): bigint {
  let costs = known.get(premises)
  if (costs === undefined) known.set(premises, (costs = new Map()))
  const key = `${specification} ${month} ${sales}`
  const before = costs.get(key)
  if (before !== undefined) return before
  const { withholding, tax, share } = sharesOf(premises, specification, sales, billedAt(premises, month))
  const cost = withholding + tax + share
  if (costs.size < MOST_KNOWN) costs.set(key, cost)
  return cost
}
