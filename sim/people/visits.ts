/** When buyers come: one arrival process a buyer, or one a segment and cell where the scenario gives a total rate. */
import type { ArrivalProcess } from '#engine/random/arrivals/process.ts'
import { distribution } from '#engine/random/distribution.ts'
import type { Stream, Streams } from '#engine/random/streams.ts'
import { type Id, NONE, type Row } from '../cell/table.ts'
import type { Orders } from '../market/orders/orders.ts'
import { surgeOf } from './events/demand-surge.ts'
import { ClosedLoops } from './load/closed.ts'
import { Processes } from './load/processes.ts'
import { SharedArrivals } from './load/shared.ts'
import type { OpenLoad } from './load-rate.ts'
import { Members } from './members.ts'
import { Presence } from './presence.ts'
import type { StreamOf } from './stream-of.ts'
import { timersOf } from './timers.ts'

/** Where arrivals come from: a buyer, or (`account` NONE) any of a segment's buyers at home here. */
interface Source {
  readonly account: Row<'accounts'>
  readonly members: Members | null
  readonly choice: Stream | null
  /** Null in the closed model: the buyer's last purchase decides the next arrival. */
  readonly process: ArrivalProcess | null
}

export class Visits {
  readonly loops: ClosedLoops
  readonly #market: Orders
  readonly #sources: Source[] = []
  readonly #streamOf: StreamOf
  readonly #streams: Streams
  readonly presence: Presence
  /** From here on no buyer comes, ms. */
  readonly #end: number

  constructor(market: Orders, streamOf: StreamOf, streams: Streams) {
    const { scenario } = market.world
    this.#market = market
    this.#streamOf = streamOf
    this.#streams = streams
    this.presence = new Presence(market, streamOf)
    this.#end = scenario.arrivalsUntil ?? Number.POSITIVE_INFINITY
    const rateFactors = scenario.buyers.map(({ segment }) => surgeOf(scenario, segment))
    this.loops = new ClosedLoops(market, streamOf, rateFactors, this.presence)
  }

  /** Makes the sources and sets the first arrival of each. The accounts exist already. */
  open(): void {
    this.presence.open()
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
    const activity = this.#activity(segment, members)
    if (load.kind === 'closed')
      members.forEach((account, index) => {
        if (activity[index] > 0) this.#enter(account, activity[index])
      })
    else this.#addOpen(segment, load, members, activity)
  }

  /** A buyer of the closed model, who comes `factor` times as often as the think time says. */
  #enter(account: Row<'accounts'>, factor: number): void {
    this.loops.factor(account, factor)
    this.#sources.push({ account, members: null, choice: null, process: null })
  }

  /** How much more often than usual each comes, 0 for never; all alike where the scenario says nothing. */
  #activity(segment: Id<'segments'>, members: readonly number[]): Float64Array {
    const { activity } = this.#market.world.scenario.buyers[segment]
    if (activity === null) return new Float64Array(members.length).fill(1)
    const factor = distribution(activity)
    return Float64Array.from(members, (account) => Math.max(0, factor.sample(this.#streamOf(account, 'activity'))))
  }

  #addOpen(segment: number, load: OpenLoad, members: readonly number[], activity: Float64Array): void {
    const { world, cell } = this.#market
    const { scenario, population, cellPlaces } = world
    const { start } = scenario
    const { segment: name } = scenario.buyers[segment]
    const processes = new Processes(load, start, scenario.policies['time.utcOffset'], surgeOf(scenario, name))
    if (load.perBuyer) {
      members.forEach((account, index) => {
        if (activity[index] === 0) return
        const stream = (purpose: string) => this.#streamOf(account, purpose)
        const process = processes.make({ start: this.presence.from(account), scale: activity[index], stream })
        this.#sources.push({ account, members: null, choice: null, process })
      })
      return
    }
    // A total rate is shared out by where the segment's buyers live.
    const size = population.first[segment + 1] - population.first[segment]
    const share = members.length / size
    const place = `segment/${name}/${cellPlaces[cell].name}`
    const source = {
      account: NONE,
      members: new Members(members, activity),
      choice: this.#streams.stream(`${place}/visitor`),
    }
    if (processes.canBeSplit || share === 1) {
      const stream = (purpose: string) => this.#streams.stream(`${place}/${purpose}`)
      this.#sources.push({
        ...source,
        process: processes.make({ start, scale: processes.canBeSplit ? share : 1, stream }),
      })
      return
    }
    const stream = (purpose: string) => this.#streams.stream(`segment/${name}/${purpose}`)
    const whole = processes.make({ start, scale: 1, stream })
    const part = { before: this.#before(segment) / size, share }
    const process = new SharedArrivals(whole, stream('sharing'), part, scenario.arrivalsUntil ?? scenario.end)
    this.#sources.push({ ...source, process })
  }

  /** How many buyers of a segment live in the cells before this one. */
  #before(segment: number): number {
    const { population } = this.#market.world
    let count = 0
    for (let id = population.first[segment]; id < population.first[segment + 1]; id++)
      if (population.cell[id - 1] < this.#market.cell) count++
    return count
  }

  #begin(source: number): void {
    const { process, account } = this.#sources[source]
    if (process === null) this.loops.enter(account, source)
    else this.#scheduleNext(source, process)
  }

  #scheduleNext(source: number, process: ArrivalProcess): void {
    const timers = timersOf(this.#market)
    const at = process.next(timers.now)
    if (at < this.#until(this.#sources[source].account)) timers.wake('buyerArrives', at, source)
  }

  /** An arrival: `place` submits an intent of this account to the market, once for each purchase of a batch. */
  arrive(source: number, place: (account: number) => void): void {
    const { account, members, choice, process } = this.#sources[source]
    if (process === null) {
      if (this.#isThere(account)) this.loops.buy(account, () => place(account))
      return
    }
    const { batch } = process
    this.#scheduleNext(source, process)
    for (let each = 0; each < batch; each++) {
      const visitor = choice === null ? account : (members as Members).draw(choice)
      if (this.#isThere(visitor)) place(visitor)
    }
  }

  /** When arrivals of a source end, ms; `account` NONE for a segment. */
  #until(account: Row<'accounts'>): number {
    return this.presence.isFixed || account === NONE ? this.#end : Math.min(this.#end, this.presence.until(account))
  }

  #isThere(account: Row<'accounts'>): boolean {
    return this.presence.isFixed || this.presence.isThere(account)
  }

  save() {
    return {
      presence: this.presence.save(),
      processes: this.#sources.map(({ process }) => process?.save() ?? []),
      loops: this.loops.save(),
    }
  }

  restore(state: ReturnType<Visits['save']>): void {
    this.presence.restore(state.presence)
    this.loops.restore(state.loops)
    state.processes.forEach((saved, source) => {
      this.#sources[source].process?.restore(saved)
    })
  }
}
