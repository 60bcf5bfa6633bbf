/** P-02 tiered (graduated, "Step"): each band prices only the units inside it. */
import type { Band } from './bands.ts'

export interface TieredPlan {
  readonly model: 'tiered'
  readonly bands: readonly Band[]
}

/** `quantity` in whole 1e-8; the price in whole 1e-18 of the currency, exact. */
export function tieredPrice(plan: TieredPlan, quantity: bigint): bigint {
  let price = 0n
  let below = 0n
  for (const { upTo, unit } of plan.bands) {
    if (upTo === null || quantity <= upTo) return price + (quantity - below) * unit
    price += (upTo - below) * unit
    below = upTo
  }
  return price
}

/** The units that are in each band, lowest band first. */
export function unitsByBand(plan: TieredPlan, quantity: bigint): { units: bigint; unit: bigint }[] {
  const parts: { units: bigint; unit: bigint }[] = []
  let below = 0n
  for (const { upTo, unit } of plan.bands) {
    const top = upTo === null || quantity < upTo ? quantity : upTo
    if (top > below || parts.length === 0) parts.push({ units: top - below, unit })
    if (top === quantity) break
    below = top
  }
  return parts
}
