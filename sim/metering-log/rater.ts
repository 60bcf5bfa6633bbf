/**
 * Rates a lifecycle log: rows of events go in, in time order for each resource; metered and priced hours come out, and
 * the bills they add up to. The rules are the billing core's; this is the memory around them.
 */
import { BillingError } from '#base/billing-error.ts'
import { monthOf, startOfMonth } from '#base/civil-time.ts'
import type { Money, UnitPrice } from '#base/money.ts'
import { HOUR } from '#base/time.ts'
import type { Policies } from '#scenarios/policies.ts'
import type { HourRow } from '../billing/metering/hour-rows.ts'
import { ecsHourAmount, imageHourAmount } from '../billing/metering/rating.ts'
import { ResourceMeter } from '../billing/metering/resource-meter.ts'
import { BillSums } from './bill-sums.ts'
import { EventJudge } from './event-judge.ts'
import type { LogEvent } from './log-event.ts'
import type { LogNames } from './log-names.ts'
import { LogSpan } from './log-span.ts'
import { type Kind, type PriceHistory, type PriceList, priceInForce } from './price-list.ts'
import type { Problems } from './problems.ts'
import { DELETED, RestingResources } from './resting-resources.ts'
import { SeenEvents } from './seen-events.ts'

/** One charge: a kind of use of one resource in one hour. Read it while it is handed over; it is used again. */
export interface RatedHour {
  readonly account: string
  readonly resource: string
  readonly kind: Kind
  /** The flavour of a server's hour, the product of an image's. */
  readonly product: string
  /** First instant of the hour. */
  readonly hour: number
  readonly seconds: number
  /** Whether the seconds or the started hour are charged. */
  readonly by: 'second' | 'hour'
  readonly hourly: UnitPrice
  readonly hourlyText: string
  readonly amount: Money
  readonly rule: 'U-01' | 'U-02'
  /** When it is drawn from the balance (U-08). */
  readonly settledAt: number
  /** The calendar month whose bill holds it. */
  readonly month: number
}

export interface RaterOptions {
  /** Name of the log, for errors. */
  readonly file: string
  /** Milliseconds from the first row to the last at most. */
  readonly longestSpan: number
  readonly prices: PriceList
  readonly policies: Policies
  /** Use from here on is not counted; undefined: up to the last event. */
  readonly until: number | undefined
  readonly names: LogNames
  readonly problems: Problems
  readonly onHour: (hour: RatedHour) => void
}

/** What a log came to. */
export interface RatingTotals {
  events: number
  readonly hours: Record<Kind, number>
  readonly seconds: Record<Kind, number>
  /** Hours of use without a price. */
  unrated: number
  /** U-09: rows that were sent again, and dropped. */
  repeats: number
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export class LogRater {
  readonly totals: RatingTotals = {
    events: 0,
    hours: { ecs: 0, image: 0 },
    seconds: { ecs: 0, image: 0 },
    unrated: 0,
    repeats: 0,
  }
  readonly bills = new BillSums()
  readonly #options: RaterOptions
  readonly #resting: RestingResources
  readonly #judge: EventJudge
  readonly #seen = new SeenEvents('event')
  readonly #span: LogSpan
  readonly #server: ResourceMeter
  readonly #image: ResourceMeter
  readonly #flavourPrices: (PriceHistory | undefined)[] = []
  readonly #productPrices = new Map<string, PriceHistory>()
  readonly #settledBy: number
  #latest = Number.NEGATIVE_INFINITY
  #resource = 0
  #namedResource = -1
  #month = 0
  #monthStart = Number.POSITIVE_INFINITY
  #monthEnd = Number.NEGATIVE_INFINITY
  readonly #rated: Mutable<RatedHour> = {
    account: '',
    resource: '',
    kind: 'ecs',
    product: '',
    hour: 0,
    seconds: 0,
    by: 'second',
    hourly: 0 as UnitPrice,
    hourlyText: '',
    amount: 0 as Money,
    rule: 'U-01',
    settledAt: 0,
    month: 0,
  }

  constructor(options: RaterOptions) {
    const { policies, names, until, prices } = options
    this.#options = options
    this.#span = new LogSpan(options.file, options.longestSpan, policies['time.utcOffset'])
    this.#settledBy = until ?? Number.POSITIVE_INFINITY
    this.#resting = new RestingResources(policies['image.key'], names.product, names.productNumber)
    this.#judge = new EventJudge(this.#resting.table, names, prices, options.problems)
    this.#server = new ResourceMeter('ecs', policies, (row) => this.#rate('ecs', row), until)
    this.#image = new ResourceMeter('image', policies, (row) => this.#rate('image', row), until)
    for (const [product, history] of prices.image) this.#productPrices.set(product, history)
  }

  /** Resources seen so far. */
  get resources(): number {
    return this.#resting.table.rows
  }

