/** Sellers setting up unsupervised SaaS (O-10). An order crosses to its seller's cell and the answer crosses back. */

import type { Distribution } from '#engine/random/distribution.ts'
import type { Stream } from '#engine/random/streams.ts'
import type { Id, Row } from '../cell/table.ts'
import type { Orders } from '../market/orders/orders.ts'
import { completeSaas, failSaas } from '../market/orders/saas.ts'
import type { World } from '../world/world.ts'
import { drawDuration, durationDistribution, happens } from './draws.ts'
import { strikeEnds } from './events/strikes.ts'
import { timersOf } from './timers.ts'

/** Kinds of messages between cells. */
export const messageKinds = { setUp: 1, isSetUp: 2 } as const

/** Hands a message to another cell; `delay` is at least the scenario's messageDelay. */
export type Send = (to: number, delay: number, kind: number, payload: readonly number[]) => void

interface Guest {
  readonly cell: Id<'cells'>
  readonly order: Row<'orders'>
  readonly failed: boolean
}

export class Sellers {
  readonly #market: Orders
  readonly #world: World
  readonly #streamOf: (order: number) => Stream
  readonly #send: Send
  readonly #provisioning: readonly Distribution[]
  /** Orders being set up here, by slot: their cell, their row there, and whether it will fail. */
  #guests: Guest[] = []
  #free: number[] = []

  constructor(market: Orders, streamOf: (order: number) => Stream, send: Send) {
    this.#market = market
    this.#world = market.world
    this.#streamOf = streamOf
    this.#send = send
    this.#provisioning = this.#world.scenario.sellers.map((segment) => durationDistribution(segment.provisioning))
  }

  /** An order was paid: its seller is notified, immediately in this cell, by message in another. */
  provisionOrdered(order: Row<'orders'>): void {
    const { seller } = this.#world.catalog.offers[this.#market.orders.specification[order] - 1]
    const { segment } = this.#world.sellers[seller.id - 1]
    const stream = this.#streamOf(order)
    const time = drawDuration(this.#provisioning[segment], stream)
    const { failure } = this.#world.scenario.sellers[segment]
    const failed = happens(failure, () => stream)
    if (seller.cell === this.#market.cell) this.#setUp(seller.id, { cell: seller.cell, order, failed }, time)
    else {
      const payload = [seller.id, order, time, failed ? 1 : 0]
      this.#send(seller.cell, this.#world.scenario.messageDelay, messageKinds.setUp, payload)
    }
  }

  #setUp(seller: number, guest: Guest, time: number): void {
    const { segment } = this.#world.sellers[seller - 1]
    const name = this.#world.scenario.sellers[segment].segment
    const slot = this.#free.pop() ?? this.#guests.length
    this.#guests[slot] = guest
    // L-04: a seller on strike sets nothing up.
    const begins = strikeEnds(this.#world.scenario, name, this.#market.now)
    timersOf(this.#market).wake('saasProvisioned', begins + time, slot)
  }

  /** The product is set up, or cannot be (O-08): its order ends, here or where it came from. */
  provisioned(slot: number): void {
    const { cell, order, failed } = this.#guests[slot]
    this.#free.push(slot)
    if (cell === this.#market.cell) this.#finish(order, failed)
    else this.#send(cell, this.#world.scenario.messageDelay, messageKinds.isSetUp, failed ? [order, 1] : [order])
  }

  #finish(order: Row<'orders'>, failed: boolean): void {
    if (failed) failSaas(this.#market, order)
    else completeSaas(this.#market, order)
  }

  receive(from: Id<'cells'>, kind: number, payload: Float64Array): void {
    if (kind === messageKinds.setUp)
      this.#setUp(payload[0], { cell: from, order: payload[1], failed: payload[3] === 1 }, payload[2])
    else this.#finish(payload[0], payload[1] === 1)
  }

  save(): unknown {
    return { guests: this.#guests, free: this.#free }
  }

  restore(state: unknown): void {
    const saved = state as { guests: Guest[]; free: number[] }
    this.#guests = saved.guests.map((guest) => ({ ...guest }))
    this.#free = [...saved.free]
  }
}
