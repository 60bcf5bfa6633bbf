/**
 * A warm start: before anybody comes, every pool gets servers drawn from the stationary law of its own load. The numbers
 * are those of the truncated product form (Kaufman-Roberts), which holds for any law of lifetimes; what is left of each
 * life is drawn from its equilibrium law. Where the load changes over time its own past counts (modified offered load: D.
 * L. Jagerman, "Nonstationary blocking in telephone traffic", 1975). All draws have streams of their own, so that a run
 * without a warm start is the same as before.
 */

import { own } from '#base/own.ts'
import { drawPresent, type RequestClass } from '#engine/queueing/loss-system.ts'
import { type Distribution, distribution } from '#engine/random/distribution.ts'
import { Equilibrium, type Underway } from '#engine/random/equilibrium.ts'
import type { Stream, Streams } from '#engine/random/streams.ts'
import { type KnownRate, rateAt } from '#scenarios/load-rate-at.ts'
import { isTransient, orderSizes } from '#scenarios/occupancy.ts'
import type { Buy, BuyerSegment } from '#scenarios/sections/buyers.ts'
import type { Id } from '../cell/table.ts'
import { placeOrder } from '../market/place-order.ts'
import type { Launch } from '../market/servers/launch.ts'
import { missingPrerequisite } from '../market/servers/prerequisites.ts'
import type { Servers } from '../market/servers/servers.ts'
import { isResold } from '../market/wallets/reseller.ts'
import type { Offer } from '../world/catalog.ts'
import type { PoolPlace } from '../world/places.ts'
import { timersOf } from './timers.ts'

/** Orders of one line of `buys` for one pool. */
interface Line {
  /** Position in the segment, from 1. */
  readonly number: number
  readonly buy: Buy
  readonly offer: Offer
  readonly rate: KnownRate
  readonly dist: Distribution
  readonly life: Equilibrium
  /** Mean requests in their lifetime, and in creation, and how many come in a millisecond. */
  readonly living: number
  readonly inCreation: number
  readonly arrivals: number
  /** Rows of accounts that may own them. */
  readonly owners: readonly number[]
}

export class WarmStart {
  readonly #market: Servers
  readonly #streams: Streams

  constructor(market: Servers, streams: Streams) {
    this.#market = market
    this.#streams = streams
  }

  open(): void {
    const timers = timersOf(this.#market)
    const { world } = this.#market
    if (world.scenario.warmStart === true) timers.wake('poolsFill', world.scenario.start, 0)
  }

  /** The run begins: all pools of the cell are filled, in their order. */
  fill(): void {
    const { world, cell } = this.#market
    for (const place of world.pools) if (place.cell === cell) this.#fill(place)
  }

  #fill(place: PoolPlace): void {
    const { pools, world } = this.#market
    const provisioning = new Equilibrium(distribution(place.plan.provisioning))
    const lines = world.scenario.buyers.flatMap((segment, index) => this.#lines(place, segment, index, provisioning))
    const classes = lines.flatMap((line) =>
      orderSizes(line.buy, world.policies).map(([units, probability]) => ({
        line,
        ...classOf(line, units, probability),
      })),
    )
    if (classes.length === 0) return
    const stream = this.#streams.stream(`warm/${place.zone}/${place.plan.flavour}`)
    const present = drawPresent(classes, pools.planned[place.row], stream)
    present.forEach((count, index) => {
      const { line, units } = classes[index]
      for (let order = 0; order < count; order++) this.#place(place, line, units, provisioning, stream)
    })
  }

  #lines(place: PoolPlace, segment: BuyerSegment, index: Id<'segments'>, provisioning: Equilibrium): Line[] {
    const market = this.#market
    const { scenario, catalog } = market.world
    const { load, buys, account } = segment
    if (load.kind === 'trace' || load.kind === 'closed') return []
    const rate = rateAt(scenario, segment, load)
    const weights = buys.reduce((sum, { weight }) => sum + weight, 0)
    const found = 1 - (segment.unmet?.probability ?? 0)
    return buys.flatMap((buy, position) => {
      if (buy.flavour !== place.plan.flavour || buy.lifetime === null || !isTransient(buy, scenario)) return []
      const offer = catalog.find(buy.product, buy.specification)
      if (!market.isListed(offer.productId)) return []
      const customers = this.#customers(place, index, buy)
      const owners = customers.filter((row) => missingPrerequisite(market, row) === null)
      const people = load.perBuyer ? customers.length : customers.length / this.#size(index)
      const agrees = account.acceptsTerms * (offer.product.needsAuthorisation ? account.authorises : 1)
      const share = people * zoneShare(market, place, buy) * (buy.weight / weights) * agrees * found
      if (share === 0 || owners.length === 0) return []
      const dist = distribution(buy.lifetime)
      const life = new Equilibrium(dist)
      const { start } = scenario
      const living = rate.isConstant
        ? rate.most * life.mean
        : life.present((ago) => rate.at(start - ago), Number.POSITIVE_INFINITY)
      return [
        {
          ...{ number: position + 1, buy, offer, rate, dist, life, owners },
          living: share * living,
          inCreation: share * rate.at(start) * provisioning.mean,
          arrivals: share * rate.at(start),
        },
      ]
    })
  }

