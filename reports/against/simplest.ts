/** The shortest decimals in an interval: a rate set by hand rarely has many decimals. */

/** A closed interval of whole numbers that mean decimals. */
export interface Range {
  readonly low: bigint
  readonly high: bigint
}

/** What two intervals share; empty, its end before its beginning, where they share nothing. */
export const common = (a: Range, b: Range): Range => ({
  low: a.low > b.low ? a.low : b.low,
  high: a.high < b.high ? a.high : b.high,
})

/**
 * The numbers of fewest digits in an interval, at most `most` of them, those that end in 5 before all others: rates are often
 * halves and eighths. `start` is the coarsest step that is tried, a power of ten. Empty for an empty interval.
 */
export function simplestOf({ low, high }: Range, start: bigint, most = 3): bigint[] {
  if (low > high) return []
  for (let step = start, isTen = true; step >= 1n; step /= isTen ? 2n : 5n, isTen = !isTen) {
    const found: bigint[] = []
    for (let next = ((low + step - 1n) / step) * step; next <= high && found.length < most; next += step)
      found.push(next)
    if (found.length > 0) return found
  }
  return []
}

type Rising = (value: bigint) => bigint

/** The least value of an interval from which something holds; one beyond the interval where it never does. */
function first(holds: (value: bigint) => boolean, { low, high }: Range): bigint {
  let [from, to] = [low, high + 1n]
  while (from < to) {
    const middle = (from + to) / 2n
    if (holds(middle)) to = middle
    else from = middle + 1n
  }
  return from
}

/** From where on a function that never falls is at least `target`. */
export const whereFrom = (of: Rising, target: bigint, range: Range): bigint =>
  first((value) => of(value) >= target, range)

/** Up to where it is at most `target`. */
export const whereUpTo = (of: Rising, target: bigint, range: Range): bigint =>
  first((value) => of(value) > target, range) - 1n

/** Where a function that never falls is `target`, within an interval; undefined where it never is. */
export function whereEqual(of: Rising, target: bigint, range: Range): Range | undefined {
  const { low, high } = range
  if (low > high) return undefined
  const [least, most] = [of(low), of(high)]
  if (least > target || most < target) return undefined
  const from = least === target ? low : whereFrom(of, target, range)
  const to = most === target ? high : whereUpTo(of, target, range)
  return from > to ? undefined : { low: from, high: to }
}
