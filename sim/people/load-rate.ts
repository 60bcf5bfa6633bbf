/** The arrival rate of a load shape over time, per millisecond, as the engine's arrival processes take it. */
import { productRate, type RateFunction } from '#engine/random/arrivals/rate.ts'
import type { Load } from '#scenarios/sections/load.ts'
import { poisson } from './load/poisson.ts'
import { profile } from './load/profile.ts'
import { spike } from './load/spike.ts'
import { stages } from './load/stages.ts'

/** The shapes that are processes of arrivals; a trace and the closed model are none. */
export type OpenLoad = Exclude<Load, { kind: 'trace' | 'closed' }>

/** The shapes that are a rate. */
export type RatedLoad = Exclude<OpenLoad, { kind: 'renewal' | 'markov' }>

function plainRate(load: RatedLoad, start: number, utcOffset: number): RateFunction {
  switch (load.kind) {
    case 'poisson':
      return poisson(load)
    case 'profile':
      return profile(load, utcOffset)
    case 'stages':
      return stages(load, start)
    case 'spike':
      return spike(load, start)
  }
}

/** The rate of each buyer (`load.perBuyer`) or of the whole segment; `surge` is a factor on it, null for none. */
export function loadRate(load: RatedLoad, start: number, utcOffset: number, surge: RateFunction | null): RateFunction {
  const rate = plainRate(load, start, utcOffset)
  return surge === null ? rate : productRate(rate, surge)
}
