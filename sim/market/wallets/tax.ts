/** M-07: tax by region, on the payable of an order before tax, a line of its own. */
import type { Market } from '../market.ts'

/** What the buyers' region says; else the policy. */
export const taxPercent = ({ region, policies }: Market): string => region.taxPercent ?? policies['tax.percent']

/** Likewise at another instant: that of an order whose price is locked (O-04). */
export const taxPercentAt = (market: Market, at: number): string =>
  market.region.taxPercent ?? market.policiesAt(at)['tax.percent']
