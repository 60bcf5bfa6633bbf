/**
 * Where a buyer wants servers, how long the buyer waits for them, and how long creating each will take (E-01, E-02,
 * E-05).
 */

import { own } from '#base/own.ts'
import type { Distribution } from '#engine/random/distribution.ts'
import type { Stream } from '#engine/random/streams.ts'
import type { Row } from '../cell/table.ts'
import type { Launch } from '../market/servers/launch.ts'
import { canEverHold, hasRoom } from '../market/servers/pools.ts'
import type { Servers } from '../market/servers/servers.ts'
import type { PoolPlace } from '../world/places.ts'
import { drawDuration, durationDistribution, happens } from './draws.ts'
import type { Wish } from './preferences.ts'
import type { StreamOf } from './stream-of.ts'

export class ServerWishes {
  readonly #market: Servers
  readonly #streamOf: StreamOf
  /** By number of the pool - 1. */
  readonly #provisioning: readonly Distribution[]
  readonly #patience: readonly (Distribution | null)[]
  /** Pools at home by flavour. */
  readonly #fitting: ReadonlyMap<string, readonly PoolPlace[]>

  constructor(market: Servers, streamOf: StreamOf) {
    const { pools } = market.world
    this.#market = market
    this.#streamOf = streamOf
    this.#provisioning = pools.map(({ plan }) => durationDistribution(plan.provisioning))
    this.#patience = pools.map(({ plan }) => (plan.patience === null ? null : durationDistribution(plan.patience)))
    this.#fitting = Map.groupBy(
      pools.filter((place) => place.cell === market.cell),
      ({ plan }) => plan.flavour,
    )
  }

  /**
   * The row of the pool the buyer asks. With weights of zones, one drawn by them; otherwise the usual one of those at home
   * that have the flavour if it has room, else the next, in turn. Where none has room, the first that ever can.
   */
  choosePool(
    account: Row<'accounts'>,
    { buy, quantity, flavour }: Pick<Wish, 'buy' | 'quantity'> & { readonly flavour?: string },
  ): number {
    const fitting = this.#fitting.get(flavour ?? buy.flavour ?? '') ?? []
    if (buy.zones !== null) return drawZone(fitting, buy.zones, this.#streamOf(account, 'zone'))
    const usual = this.#market.accounts.id[account] % fitting.length
    for (let turn = 0; turn < fitting.length; turn++) {
      const { row } = fitting[(usual + turn) % fitting.length]
      if (hasRoom(this.#market, row, quantity)) return row
    }
    if (canEverHold(this.#market, fitting[usual].row, quantity)) return fitting[usual].row
    const able = fitting.findIndex(({ row }) => canEverHold(this.#market, row, quantity))
    return fitting[able === -1 ? usual : able].row
  }

  /** How creating each of `quantity` servers will go. A pool that never fails draws nothing for that (O-08). */
  launches(pool: Row<'pools'>, quantity: number, stream: Stream): Launch[] {
    const place = this.#place(pool)
    const { failure } = place.plan
    const distribution = this.#provisioning[place.id - 1]
    const launches: Launch[] = []
    for (let server = 0; server < quantity; server++)
      launches.push({
        after: drawDuration(distribution, stream),
        fails: happens(failure, () => stream),
      })
    return launches
  }

  /** How long creating one takes, by a draw of the buyer's own: so long it takes to replace its system disk too (E-07). */
  replacement(pool: Row<'pools'>, stream: Stream): number {
    return drawDuration(this.#provisioning[this.#place(pool).id - 1], stream)
  }

  /** How long the buyer waits in the queue of a pool, ms; drawn only where orders may wait (E-02). */
  patience(account: Row<'accounts'>, pool: Row<'pools'>): number {
    const distribution = this.#patience[this.#place(pool).id - 1]
    if (distribution === null || this.#market.policies['pool.whenFull'] === 'refuse') return Number.POSITIVE_INFINITY
    return drawDuration(distribution, this.#streamOf(account, 'patience'))
  }

  #place(pool: Row<'pools'>): PoolPlace {
    return this.#market.world.pools[this.#market.pools.id[pool] - 1]
  }
}

/** A scenario that is read has at least one zone of weight above 0 in each home region. */
function drawZone(fitting: readonly PoolPlace[], weights: Readonly<Record<string, number>>, stream: Stream): number {
  const sum = fitting.reduce((total, { zone }) => total + (own(weights, zone) ?? 0), 0)
  let rest = stream.next() * sum
  let chosen = 0
  for (const { zone, row } of fitting) {
    const weight = own(weights, zone) ?? 0
    if (weight === 0) continue
    chosen = row
    if (rest < weight) break
    rest -= weight
  }
  return chosen
}
