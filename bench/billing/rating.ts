import type { UnitPrice } from '#base/money.ts'
import { ecsHourAmount } from '#sim/billing/metering/rating.ts'
import { mix } from '../work/work.ts'
import { Exact, exactSeconds } from './exact.ts'
import { type BillingWork, digestOf } from './work.ts'

/** Hourly prices from 0.01 to 1.68 in whole 1e-10, all decimals in use. */
export const hourlyOf = (resource: number): number => 100_000_000 + (mix(resource, 11) >>> 8) * 1000

const PRICES = 16

/**
 * U-01: what the seconds of an hour cost.
 * @param prepare makes one function of all prices: of a function for each price, V8 inlined the call in some processes and not
 * in others, which took 22 % longer, so that comparisons of this work were too noisy
 */
function ratingWork(
  subject: string,
  prepare: (prices: readonly number[]) => (price: number, seconds: number) => number,
): BillingWork {
  return {
    work: 'rating',
    subject,
    sizes: [10_000],
    start(size) {
      const seconds = Int32Array.from({ length: size }, (_, index) => (mix(index, 3) >>> 0) % 3601)
      const rate = prepare(Array.from({ length: PRICES }, (_, price) => hourlyOf(price)))
      const amounts = new Float64Array(size)
      return {
        bytesPerLine: 8,
        batch() {
          for (let at = 0; at < size; at++) amounts[at] = rate(at % PRICES, seconds[at])
          return size
        },
        digest: () => digestOf(amounts),
      }
    },
  }
}

export const ratingWorks: readonly BillingWork[] = [
  ratingWork(
    'marketsim',
    (prices) => (price, seconds) => ecsHourAmount(prices[price] as UnitPrice, seconds, 'truncate'),
  ),
  ratingWork('decimal.js', (prices) => {
    const exact = prices.map((price) => new Exact(price).div(1e10))
    return (price, seconds) => exactSeconds(exact[price], seconds).toNumber()
  }),
]
