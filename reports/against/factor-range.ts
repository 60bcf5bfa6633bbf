/**
 * One factor on many charges: each charge of theirs leaves an interval in which the factor must be, and every factor in all of
 * them gives every charge to the last digit. It may have been put on the charge, or on the price before the one rounding.
 */
import { decimalText } from '#base/decimal-text.ts'
import type { Policies } from '#scenarios/policies.ts'
import type { RatedLine } from './rated-line.ts'
import { because, type Reason } from './reason.ts'
import { common, type Range, simplestOf } from './simplest.ts'

const DECIMALS = 18
export const ONE = 10n ** BigInt(DECIMALS)
const LARGEST = 1_000n * ONE
/** A factor with more decimals than that is not a plausible discount, tax or surcharge. */
const MOST_DECIMALS = 6
/** What prices with a tax in them are divided by at most. */
const HIGHEST_DIVISOR = (3n * ONE) / 2n
/** By how many digits a divisor that is no tax has to be shorter than the factor. */
const MOST_SHORTER = 3
const FINEST = 10n ** BigInt(DECIMALS - MOST_DECIMALS)
/** 1e-10 an hour and seconds to 1e-8. */
const PER_SECOND = 360_000n
const PER_HOUR = 100n

/**
 * Factors by which numerator / denominator comes to `theirs`, rounded once; as `times`, and as what it is divided by. The two
 * are kept apart, because a divisor such as 1.2 is no decimal factor.
 */
export interface Factors {
  readonly times: Range
  readonly by: Range
}

const ANY: Range = { low: 0n, high: LARGEST }
const NONE: Range = { low: 1n, high: 0n }

function factorsFor(
  numerator: bigint,
  denominator: bigint,
  theirs: bigint,
  rounding: Policies['rounding.charge'],
): Factors {
  if (numerator === 0n && theirs === 0n) return { times: ANY, by: ANY }
  if (numerator <= 0n || theirs < 0n) return { times: NONE, by: NONE }
  // Truncated: theirs <= x < theirs + 1; half-up: theirs - 1/2 <= x < theirs + 1/2. Both doubled, to stay whole.
  const [from, to] = rounding === 'truncate' ? [2n * theirs, 2n * theirs + 2n] : [2n * theirs - 1n, 2n * theirs + 1n]
  const twice = 2n * numerator
  const times = (bound: bigint): bigint => (bound <= 0n ? 0n : (bound * ONE * denominator + twice - 1n) / twice)
  const by = (bound: bigint): bigint => (bound <= 0n ? LARGEST : (twice * ONE) / (bound * denominator))
  return { times: { low: times(from), high: times(to) - 1n }, by: { low: by(to) + 1n, high: by(from) } }
}

/** A factor as it is said: itself, or what ours are divided by. */
export interface Factor {
  /** Scaled by ONE. */
  readonly value: bigint
  readonly isDivisor: boolean
}

/** The one factor or divisor of fewest decimals; undefined where only long ones are. */
function simpleFactor({ times: factors, by: divisors }: Factors): Factor | undefined {
  const [times] = simplestOf(factors, ONE, 1)
  const [by] = simplestOf(divisors, ONE, 1)
  const digits = (value: bigint | undefined): number =>
    value === undefined || value === 0n || value % FINEST !== 0n ? Number.POSITIVE_INFINITY : text(value).length
  if (digits(times) === Number.POSITIVE_INFINITY && digits(by) === Number.POSITIVE_INFINITY) return undefined
  // Half of it is no tax of 100 % in our prices.
  const isTax = by !== undefined && by < HIGHEST_DIVISOR
  return digits(by) < (isTax ? digits(times) : digits(times) - MOST_SHORTER)
    ? { value: by, isDivisor: true }
    : { value: times, isDivisor: false }
}

/** The same of factors alone, none of them at the edge of its interval. */
export const factorWithin = (factors: Range): Factor | undefined =>
  factors.low <= 0n || factors.low > factors.high
    ? undefined
    : simpleFactor({
        times: factors,
        by: { low: (ONE * ONE + factors.high - 1n) / factors.high, high: (ONE * ONE) / factors.low },
      })

