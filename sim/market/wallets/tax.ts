/** M-07: tax by region, on the payable of an order before tax, a line of its own. */
import type { Instant } from '#base/time.ts'
import type { Wallets } from './wallets.ts'

/** What the buyers' region says; else the policy. */
export const taxPercent = ({ region, policies }: Wallets): string => region.taxPercent ?? policies['tax.percent']

/** Likewise at another instant: that of an order whose price is locked (O-04). */
export const taxPercentAt = (market: Wallets, at: Instant): string =>
  market.region.taxPercent ?? market.policiesAt(at)['tax.percent']
