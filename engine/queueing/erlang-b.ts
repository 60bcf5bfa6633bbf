/**
 * Erlang's loss formula: `units` servers, requests at random of one unit each that leave when all are taken.
 *
 * A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone exchanges"
 * (1917). It holds for holding times of any law with the same mean (B. A. Sevastyanov, 1957).
 */

import { log } from '../mathematics/logarithm.ts'
import { pow } from '../mathematics/power.ts'

/** The share of requests that find no unit free when `load` units are asked for on average: exact, by recursion. */
export function erlangB(units: number, load: number): number {
  let blocked = 1
  for (let unit = 1; unit <= units; unit++) blocked = (load * blocked) / (unit + load * blocked)
  return blocked
}

/** Points of the integral below: ten digits and more. */
const POINTS = 4096

/**
 * The same for a number of units that need not be whole: 1/B(x, a) is the integral over u from 0 to 1 of
 * (1 - ln(u) / a)^x (R. Syski, "Introduction to congestion theory in telephone systems", 1960). It is worked out for the
 * fractional part of `units`, and the recursion climbs from there.
 */
export function erlangBContinuous(units: number, load: number): number {
  if (load <= 0) return units > 0 ? 0 : 1
  const part = units - Math.floor(units)
  let blocked = part === 0 ? 1 : fractional(part, load)
  for (let unit = part + 1; unit < units + 0.5; unit++) blocked = (load * blocked) / (unit + load * blocked)
  return blocked
}

/** For 0 < part < 1: midpoints of t with u = t^2 (3 - 2t), which crowd where the logarithm runs away. */
function fractional(part: number, load: number): number {
  let sum = 0
  for (let point = 0; point < POINTS; point++) {
    const t = (point + 0.5) / POINTS
    sum += 6 * t * (1 - t) * pow(1 - log(t * t * (3 - 2 * t)) / load, part)
  }
  return POINTS / sum
}

/** No pool is larger; a search ends here. */
const MOST_UNITS = 10_000_000

/** The fewest units at which at most `target` of the requests are refused; null when no pool of any size would do. */
export function unitsFor(load: number, target: number): number | null {
  let blocked = 1
  for (let units = 0; units <= MOST_UNITS; units++) {
    if (units > 0) blocked = (load * blocked) / (units + load * blocked)
    if (blocked <= target) return units
  }
  return null
}
