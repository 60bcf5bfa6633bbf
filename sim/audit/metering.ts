/**
 * The auditor's meter (U-01..U-06): from an instance's steps alone, what it and its image used in each clock hour. Whole
 * hours in a row make one line, so that a server that ran for a year is one line and not thousands.
 */
import { HOUR, SECOND } from './civil-time.ts'
import type { Instance, Step } from './facts.ts'
import type { Premises } from './premises.ts'
import type { Vocabulary } from './vocabulary.ts'

/** `hours` clock hours from `firstHour` on that should be charged alike. */
export interface MeteredLine {
  readonly item: number
  readonly priced: number
  readonly firstHour: number
  readonly hours: number
  readonly seconds: number
  readonly unitPrice: number
  readonly amount: number
}

/** [from, to) in which something was on, and the image that was. */
interface Interval {
  readonly from: number
  readonly to: number
  readonly specification: number
}

/** [from, to) in which an account was in grace. */
export interface GracePeriod {
  readonly from: number
  readonly to: number
}

/** Use of one product's image in one clock hour: U-03 counts it once, however often it was started. */
interface ImageUse {
  first: number
  last: number
  seconds: number
}

/** Both ends are brought down to their second, so that an interval cut at an hour boundary loses nothing. */
const secondsIn = (from: number, to: number): number => Math.floor(to / SECOND) - Math.floor(from / SECOND)

/** when an account was in grace, within the run. */
export function gracePeriods(standing: readonly Step[], words: Vocabulary, end: number): GracePeriod[] {
  const periods: GracePeriod[] = []
  for (const [index, step] of standing.entries())
    if (step.to === words.grace) periods.push({ from: step.at, to: standing[index + 1]?.at ?? end })
  return periods
}

export class InstanceMeter {
  readonly #premises: Premises
  readonly #words: Vocabulary

  constructor(premises: Premises, words: Vocabulary) {
    this.#premises = premises
    this.#words = words
  }

  /** What an instance and its images should be charged, hour by hour, in runs of equal hours. */
  lines(instance: Instance, grace: readonly GracePeriod[]): MeteredLine[] {
    const { policies } = this.#premises
    const words = this.#words
    const free = policies['grace.payPerUseBilled'] ? [] : grace
    const running: Interval[] = []
    const imaged: Interval[] = []
    const { steps } = instance
    for (const [index, { at, to, specification }] of steps.entries()) {
      // The meter reads a last time at the end of the run.
      const until = Math.min(steps[index + 1]?.at ?? this.#premises.end, this.#premises.end)
      if (until <= at) continue
      const halted = to === words.stopped || to === words.changingImage
      if (to !== words.running && !halted) continue
      const billed = without({ from: at, to: until, specification }, free)
      if (to === words.running) running.push(...billed)
      // U-06: the image stays on the disk of a stopped server.
      if (to === words.running || policies['image.whenStopped'] === 'billed') imaged.push(...billed)
    }
    const lines: MeteredLine[] = []
    if (instance.billing === words.payPerUse) this.#meterEcs(instance, running, lines)
    this.#meterImages(imaged, lines)
    return lines
  }

  /** U-01: the seconds of each hour, or the whole hour once begun. */
  #meterEcs(instance: Instance, intervals: readonly Interval[], lines: MeteredLine[]): void {
    const price = this.#premises.pools.get(instance.pool)?.hourly ?? 0
    const ceil = this.#premises.policies['ecs.granularity'] === 'hour-ceil'
    // A part of an hour shorter than its first second is a part of it all the same.
    const emit = (firstHour: number, hours: number, used: number): void => {
      const seconds = ceil ? 3600 : used
      if (seconds === 0) return
      const amount = this.#premises.charges.of(price, seconds)
      lines.push({ item: this.#words.ecs, priced: instance.pool, firstHour, hours, seconds, unitPrice: price, amount })
    }
    let hour = Number.NEGATIVE_INFINITY
    let seconds = 0
    const flush = (): void => {
      if (hour !== Number.NEGATIVE_INFINITY) emit(hour, 1, seconds)
    }
    for (const interval of intervals)
      this.#eachPart(interval, (first, hours, from, to) => {
        if (first !== hour) {
          flush()
          hour = first
          seconds = 0
        }
        if (hours === 1) seconds += secondsIn(from, to)
        else {
          emit(first, hours, 3600)
          hour = Number.NEGATIVE_INFINITY
        }
      })
    flush()
  }

  /** U-02, U-03: a started hour is a full hour, once for each product (or image). */
  #meterImages(intervals: readonly Interval[], lines: MeteredLine[]): void {
    let hour = Number.NEGATIVE_INFINITY
    const uses = new Map<number, ImageUse>()
    const flush = (): void => {
      for (const use of uses.values()) this.#emitImage(use, hour, 1, lines)
      uses.clear()
    }
    for (const interval of intervals)
      this.#eachPart(interval, (first, hours, from, to) => {
        if (first !== hour) flush()
        hour = first
        const { specification } = interval
        if (hours > 1) {
          this.#emitImage({ first: specification, last: specification, seconds: 3600 }, first, hours, lines)
          return
        }
        const key = this.#imageKey(specification)
        const use = uses.get(key) ?? { first: specification, last: specification, seconds: 0 }
        use.last = specification
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
    const { policies, specifications, charges } = this.#premises
    const seconds = policies['image.granularity'] === 'second' ? use.seconds : 3600
    // U-07: the price at its first use in the hour, or at its last.
    const priced = policies['image.priceAt'] === 'last' ? use.last : use.first
    const specification = specifications.get(priced)
    if (seconds === 0 || specification?.billing !== 'pay-per-use') return
    const unitPrice = specification.hourly
    const amount = charges.of(unitPrice, seconds)
    lines.push({ item: this.#words.image, priced, firstHour, hours, seconds, unitPrice, amount })
  }

  /** Cuts an interval at clock hours: its ends are parts of single hours, what lies between are whole hours. */
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
function without(interval: Interval, free: readonly GracePeriod[]): Interval[] {
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
