/** ECS pools (E-01, E-02): units held from create to delete; a stopped pay-per-use instance gives its unit back. */
import type { Market } from './market.ts'

/** Brings the integrals of the current clock hour up to now; call before any change of `held` or `capacity`. */
function accrue(market: Market, pool: number): void {
  const { pools } = market
  const elapsed = market.now - pools.since[pool]
  pools.heldMs[pool] += elapsed * pools.held[pool]
  if (pools.held[pool] >= pools.capacity[pool]) pools.fullMs[pool] += elapsed
  pools.since[pool] = market.now
}

/** Units that can still be given out. */
export const freeUnits = (market: Market, pool: number): number => market.pools.capacity[pool] - market.pools.held[pool]

/** Takes units; the caller has asked for room. */
export function hold(market: Market, pool: number, units: number): void {
  accrue(market, pool)
  const { pools } = market
  pools.held[pool] += units
  if (pools.held[pool] > pools.capacity[pool])
    throw new Error(`Q-03: pool ${pools.id[pool]} holds ${pools.held[pool]} of ${pools.capacity[pool]} units`)
  if (pools.held[pool] > pools.peak[pool]) pools.peak[pool] = pools.held[pool]
}

export function giveBack(market: Market, pool: number, units: number): void {
  accrue(market, pool)
  const { pools } = market
  pools.held[pool] -= units
  if (pools.held[pool] < 0) throw new Error(`Q-03: pool ${pools.id[pool]} gave back more than it held`)
  pools.capacity[pool] = Math.max(pools.planned[pool], pools.held[pool])
}

/**
 * A capacity schedule's step (E-01). A capacity below what is held evicts nobody: no unit is given out until enough
 * came back, so the capacity in force never falls below the units held.
 */
export function changeCapacity(market: Market, pool: number, planned: number): void {
  accrue(market, pool)
  market.pools.planned[pool] = planned
  market.pools.capacity[pool] = Math.max(planned, market.pools.held[pool])
}

/** Writes the closing clock hour of each pool where it differs from the hour before, and begins the next. */
export function closePoolHour(market: Market, hourStart: number): void {
  const { pools, facts } = market
  for (let pool = 0; pool < pools.rows; pool++) {
    accrue(market, pool)
    const { capacity, heldMs, fullMs, peak, lastCapacity, lastHeldMs, lastFullMs, lastPeak, reported } = pools
    if (
      reported[pool] === 0 ||
      capacity[pool] !== lastCapacity[pool] ||
      heldMs[pool] !== lastHeldMs[pool] ||
      fullMs[pool] !== lastFullMs[pool] ||
      peak[pool] !== lastPeak[pool]
    ) {
      facts.pool_hours({
        pool: pools.id[pool],
        hour: hourStart,
        capacity: capacity[pool],
        held_ms: heldMs[pool],
        peak: peak[pool],
        full_ms: fullMs[pool],
      })
      reported[pool] = 1
      lastCapacity[pool] = capacity[pool]
      lastHeldMs[pool] = heldMs[pool]
      lastFullMs[pool] = fullMs[pool]
      lastPeak[pool] = peak[pool]
    }
    heldMs[pool] = 0
    fullMs[pool] = 0
    peak[pool] = pools.held[pool]
  }
}
