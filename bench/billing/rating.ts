import type { UnitPrice } from '#base/money.ts'
import { ecsHourAmount } from '#sim/billing/metering/rating.ts'
import { mix } from '../work/work.ts'
import { Exact, exactSeconds } from './exact.ts'
import { type BillingWork, digestOf } from './work.ts'

/** Hourly prices from 0.01 to 1.68 in whole 1e-10, all decimals in use. */
export const hourlyOf = (resource: number): number => 100_000_000 + (mix(resource, 11) >>> 8) * 1000

/** U-01: what the seconds of an hour cost. */
function ratingWork(subject: string, prepare: (hourly: number) => (seconds: number) => number): BillingWork {
  return {
    work: 'rating',
    subject,
    sizes: [10_000],
    start(size) {
      const seconds = Int32Array.from({ length: size }, (_, index) => (mix(index, 3) >>> 0) % 3601)
      const rates = Array.from({ length: 16 }, (_, price) => prepare(hourlyOf(price)))
      const amounts = new Float64Array(size)
      return {
        bytesPerLine: 8,
        batch() {
          for (let at = 0; at < size; at++) amounts[at] = rates[at & 15](seconds[at])
          return size
        },
        digest: () => digestOf(amounts),
      }
    },
  }
}

export const ratingWorks: readonly BillingWork[] = [
  ratingWork('marketsim', (hourly) => (seconds) => ecsHourAmount(hourly as UnitPrice, seconds, 'truncate')),
  ratingWork('decimal.js', (hourly) => {
    const price = new Exact(hourly).div(1e10)
    return (seconds) => exactSeconds(price, seconds).toNumber()
  }),
]
