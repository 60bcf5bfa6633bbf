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
    for (let index = 0; index < steps.length; index++) {
      const { at, to, specification } = steps[index]
      // The meter reads a last time at the end of the run.
      const until = Math.min(steps[index + 1]?.at ?? this.#premises.end, this.#premises.end)
      if (until <= at) continue
      const halted = to === words.stopped || to === words.changingImage
      if (to !== words.running && !halted && to !== words.suspended) continue
      const whole = { from: at, to: until, specification }
      const billed = free.length === 0 ? [whole] : without(whole, free)
      // nothing of a suspended server but its disk.
      if (hasResources) stored.push(...billed)
      if (to === words.suspended) continue
      if (hasResources) addressed.push(...billed)
      if (to === words.running) running.push(...billed)
      // U-06: the image stays on the disk of a stopped server.
      if (to === words.running || policies['image.whenStopped'] === 'billed') imaged.push(...billed)
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
    const { item, priced, prices, isWhole } = of
    const pieces = atPrices(intervals, () => prices)
    // A part of an hour shorter than its first second is a part of it all the same.
    const emit = (firstHour: number, hours: number, used: number, unitPrice: Price): void => {
      const seconds = isWhole ? 3600 : used
      if (seconds === 0) return
      const amount = this.#premises.charges.of(unitPrice, seconds)
      lines.push({ item, priced, firstHour, hours, seconds, unitPrice, amount })
    }
    let hour = Number.NEGATIVE_INFINITY
    let seconds = 0
    let first: Price = 0
    const flush = (): void => {
      if (hour !== Number.NEGATIVE_INFINITY) emit(hour, 1, seconds, first)
    }
    for (const piece of pieces)
      this.#eachPart(piece, (start, hours, from, to) => {
        if (start !== hour) {
          flush()
          hour = start
          seconds = 0
          first = piece.price
        }
        if (hours === 1) seconds += secondsIn(from, to)
        else {
          emit(start, hours, 3600, piece.price)
          hour = Number.NEGATIVE_INFINITY
        }
      })
    flush()
  }

  /** U-02, U-03: a started hour is a full hour, once for each product (or image). */
  #meterImages(intervals: readonly Interval[], lines: MeteredLine[]): void {
    const { specifications, policies } = this.#premises
    const metered = intervals.filter(
      ({ specification }) => specifications.get(specification)?.billing === 'pay-per-use',
    )
    const pieces = atPrices(metered, (specification) => specifications.get(specification)?.prices)
    const keyOf = (specification: number): number => this.#imageKey(specification)
    if (policies['image.hour'] === 'rolling') {
      eachRollingHour(pieces, keyOf, (hour, hours, use) => this.#emitImage(use, hour, hours, lines))
      return
    }
    let hour = Number.NEGATIVE_INFINITY
    const uses = new Map<number, ImageUse>()
    const flush = (): void => {
      if (uses.size === 0) return
      for (const use of uses.values()) this.#emitImage(use, hour, 1, lines)
      uses.clear()
    }
    for (const piece of pieces)
      this.#eachPart(piece, (start, hours, from, to) => {
        if (start !== hour) flush()
        hour = start
        if (hours > 1) {
          this.#emitImage({ first: piece, last: piece, seconds: 3600 }, start, hours, lines)
          return
        }
        const key = keyOf(piece.specification)
        const use = uses.get(key) ?? { first: piece, last: piece, seconds: 0 }
        use.last = piece
        use.seconds += secondsIn(from, to)
        uses.set(key, use)
      })
    flush()
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

  /** Cuts an interval at clock hours: its ends are parts of single hours, what is between are whole hours. */
  #eachPart(interval: Interval, visit: (hour: number, hours: number, from: number, to: number) => void): void {
    const { from, to } = interval
    const hour = this.#premises.calendar.hourOf(from)
    const next = hour + HOUR
    if (to <= next) {
      visit(hour, 1, from, to)
      return
    }
    const last = this.#premises.calendar.hourOf(to)
    const whole = from === hour ? hour : next
    if (whole !== hour) visit(hour, 1, from, next)
    if (last > whole) {
      const hours = (last - whole) / HOUR
      visit(whole, hours, whole, last)
    }
    if (to > last) visit(last, 1, last, to)
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

/** Cuts intervals where their price changes; each piece knows its price. */
function atPrices(
  intervals: readonly Interval[],
  pricesOf: (specification: number) => PriceHistory | undefined,
): ImagePiece[] {
  const pieces: ImagePiece[] = []
  for (const { from, to, specification } of intervals) {
    const prices = pricesOf(specification) ?? []
    if (prices.length === 1) {
      pieces.push({ from, to, specification, price: priceAt(prices, from) })
      continue
    }
    const cuts = prices.map(({ since }) => since).filter((since) => since > from && since < to)
    let start = from
    for (const end of [...cuts, to]) {
      pieces.push({ from: start, to: end, specification, price: priceAt(prices, start) })
      start = end
    }
  }
  return pieces
}
