/**
 * The auditor's meter (U-01..U-07, E-09): from an instance's steps alone, what it, its cloud resources and its image used in each clock hour. Whole
 * hours in a row make one line, so that a server that ran for a year is one line and not thousands.
 */
import { HOUR, SECOND } from './civil-time.ts'
import type { Price } from './exact.ts'
import type { Instance, Step } from './facts.ts'
import { type PriceHistory, priceAt } from './hourly-prices.ts'
import type { Premises } from './premises.ts'
import { eachRollingHour, type ImagePiece, type ImageUse } from './rolling-hours.ts'
import type { Vocabulary } from './vocabulary.ts'

/** `hours` clock hours from `firstHour` on that should be charged alike. */
export interface MeteredLine {
  readonly item: number
  readonly priced: number
  readonly firstHour: number
  readonly hours: number
  readonly seconds: number
  readonly unitPrice: Price
  readonly amount: number
}

/** [from, to) in which something was on, and the image that was. */
interface Interval {
  readonly from: number
  readonly to: number
  readonly specification: number
}

/** A server, or a resource of it (E-09); `isWhole`: an hour once begun is charged whole. */
interface MeteredBySeconds {
  readonly item: number
  readonly priced: number
  readonly prices: PriceHistory
  readonly isWhole: boolean
}

/** [from, to) in which an account was in grace. */
export interface GracePeriod {
  readonly from: number
  readonly to: number
}

/** Both ends are rounded down to their second, so that an interval cut at an hour boundary loses nothing. */
const secondsIn = (from: number, to: number): number => Math.floor(to / SECOND) - Math.floor(from / SECOND)

/** when an account was in grace, within the run. */
export function gracePeriods(standing: readonly Step[], words: Vocabulary, end: number): GracePeriod[] {
  const periods: GracePeriod[] = []
  for (const [index, step] of standing.entries())
    if (step.to === words.grace) periods.push({ from: step.at, to: standing[index + 1]?.at ?? end })
  return periods
}

const NONE: readonly GracePeriod[] = []

export class InstanceMeter {
  readonly #premises: Premises
  readonly #words: Vocabulary
  /** Images that are used in one hour, by what they count as. */
  readonly #uses = new Map<number, ImageUse>()
  #usedIn = Number.NEGATIVE_INFINITY

  constructor(premises: Premises, words: Vocabulary) {
    this.#premises = premises
    this.#words = words
  }

