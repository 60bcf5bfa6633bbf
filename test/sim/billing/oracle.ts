/**
 * A second accountant for the billing core: decimal.js with 60 digits and JavaScript's own calendar, written from the
 * rulebook and sharing no code with sim/billing.
 */
import { Decimal } from 'decimal.js'

const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_UP })
export type Exact = Decimal
export const exact = (value: Decimal.Value): Decimal => new Exact(value)

/** Digits beyond these are noise of a division cut off at 60. */
const NOISE = 45
const MILLISECONDS_OF_DAY = 86_400_000

/** M-02: 8 decimals, truncated. */
export const charge = (value: Decimal, mode: 'truncate' | 'half-up' = 'truncate'): string => {
  const text = value
    .toDecimalPlaces(NOISE)
    .toDecimalPlaces(8, mode === 'truncate' ? Decimal.ROUND_DOWN : Decimal.ROUND_HALF_UP)
    .toFixed(8)
  return text === '-0.00000000' ? '0.00000000' : text
}

export interface OracleBand {
  readonly upTo: string | null
  readonly unit: string
}
export type OraclePlan =
  | { readonly model: 'linear'; readonly unit: string }
  | { readonly model: 'tiered' | 'volume'; readonly bands: readonly OracleBand[] }

/** The unit price of the band a quantity falls in. */
export function unitOf(plan: OraclePlan, quantity: Decimal): Decimal {
  if (plan.model === 'linear') return exact(plan.unit)
  const band = plan.bands.find(({ upTo }) => upTo === null || quantity.lte(upTo))
  return exact(band?.unit ?? Number.NaN)
}

/** P-01..P-03 */
export function price(plan: OraclePlan, quantity: Decimal): Decimal {
  if (plan.model !== 'tiered') return unitOf(plan, quantity).times(quantity)
  let sum = exact(0)
  let below = exact(0)
  for (const { upTo, unit } of plan.bands) {
    const top = upTo === null ? quantity : Exact.min(upTo, quantity)
    if (top.gt(below)) sum = sum.plus(top.minus(below).times(unit))
    below = exact(upTo ?? 0)
  }
  return sum
}

export type OracleDiscount =
  | { readonly percentOff: string }
  | { readonly fixedPrice: string }
  | { readonly amountOff: string }

/** M-06, the last step before rounding. */
export function discounted(value: Decimal, discount: OracleDiscount | undefined): Decimal {
  if (discount === undefined) return value
  if ('percentOff' in discount) return value.times(exact(100).minus(discount.percentOff)).div(100)
  return 'fixedPrice' in discount ? exact(discount.fixedPrice) : Exact.max(0, value.minus(discount.amountOff))
}

/** X-02 before the refusal of X-07. */
export const upgrade = (newPrice: Decimal, oldPrice: Decimal, remaining: Decimal): Decimal =>
  newPrice.times(remaining).minus(oldPrice.times(remaining))

/** before the floor of X-07; `fixed` takes the place of the new side. */
export function expansion(
  plan: OraclePlan,
  from: Decimal,
  to: Decimal,
  remaining: Decimal,
  isNew: boolean,
  fixed?: Decimal,
): Decimal {
  const unit = unitOf(plan, to)
  if (plan.model === 'volume' && isNew) return (fixed ?? unit.times(to.minus(from))).times(remaining)
  return (fixed ?? unit.times(to)).times(remaining).minus(price(plan, from).times(remaining))
}

/** A civil day at an offset, by the platform's calendar. */
const civil = (instant: number, offset: number): Date => new Date(instant + offset)
const daysOf = (year: number, month: number): number => new Date(Date.UTC(year, month + 1, 0)).getUTCDate()

/** X-06 day by day: the days after the change up to the last one of the term. */
export function remaining(from: number, end: number, per: 'month' | 'year', offset: number): Decimal {
  let sum = exact(0)
  const first = Math.floor((from + offset) / MILLISECONDS_OF_DAY) + 1
  for (let day = first; day * MILLISECONDS_OF_DAY < end + offset; day++) {
    const date = new Date(day * MILLISECONDS_OF_DAY)
    if (per === 'month') sum = sum.plus(exact(1).div(daysOf(date.getUTCFullYear(), date.getUTCMonth())))
    else if (date.getUTCMonth() !== 1 || date.getUTCDate() !== 29) sum = sum.plus(exact(1).div(365))
  }
  return sum
}

/** T-04, T-05: the midnight after the last day of a term. */
export function termEnd(start: number, months: number, offset: number): number {
  const date = civil(start, offset)
  const year = date.getUTCFullYear()
  const month = date.getUTCMonth() + months
  const first = new Date(Date.UTC(year, month, 1))
  const day = Math.min(date.getUTCDate(), daysOf(first.getUTCFullYear(), first.getUTCMonth()))
  return Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), day + 1) - offset
}

const HOUR = 3_600_000

