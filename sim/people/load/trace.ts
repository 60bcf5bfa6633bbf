/** Open model: arrivals replayed from a file, one order a line; a planned surge leaves lines out or repeats them. */

import { own } from '#base/own.ts'
import type { Streams } from '#engine/random/streams.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { BuyerSegment } from '#scenarios/sections/buyers.ts'
import type { LoadOf } from '#scenarios/sections/load.ts'
import type { Trace } from '#scenarios/trace.ts'
import type { Row } from '../../cell/table.ts'
import type { Orders } from '../../market/orders/orders.ts'
import { surgedCopies } from '../events/demand-surge.ts'
import { timersOf } from '../timers.ts'
import { type Placed, resampled } from './resampled.ts'

/** A segment's trace in this cell: which lines are its buyers', and how far it has come. */
interface Replay {
  readonly segment: number
  readonly data: Trace
  readonly lines: Int32Array
  /** When each is placed, ms. */
  readonly at: Float64Array
  next: number
}

/** What a line says; null where it leaves the wish to the buyer. */
export interface ReplayedLine {
  readonly account: Row<'accounts'>
  readonly quantity: number | null
  readonly lifetime: number | null
  readonly flavour: string | null
}

/** The numbers of all lines in order, each as often as it is placed. */
function repeated(count: number, copies: Uint32Array | null): Int32Array {
  if (copies === null) return Int32Array.from({ length: count }, (_, line) => line)
  const lines = new Int32Array(copies.reduce((sum, each) => sum + each, 0))
  let end = 0
  copies.forEach((each, line) => {
    lines.fill(line, end, (end += each))
  })
  return lines
}

/** The lines of a trace as the run places them: as they are, or in blocks that the seed draws. */
function placedLines(data: Trace, { segment, load }: BuyerSegment, scenario: Scenario, streams: Streams): Placed {
  const { resample } = load as LoadOf<'trace'>
  if (resample === undefined) return { lines: Int32Array.from(data.at, (_, line) => line), at: data.at }
  const { start, end, arrivalsUntil = end } = scenario
  const streamOf = (buyer: number) => streams.fresh(`resample/${segment}${buyer < 0 ? '' : `/${buyer + 1}`}`)
  return resampled(data, resample, { start, end: arrivalsUntil }, streamOf)
}

export class TraceReplays {
  readonly #market: Orders
  readonly #replays: readonly Replay[]

  /** `streams`: those of the cell; every cell draws the same blocks. */
  constructor(market: Orders, streams: Streams) {
    const { world, cell } = market
    const { population, scenario, traces } = world
    this.#market = market
    this.#replays = scenario.buyers.flatMap((segment, index) => {
      const data = own(traces, segment.segment)
      if (segment.load.kind !== 'trace' || data === undefined) return []
      const first = population.first[index]
      const placed = placedLines(data, segment, scenario, streams)
      const copies = surgedCopies(scenario, segment.segment, placed.at)
      const places = repeated(placed.at.length, copies).filter(
        (place) => population.cell[first - 1 + data.buyer[placed.lines[place]]] === cell,
      )
      const lines = places.map((place) => placed.lines[place])
      return [{ segment: index, data, lines, at: Float64Array.from(places, (place) => placed.at[place]), next: 0 }]
    })
  }

  /** Sets the first line of each; lines before the run's start were left out when the file was read. */
  open(): void {
    for (let replay = 0; replay < this.#replays.length; replay++) this.#schedule(replay)
  }

  #schedule(replay: number): void {
    const { at, next } = this.#replays[replay]
    const { arrivalsUntil = Number.POSITIVE_INFINITY } = this.#market.world.scenario
    if (next < at.length && at[next] < arrivalsUntil) timersOf(this.#market).wake('traceArrives', at[next], replay)
  }

  /** The line that is due; sets the next one. */
  take(replay: number): ReplayedLine {
    const state = this.#replays[replay]
    const { data, segment, lines } = state
    const { population, scenario } = this.#market.world
    const line = lines[state.next++]
    this.#schedule(replay)
    const { columns } = scenario.buyers[segment].load as LoadOf<'trace'>
    return {
      account: population.row[population.first[segment] + data.buyer[line] - 1],
      quantity: columns.quantity === null ? null : data.quantity[line],
      lifetime: data.lifetime?.[line] ?? null,
      flavour: data.flavour === null ? null : data.flavours[data.flavour[line]],
    }
  }

  save(): number[] {
    return this.#replays.map(({ next }) => next)
  }

  restore(state: readonly number[]): void {
    state.forEach((next, index) => {
      this.#replays[index].next = next
    })
  }
}
