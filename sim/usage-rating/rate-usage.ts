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
import type { Policies } from '#scenarios/policies.ts'
import { type Line, sumOf } from '../billing/line.ts'
import { type UsagePlan, usageLines } from '../billing/price/usage-plan.ts'
import { billsOf } from './bills.ts'
import { missingLines } from './commitments.ts'
import { Levels, type LevelTime } from './levels.ts'
import { paidBills } from './prepaid.ts'
import { isDivisible, type Metric, type Price, priceAt, type RateCard } from './rate-card.ts'
import type { SubscriptionEvent } from './subscription.ts'
import { SubscriptionBook } from './subscription-book.ts'
import { type Tally, tallyOf } from './tally.ts'
import type { UsageBill, UsageLine } from './usage-line.ts'

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
  /** Events that another replaces: on the bills from the first up to the second, one entry for each such span. */
  readonly replaced: Replaced[]
}

interface Replaced {
  readonly from: number
  readonly until: number
  readonly tally: Tally
  /** Of prices per event: the sums of their lines by rule. */
  readonly priced: Map<string, Amount>
}

export class UsageRater {
  readonly #card: RateCard
  readonly #policies: Policies
  readonly #series = new Map<string, Series>()
  readonly #levels: Levels
  readonly #book: SubscriptionBook
  readonly #reported = new Set<string>()
  readonly #offset: number
  #latest = Number.NEGATIVE_INFINITY
  /** Events that no metric counts. */
  unmeasured = 0
  /** Events of a metric that has no price for them. */
  unpriced = 0
  readonly #onProblem: (line: number, kind: 'price' | 'refused', text: string) => void