/** N-03, N-04 for a term that has begun; the year of use counts whole years of T-05. */
export function refund(
  cash: Decimal,
  times: { readonly start: number; readonly end: number; readonly at: number; readonly months: number },
  offset: number,
): string {
  const hours = (instant: number): number => Math.floor((instant + offset) / HOUR)
  const used = exact(hours(times.at) - hours(times.start)).div(hours(times.end) - hours(times.start))
  let percent = 10
  if (times.months === 24) percent = times.at < termEnd(times.start, 12, offset) ? 15 : 10
  if (times.months === 36) {
    percent = times.at < termEnd(times.start, 24, offset) ? 10 : 5
    if (times.at < termEnd(times.start, 12, offset)) percent = 15
  }
  const left = cash.minus(charge(cash.times(used))).minus(charge(cash.times(percent).div(100)))
  return charge(Exact.max(0, left))
}

export interface OracleEvent {
  readonly at: number
  readonly do: 'start' | 'stop' | 'image' | 'resize' | 'suspend' | 'resume' | 'down' | 'delete'
  readonly product?: string
}

/** What a naive meter sees in one second. */
interface Second {
  readonly at: number
  readonly state: 'running' | 'stopped' | 'none'
  readonly product: string
}

/** Walks through time second by second; events on whole seconds. A resumption comes back stopped. */
function* seconds(events: readonly OracleEvent[], until: number): Generator<Second> {
  let state: Second['state'] = 'none'
  let product = ''
  let next = 0
  for (let at = events[0]?.at ?? until; at < until; at += 1000) {
    for (; next < events.length && events[next].at <= at; next++) {
      const event = events[next]
      if (event.product !== undefined) product = event.product
      if (event.do === 'start') state = 'running'
      else if (event.do === 'stop' || event.do === 'resume') state = 'stopped'
      else if (event.do !== 'image' && event.do !== 'resize') state = 'none'
    }
    yield { at, state, product }
  }
}

/** U-01: seconds by hour, each hour a charge. */
export function meterEcs(hourly: Decimal, events: readonly OracleEvent[], until: number): string {
  const hours = new Map<number, number>()
  for (const { at, state } of seconds(events, until))
    if (state === 'running') hours.set(Math.floor(at / HOUR), (hours.get(Math.floor(at / HOUR)) ?? 0) + 1)
  let sum = exact(0)
  for (const used of hours.values()) sum = sum.plus(charge(hourly.div(3600).times(used)))
  return sum.toFixed(8)
}

/** U-02, U-03, U-06: each product once in each hour in which a second of it was used. */
export function meterImage(
  prices: ReadonlyMap<string, Decimal>,
  events: readonly OracleEvent[],
  until: number,
  options: { readonly hour: 'clock' | 'rolling'; readonly whenStopped: 'billed' | 'free' },
): string {
  const coveredUntil = new Map<string, number>()
  let sum = exact(0)
  for (const { at, state, product } of seconds(events, until)) {
    if (state === 'none' || (state === 'stopped' && options.whenStopped === 'free')) continue
    if (at < (coveredUntil.get(product) ?? Number.NEGATIVE_INFINITY)) continue
    coveredUntil.set(product, options.hour === 'clock' ? (Math.floor(at / HOUR) + 1) * HOUR : at + HOUR)
    sum = sum.plus(charge(prices.get(product) ?? exact(Number.NaN)))
  }
  return sum.toFixed(8)
}

/** Computes the text of a line: numbers, + - x /, brackets, percent, `max(0, …)` and the words that name a line. */
export function computed(text: string): Decimal {
  const words = text
    .replace(/^(consumed|handling fee): /, '')
    .replace(/ fixed, instead of .*$/, '')
    .replace(/, [\d.]+ fixed instead of .*$/, '')
  const tokens = words.match(/max\(0,|trunc\(|[\d.]+%?|[-+x/()]/g) ?? []
  let at = 0
  const atom = (): Decimal => {
    const token = tokens[at++]
    if (token === '(' || token === 'max(0,' || token === 'trunc(') {
      const inner = sum()
      at++
      if (token === 'trunc(') return inner.toDecimalPlaces(8, Exact.ROUND_DOWN)
      return token === '(' ? inner : Exact.max(0, inner)
    }
    if (token === '-') return atom().negated()
    return token.endsWith('%') ? exact(token.slice(0, -1)).div(100) : exact(token)
  }
  const product = (): Decimal => {
    let value = atom()
    while (tokens[at] === 'x' || tokens[at] === '/')
      value = tokens[at++] === 'x' ? value.times(atom()) : value.div(atom())
    return value
  }
  const sum = (): Decimal => {
    let value = product()
    while (tokens[at] === '+' || tokens[at] === '-')
      value = tokens[at++] === '+' ? value.plus(product()) : value.minus(product())
    return value
  }
  return sum()
}
