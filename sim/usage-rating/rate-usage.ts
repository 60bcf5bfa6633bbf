/**
 * Usage events of any system rated by a rate card: lines and bills by account, month and currency.
 *
 * An event belongs to the civil month of its time. A month's bill is made on the 3rd of the next month at 10:00 (I-02); what is
 * received later is on the bill of the month in which it is received, as the difference that it makes to the month it belongs to
 * (U-09, I-04). So every bill is a function of the events received before it, whatever is counted and however it is priced.
 */
import { BillingError } from '#base/billing-error.ts'
import { formatInstant, formatMonth, monthOf, startOfMonth } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import { type Amount, MONEY_DECIMALS } from '#base/money.ts'
import { DAY, HOUR } from '#base/time.ts'
import type { Currency } from '#scenarios/currencies.ts'
import type { Policies } from '#scenarios/policies.ts'
import { type Line, sumOf } from '../billing/line.ts'
import { monthTotal } from '../billing/month-total.ts'
import { type UsagePlan, usageLines } from '../billing/price/usage-plan.ts'
import { isDivisible, type Metric, type Price, priceAt, type RateCard } from './rate-card.ts'
import { type Tally, tallyOf } from './tally.ts'

/** One usage event; columns are read by name. */
export interface UsageEvent {
  readonly line: number
  readonly account: string
  readonly at: number
  /** When it was received; undefined where the log does not say. */
  readonly received: number | undefined
  /** Text of a column; empty where the event has none. */
  text(column: string): string
  /** A column as a whole number of 1e-8. Throws BillingError. */
  amount(column: string): bigint
}

/** Another row replaces an event, or withdraws it. */
export interface Replacement {
  /** When that row was received; undefined where the log does not say. */
  readonly received: number | undefined
}

/** A line of a bill. */
export interface UsageLine {
  readonly account: string
  /** Month of the bill, and of the use; they differ in corrections. */
  readonly bill: number
  readonly month: number
  readonly metric: string
  readonly dimensions: ReadonlyMap<string, string>
  readonly currency: Currency
  readonly events: number
  /** Whole 1e-8. */
  readonly quantity: bigint
  readonly rule: string
  readonly text: string
  readonly amount: Amount
}

export interface UsageBill {
  readonly account: string
  readonly month: number
  readonly currency: Currency
  readonly lines: number
  readonly charges: Amount
  readonly tax: Amount
  readonly payable: Amount
}

/** When the bill of a month is made: on the 3rd of the next one, at 10:00 (I-02). */
const CLOSING = 2 * DAY + 10 * HOUR

/** Events of one metric, account, month and dimensions under one price. */
interface Series {
  readonly metric: Metric
  readonly account: string
  readonly month: number
  readonly dimensions: ReadonlyMap<string, string>
  readonly price: Price
  /** By the month of the bill on which they come first. */
  readonly tallies: Map<number, Tally>
  /** Of prices per event: their lines, and by which bill. */
  readonly priced: Map<number, Map<string, Amount>>
  /** Events that another replaces: on the bills from the first up to the second. */
  readonly replaced: { from: number; until: number; tally: Tally; lines: readonly Line[] }[]
}

/** A level that holds until the next of its resource. */
interface Level {
  value: bigint
  since: number
  bill: number
  line: number
  readonly metric: Metric
  readonly account: string
  readonly dimensions: ReadonlyMap<string, string>
}

export class UsageRater {
  readonly #card: RateCard
  readonly #policies: Policies
  readonly #series = new Map<string, Series>()
  readonly #levels = new Map<string, Level>()
  readonly #offset: number
  #latest = Number.NEGATIVE_INFINITY
  /** Events that no metric counts. */
  unmeasured = 0
  /** Events of a metric that has no price for them. */
  unpriced = 0
  readonly #onProblem: (line: number, text: string) => void

  constructor(card: RateCard, policies: Policies, onProblem: (line: number, text: string) => void) {
    this.#card = card
    this.#policies = policies
    this.#offset = policies['time.utcOffset']
    this.#onProblem = onProblem
  }