  /** Takes the next event; what is wrong with it goes to the problems, and the log continues without it. */
  take(event: LogEvent): void {
    this.#span.take(event.at, event.line)
    this.#resting.admit(event.resource)
    if (this.#isRepeat(event) || !this.#judge.accepts(event)) return
    const { resource, line } = event
    const resting = this.#resting
    this.#resource = resource
    this.#server.wake(resting.wake(resource, 'ecs'))
    this.#image.wake(resting.wake(resource, 'image'))
    try {
      this.#server.apply({ at: event.at, do: event.do }, '')
      this.#image.apply({ at: event.at, do: event.do, product: this.#judge.installed(event) }, '')
    } catch (error) {
      if (!(error instanceof BillingError)) throw error
      this.#judge.reject(event, 'step', error.message.slice(2))
      return
    }
    this.#seen.add()
    this.totals.events++
    if (event.at > this.#latest) this.#latest = event.at
    if (this.#image.state === 'deleted') this.#close(event.at)
    resting.rest(resource, line, this.#server.rest(), this.#image.rest())
    this.#judge.askPrices(event)
  }

  /** U-09: the same row again is dropped and counted; with other content it is a conflict, and the first is. */
  #isRepeat(event: LogEvent): boolean {
    const seen = this.#seen.find(event)
    if (seen === 'new') return false
    if (seen === 'again') this.#judge.repeats++
    else
      this.#judge.reject(
        event,
        'conflict',
        `${event.do} at this time was in an earlier row with another account, product or flavour (U-09); the first row counts, so correct one of them`,
      )
    return true
  }

  /** The log has ended: whatever still runs is metered to `until`, or to the last event. */
  finish(): RatingTotals {
    const end = this.#options.until ?? this.#latest
    this.#span.closeAt(end)
    const { table } = this.#resting
    for (let resource = 0; resource < table.rows; resource++) {
      const state = table.state[resource]
      // Absent ones never were, and deleted ones were closed with their deletion.
      if (state === 0 || state === DELETED) continue
      this.#resource = resource
      this.#server.wake(this.#resting.wake(resource, 'ecs'))
      this.#image.wake(this.#resting.wake(resource, 'image'))
      this.#close(end)
    }
    this.totals.repeats = this.#judge.repeats
    return this.totals
  }

  #close(at: number): void {
    this.#server.close(at)
    this.#image.close(at)
  }

  #pricesOf(kind: Kind, row: HourRow): PriceHistory | undefined {
    if (kind === 'image') return this.#productPrices.get(row.product ?? '')
    const flavour = this.#resting.table.flavour[this.#resource] - 1
    if (flavour < 0) return undefined
    const { names, prices } = this.#options
    this.#flavourPrices[flavour] ??= prices.ecs.get(names.flavour(flavour))
    return this.#flavourPrices[flavour]
  }

  /** U-01, U-02, U-07: prices an hour, as the billing core's `hourCharge` does, without an object a line. */
  #rate(kind: Kind, row: HourRow): void {
    const { policies, names, onHour } = this.#options
    const perSecond = policies[`${kind}.granularity`] === 'second'
    if (perSecond && row.seconds === 0) return
    const isNamed = kind === 'image' ? row.product !== '' : this.#resting.table.flavour[this.#resource] > 0
    if (!isNamed) return
    const isLast = kind === 'image' && policies['image.priceAt'] === 'last'
    const price = priceInForce(this.#pricesOf(kind, row) ?? [], isLast ? row.useEnd - 1 : row.firstUse)
    if (price === undefined) {
      this.totals.unrated++
      return
    }
    const rounding = policies['rounding.charge']
    const rated = this.#rated
    this.#name()
    rated.kind = kind
    rated.product =
      kind === 'image' ? (row.product ?? '') : names.flavour(this.#resting.table.flavour[this.#resource] - 1)
    rated.hour = row.hour
    rated.seconds = row.seconds
    rated.by = perSecond ? 'second' : 'hour'
    rated.hourly = price.hourly
    rated.hourlyText = price.text
    rated.amount = perSecond
      ? ecsHourAmount(price.hourly, row.seconds, rounding)
      : imageHourAmount(price.hourly, rounding)
    rated.rule = kind === 'ecs' ? 'U-01' : 'U-02'
    rated.settledAt = Math.min(row.hour + HOUR + policies['settlement.lag'], this.#settledBy)
    rated.month = this.#monthOf(rated.settledAt)
    this.totals.hours[kind]++
    this.totals.seconds[kind] += row.seconds
    this.bills.add(this.#resting.table.account[this.#resource], rated.month, rated.amount)
    onHour(rated)
  }

  /** Names are made of bytes once for all hours of a resource that come together. */
  #name(): void {
    if (this.#namedResource === this.#resource) return
    const { names } = this.#options
    this.#namedResource = this.#resource
    this.#rated.resource = names.resources.text(this.#resource)
    this.#rated.account = names.accounts.text(this.#resting.table.account[this.#resource])
  }

  #monthOf(instant: number): number {
    if (instant < this.#monthStart || instant >= this.#monthEnd) {
      const offset = this.#options.policies['time.utcOffset']
      this.#month = monthOf(instant, offset)
      this.#monthStart = startOfMonth(this.#month, offset)
      this.#monthEnd = startOfMonth(this.#month + 1, offset)
    }
    return this.#month
  }
}