  /** What an instance and its images should be charged, hour by hour, in runs of equal hours, `unbilled` left out. */
  lines(
    instance: Instance,
    grace: readonly GracePeriod[],
    unbilled: readonly GracePeriod[] = [],
    segment = '',
  ): MeteredLine[] {
    const { policies } = this.#premises
    const words = this.#words
    const inGrace = policies['grace.payPerUseBilled'] ? [] : grace
    const free =
      inGrace.length === 0 && unbilled.length === 0 ? NONE : [...inGrace, ...unbilled].sort((a, b) => a.from - b.from)
    const running: Interval[] = []
    const imaged: Interval[] = []
    /** E-09: while the server has its address, and while it has its disk. */
    const addressed: Interval[] = []
    const stored: Interval[] = []
    const { steps } = instance
    const pool = this.#premises.pools.get(instance.pool)
    const hasResources = pool?.hasResources === true
    const note = (billed: Interval, state: number, isImaged: boolean): void => {
      if (hasResources) stored.push(billed)
      // nothing of a suspended server but its disk.
      if (hasResources && state !== words.suspended) addressed.push(billed)
      if (state === words.running) running.push(billed)
      if (isImaged) imaged.push(billed)
    }
    for (let index = 0; index < steps.length; index++) {
      const { at, to, specification } = steps[index]
      // The meter reads a last time at the end of the run.
      const until = Math.min(steps[index + 1]?.at ?? this.#premises.end, this.#premises.end)
      if (until <= at) continue
      const halted = to === words.stopped || to === words.changingImage
      if (to !== words.running && !halted && to !== words.suspended) continue
      const whole = { from: at, to: until, specification }
      // U-06: the image stays on the disk of a stopped server.
      const isImaged = to === words.running || (halted && policies['image.whenStopped'] === 'billed')
      // Most accounts are never in grace.
      if (free.length === 0) note(whole, to, isImaged)
      else for (const billed of without(whole, free)) note(billed, to, isImaged)
    }
    const lines: MeteredLine[] = []
    if (instance.billing === words.payPerUse) {
      const ceil = policies['ecs.granularity'] === 'hour-ceil'
      const { id, resources = {} } = pool ?? { id: instance.pool }
      const meterAt = (item: number, on: readonly Interval[], history: PriceHistory, isWhole: boolean): void =>
        this.#meterSeconds({ item, priced: id, prices: history, isWhole }, on, lines)
      meterAt(words.ecs, running, this.#premises.serverPricesFor(instance.pool, segment), ceil)
      const { disk, elasticIp, bandwidth, traffic } = resources
      if (disk !== undefined) meterAt(words.disk, stored, disk, ceil)
      if (elasticIp !== undefined) meterAt(words.elasticIp, addressed, elasticIp, ceil)
      if (bandwidth !== undefined) meterAt(words.bandwidth, addressed, bandwidth, ceil)
      // What flowed is counted, not the hours in which it did.
      if (traffic !== undefined) meterAt(words.traffic, running, traffic, false)
    }
    this.#meterImages(imaged, lines)
    return lines
  }

  /** U-01: the seconds of each hour, or the whole hour once begun, at the price in force at its first use (U-07). */
  #meterSeconds(of: MeteredBySeconds, intervals: readonly Interval[], lines: MeteredLine[]): void {
    if (intervals.length === 0) return
    const { prices } = of
    const counted = new CountedSeconds(this.#premises, of, lines)
    for (const { from, to } of intervals) {
      let start = from
      // Most prices never change.
      if (prices.length > 1)
        for (const { since } of prices)
          if (since > from && since < to) {
            counted.use(start, since, priceAt(prices, start))
            start = since
          }
      counted.use(start, to, priceAt(prices, start))
    }
    counted.end()
  }

  /** U-02, U-03: a started hour is a full hour, once for each product (or image). */
  #meterImages(intervals: readonly Interval[], lines: MeteredLine[]): void {
    const { specifications, policies } = this.#premises
    const pieces: ImagePiece[] = []
    for (const interval of intervals) {
      const specification = specifications.get(interval.specification)
      if (specification?.billing === 'pay-per-use') addPieces(interval, specification.prices, pieces)
    }
    if (pieces.length === 0) return
    if (policies['image.hour'] === 'rolling') {
      const keyOf = (specification: number): number => this.#imageKey(specification)
      eachRollingHour(pieces, keyOf, (hour, hours, use) => this.#emitImage(use, hour, hours, lines))
      return
    }
    this.#usedIn = Number.NEGATIVE_INFINITY
    for (const piece of pieces) this.#useImage(piece, lines)
    this.#endImageHour(lines)
  }

  /** Cuts its use at clock hours: its ends are parts of single hours, what is between are whole hours. */
  #useImage(piece: ImagePiece, lines: MeteredLine[]): void {
    const { from, to } = piece
    const hour = this.#premises.calendar.hourOf(from)
    const next = hour + HOUR
    if (to <= next) {
      this.#useImagePart(piece, hour, secondsIn(from, to), lines)
      return
    }
    const last = this.#premises.calendar.hourOf(to)
    const whole = from === hour ? hour : next
    if (whole !== hour) this.#useImagePart(piece, hour, secondsIn(from, next), lines)
    if (last - whole === HOUR) this.#useImagePart(piece, whole, secondsIn(whole, last), lines)
    else if (last > whole) {
      if (whole !== this.#usedIn) this.#endImageHour(lines)
      this.#usedIn = whole
      this.#emitImage({ first: piece, last: piece, seconds: 3600 }, whole, (last - whole) / HOUR, lines)
    }
    if (to > last) this.#useImagePart(piece, last, secondsIn(last, to), lines)
  }

  /** Parts of one hour in which the same image is used come together. */
  #useImagePart(piece: ImagePiece, hour: number, seconds: number, lines: MeteredLine[]): void {
    if (hour !== this.#usedIn) this.#endImageHour(lines)
    this.#usedIn = hour
    const key = this.#imageKey(piece.specification)
    const use = this.#uses.get(key)
    if (use === undefined) {
      this.#uses.set(key, { first: piece, last: piece, seconds })
      return
    }
    use.last = piece
    use.seconds += seconds
  }

  #endImageHour(lines: MeteredLine[]): void {
    if (this.#uses.size === 0) return
    for (const use of this.#uses.values()) this.#emitImage(use, this.#usedIn, 1, lines)
    this.#uses.clear()
  }

  #imageKey(specification: number): number {
    if (this.#premises.policies['image.key'] === 'image') return specification
    return this.#premises.specifications.get(specification)?.product ?? -specification
  }

  #emitImage(use: ImageUse, firstHour: number, hours: number, lines: MeteredLine[]): void {
    const { policies, charges } = this.#premises
    const seconds = policies['image.granularity'] === 'second' ? use.seconds : 3600
    if (seconds === 0) return
    // U-07: the price at its first use in the hour, or at its last.
    const { specification: priced, price: unitPrice } = policies['image.priceAt'] === 'last' ? use.last : use.first
    const amount = charges.of(unitPrice, seconds)
    lines.push({ item: this.#words.image, priced, firstHour, hours, seconds, unitPrice, amount })
  }
}

/** Seconds of one item of a server, hour by hour as they pass: parts of an hour come together, whole hours in a row are one line. */
class CountedSeconds {
  readonly #premises: Premises
  readonly #of: MeteredBySeconds
  readonly #lines: MeteredLine[]
  #hour = Number.NEGATIVE_INFINITY
  #seconds = 0
  /** The price at the first use in the hour. */
  #price: Price = 0

  constructor(premises: Premises, of: MeteredBySeconds, lines: MeteredLine[]) {
    this.#premises = premises
    this.#of = of
    this.#lines = lines
  }

  /** What was used in [from, to) at a price: its ends are parts of single hours, what is between are whole hours. */
  use(from: number, to: number, price: Price): void {
    const { calendar } = this.#premises
    const hour = calendar.hourOf(from)
    const next = hour + HOUR
    if (to <= next) {
      this.#part(hour, secondsIn(from, to), price)
      return
    }
    const last = calendar.hourOf(to)
    const whole = from === hour ? hour : next
    if (whole !== hour) this.#part(hour, secondsIn(from, next), price)
    if (last - whole === HOUR) this.#part(whole, secondsIn(whole, last), price)
    else if (last > whole) {
      if (whole !== this.#hour) this.end()
      this.#add(whole, (last - whole) / HOUR, 3600, price)
      this.#hour = Number.NEGATIVE_INFINITY
    }
    if (to > last) this.#part(last, secondsIn(last, to), price)
  }

  #part(hour: number, seconds: number, price: Price): void {
    if (hour !== this.#hour) {
      this.end()
      this.#hour = hour
      this.#seconds = 0
      this.#price = price
    }
    this.#seconds += seconds
  }

  /** The hour that was used last is over. */
  end(): void {
    if (this.#hour !== Number.NEGATIVE_INFINITY) this.#add(this.#hour, 1, this.#seconds, this.#price)
  }

  #add(firstHour: number, hours: number, used: number, unitPrice: Price): void {
    const { item, priced, isWhole } = this.#of
    // A part of an hour shorter than its first second is a part of it all the same.
    const seconds = isWhole ? 3600 : used
    if (seconds === 0) return
    const amount = this.#premises.charges.of(unitPrice, seconds)
    this.#lines.push({ item, priced, firstHour, hours, seconds, unitPrice, amount })
  }
}

/** What is left of an interval outside of the free periods. */
function without(interval: Interval, free: readonly GracePeriod[]): readonly Interval[] {
  const left: Interval[] = []
  let { from } = interval
  for (const period of free) {
    if (period.to <= from || period.from >= interval.to) continue
    if (period.from > from) left.push({ ...interval, from, to: period.from })
    from = Math.max(from, period.to)
  }
  if (from < interval.to) left.push({ ...interval, from })
  return left
}

/** Cuts an interval where its price changes; each piece knows its price. */
function addPieces({ from, to, specification }: Interval, prices: PriceHistory, pieces: ImagePiece[]): void {
  let start = from
  if (prices.length > 1)
    for (const { since } of prices)
      if (since > from && since < to) {
        pieces.push({ from: start, to: since, specification, price: priceAt(prices, start) })
        start = since
      }
  pieces.push({ from: start, to, specification, price: priceAt(prices, start) })
}
