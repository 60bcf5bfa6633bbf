/** When buyers come: one arrival process a buyer, or one a segment and cell where the scenario gives a total rate. */
import { exponential } from '#engine/random/distributions/exponential.ts'
import type { Stream, Streams } from '#engine/random/streams.ts'
import type { Market } from '../market/market.ts'

export class Visits {
  readonly #market: Market
  readonly #stream: (account: number, purpose: string) => Stream

  constructor(market: Market, stream: (account: number, purpose: string) => Stream, _streams: Streams) {
    this.#market = market
    this.#stream = stream
  }

  open(): void {
    for (let account = 0; account < this.#market.accounts.rows; account++) this.scheduleNext(account)
  }

  visitor(entity: number): number {
    return entity
  }

  scheduleNext(entity: number): void {
    const { accounts, world, timers } = this.#market
    const { load } = world.scenario.buyers[accounts.segment[entity]]
    if (load.kind === 'trace') return
    const rate = load.kind === 'poisson' ? load.rate : { count: 3, perMs: 604800000 }
    const gap = exponential({ mean: rate.perMs / rate.count }).sample(this.#stream(entity, 'arrivals'))
    timers.wake('buyerArrives', timers.now + Math.max(1, Math.round(gap)), entity)
  }

  save(): unknown {
    return null
  }

  restore(_state: unknown): void {}
}