  /** `keepsLevels`: levels come late, are replaced, or are not sorted by time. */
  constructor(
    card: RateCard,
    policies: Policies,
    onProblem: (line: number, kind: 'price' | 'refused', text: string) => void,
    keepsLevels = false,
  ) {
    this.#card = card
    this.#policies = policies
    this.#offset = policies['time.utcOffset']
    this.#onProblem = onProblem
    const changes = (metric: Metric) => (card.prices.get(metric.name) ?? []).map(({ from }) => from)
    this.#levels = new Levels(keepsLevels, this.#offset, changes, (time) => this.#addLevelTime(time))
    this.#book = new SubscriptionBook(policies, (line, text) => onProblem(line, 'refused', text))
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

  /** Takes what happened to a subscription, which was received at an instant, and what replaces it. */
  takeSubscription(event: SubscriptionEvent, received: number | undefined, replacement?: Replacement): void {
    this.#latest = Math.max(this.#latest, event.at)
    const month = monthOf(event.at, this.#offset)
    const from = this.#billOf(month, received)
    const until = replacement === undefined ? undefined : this.#billOf(month, replacement.received)
    if (until === undefined || until > from) this.#book.take(event, from, until)
  }

  #billOf(month: number, received: number | undefined): number {
    return billOf(month, received, this.#offset)
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
    const lines = price.isPerEvent ? this.#lines(price.plan, aggregate === 'count' ? 100_000_000n : value) : []
    const replaced = until === undefined ? undefined : replacedIn(series, from, until)
    const tally = replaced?.tally ?? tallyIn(series, from)
    tally.add(value, event.at, text)
    if (price.isPerEvent) addLines(replaced?.priced ?? pricedIn(series, from), lines)
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
    const { line, account, at } = event
    const value = event.amount(metric.of)
    if (value < 0n) throw new BillingError(`line ${line}`, 'a level below 0', 'write 0 or more')
    const dimensions = dimensionsOf(metric, event)
    const resource = event.text('resource')
    this.#levels.take(metric, { line, account, at, resource, value, dimensions }, bill, until)
  }

  #addLevelTime({ metric, account, dimensions, month, bill, at, line, total, events }: LevelTime): void {
    const price = this.#price(metric, account, dimensions, at)
    if (price === undefined) {
      const key = `${line} ${at} ${metric.name}`
      if (!this.#reported.has(key)) this.#unpriced(metric, line, at)
      this.#reported.add(key)
      return
    }
    const tally = tallyIn(this.#seriesOf(metric, account, month, dimensions, price), bill)
    tally.add(total, at, '')
    tally.events += events - 1
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
      'price',
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

  /** The lines of all bills, in the order of accounts, bills, offers, metrics; levels and terms continue until `until`. */
  *lines(until?: number): Generator<UsageLine> {
    const end = until ?? this.#latest
    this.#levels.finish(end)
    // What happens in the instant of the last event is of the log.
    const subscribed = [...this.#book.lines(until ?? end + 1)]
    const made = [...subscribed, ...[...this.#series.values()].flatMap((series) => this.#linesOf(series))]
    for (const commitment of this.#card.commitments)
      made.push(...missingLines(commitment, made, until ?? end + 1, this.#offset))
    const metrics = [...this.#card.offers.keys(), ...this.#card.metrics.map(({ name }) => name), 'commitment']
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

  /** What pays the bills before anything is invoiced: of all bills and lines of the log. */
  paid(bills: readonly UsageBill[], lines: readonly UsageLine[], until?: number): ReturnType<typeof paidBills> {
    // An `until` that begins a month is the end of the month before.
    const end = until === undefined ? this.#latest : until - 1
    return paidBills(bills, lines, this.#card, end, this.#offset)
  }

  /** The bills that lines add up to; lines come as `lines` gives them. */
  bills(lines: Iterable<UsageLine>): Generator<UsageBill> {
    return billsOf(lines, this.#policies)
  }
}

/** The month of the bill on which something of a month comes, by when it was received. */
export function billOf(month: number, received: number | undefined, utcOffset: number): number {
  if (received === undefined) return month
  let bill = Math.max(month, monthOf(received, utcOffset) - 1)
  while (received >= startOfMonth(bill + 1, utcOffset) + CLOSING) bill++
  return bill
}

export function isOf({ name, where }: Metric, event: Pick<UsageEvent, 'text'>): boolean {
  const stated = event.text('metric')
  if (stated !== '' && !where.has('metric') && stated !== name) return false
  for (const [column, values] of where) if (!values.has(event.text(column))) return false
  return true
}

export const dimensionsOf = ({ dimensions }: Metric, event: Pick<UsageEvent, 'text'>): ReadonlyMap<string, string> =>
  new Map(dimensions.map((column) => [column, event.text(column)]))

function tallyIn({ tallies, metric }: Series, bill: number): Tally {
  const known = tallies.get(bill)
  if (known !== undefined) return known
  const tally = tallyOf(metric.aggregate)
  tallies.set(bill, tally)
  return tally
}

function replacedIn({ replaced, metric }: Series, from: number, until: number): Replaced {
  const known = replaced.find((each) => each.from === from && each.until === until)
  if (known !== undefined) return known
  const added = { from, until, tally: tallyOf(metric.aggregate), priced: new Map<string, Amount>() }
  replaced.push(added)
  return added
}

function pricedIn({ priced }: Series, bill: number): Map<string, Amount> {
  const sums = priced.get(bill) ?? new Map<string, Amount>()
  priced.set(bill, sums)
  return sums
}

function addLines(sums: Map<string, Amount>, lines: Iterable<Pick<Line, 'rule' | 'amount'>>): void {
  for (const { rule, amount } of lines) sums.set(rule, (sums.get(rule) ?? 0n) + amount)
}

/** The lines of prices per event: one a rule, each the sum of its events. */
function perEvent(
  priced: Series['priced'],
  held: readonly Pick<Replaced, 'priced'>[],
  bill: number,
  events: number,
): Line[] {
  const sums = new Map<string, Amount>()
  const add = (each: ReadonlyMap<string, Amount>) =>
    addLines(
      sums,
      [...each].map(([rule, amount]) => ({ rule, amount })),
    )
  for (const [from, each] of priced) if (from <= bill) add(each)
  for (const each of held) add(each.priced)
  return [...sums].map(([rule, amount]) => ({ rule, text: `sum of ${events} events, each priced by itself`, amount }))
}
