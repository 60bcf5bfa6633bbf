/** Open model: arrivals at a constant rate. */
import { constantRate, type RateFunction } from '#engine/random/arrivals/rate.ts'
import type { LoadOf } from '#scenarios/sections/load.ts'
import { perMs } from './per-ms.ts'

export const poisson = ({ rate }: LoadOf<'poisson'>): RateFunction => constantRate(perMs(rate))
