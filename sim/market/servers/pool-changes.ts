/** What happens to pools by plan (E-01, E-02, C-05): capacity, flavour status, prices, outages; each a fact. */

import { type CloudResource, resourceKeys } from '#scenarios/cloud-resources.ts'
import { flavourStatuses } from '../../cell/codes.ts'
import type { HourPrice, Id, Row } from '../../cell/table.ts'
import { instance } from './instance.ts'
import { callWaiting, changeCapacity, type FlavourStatus, statusOf } from './pools.ts'
import type { Servers } from './servers.ts'
import { refuseWaiting } from './waiting.ts'

type Change = 'capacity' | 'flavour-status' | 'price' | 'outage' | 'outage-ends'

/** What is in force in the pool from now on. */
function write(market: Servers, pool: Row<'pools'>, what: Change, rule: string, broken = 0): void {
  const { pools, facts, now } = market
  facts.pool_changes({
    pool: pools.id[pool],
    at: now,
    what: market.word(what),
    capacity: pools.planned[pool],
    status: market.word(statusOf(market, pool)),
    hourly: pools.hourly[pool],
    down: pools.down[pool] > 0 ? 1 : 0,
    broken,
    rule: market.word(rule),
  })
}

/** A planned change of capacity, next to the pool's own schedule (E-01). */
export function setCapacity(market: Servers, pool: Row<'pools'>, capacity: number): void {
  changeCapacity(market, pool, capacity)
  write(market, pool, 'capacity', 'E-01')
}

/**
 * A flavour is sold again, sold out or abandoned (E-02). Servers that run continue; once it is abandoned, no order
 * waits any more.
 */
export function setFlavourStatus(market: Servers, pool: Row<'pools'>, status: FlavourStatus): void {
  market.pools.status[pool] = flavourStatuses.indexOf(status)
  write(market, pool, 'flavour-status', 'E-02')
  if (status === 'abandoned') refuseWaiting(market, pool)
  else callWaiting(market, pool)
}

/** What a server of a pool, or a resource of it, costs an hour from now on (1e-10). */
export interface ServerPrices {
  readonly hourly: HourPrice | null
  /** E-09. */
  readonly resources?: ReadonlyMap<CloudResource, HourPrice>
}

/** C-05, U-07: servers of the pool and their resources cost so much from now on, those that are there too. */
export function repriceServers(market: Servers, pool: Row<'pools'>, prices: ServerPrices): void {
  const { pools, instances } = market
  const hourly = prices.hourly ?? pools.hourly[pool]
  for (let row = 0; row < instances.rows; row++)
    if (instances.id[row] > 0 && instances.pool[row] === pool) {
      // What was used so far is counted at the prices before.
      market.ecsRepriced.emit(row)
      if (prices.hourly !== null) instances.ecsPrice[row] = market.hourlyPrice.of(hourly, instances.account[row], pool)
    }
  pools.hourly[pool] = hourly
  for (const [resource, price] of prices.resources ?? []) pools[resourceKeys[resource]][pool] = price
  write(market, pool, 'price', 'C-05')
}

/** C-05, U-07: a pay-per-use image costs `hourly` (1e-10) from now on, wherever it is installed. Each cell does so. */
export function repriceImages(market: Servers, specification: Id<'specifications'>, hourly: HourPrice): void {
  const { instances, imagePrices, world, cell, facts, now } = market
  imagePrices[specification - 1] = hourly
  for (let row = 0; row < instances.rows; row++)
    if (instances.specification[row] === specification && instances.imageMetered[row] === 1) {
      market.imageRepriced.emit(row)
      instances.imagePrice[row] = hourly
    }
  // Only the seller's cell records it.
  if (world.catalog.offers[specification - 1].seller.cell === cell)
    facts.image_prices({ specification, at: now, hourly, rule: market.word('C-05') })
}

/** A pool's zone goes down: until `endOutage` nothing can be created or started, and what `isLost` says breaks at that instant. */
export function beginOutage(market: Servers, pool: Row<'pools'>, isLost: (instance: number) => boolean): void {
  market.pools.down[pool]++
  write(market, pool, 'outage', 'E-01', breakInstances(market, pool, isLost))
}

export function endOutage(market: Servers, pool: Row<'pools'>): void {
  market.pools.down[pool]--
  write(market, pool, 'outage-ends', 'E-01')
  market.outageEnded.emit(pool)
  callWaiting(market, pool)
}

/** Running servers of a pool break: those of which `isLost` says so, in the order of their rows. */
export function breakInstances(market: Servers, pool: Row<'pools'>, isLost: (instance: number) => boolean): number {
  const { instances } = market
  let broken = 0
  for (let row = 0; row < instances.rows; row++) {
    if (instances.id[row] === 0 || instances.pool[row] !== pool) continue
    if (instances.state[row] !== instance.state.running || !isLost(row)) continue
    market.instanceBreaks.emit(row)
    broken++
  }
  return broken
}
