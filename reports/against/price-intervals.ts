/**
 * One wrong price of a product explains each of its lines: every charged hour leaves an interval in which the price must be, and the price that is in all of them is the cause. Amounts in whole 1e-8, prices in whole 1e-10 an hour.
 */
import { decimalText } from '#base/decimal-text.ts'
import { UNIT_PRICE_DECIMALS } from '#base/money.ts'
import type { Policies } from '#scenarios/policies.ts'
import type { RatedLine } from './rated-line.ts'
import { because, type Reason } from './reason.ts'

/** 1e-10 an hour and seconds to 1e-8: price x seconds / (3600 x 100). */
const SCALE = 360_000n
const PER_HOUR = 3600

interface Interval {
  low: bigint
  high: bigint
  lines: number
  differing: number
}

/** The prices of an hour that come to an amount, from `low` to `high`. */
export function pricesFor(
  theirs: bigint,
  seconds: bigint,
  rounding: Policies['rounding.charge'],
): { low: bigint; high: bigint } {
  // Truncated: theirs <= x < theirs + 1; half-up: theirs - 1/2 <= x < theirs + 1/2. Both doubled, to stay whole.
  const [from, to] = rounding === 'truncate' ? [2n * theirs, 2n * theirs + 2n] : [2n * theirs - 1n, 2n * theirs + 1n]
  const ceil = (value: bigint): bigint => (value * SCALE + 2n * seconds - 1n) / (2n * seconds)
  return { low: ceil(from), high: ceil(to) - 1n }
}

/** The number of fewest decimals in an interval. */
function simplest(low: bigint, high: bigint): bigint {
  for (let step = 10n ** BigInt(UNIT_PRICE_DECIMALS); step > 1n; step /= 10n) {
    const first = ((low + step - 1n) / step) * step
    if (first <= high) return first
  }
  return low
}

export class PriceIntervals {
  readonly #policies: Policies
  readonly #byProduct = new Map<string, Interval>()
  readonly #byAccount = new Map<string, Interval>()

  constructor(policies: Policies) {
    this.#policies = policies
  }

  /** Takes what they charge for a line of use, whether it differs or not. */
  take(line: RatedLine, theirs: bigint): void {
    const { use } = line
    if (use === undefined || use.hourly === 0n || theirs < 0n) return
    const seconds = this.#policies[`${use.kind}.granularity`] === 'second' ? use.seconds : PER_HOUR
    if (seconds === 0) return
    const { low, high } = pricesFor(theirs, BigInt(seconds), this.#policies['rounding.charge'])
    for (const [intervals, key] of [
      [this.#byProduct, productKey(line, use.hourly)],
      [this.#byAccount, `${line.account}\n${productKey(line, use.hourly)}`],
    ] as const) {
      const known = intervals.get(key)
      const differs = theirs === line.amount ? 0 : 1
      if (known === undefined) intervals.set(key, { low, high, lines: 1, differing: differs })
      else {
        if (low > known.low) known.low = low
        if (high < known.high) known.high = high
        known.lines++
        known.differing += differs
      }
    }
  }

  /** The one other price behind every line of this product, in all or of its account; undefined where there is none. */
  reason(line: RatedLine): Reason | undefined {
    const hourly = line.use?.hourly
    if (hourly === undefined) return undefined
    const key = productKey(line, hourly)
    const of = (interval: Interval | undefined, whose: string): Reason | undefined => {
      if (interval === undefined || interval.differing < 2 || interval.low > interval.high) return undefined
      const price = simplest(interval.low, interval.high)
      const [theirs, ours] = [price, hourly].map((each) => decimalText(each, UNIT_PRICE_DECIMALS))
      return because(
        'wrong price',
        'U-07',
        `all ${interval.lines} lines of ${line.product}${whose} at ${theirs} an hour, not ${ours}`,
      )
    }
    return of(this.#byProduct.get(key), '') ?? of(this.#byAccount.get(`${line.account}\n${key}`), ` of ${line.account}`)
  }
}

const productKey = ({ kind, product }: RatedLine, hourly: bigint): string => `${kind} ${hourly} ${product}`
