/**
 * The sums of a cell's facts by civil month (`tables/sums.ts`), taken from its fact log as it goes to the disk: whatever
 * writes a transaction or meters an hour is counted, and the rules know nothing of it. The auditor works them out again.
 */
import { dayOf, monthOf, startOfHour, startOfMonth } from '#base/civil-time.ts'
import { DAY, HOUR, hoursBefore } from '#base/time.ts'
import { type FactTableName, factTableNames } from './columns.ts'
import { paidLedgers } from './cut-off.ts'
import type { Dictionary } from './dictionary.ts'
import { KeyedSums } from './keyed-sums.ts'
import { factWidths, logPlaces, logWidth } from './log-layout.ts'
import { fromLog, logHigh, logLow } from './wide.ts'

/** What of a run the sums depend on, ms. */
export interface SumClock {
  readonly start: number
  readonly end: number
  /** From when figures count; the start where a scenario does not say. */
  readonly measureFrom: number
  /** Of civil time from UTC. */
  readonly offset: number
}

const numberOf = (table: FactTableName): number => factTableNames.indexOf(table)
const [INSTANCES, SPANS, TRANSACTIONS, POSTINGS] = (
  ['instances', 'usage_spans', 'transactions', 'postings'] as const
).map(numberOf)
const instance = logPlaces('instances')
const span = logPlaces('usage_spans')
const moved = logPlaces('transactions')
const leg = logPlaces('postings')

/** Words, months and pools are packed into one number of 53 bits. */
const WORDS = 16_384
const POOLS = 65_536

/** Numbers of a row of each table, its own among them. */
const LEDGER_WIDTH = logWidth('ledger_months')
const METERED_WIDTH = logWidth('metered_months')

/** Months of the run, cut where figures begin to count: each from its bound up to the next one. */
class Slices {
  readonly bounds: readonly number[]
  readonly months: readonly number[]
  readonly measured: readonly number[]
  readonly #last: number

  /** `from`: the instant from which things of this kind count. */
  constructor({ start, end, offset }: SumClock, from: number) {
    const slices: { bound: number; month: number; measured: number }[] = []
    for (let month = monthOf(start, offset); startOfMonth(month, offset) < end; month++) {
      const [first, next] = [startOfMonth(month, offset), startOfMonth(month + 1, offset)]
      if (from <= start || first >= from) slices.push({ bound: first, month: first, measured: 1 })
      else {
        slices.push({ bound: first, month: first, measured: 0 })
        if (from < next) slices.push({ bound: from, month: first, measured: 1 })
      }
    }
    this.bounds = slices.map(({ bound }) => bound)
    this.months = slices.map(({ month }) => month)
    this.measured = slices.map(({ measured }) => measured)
    this.#last = end - 1
  }

  /** The slice of an instant; what is made as the run ends belongs to the last one. */
  of(instant: number): number {
    const at = Math.min(instant, this.#last)
    let slice = this.bounds.length - 1
    while (slice > 0 && this.bounds[slice] > at) slice--
    return slice
  }

  /** How many of `repeats` instants, an hour apart from `first`, are before a slice. */
  before(slice: number, first: number, repeats: number): number {
    if (slice >= this.bounds.length) return repeats
    return hoursBefore(first, repeats, this.bounds[slice])
  }

  within(slice: number, first: number, repeats: number): number {
    return this.before(slice + 1, first, repeats) - (slice === 0 ? 0 : this.before(slice, first, repeats))
  }
}

export class MonthSums {
  readonly #ledger = new KeyedSums()
  readonly #metered = new KeyedSums()
  readonly #booked: Slices
  readonly #used: Slices
  readonly #clock: SumClock
  readonly #isPaid: Uint8Array
  readonly #unbilled: number
  /** The pool of each instance of the cell, by its number. */
  readonly #pools = new Map<number, number>()
  /** The transaction whose postings follow. */
  #account = 0
  #at = 0
  #about = 0
  #isHourly = false
  #repeats = 1
  #kind = 0
  #ofOrders = 0
  #isLate = false
  /** The slices that it touches. */
  #from = 0
  #to = 0

  constructor(clock: SumClock, words: Dictionary) {
    if (words.words.length > WORDS) throw new Error(`more than ${WORDS} words: a key of a sum has no room for them`)
    this.#clock = clock
    const { start, measureFrom, offset } = clock
    this.#booked = new Slices(clock, measureFrom)
    // An hour counts that begins when figures do.
    const hour = Math.ceil((measureFrom + offset) / HOUR) * HOUR - offset
    this.#used = new Slices(clock, measureFrom <= start ? measureFrom : hour)
    this.#isPaid = new Uint8Array(WORDS)
    for (const name of paidLedgers) this.#isPaid[words.numberOf(name)] = 1
    this.#unbilled = words.numberOf('unbilled-receivable')
  }

  /** Takes whole facts of the log: table number and columns, one after the other, up to `end`. */
  take(facts: Float64Array, end: number): void {
    for (let at = 0; at < end; at += factWidths[facts[at]]) {
      const table = facts[at]
      if (table === POSTINGS) this.#post(facts, at)
      else if (table === TRANSACTIONS) this.#begin(facts, at)
      else if (table === SPANS) this.#use(facts, at)
      else if (table === INSTANCES) this.#pools.set(facts[at + instance.id], facts[at + instance.pool])
    }
  }