  /**
   * Takes an event, and what replaces it, if anything does. Throws BillingError where a quantity cannot be read.
   */
  take(event: UsageEvent, replacement?: Replacement): void {
    this.#latest = Math.max(this.#latest, event.at)
    const month = monthOf(event.at, this.#offset)
    const from = this.#billOf(month, event.received)
    const until = replacement === undefined ? undefined : this.#billOf(month, replacement.received)
    // What is replaced before its month is billed was never charged.
    if (until !== undefined && until <= from) return
    let isMeasured = false
    for (const metric of this.#card.metrics) {
      if (!isOf(metric, event)) continue
      isMeasured = true
      if (metric.aggregate === 'time-weighted') this.#takeLevel(metric, event, from, until)
      else this.#takeQuantity(metric, event, month, from, until)
    }
    if (!isMeasured) this.unmeasured++
  }

  /** The month of the bill on which something of a month comes, by when it was received. */
  #billOf(month: number, received: number | undefined): number {
    if (received === undefined) return month
    let bill = Math.max(month, monthOf(received, this.#offset) - 1)
    while (received >= startOfMonth(bill + 1, this.#offset) + CLOSING) bill++
    return bill
  }

  #takeQuantity(metric: Metric, event: UsageEvent, month: number, from: number, until: number | undefined): void {
    const dimensions = dimensionsOf(metric, event)
    const price = this.#price(metric, event.account, dimensions, event.at)
    if (price === undefined) {
      this.#unpriced(metric, event.line, event.at)
      return
    }
    const { aggregate, of } = metric
    const value = aggregate === 'count' || aggregate === 'unique' ? 0n : event.amount(of)
    const text = aggregate === 'unique' ? event.text(of) : ''
    if (aggregate === 'unique' && text === '')
      throw new BillingError(`line ${event.line}`, `no ${of} to be counted`, `name it, or leave the row out with where`)
    if (value < 0n && aggregate !== 'sum')
      throw new BillingError(`line ${event.line}`, `a ${aggregate} below 0`, 'write 0 or more')
    const series = this.#seriesOf(metric, event.account, month, dimensions, price)
    const tally = until === undefined ? tallyIn(series, from) : tallyOf(aggregate)
    tally.add(value, event.at, text)
    const lines = price.isPerEvent ? this.#lines(price.plan, aggregate === 'count' ? 100_000_000n : value) : []
    if (until !== undefined) series.replaced.push({ from, until, tally, lines })
    else if (price.isPerEvent) addLines(series, from, lines)
  }

  /** What a plan makes of a quantity; a negative one is the credit of a positive one. */
  #lines(plan: UsagePlan, quantity: bigint): readonly Line[] {
    const rounding = this.#policies['rounding.charge']
    if (quantity >= 0n) return usageLines(plan, { quantity, value: quantity }, undefined, rounding)
    return usageLines(plan, { quantity: -quantity, value: -quantity }, undefined, rounding).map((line) => ({
      ...line,
      text: `-(${line.text})`,
      amount: -line.amount,
    }))
  }

  #takeLevel(metric: Metric, event: UsageEvent, bill: number, until: number | undefined): void {
    if (until !== undefined)
      throw new BillingError(
        `line ${event.line}`,
        'a level cannot be replaced by a later row',
        'correct the level itself',
      )
    const value = event.amount(metric.of)
    if (value < 0n) throw new BillingError(`line ${event.line}`, 'a level below 0', 'write 0 or more')
    const dimensions = dimensionsOf(metric, event)
    const key = JSON.stringify([metric.name, event.account, event.text('resource'), ...dimensions.values()])
    const level = this.#levels.get(key)
    if (level === undefined) {
      const { account, at, line } = event
      this.#levels.set(key, { metric, account, dimensions, value, since: at, bill, line })
      return
    }
    if (event.at < level.since)
      throw new BillingError(
        `line ${event.line}`,
        `is before line ${level.line} of the same ${event.text('resource') === '' ? 'account' : 'resource'}`,
        'sort the levels by time',
      )
    this.#closeLevel(level, event.at)
    Object.assign(level, { value, since: event.at, bill, line: event.line })
  }

  /** A level has held until an instant: its time is of the months, and under the prices, in which it did. */
  #closeLevel(level: Level, until: number): void {
    const { metric, account, dimensions, value } = level
    for (let at = level.since; at < until; ) {
      const month = monthOf(at, this.#offset)
      const price = this.#price(metric, account, dimensions, at)
      const changes = (this.#card.prices.get(metric.name) ?? []).map(({ from }) => from).filter((from) => from > at)
      const end = Math.min(until, startOfMonth(month + 1, this.#offset), ...changes)
      if (price === undefined) this.#unpriced(metric, level.line, at)
      else {
        const bill = Math.max(month, level.bill)
        const tally = tallyIn(this.#seriesOf(metric, account, month, dimensions, price), bill)
        tally.add(value * BigInt(end - at), at, '')
      }
      at = end
    }
  }

  #price(metric: Metric, account: string, dimensions: ReadonlyMap<string, string>, at: number): Price | undefined {
    const prices = this.#card.prices.get(metric.name) ?? []
    const dimensionOf = (column: string) => dimensions.get(column) ?? ''
    return priceAt(prices, account, dimensionOf, at)
  }

  #unpriced(metric: Metric, line: number, at: number): void {
    this.unpriced++
    this.#onProblem(
      line,
      `no price of ${metric.name} is in force at ${formatInstant(at, this.#offset)}, so it is not rated; add one`,
    )
  }

  #seriesOf(
    metric: Metric,
    account: string,
    month: number,
    dimensions: ReadonlyMap<string, string>,
    price: Price,
  ): Series {
    const key = JSON.stringify([account, metric.name, month, price.index, ...dimensions.values()])
    let series = this.#series.get(key)
    if (series === undefined) {
      series = { metric, account, month, dimensions, price, tallies: new Map(), priced: new Map(), replaced: [] }
      this.#series.set(key, series)
      this.#refuseTwoPrices(series)
    }
    return series
  }

  /** A month that is priced as a whole has one price: of a contract that begins within it, as any other. */
  #refuseTwoPrices({ metric, account, month, price }: Series): void {
    if (isDivisible(metric, price) || price.from <= startOfMonth(month, this.#offset)) return
    throw new InputError(
      `the price of ${metric.name} for ${account} changes within ${formatMonth(month)}, which is priced as a whole`,
      'let it begin with a month',
      `prices[${price.index}]`,
    )
  }

  /** The lines of all bills, in the order of accounts, bills, metrics; levels hold until `until`. */
  *lines(until?: number): Generator<UsageLine> {
    for (const level of this.#levels.values()) this.#closeLevel(level, until ?? this.#latest)
    this.#levels.clear()
    const made = [...this.#series.values()].flatMap((series) => this.#linesOf(series))
    const metrics = this.#card.metrics.map(({ name }) => name)
    made.sort(
      (a, b) =>
        (a.account < b.account ? -1 : a.account > b.account ? 1 : 0) ||
        a.bill - b.bill ||
        metrics.indexOf(a.metric) - metrics.indexOf(b.metric) ||
        a.month - b.month,
    )
    yield* made
  }

  #linesOf(series: Series): UsageLine[] {
    const { metric, account, month, dimensions, price, tallies, priced, replaced } = series
    const bills = new Set([...tallies.keys(), ...replaced.flatMap(({ from, until }) => [from, until])])
    const found: UsageLine[] = []
    let before = 0n
    for (const bill of [...bills].sort((a, b) => a - b)) {
      const tally = tallyOf(metric.aggregate)
      for (const [from, each] of tallies) if (from <= bill) tally.merge(each)
      const held = replaced.filter(({ from, until }) => from <= bill && bill < until)
      for (const each of held) tally.merge(each.tally)
      const quantity = tally.quantity(metric.unitMs)
      const lines = price.isPerEvent
        ? perEvent(priced, held, bill, tally.events)
        : tally.events === 0
          ? []
          : this.#lines(price.plan, quantity)
      const amount = sumOf(lines)
      const common = { account, bill, month, metric: metric.name, dimensions, currency: price.currency }
      const whole = { ...common, events: tally.events, quantity }
      if (bill === month) found.push(...lines.map((line) => ({ ...whole, ...line })))
      else if (amount !== before)
        found.push({
          ...whole,
          rule: 'I-04',
          text: `correction of ${formatMonth(month)}: ${decimalText(amount, MONEY_DECIMALS)} instead of ${decimalText(before, MONEY_DECIMALS)}`,
          amount: amount - before,
        })
      before = amount
    }
    return found
  }

  /** The bills that lines add up to; lines come as `lines` gives them. */
  *bills(lines: Iterable<UsageLine>): Generator<UsageBill> {
    const sums = new Map<
      string,
      { account: string; month: number; currency: Currency; lines: number; charges: bigint }
    >()
    for (const { account, bill, currency, amount } of lines) {
      const key = JSON.stringify([account, bill, currency.code])
      const sum = sums.get(key) ?? { account, month: bill, currency, lines: 0, charges: 0n }
      sum.lines++
      sum.charges += amount
      sums.set(key, sum)
    }
    for (const sum of sums.values()) {
      const { tax, payable } = monthTotal([sum.charges], this.#policies, sum.currency.decimals)
      yield { ...sum, tax, payable }
    }
  }
}

function isOf({ name, where }: Metric, event: UsageEvent): boolean {
  const stated = event.text('metric')
  if (stated !== '' && !where.has('metric') && stated !== name) return false
  for (const [column, values] of where) if (!values.has(event.text(column))) return false
  return true
}

const dimensionsOf = ({ dimensions }: Metric, event: UsageEvent): ReadonlyMap<string, string> =>
  new Map(dimensions.map((column) => [column, event.text(column)]))

function tallyIn({ tallies, metric }: Series, bill: number): Tally {
  const known = tallies.get(bill)
  if (known !== undefined) return known
  const tally = tallyOf(metric.aggregate)
  tallies.set(bill, tally)
  return tally
}

function addLines({ priced }: Series, bill: number, lines: readonly Line[]): void {
  const sums = priced.get(bill) ?? new Map<string, Amount>()
  for (const { rule, amount } of lines) sums.set(rule, (sums.get(rule) ?? 0n) + amount)
  priced.set(bill, sums)
}

/** The lines of prices per event: one a rule, each the sum of its events. */
function perEvent(
  priced: Series['priced'],
  held: readonly { readonly lines: readonly Line[] }[],
  bill: number,
  events: number,
): Line[] {
  const sums = new Map<string, Amount>()
  const add = (rule: string, amount: Amount) => sums.set(rule, (sums.get(rule) ?? 0n) + amount)
  for (const [from, each] of priced) if (from <= bill) for (const [rule, amount] of each) add(rule, amount)
  for (const { lines } of held) for (const { rule, amount } of lines) add(rule, amount)
  return [...sums].map(([rule, amount]) => ({ rule, text: `sum of ${events} events, each priced by itself`, amount }))
}
