/** M-07: tax by region, on the payable of an order before tax, a line of its own. */
import type { Market } from './market.ts'

/** What the buyers' region says; else the policy. */
export const taxPercent = ({ region, policies }: Market): string => region.taxPercent ?? policies['tax.percent']