  #begin(facts: Float64Array, first: number): void {
    const { offset, end } = this.#clock
    const day = facts[first + moved.day]
    const hour = facts[first + moved.hour]
    this.#account = facts[first + moved.account]
    this.#at = facts[first + moved.at]
    this.#isHourly = hour > 0
    this.#about = this.#isHourly ? hour : day * DAY - offset
    this.#repeats = facts[first + moved.repeats]
    this.#kind = facts[first + moved.kind]
    this.#ofOrders = facts[first + moved.order_id] > 0 ? 1 : 0
    const later = (this.#repeats - 1) * HOUR
    this.#isLate = dayOf(Math.min(this.#at + later, end - 1), offset) > day
    const slices = this.#booked
    const [made, about] = [slices.of(this.#at), slices.of(this.#about)]
    this.#from = Math.min(made, about)
    this.#to = Math.max(slices.of(this.#at + later), slices.of(this.#isHourly ? this.#about + later : this.#about))
  }

  #post(facts: Float64Array, first: number): void {
    const ledger = facts[first + leg.ledger]
    const owner = facts[first + leg.owner]
    const low = facts[first + leg.amount]
    const high = facts[first + leg.amount + 1]
    const isPaid = this.#isPaid[ledger] === 1
    for (let slice = this.#from; slice <= this.#to; slice++) {
      const isWhole = this.#from === this.#to
      const about = isWhole ? this.#repeats : this.#aboutIn(slice)
      const made = isWhole || !isPaid ? about : this.#booked.within(slice, this.#at, this.#repeats)
      const times = isPaid ? made : about
      if (times !== 0) this.#add(slice, ledger, owner, times, times, low, high)
      if (isPaid && about !== made) {
        const late = about - made
        this.#add(slice, this.#unbilled, this.#account, Math.abs(late), late, low, high)
      } else if (isPaid && this.#isLate && slice === this.#from)
        this.#add(slice, this.#unbilled, this.#account, 0, 0, 0, 0)
    }
  }

  #aboutIn(slice: number): number {
    if (this.#isHourly) return this.#booked.within(slice, this.#about, this.#repeats)
    return slice === this.#booked.of(this.#about) ? this.#repeats : 0
  }

  /** `legs` are counted, and the amount taken so many `times`. */
  #add(slice: number, ledger: number, owner: number, legs: number, times: number, low: number, high: number): void {
    const packed = ((slice * 2 + this.#ofOrders) * WORDS + this.#kind) * WORDS + ledger
    const row = this.#ledger.rowOf(this.#account, owner, packed)
    const amount = low * times
    if (high === 0 && Number.isSafeInteger(amount)) this.#ledger.add(row, legs, 0, amount)
    else this.#ledger.addVast(row, legs, 0, fromLog(low, high) * BigInt(times))
  }

  #use(facts: Float64Array, first: number): void {
    // An hour of an image that rolls counts with the clock hour in which it ends, as it is charged (U-02, M-09).
    const firstHour = startOfHour(facts[first + span.first_hour] + HOUR - 1, this.#clock.offset)
    const hours = facts[first + span.hours]
    const seconds = facts[first + span.seconds]
    const amount = facts[first + span.amount]
    const account = facts[first + span.account]
    const priced = facts[first + span.priced]
    const pool = this.#pools.get(facts[first + span.instance_id]) ?? 0
    const words = facts[first + span.item] * WORDS + facts[first + span.rule]
    const slices = this.#used
    const to = slices.of(firstHour + (hours - 1) * HOUR)
    for (let slice = slices.of(firstHour); slice <= to; slice++) {
      const lines = slices.within(slice, firstHour, hours)
      if (lines === 0) continue
      const row = this.#metered.rowOf(account, priced * POOLS + pool, slice * WORDS * WORDS + words)
      const sum = lines * amount
      if (Number.isSafeInteger(sum)) this.#metered.add(row, lines, lines * seconds, sum)
      else this.#metered.addVast(row, lines, lines * seconds, BigInt(amount) * BigInt(lines))
    }
  }

  /** All sums as rows of numbers, as the fact log has them: the position in `sumTableNames`, then the columns. */
  numbers(): Float64Array {
    const numbers = new Float64Array(this.#ledger.rows * LEDGER_WIDTH + this.#metered.rows * METERED_WIDTH)
    let at = 0
    for (let row = 0; row < this.#ledger.rows; row++, at += LEDGER_WIDTH) {
      const { a: account, b: owner, c: packed, first: times, amount } = this.#ledger.at(row)
      const kind = Math.floor(packed / WORDS) % WORDS
      const rest = Math.floor(packed / WORDS / WORDS)
      const slice = Math.floor(rest / 2)
      const [month, measured] = [this.#booked.months[slice], this.#booked.measured[slice]]
      numbers.set([0, account, owner, packed % WORDS, kind, month, measured, rest % 2, times], at)
      numbers.set([logLow(amount), logHigh(amount)], at + LEDGER_WIDTH - 2)
    }
    for (let row = 0; row < this.#metered.rows; row++, at += METERED_WIDTH) {
      const { a: account, b: place, c: packed, first: lines, second: seconds, amount } = this.#metered.at(row)
      const item = Math.floor(packed / WORDS) % WORDS
      const slice = Math.floor(packed / WORDS / WORDS)
      const [month, measured] = [this.#used.months[slice], this.#used.measured[slice]]
      const [priced, pool] = [Math.floor(place / POOLS), place % POOLS]
      numbers.set([1, account, item, priced, pool, packed % WORDS, month, measured, lines, seconds], at)
      numbers.set([logLow(amount), logHigh(amount)], at + METERED_WIDTH - 2)
    }
    return numbers
  }
}
