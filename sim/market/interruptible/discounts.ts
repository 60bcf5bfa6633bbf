/** Discounts of interruptible servers that change (E-11, U-07). */
import type { Row } from '../../cell/table.ts'
import type { Interruptible } from './interruptible.ts'
import { spotPrice } from './spot-price.ts'

/** The discount of a pool from now on (percent x 1e8), also for servers that run. */
export function setDiscount(market: Interruptible, pool: Row<'pools'>, percentOff: bigint): void {
  const { servers, live, facts, now } = market
  const { instances, pools } = servers
  // What was used so far is counted at the price before.
  for (const row of live.of(pool)) servers.ecsRepriced.emit(row)
  live.percentOff[pool] = percentOff
  const hourly = spotPrice(pools.hourly[pool], percentOff)
  for (const row of live.of(pool)) instances.ecsPrice[row] = hourly
  facts.interruptible_prices({
    pool: pools.id[pool],
    at: now,
    percent_off: Number(percentOff),
    rule: market.word('E-11'),
  })
}
