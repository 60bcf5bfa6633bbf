/**
 * What may explain the lines of a product that differ. A cause is named for a line where it is the only one that fits, or
 * the one that fits most of the product's lines; what fits a line by chance, while others of its product stay unexplained, is
 * not named.
 */
import type { Policies } from '#scenarios/policies.ts'
import { FactorEvidence } from './factor-evidence.ts'
import { OrderRates } from './order-rates.ts'
import { PriceIntervals } from './price-intervals.ts'
import { type RatedLine, secondsFor } from './rated-line.ts'
import { because, type Reason, reasonKey, uncertain } from './reason.ts'

/** A few units of the last decimal are always a rounding. */
const FEW_UNITS = 10n
const NOTHING = because('unexplained', '', 'none of our rules gives that amount')

/** What they charge for a line of ours. */
export interface Theirs {
  /** Whole 1e-8, and of how many charges it is the sum. */
  readonly amount: bigint
  readonly count: number
  /** When they charged an order; undefined where they do not say. */
  readonly at: number | undefined
}

/** Every reason that comes to what they charge for a line of ours, the strongest first. */
export function reasonsFor(
  line: RatedLine,
  { amount: theirs, count, at }: Theirs,
  policies: Policies,
): readonly Reason[] {
  const { amount, use } = line
  if (count > 1 && theirs === amount * BigInt(count))
    return [because('double charge', 'U-09', `charged ${count} times`)]
  const found = line
    .alternatives(at)
    .filter((each) => each.amount === theirs && each.amount !== amount)
    .map(({ cause, rule, text }) => because(cause, rule, text))
  if (theirs === amount * 2n) found.push(because('double charge', 'U-09', 'twice the amount'))
  if (found.length > 0) return found
  const gap = theirs - amount
  if (gap <= FEW_UNITS && gap >= -FEW_UNITS) return [because('rounding', 'M-02', 'a few units of the last decimal')]
  if (count > 1) return [because('double charge', 'U-09', `${count} charges of the same hour`)]
  const seconds = use === undefined ? undefined : secondsFor(use, theirs, policies)
  if (use === undefined || seconds === undefined) return []
  return [because('hour boundary', 'U-01', `as if ${seconds} seconds were used, not ${use.seconds}`)]
}

interface Group {
  differing: number
  unexplained: number
  readonly fits: Map<string, number>
}

export class LineEvidence {
  readonly #policies: Policies
  readonly #prices: PriceIntervals
  readonly #factors: FactorEvidence
  readonly #rates: OrderRates
  #differing = 0
  readonly #groups = new Map<string, Group>()

  constructor(policies: Policies) {
    this.#policies = policies
    this.#prices = new PriceIntervals(policies)
    this.#factors = new FactorEvidence(policies)
    this.#rates = new OrderRates(policies)
  }

  /** Takes a line that both sides have, whether it differs or not. */
  take(line: RatedLine, theirs: Theirs): void {
    this.#prices.take(line, theirs.amount)
    this.#factors.take(line, theirs.amount)
    this.#rates.take(line, theirs.amount)
    if (theirs.amount === line.amount) return
    this.#differing++
    const key = `${line.kind} ${line.product}`
    let group = this.#groups.get(key)
    if (group === undefined) this.#groups.set(key, (group = { differing: 0, unexplained: 0, fits: new Map() }))
    group.differing++
    const keys = new Set(reasonsFor(line, theirs, this.#policies).map(reasonKey))
    if (keys.size === 0) group.unexplained++
    for (const each of keys) group.fits.set(each, (group.fits.get(each) ?? 0) + 1)
  }

  /** Whether one rate of tax, or one factor, is behind every line that differs. */
  get hasOneCause(): boolean {
    return this.#rates.explainsAll(this.#differing) || this.#factors.ofAll !== undefined
  }

  /** What made them charge `theirs` for a line, as far as that is certain. */
  reason(line: RatedLine, theirs: Theirs): Reason {
    const systematic =
      this.#rates.reason(line, theirs.amount) ?? this.#factors.reason(line) ?? this.#prices.reason(line)
    if (systematic !== undefined) return systematic
    const reasons = reasonsFor(line, theirs, this.#policies)
    const group = this.#groups.get(`${line.kind} ${line.product}`)
    const fits = (reason: Reason): number => group?.fits.get(reasonKey(reason)) ?? 0
    const [first, second] = reasons.toSorted((a, b) => fits(b) - fits(a))
    if (first === undefined) return NOTHING
    // Whole seconds come to one amount of a few hundred by chance.
    if (first.cause === 'hour boundary' && group !== undefined && fits(first) < group.differing)
      return because(
        'unexplained',
        '',
        `none of our rules gives the total of all ${group.differing} lines of ${line.product} that differ`,
      )
    if (second !== undefined && second.cause !== first.cause && fits(second) === fits(first))
      return uncertain([first, second])
    return first
  }
}
