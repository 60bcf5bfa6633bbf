/**
 * U-09: usage records that did not come once and in time. What an hour owes is drawn when its record came: with the hour
 * if it came by then, at the next settlement if it came later but within the window, and never if it came too late. I-04: what
 * is drawn when the bill of its month is final is a line of the next bill, of the buyer's and of the seller's.
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
  /** I-04: that was after the window, or the bill of its month is final when it is settled: it is a line of the next bill. */
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

/** The clock hour with which an hour is charged: a rolling one with that in which it ends. */
const chargedWith = ({ firstHour, hours }: Premises, hour: number): number =>
  firstHour + Math.min(Math.ceil((hour - firstHour) / HOUR), hours - 1) * HOUR

/** I-02, I-04: whether a record that came at an instant is drawn when the bill of the month of its hour is final. */
export function isBilled(premises: Premises, hour: number, came: number): boolean {
  const { calendar, end } = premises
  const regular = premises.settledAt(chargedWith(premises, hour))
  if (came <= regular) return false
  const final = calendar.billFinalAt(Math.min(regular, end - 1))
  // A run that ends with that instant leaves the bill provisional.
  return final < end && final <= nextSettlement(premises, came)
}

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
    const isRejected = faults.some(({ copy, outcome }) => copy === 0 && outcome === words.late)
    if (taken === undefined && !isRejected) continue
    const hour = chargedWith(premises, faults[0].hour)
    const isCorrection =
      taken !== undefined && (!isInWindow(premises, taken.hour, taken.at) || isBilled(premises, taken.hour, taken.at))
    if (taken !== undefined && !isCorrection && taken.at <= premises.settledAt(hour)) continue
    const { item, priced } = faults[0]
    const at = taken ? nextSettlement(premises, taken.at) : null
    found.push({ hour, item, priced, amount, at, isCorrection })
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