const text = (value: bigint): string => decimalText(value, DECIMALS)
/** What ours are multiplied with: `1.08`, or `1 / 1.2` of a divisor. */
export const factorText = ({ value, isDivisor }: Factor): string => `${isDivisor ? '1 / ' : ''}${text(value)}`
/** `20` of 1.2, scaled. */
const percent = (value: bigint): string => decimalText((value < 0n ? -value : value) * 100n, DECIMALS)

/** What a factor on `what` most likely is; `taxPercent` is the rate by which we tax, as decimal text. */
export function factorReason({ value, isDivisor }: Factor, what: string, taxPercent: string): Reason {
  const more = value - ONE
  const isOurTax = taxPercent !== '0' && percent(more) === taxPercent && more > 0n
  const facts = { factor: text(value) }
  if (isOurTax && !isDivisor) return because('tax rate', 'M-07', `the tax of ${taxPercent} % is in ${what} already`)
  if (isDivisor && more > 0n)
    return because(
      'tax rate',
      'M-07',
      `${what} is ours divided by ${text(value)}, as if ${isOurTax ? 'our' : 'a'} tax of ${percent(more)} % were in our prices`,
      facts,
    )
  if (isDivisor) return because('surcharge', 'M-07', `${what} is ours divided by ${text(value)}`, facts)
  if (more < 0n)
    return because('discount', 'M-06', `${what} is ${text(value)} times ours, ${percent(more)} % less`, facts)
  return because(
    'surcharge',
    'M-07',
    `${what} is ${text(value)} times ours, ${percent(more)} % on top: tax on each, or other prices`,
    facts,
  )
}

/** The factors that give every charge taken so far. */
export class FactorRange {
  readonly #policies: Pick<Policies, 'rounding.charge' | 'ecs.granularity' | 'image.granularity'>
  readonly products = new Set<string>()
  lines = 0
  differing = 0
  /** On the charge, and on the price. */
  #charge: Factors = { times: ANY, by: ANY }
  #price: Factors = { times: ANY, by: ANY }
  /** Of charges that agree the largest leaves the narrowest interval. */
  #agreeing = 0n

  constructor(policies: Pick<Policies, 'rounding.charge' | 'ecs.granularity' | 'image.granularity'>) {
    this.#policies = policies
  }

  get isEmpty(): boolean {
    return [this.#charge, this.#price].every(({ times, by }) => times.low > times.high && by.low > by.high)
  }

  take(line: RatedLine, theirs: bigint): void {
    this.lines++
    if (theirs === line.amount) {
      if (line.amount > this.#agreeing) this.#agreeing = line.amount
      return
    }
    this.differing++
    this.products.add(`${line.kind} ${line.product}`)
    if (this.isEmpty) return
    const { 'rounding.charge': rounding } = this.#policies
    const onCharge = factorsFor(line.amount, 1n, theirs, rounding)
    this.#charge = both(this.#charge, onCharge)
    this.#price = both(this.#price, this.#ofPrice(line, theirs) ?? onCharge)
  }

  #ofPrice({ use }: RatedLine, theirs: bigint): Factors | undefined {
    if (use === undefined) return undefined
    const { 'rounding.charge': rounding } = this.#policies
    return this.#policies[`${use.kind}.granularity`] === 'second'
      ? factorsFor(use.hourly * BigInt(use.seconds), PER_SECOND, theirs, rounding)
      : factorsFor(use.hourly, PER_HOUR, theirs, rounding)
  }

  /** The factor other than 1, where there is one. */
  get factor(): Factor | undefined {
    if (this.differing === 0) return undefined
    const { 'rounding.charge': rounding } = this.#policies
    const agreeing = factorsFor(this.#agreeing, 1n, this.#agreeing, rounding)
    for (const range of [this.#price, this.#charge]) {
      const factor = simpleFactor(both(range, agreeing))
      if (factor !== undefined && factor.value !== ONE) return factor
    }
    return undefined
  }
}

const both = (a: Factors, b: Factors): Factors => ({ times: common(a.times, b.times), by: common(a.by, b.by) })
