/** M-07: tax by region, on the payable of an order before tax, a line of its own. */
import type { Market } from './market.ts'

/** What the buyers' region, which is this cell, says; else the policy. */
export const taxPercent = ({ world, cell, policies }: Market): string =>
  world.scenario.regions[cell].taxPercent ?? policies['tax.percent']
