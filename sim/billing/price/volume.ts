/**
 * P-03 volume ("Tier"): the band in which the total falls prices every unit. The price may therefore drop where a band
 * begins: with 5 at 7 and more at 6.5, five units cost 35 and 5.1 units 33.15.
 */
import { type Band, bandOf } from './bands.ts'

export interface VolumePlan {
  readonly model: 'volume'
  readonly bands: readonly Band[]
}

/** `quantity` in whole 1e-8; the price in whole 1e-18 of the currency, exact. */
export const volumePrice = (plan: VolumePlan, quantity: bigint): bigint => bandOf(plan.bands, quantity).unit * quantity
