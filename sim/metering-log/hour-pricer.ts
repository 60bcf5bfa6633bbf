/** Metered hours become charges, and the bills they add up to (U-01, U-02, U-07, E-09), as the billing core's `hourCharge` does. */
import { monthOf, startOfHour, startOfMonth } from '#base/civil-time.ts'
import type { Money, UnitPrice } from '#base/money.ts'
import { HOUR } from '#base/time.ts'
import type { Policies } from '#scenarios/policies.ts'
import { ecsHourAmount, imageHourAmount } from '../billing/metering/rating.ts'
import { BillSums } from './bill-sums.ts'
import { diskHistory } from './disk-price.ts'
import type { LogNames } from './log-names.ts'
import { type Kind, kinds, type PriceHistory, type PriceList, priceInForce } from './price-list.ts'

/** One charge: a kind of use of one resource in one hour. Read it while it is handed over; it is used again. */
export interface RatedHour {
  readonly account: string
  readonly resource: string
  readonly kind: Kind
  /** The product of an image's hour, the flavour of any other, or a disk of its own size such as `40 GB ssd`. */
  readonly product: string
  /** First instant of the hour. */
  readonly hour: number
  readonly seconds: number
  /** Whether the seconds or the started hour are charged. */
  readonly by: 'second' | 'hour'
  readonly hourly: UnitPrice
  readonly hourlyText: string
  readonly amount: Money
  readonly rule: 'U-01' | 'U-02' | 'E-09'
  /** When it is drawn from the balance (U-08). */
  readonly settledAt: number
  /** The calendar month whose bill holds it. */
  readonly month: number
}

/** An hour of use before it is priced; account, resource and name (a flavour or a product) by number. */
export interface MeteredHour {
  readonly kind: Kind
  readonly account: number
  readonly resource: number
  /** -1: a server without a flavour. */
  readonly name: number
  readonly hour: number
  readonly seconds: number
  /** The first instant of use, and the instant after the last (U-07). */
  readonly firstUse: number
  readonly useEnd: number
}

export interface PricerOptions {
  readonly prices: PriceList
  readonly policies: Policies
  /** Use from here on is not counted; undefined: up to the last event. */
  readonly until: number | undefined
  readonly names: LogNames
  readonly onHour?: ((hour: RatedHour) => void) | undefined
}

/** What is made for each kind. */
const ofEach = <T>(make: (kind: Kind) => T): Record<Kind, T> =>
  Object.fromEntries(kinds.map((kind) => [kind, make(kind)])) as Record<Kind, T>

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export class HourPricer {
  readonly hours = ofEach(() => 0)
  readonly seconds = ofEach(() => 0)
  /** Hours of use without a price. */
  unrated = 0
  readonly bills = new BillSums()
  readonly #options: PricerOptions
  /** By number of the name; null where a name has no price. */
  readonly #histories = ofEach((): (PriceHistory | null | undefined)[] => [])
  readonly #settledBy: number
  readonly #lag: number
  readonly #offset: number
  readonly #isBySecond: Readonly<Record<Kind, boolean>>
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

  constructor(options: PricerOptions) {
    const { policies, until } = options
    this.#options = options
    this.#settledBy = until ?? Number.POSITIVE_INFINITY
    this.#lag = HOUR + policies['settlement.lag']
    this.#offset = policies['time.utcOffset']
    // A GB of traffic is no part of an hour, so that no policy makes it a whole one.
    this.#isBySecond = ofEach(
      (kind) => kind === 'traffic' || policies[kind === 'image' ? 'image.granularity' : 'ecs.granularity'] === 'second',
    )
  }

  /** U-01, U-02, U-07: prices an hour, without an object a line. */
  take(metered: MeteredHour): void {
    const { kind, name, seconds, hour } = metered
    const perSecond = this.#isBySecond[kind]
    if (perSecond && seconds === 0) return
    // A server without a flavour, and the image of no name, are never charged.
    if (kind === 'image' ? name === 0 : name < 0) return
    const { policies, onHour } = this.#options
    const isLast = kind === 'image' && policies['image.priceAt'] === 'last'
    const history = this.#historyOf(kind, name)
    // A flavour without a price of a resource has none of it, or has it for nothing.
    if (history === null && kind !== 'ecs' && kind !== 'image') return
    const price = history === null ? undefined : priceInForce(history, isLast ? metered.useEnd - 1 : metered.firstUse)
    if (price === undefined) {
      this.unrated++
      return
    }
    const { hourly } = price
    const rounding = policies['rounding.charge']
    const amount = perSecond ? ecsHourAmount(hourly, seconds, rounding) : imageHourAmount(hourly, rounding)
    // Hours that roll (U-02) are settled with the clock hour in which they end.
    const settledAt = Math.min(startOfHour(hour + HOUR - 1, this.#offset) + this.#lag, this.#settledBy)
    // What is settled when the books close is on the last bill before.
    const month = this.#monthOf(Math.min(settledAt, this.#settledBy - 1))
    this.hours[kind]++
    this.seconds[kind] += seconds
    this.bills.add(metered.account, month, amount)
    if (onHour === undefined) return
    const rated = this.#rated
    this.#name(metered)
    rated.kind = kind
    rated.product = this.#nameOf(kind, name)
    rated.hour = hour
    rated.seconds = seconds
    rated.by = perSecond ? 'second' : 'hour'
    rated.hourly = hourly
    rated.hourlyText = price.text
    rated.amount = amount
    rated.rule = kind === 'ecs' ? 'U-01' : kind === 'image' ? 'U-02' : 'E-09'
    rated.settledAt = settledAt
    rated.month = month
    onHour(rated)
  }

  #nameOf(kind: Kind, name: number): string {
    const { names } = this.#options
    return kind === 'image' ? names.product(name) : names.flavour(name)
  }

  #historyOf(kind: Kind, name: number): PriceHistory | null {
    const known = this.#histories[kind][name]
    if (known !== undefined) return known
    const { prices } = this.#options
    const listed = kind === 'ecs' || kind === 'image' ? prices[kind] : prices.resources?.get(kind)
    const disk = kind === 'disk' ? this.#options.names.disk(name) : undefined
    const found = (disk === undefined ? listed?.get(this.#nameOf(kind, name)) : diskHistory(prices, disk)) ?? null
    this.#histories[kind][name] = found
    return found
  }

  /** Names are made of bytes once for all hours of a resource that come together. */
  #name({ resource, account }: MeteredHour): void {
    if (this.#namedResource === resource) return
    const { names } = this.#options
    this.#namedResource = resource
    this.#rated.resource = names.resources.text(resource)
    this.#rated.account = names.accounts.text(account)
  }

  #monthOf(instant: number): number {
    if (instant < this.#monthStart || instant >= this.#monthEnd) {
      const offset = this.#offset
      this.#month = monthOf(instant, offset)
      this.#monthStart = startOfMonth(this.#month, offset)
      this.#monthEnd = startOfMonth(this.#month + 1, offset)
    }
    return this.#month
  }
}
