/** Open model: a mean rate with a day or week profile in civil time. */
import { profileRate } from '#engine/random/arrivals/profile.ts'
import type { RateFunction } from '#engine/random/arrivals/rate.ts'
import type { LoadOf } from '#scenarios/sections/load.ts'
import { perMs } from './per-ms.ts'

export const profile = ({ rate, weights }: LoadOf<'profile'>, utcOffset: number): RateFunction =>
  profileRate(perMs(rate), weights, utcOffset)
