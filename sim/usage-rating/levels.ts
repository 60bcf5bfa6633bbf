/**
 * Levels over time (`time-weighted`): a level holds until the next one of its resource. A log in order is summed as it is read;
 * one with late, replaced or unsorted levels is sorted first, and each bill has the time of the levels that it knows (I-04).
 */
import { monthOf, startOfMonth } from '#base/civil-time.ts'
import { addBreaks, ascending, isKnownOn } from './known-span.ts'
import { type Level, LevelStore } from './level-store.ts'
import type { Metric } from './rate-card.ts'

/** A level as a row says it. */
export interface LevelRow {
  readonly line: number
  readonly account: string
  readonly at: number
  readonly resource: string
  readonly value: bigint
  readonly dimensions: ReadonlyMap<string, string>
}

/** The levels of one resource. */
interface History {
  readonly metric: Metric
  readonly account: string
  readonly dimensions: ReadonlyMap<string, string>
  readonly number: number
  /** Of a log in order: the level that holds. */
  last: Level | undefined
  /** Of any other: bills from which on something else is known of earlier months. */
  readonly breaks: Set<number>
}

/** A part of a month in which a level held. */
export interface LevelTime {
  readonly metric: Metric
  readonly account: string
  readonly dimensions: ReadonlyMap<string, string>
  readonly month: number
  /** The month of the bill on which it comes first. */
  readonly bill: number
  readonly at: number
  readonly line: number
  /** Level x ms, whole 1e-8 x ms; negative where a later bill takes it back. */
  readonly total: bigint
  /** 1, or -1 where it is taken back. */
  readonly events: 1 | -1
}

/** The level that each bill holds to be the present one; the first one knows all that was received in time. */
interface Knowledge {
  readonly history: History
  readonly bills: readonly number[]
  readonly held: (Level | undefined)[]
}

export const levelKey = (metric: Metric, account: string, resource: string, dimensions: Iterable<string>): string =>
  JSON.stringify([metric.name, account, resource, ...dimensions])

export class Levels {
  readonly #histories = new Map<string, History>()
  /** Undefined where the log is in order. */
  readonly #store: LevelStore | undefined
  readonly #offset: number
  /** Instants at which the price of a metric changes. */
  readonly #changes: (metric: Metric) => readonly number[]
  readonly #onTime: (time: LevelTime) => void

  /** `isKept`: levels come late, are replaced, or are not sorted by time. */
  constructor(
    isKept: boolean,
    utcOffset: number,
    changes: (metric: Metric) => readonly number[],
    onTime: (time: LevelTime) => void,
  ) {
    this.#store = isKept ? new LevelStore() : undefined
    this.#offset = utcOffset
    this.#changes = changes
    this.#onTime = onTime
  }

  /** `from` and `until`: the bills that know the level. Levels that are not kept come in order. */
  take(metric: Metric, row: LevelRow, from: number, until: number | undefined): void {
    const { account, resource, dimensions, at, value, line } = row
    const key = levelKey(metric, account, resource, dimensions.values())
    const level: Level = { at, value, line, month: monthOf(at, this.#offset), from, until }
    let history = this.#histories.get(key)
    if (history === undefined) {
      const number = this.#histories.size
      history = { metric, account, dimensions, number, last: undefined, breaks: new Set() }
      this.#histories.set(key, history)
    }
    if (this.#store !== undefined) {
      addBreaks(history.breaks, level)
      this.#store.add(history.number, level)
    } else {
      if (history.last !== undefined) this.#spend(history, history.last, at, 1, undefined)
      history.last = level
    }
  }

  /** Levels hold until an instant. */
  finish(end: number): void {
    if (this.#store !== undefined) this.#finishSorted(this.#store, end)
    else
      for (const history of this.#histories.values())
        if (history.last !== undefined) this.#spend(history, history.last, end, 1, undefined)
    this.#histories.clear()
  }

  #finishSorted(store: LevelStore, end: number): void {
    const histories = [...this.#histories.values()]
    let knowledge: Knowledge | undefined
    for (const [number, level] of store.sorted()) {
      const history = histories[number]
      if (knowledge?.history !== history) {
        if (knowledge !== undefined) this.#hold(knowledge, undefined, end)
        const bills = [Number.NEGATIVE_INFINITY, ...ascending(history.breaks)]
        knowledge = { history, bills, held: bills.map(() => undefined) }
      }
      this.#hold(knowledge, level, Math.min(level.at, end))
    }
    if (knowledge !== undefined) this.#hold(knowledge, undefined, end)
    store.close()
  }

  /**
   * The next level of a history, or its end: what was held before has held until an instant, on each bill that knows of it. A
   * bill that knows something else has its own time, less that of the one before.
   */
  #hold({ history, bills, held }: Knowledge, next: Level | undefined, until: number): void {
    let before: Level | undefined
    for (const [index, bill] of bills.entries()) {
      const ended = next === undefined || isKnownOn(next, bill) ? held[index] : undefined
      if (index === 0) {
        if (ended !== undefined) this.#spend(history, ended, until, 1, undefined)
      } else if (ended !== before) {
        if (before !== undefined) this.#spend(history, before, until, -1, bill)
        if (ended !== undefined) this.#spend(history, ended, until, 1, bill)
      }
      before = ended
      if (next !== undefined && isKnownOn(next, bill)) held[index] = next
    }
  }

  /** A level has held until an instant: its time is of the months, and under the prices, in which it did. */
  #spend(
    { metric, account, dimensions }: History,
    { at: since, value, line }: Level,
    until: number,
    events: 1 | -1,
    bill: number | undefined,
  ): void {
    for (let at = since; at < until; ) {
      const month = monthOf(at, this.#offset)
      const changes = this.#changes(metric).filter((from) => from > at)
      const end = Math.min(until, startOfMonth(month + 1, this.#offset), ...changes)
      const total = BigInt(events) * value * BigInt(end - at)
      const first = bill === undefined ? month : Math.max(month, bill)
      this.#onTime({ metric, account, dimensions, month, bill: first, at, line, total, events })
      at = end
    }
  }
}
