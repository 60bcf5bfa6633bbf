/**
 * U-09: usage records that did not come once and in time. What an hour owes is drawn when its record came: with the hour
 * if it came by then, at the next settlement if it came later but within the window, and never if it came too late.
 */
import { HOUR } from './civil-time.ts'
import type { Instance, UsageFault } from './facts.ts'
import type { MeteredLine } from './metering.ts'
import type { Premises } from './premises.ts'
import type { Vocabulary } from './vocabulary.ts'

/** A metered hour that was not settled with its clock hour. */
export interface Displaced {
  /** Start of the clock hour that owes it. */
  readonly hour: number
  readonly item: number
  /** What priced it. */
  readonly priced: number
  readonly amount: number
  /** When it is settled instead; null for never. */
  readonly at: number | null
  /** When its record came. */
  readonly came: number
  /** I-04: that was after the window, and it is a line of the next bill. */
  readonly isCorrection: boolean
}

/** What one hour owes at a later settlement. */
export interface LateCharge {
  readonly at: number
  readonly hour: number
  readonly isCorrection: boolean
  ecs: bigint
  image: bigint
  /** What coupons and the balance paid of it, once replayed. */
  coupon: bigint
  cash: bigint
}

/** The line that an hour of an instance belongs to. */
export function lineOf(lines: readonly MeteredLine[], fault: UsageFault): MeteredLine | undefined {
  return lines.find(
    ({ item, priced, firstHour, hours }) =>
      item === fault.item &&
      priced === fault.priced &&
      fault.hour >= firstHour &&
      fault.hour < firstHour + hours * HOUR &&
      (fault.hour - firstHour) % HOUR === 0,
  )
}

/** Whether a record that came at an instant came within the window of its hour. */
export const isInWindow = (premises: Premises, hour: number, at: number): boolean =>
  at <= hour + HOUR + premises.policies['usage.lateWindow']

const NOTHING: readonly Displaced[] = []

export function displaced(
  premises: Premises,
  words: Vocabulary,
  instance: Instance,
  lines: readonly MeteredLine[],
): readonly Displaced[] {
  if (instance.faults.length === 0) return NOTHING
  const found: Displaced[] = []
  const byHour = Map.groupBy(instance.faults, ({ item, priced, hour }) => `${item} ${priced} ${hour}`)
  for (const faults of byHour.values()) {
    const amount = lineOf(lines, faults[0])?.amount ?? 0
    const taken = faults.find(({ outcome }) => outcome === words.accepted || outcome === words.correction)
    const isCorrection = taken?.outcome === words.correction
    const isRejected = faults.some(({ copy, outcome }) => copy === 0 && outcome === words.late)
    if (taken === undefined && !isRejected) continue
    const index = Math.ceil((faults[0].hour - premises.firstHour) / HOUR)
    const hour = premises.firstHour + Math.min(index, premises.hours - 1) * HOUR
    if (taken !== undefined && !isCorrection && taken.at <= premises.settledAt(hour)) continue
    const { item, priced } = faults[0]
    const at = taken ? nextSettlement(premises, taken.at) : null
    found.push({ hour, item, priced, amount, at, came: taken?.at ?? 0, isCorrection })
  }
  return found
}

/** The first settlement at or after an instant: each clock hour has one, and the end of the run. */
function nextSettlement(premises: Premises, at: number): number {
  const first = premises.firstHour + HOUR + premises.policies['settlement.lag']
  return Math.min(premises.end, first + Math.max(0, Math.ceil((at - first) / HOUR)) * HOUR)
}

/** What is settled late, by instant and hour. */
export function lateCharges(all: readonly Displaced[], words: Vocabulary): LateCharge[] {
  const charges = new Map<string, LateCharge>()
  for (const { at, hour, item, amount, isCorrection } of all) {
    if (at === null) continue
    const key = `${at} ${hour} ${isCorrection}`
    const charge = charges.get(key) ?? { at, hour, isCorrection, ecs: 0n, image: 0n, coupon: 0n, cash: 0n }
    charge[item === words.image ? 'image' : 'ecs'] += BigInt(amount)
    charges.set(key, charge)
  }
  // A free hour is no charge.
  return [...charges.values()]
    .filter(({ ecs, image }) => ecs + image > 0n)
    .sort((a, b) => a.at - b.at || a.hour - b.hour || Number(a.isCorrection) - Number(b.isCorrection))
}
