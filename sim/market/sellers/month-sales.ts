/** What is sold of each specification in a month (L-02), and the share of its seller that is booked with it (L-06). */

import { dayOf, monthOf, startOfDay, startOfMonth } from '#base/civil-time.ts'
import { HOUR } from '#base/time.ts'
import type { Id } from '../../cell/table.ts'
import { billInstant, bookShare, costOfSale } from './seller-share.ts'
import type { Sellers } from './sellers.ts'

/** A month of this cell is over: its sums go to the sellers, who may be at home elsewhere. */
export function closeSales(market: Sellers, month: number): void {
  bookUse(market)
  market.sales.closeMonth(month, (specification, sold, refunded, cost) => {
    market.monthSold.emit(specification, month, { sold, refunded, cost })
  })
}

/** An hour was settled: what it sold, by specification, counts in the month of the settlement (L-02). */
export function sellHour(market: Sellers, hour: number, sold: ArrayLike<number | bigint>): void {
  const { world, sales, now } = market
  const offset = world.policies['time.utcOffset']
  const day = startOfDay(dayOf(hour, offset), offset)
  if (sales.openDay !== undefined && sales.openDay !== day) bookUse(market)
  const month = startOfMonth(monthOf(Math.min(now, world.scenario.end - 1), offset), offset)
  for (let index = 0; index < sold.length; index++) {
    const amount = BigInt(sold[index])
    if (amount === 0n) continue
    sales.sell(index + 1, amount, 0n)
    sales.use(index + 1, day, month, amount)
  }
}

/** L-06: books the shares of the use that was settled, each day's on the sum of the day; returns the cost of the last. */
export function bookUse(market: Sellers): bigint {
  let cost = 0n
  for (const use of market.sales.takeOpen()) {
    const { specification, day, month } = use
    cost = costOfSale(market, specification, use.sold, billInstant(market, month)) - use.bookedCost
    bookShare(market, { specification, month, about: day, sales: use.sold - use.statedSales, cost })
    use.bookedSales = use.sold
    if (cost !== 0n) use.statedSales = use.sold
    use.bookedCost += cost
    market.sales.sell(specification, 0n, cost)
  }
  return cost
}

/**
 * U-09: a record that came too late for its own hour counts in the month in which that hour was settled, as its buyer's bill
 * does. A correction (I-04) is drawn at `correctedAt`, and counts in the month of that.
 */
export function sellLate(
  market: Sellers,
  specification: Id<'specifications'>,
  hour: number,
  amount: bigint,
  correctedAt?: number,
): void {
  const { policies, now, sales, world } = market
  const offset = policies['time.utcOffset']
  const monthAt = (instant: number): number =>
    startOfMonth(monthOf(Math.min(instant, world.scenario.end - 1), offset), offset)
  const settled = monthAt(correctedAt ?? hour + HOUR + policies['settlement.lag'])
  bookUse(market)
  sales.use(specification, startOfDay(dayOf(hour, offset), offset), settled, amount)
  const cost = bookUse(market)
  const running = monthAt(now)
  if (settled > running || (now === running && settled === running && !sales.hasBegun(running))) {
    // Records may come before the month begins in which they are drawn (T-06).
    sales.sell(specification, 0n, -cost)
    sales.complete(specification, amount, cost)
  } else if (settled === running) sales.sell(specification, amount, 0n)
  else {
    // Booked with the running month, though it is on the bill of an earlier one.
    sales.sell(specification, 0n, -cost)
    market.monthSold.emit(specification, settled, { sold: amount, refunded: 0n, cost })
  }
}