  #size(segment: number): number {
    const { first } = this.#market.world.population
    return first[segment + 1] - first[segment]
  }

  /** Buyers at home here who can order: without a choice of zones those whose usual pool it is. */
  #customers(place: PoolPlace, segment: Id<'segments'>, buy: Buy): number[] {
    const { accounts, world, cell } = this.#market
    const { orderChapter } = this.#market
    const { customers } = orderChapter
    const fitting = world.pools.filter((pool) => pool.cell === cell && pool.plan.flavour === buy.flavour)
    const usual = fitting.findIndex(({ id }) => id === place.id)
    const rows: number[] = []
    for (let row = 0; row < accounts.rows; row++) {
      if (accounts.segment[row] !== segment || customers.registered[row] === 0) continue
      // O-02: a reseller's customer needs no payment method.
      if (customers.paymentMethod[row] === 0 && !isResold(orderChapter.wallets, row)) continue
      if (buy.zones !== null || accounts.id[row] % fitting.length === usual) rows.push(row)
    }
    return rows
  }

  #place(place: PoolPlace, line: Line, units: number, provisioning: Equilibrium, stream: Stream): void {
    const { start } = this.#market.world.scenario
    const isLiving = stream.next() * (line.living + line.inCreation) < line.living
    const left = (isLiving ? underway(line, start, stream) : provisioning.draw(stream)).left
    const lifetime = isLiving ? left : line.dist.sample(stream)
    const launch: Launch = { after: isLiving ? 0 : whole(left), fails: false }
    const account = line.owners[stream.below(line.owners.length)]
    placeOrder(this.#market, {
      ...{ account, specification: line.offer.id, pool: place.row, quantity: units, months: 0 },
      ...{ channel: 'warm-start', interest: line.number, provisioning: line.buy.provisioning },
      lifetime: whole(lifetime),
      creation: () => ({
        launches: Array.from({ length: units }, () => launch),
        patience: Number.POSITIVE_INFINITY,
      }),
    })
  }
}

const whole = (milliseconds: number): number => Math.max(0, Math.round(milliseconds))

const classOf = ({ living, inCreation, arrivals }: Line, units: number, probability: number): RequestClass => ({
  units,
  load: (living + inCreation) * probability,
  rate: arrivals * probability,
})

/** A life under way at `start`: one that began when many came is met more often. */
function underway({ rate, life }: Line, start: number, stream: Stream): Underway {
  for (;;) {
    const met = life.draw(stream)
    if (rate.isConstant || stream.next() * rate.most < rate.at(start - met.age)) return met
  }
}

/** Of the visits of a buyer who chooses the zone by weight, those that choose this one. */
function zoneShare({ world, cell }: Servers, place: PoolPlace, { zones, flavour }: Buy): number {
  if (zones === null) return 1
  const fitting = world.pools.filter((pool) => pool.cell === cell && pool.plan.flavour === flavour)
  const sum = fitting.reduce((total, { zone }) => total + (own(zones, zone) ?? 0), 0)
  return sum === 0 ? 0 : (own(zones, place.zone) ?? 0) / sum
}
