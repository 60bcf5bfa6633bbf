/** When buyers come: one arrival process a buyer, or one a segment and cell where the scenario gives a total rate. */
import { NonHomogeneousArrivals } from '#engine/random/arrivals/non-homogeneous.ts'
import type { ArrivalProcess } from '#engine/random/arrivals/process.ts'
import type { Stream, Streams } from '#engine/random/streams.ts'
import type { Market } from '../market/market.ts'
import { NONE } from '../market/tables.ts'
import { loadRate } from './load-rate.ts'

/** Where arrivals come from: a buyer, or (`account` NONE) any of a segment's buyers at home here. */
interface Source {
  readonly account: number
  readonly members: Int32Array
  readonly choice: Stream | null
  readonly process: ArrivalProcess
}

/** Whose stream, and for what. */
export type StreamOf = (account: number, purpose: string) => Stream

export class Visits {
  readonly #market: Market
  readonly #sources: Source[] = []
  readonly #streamOf: StreamOf
  readonly #streams: Streams

  constructor(market: Market, streamOf: StreamOf, streams: Streams) {
    this.#market = market
    this.#streamOf = streamOf
    this.#streams = streams
  }

  /** Makes the sources and sets the first arrival of each. Accounts stand already. */
  open(): void {
    const { world } = this.#market
    world.scenario.buyers.forEach((_, segment) => {
      this.#addSegment(segment)
    })
    for (let source = 0; source < this.#sources.length; source++) this.scheduleNext(source)
  }

  #addSegment(segment: number): void {
    const { accounts, world, cell } = this.#market
    const { scenario, population } = world
    const { load, segment: name } = scenario.buyers[segment]
    const shape = loadRate(load, scenario.start, scenario.policies['time.utcOffset'])
    if (shape === null) return
    const members: number[] = []
    for (let account = 0; account < accounts.rows; account++)
      if (accounts.segment[account] === segment) members.push(account)
    if (members.length === 0) return
    if (shape.perBuyer) {
      for (const account of members) {
        const process = new NonHomogeneousArrivals(shape.rate, scenario.start, this.#streamOf(account, 'arrivals'))
        this.#sources.push({ account, members: new Int32Array(0), choice: null, process })
      }
      return
    }
    // A total rate is shared out by where the segment's buyers live.
    const share = members.length / (population.first[segment + 1] - population.first[segment])
    const place = `segment/${name}/${scenario.regions[cell].id}`
    const arrivals = this.#streams.stream(`${place}/arrivals`)
    this.#sources.push({
      account: NONE,
      members: Int32Array.from(members),
      choice: this.#streams.stream(`${place}/visitor`),
      process: new NonHomogeneousArrivals(shape.rate, scenario.start, arrivals, share),
    })
  }

  /** Who came. */
  visitor(source: number): number {
    const { account, members, choice } = this.#sources[source]
    return choice === null ? account : members[choice.below(members.length)]
  }

  scheduleNext(source: number): void {
    const { timers } = this.#market
    const at = this.#sources[source].process.next(timers.now)
    if (at < Number.POSITIVE_INFINITY) timers.wake('buyerArrives', at, source)
  }

  save(): readonly (readonly number[])[] {
    return this.#sources.map(({ process }) => process.save())
  }

  restore(state: readonly (readonly number[])[]): void {
    state.forEach((saved, source) => {
      this.#sources[source].process.restore(saved)
    })
  }
}
