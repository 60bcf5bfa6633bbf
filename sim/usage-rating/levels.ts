/**
 * Levels over time (`time-weighted`): a level holds until the next one of its resource. A log in order is summed as it is read;
 * one with late, replaced or unsorted levels is kept, and each bill has the time of the levels that it knows (I-04).
 */
import { monthOf, startOfMonth } from '#base/civil-time.ts'
import { breaksOf, isKnownOn, type KnownSpan } from './known-span.ts'
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

interface Level extends KnownSpan {
  readonly at: number
  readonly value: bigint
  readonly line: number
}

/** The levels of one resource; the last one alone where the log is in order. */
interface History {
  readonly metric: Metric
  readonly account: string
  readonly dimensions: ReadonlyMap<string, string>
  readonly levels: Level[]
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

export const levelKey = (metric: Metric, account: string, resource: string, dimensions: Iterable<string>): string =>
  JSON.stringify([metric.name, account, resource, ...dimensions])

export class Levels {
  readonly #histories = new Map<string, History>()
  readonly #isKept: boolean
  readonly #offset: number
  /** Instants at which the price of a metric changes. */
  readonly #changes: (metric: Metric) => readonly number[]
  readonly #onTime: (time: LevelTime) => void

  constructor(
    isKept: boolean,
    utcOffset: number,
    changes: (metric: Metric) => readonly number[],
    onTime: (time: LevelTime) => void,
  ) {
    this.#isKept = isKept
    this.#offset = utcOffset
    this.#changes = changes
    this.#onTime = onTime
  }

  /** `from` and `until`: the bills that know the level. Levels that are not kept come in order. */
  take(metric: Metric, row: LevelRow, from: number, until: number | undefined): void {
    const { account, resource, dimensions, at, value, line } = row
    const key = levelKey(metric, account, resource, dimensions.values())
    const level: Level = { at, value, line, month: monthOf(at, this.#offset), from, until }
    const history = this.#histories.get(key)
    if (history === undefined) this.#histories.set(key, { metric, account, dimensions, levels: [level] })
    else if (this.#isKept) history.levels.push(level)
    else {
      const [last] = history.levels
      this.#spend(history, last, at, 1, undefined)
      history.levels[0] = level
    }
  }

  /** Levels hold until an instant. */
  finish(end: number): void {
    for (const history of this.#histories.values()) {
      if (!this.#isKept) {
        this.#spend(history, history.levels[0], end, 1, undefined)
        continue
      }
      history.levels.sort((a, b) => a.at - b.at || a.line - b.line)
      const breaks = breaksOf(history.levels)
      this.#holdFrom(history, Number.NEGATIVE_INFINITY, end, undefined)
      for (const [index, bill] of breaks.entries())
        this.#holdFrom(history, bill, end, breaks[index - 1] ?? Number.NEGATIVE_INFINITY)
    }
    this.#histories.clear()
  }

  /** What the bills from `bill` on know, in place of what those from `before` on knew. */
  #holdFrom(history: History, bill: number, end: number, before: number | undefined): void {
    if (before !== undefined) this.#spendKnown(history, before, end, -1, bill)
    this.#spendKnown(history, bill, end, 1, before === undefined ? undefined : bill)
  }

  #spendKnown(history: History, known: number, end: number, events: 1 | -1, bill: number | undefined): void {
    let held: Level | undefined
    for (const level of history.levels) {
      if (!isKnownOn(level, known)) continue
      if (held !== undefined) this.#spend(history, held, Math.min(level.at, end), events, bill)
      held = level
    }
    if (held !== undefined) this.#spend(history, held, end, events, bill)
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
