/** When buyers come: one arrival process a buyer, or one a segment and cell where the scenario gives a total rate. */
import { NonHomogeneousArrivals } from '#engine/random/arrivals/non-homogeneous.ts'
import type { ArrivalProcess } from '#engine/random/arrivals/process.ts'
import type { Stream, Streams } from '#engine/random/streams.ts'
import { type Id, NONE, type Row } from '../cell/table.ts'
import type { Orders } from '../market/orders/orders.ts'
import { surgeOf } from './events/demand-surge.ts'
import { ClosedLoops } from './load/closed.ts'
import { loadRate, type RatedLoad } from './load-rate.ts'
import type { StreamOf } from './stream-of.ts'
import { timersOf } from './timers.ts'

/** Where arrivals come from: a buyer, or (`account` NONE) any of a segment's buyers at home here. */
interface Source {
  readonly account: Row<'accounts'>
  readonly members: Int32Array
  readonly choice: Stream | null
  /** Null in the closed model: the buyer's last purchase decides the next arrival. */
  readonly process: ArrivalProcess | null
}

const noMembers = new Int32Array(0)

export class Visits {
  readonly loops: ClosedLoops
  readonly #market: Orders
  readonly #sources: Source[] = []
  readonly #streamOf: StreamOf
  readonly #streams: Streams

  constructor(market: Orders, streamOf: StreamOf, streams: Streams) {
    const { scenario } = market.world
    this.#market = market
    this.#streamOf = streamOf
    this.#streams = streams
    const rateFactors = scenario.buyers.map(({ segment }) => surgeOf(scenario, segment))
    this.loops = new ClosedLoops(market, streamOf, rateFactors)
  }

  /** Makes the sources and sets the first arrival of each. The accounts exist already. */
  open(): void {
    const { world } = this.#market
    world.scenario.buyers.forEach((_, segment) => {
      this.#addSegment(segment)
    })
    for (let source = 0; source < this.#sources.length; source++) this.#begin(source)
  }

  #addSegment(segment: Id<'segments'>): void {
    const { accounts, world } = this.#market
    const { load } = world.scenario.buyers[segment]
    if (load.kind === 'trace') return
    const members: number[] = []
    for (let account = 0; account < accounts.rows; account++)
      if (accounts.segment[account] === segment) members.push(account)
    if (members.length === 0) return
    if (load.kind === 'closed')
      for (const account of members) this.#sources.push({ account, members: noMembers, choice: null, process: null })
    else this.#addRated(segment, load, members)
  }

  #addRated(segment: number, load: RatedLoad, members: readonly number[]): void {
    const { world, cell } = this.#market
    const { scenario, population, cellPlaces } = world
    const { segment: name } = scenario.buyers[segment]
    const rate = loadRate(load, scenario.start, scenario.policies['time.utcOffset'], surgeOf(scenario, name))
    if (load.perBuyer) {
      for (const account of members) {
        const process = new NonHomogeneousArrivals(rate, scenario.start, this.#streamOf(account, 'arrivals'))
        this.#sources.push({ account, members: noMembers, choice: null, process })
      }
      return
    }
    // A total rate is shared out by where the segment's buyers live.
    const share = members.length / (population.first[segment + 1] - population.first[segment])
    const place = `segment/${name}/${cellPlaces[cell].name}`
    const arrivals = this.#streams.stream(`${place}/arrivals`)
    this.#sources.push({
      account: NONE,
      members: Int32Array.from(members),
      choice: this.#streams.stream(`${place}/visitor`),
      process: new NonHomogeneousArrivals(rate, scenario.start, arrivals, share),
    })
  }

  #begin(source: number): void {
    const { process, account } = this.#sources[source]
    if (process === null) this.loops.enter(account, source)
    else this.#scheduleNext(source, process)
  }

  #scheduleNext(source: number, process: ArrivalProcess): void {
    const timers = timersOf(this.#market)
    const at = process.next(timers.now)
    if (at < Number.POSITIVE_INFINITY) timers.wake('buyerArrives', at, source)
  }

  /** An arrival: `place` submits the intent of this account to the market. */
  arrive(source: number, place: (account: number) => void): void {
    const { account, members, choice, process } = this.#sources[source]
    const visitor = choice === null ? account : members[choice.below(members.length)]
    if (process === null) {
      this.loops.buy(visitor, () => place(visitor))
      return
    }
    this.#scheduleNext(source, process)
    place(visitor)
  }

  save() {
    return { processes: this.#sources.map(({ process }) => process?.save() ?? []), loops: this.loops.save() }
  }

  restore(state: ReturnType<Visits['save']>): void {
    this.loops.restore(state.loops)
    state.processes.forEach((saved, source) => {
      this.#sources[source].process?.restore(saved)
    })
  }
}
