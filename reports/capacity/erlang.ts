/**
 * Erlang's loss formula: a group of `units` servers, requests at random that leave when all are taken.
 *
 * Source: A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
 * exchanges" (1917); the recursion in the number of units is exact and needs no factorial.
 */

/** No pool is larger; a search ends here. */
const MOST_UNITS = 10_000_000

/** The share of requests that find no unit free when `load` units are asked for on average. */
export function erlangB(units: number, load: number): number {
  let blocked = 1
  for (let unit = 1; unit <= units; unit++) blocked = (load * blocked) / (unit + load * blocked)
  return blocked
}

/** The fewest units at which at most `target` of the requests are refused; null when no pool of any size would do. */
export function unitsFor(load: number, target: number): number | null {
  let blocked = 1
  for (let units = 0; units <= MOST_UNITS; units++) {
    if (units > 0) blocked = (load * blocked) / (units + load * blocked)
    if (blocked <= target) return units
  }
  return null
}
