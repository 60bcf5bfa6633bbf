/** Offers of a rate card: what is subscribed to, for how long, at which price, and the coupons that lower it (P-05, M-06). */
import { BillingError } from '#base/billing-error.ts'
import { parseInstant } from '#base/civil-time.ts'
import { shown } from '#base/shown.ts'
import type { Currency } from '#scenarios/currencies.ts'
import { parseDuration } from '#scenarios/time-text.ts'
import { type Discount, type DiscountText, parseDiscount } from '../billing/discount.ts'
import { keySet, refuseUnknownKeys } from '../billing/known-keys.ts'
import { compilePlan, type Plan } from '../billing/price/plan.ts'
import { currencyOf, type Fields, fieldsOf, oneOf, textOf } from './card-fields.ts'

export interface OfferPrice {
  /** Place in its offer, from 0. */
  readonly index: number
  /** Of the term that it is the price of. */
  readonly months: number
  readonly plan: Plan
  readonly discount: Discount | undefined
  /** Milliseconds since the epoch; -Infinity: always. */
  readonly from: number
  /** Undefined: of every account without a contract. */
  readonly account: string | undefined
  readonly currency: Currency
}

export interface Offer {
  readonly name: string
  /** Length of the free trial before the first term, ms; 0: none (O-12). */
  readonly trialMs: number
  /** Days before the last day of a term on which it is renewed. */
  readonly renewalDays: number
  /** Whether it may be unsubscribed within its term (N-01). */
  readonly isRefundable: boolean
  readonly prices: readonly OfferPrice[]
}

/** A discount of the first periods of a subscription, in place of the one of its price (M-06). */
export interface Coupon {
  readonly name: string
  readonly discount: Discount
  readonly periods: number
  /** Not redeemed from then on; Infinity: always. */
  readonly until: number
  /** Undefined: every offer. */
  readonly offers: ReadonlySet<string> | undefined
}

const MOST_MONTHS = 36
const MOST_PERIODS = 1000
const FIRST_TRY_DAYS = 7
const offerKeys = keySet('trial', 'renewalDays', 'refundable', 'prices')
const priceKeys = keySet('months', 'plan', 'discount', 'from', 'account', 'currency')
const discountKinds = ['percentOff', 'fixedPrice', 'amountOff'] as const
const couponKeys = keySet(...discountKinds, 'periods', 'until', 'offers')

/** A whole number between two others. Throws BillingError. */
export function wholeOf(value: unknown, [least, most]: readonly [number, number], where: string): number {
  const number = typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN
  if (number >= least && number <= most) return number
  throw new BillingError(where, `${shown(value)} is not a whole number from ${least} to ${most}`, `write ${least}`)
}

/** Months of a term, of a card or a row. Throws BillingError. */
export const monthsOf = (value: unknown, where: string): number => wholeOf(value, [1, MOST_MONTHS], where)

/** Reads `offers:`. Throws BillingError. */
export function offersOf(value: unknown, currency: Currency): ReadonlyMap<string, Offer> {
  if (value === undefined) return new Map()
  const hint = 'write offers: { pro: { prices: [{ months: 1, plan: { model: linear, unit: 10 } }] } }'
  return new Map(
    Object.entries(fieldsOf(value, 'offers', hint)).map(([name, each]) => [name, offerOf(name, each, currency)]),
  )
}

function offerOf(name: string, value: unknown, currency: Currency): Offer {
  const where = `offers.${name}`
  const fields = fieldsOf(value, where, 'write { prices: [{ months: 1, plan: … }] }')
  refuseUnknownKeys(fields, offerKeys, where)
  const prices = [fields.prices ?? []].flat().map((each, index) => {
    const at = `${where}.prices[${index}]`
    return priceOf(fieldsOf(each, at, 'write { months: 1, plan: … }'), index, at, currency)
  })
  if (prices.length === 0) throw new BillingError(where, `no price of ${name}`, 'add prices: [{ months: 1, plan: … }]')
  refuseTwice(prices, where)
  return {
    name,
    trialMs: durationOf(fields.trial, `${where}.trial`),
    renewalDays:
      fields.renewalDays === undefined
        ? FIRST_TRY_DAYS
        : wholeOf(fields.renewalDays, [0, FIRST_TRY_DAYS], `${where}.renewalDays`),
    isRefundable: oneOf(fields.refundable ?? 'false', ['true', 'false'], `${where}.refundable`) === 'true',
    prices,
  }
}

function durationOf(value: unknown, where: string): number {
  if (value === undefined) return 0
  const found = typeof value === 'string' ? parseDuration(value) : null
  if (found === null) throw new BillingError(where, `${shown(value)} is not a duration`, 'write one such as 14d')
  return found
}

function priceOf(fields: Fields, index: number, where: string, currency: Currency): OfferPrice {
  refuseUnknownKeys(fields, priceKeys, where)
  return {
    index,
    months: monthsOf(fields.months ?? '1', `${where}.months`),
    plan: compilePlan(fields.plan, `${where}.plan`),
    discount: fields.discount === undefined ? undefined : parseDiscount(fields.discount, `${where}.discount`),
    from: fields.from === undefined ? Number.NEGATIVE_INFINITY : parseInstant(fields.from, `${where}.from`),
    account: fields.account === undefined ? undefined : textOf(fields.account, `${where}.account`, 'write a name'),
    currency: currencyOf(fields.currency, `${where}.currency`, currency),
  }
}

/** Two prices of the same term from the same time leave open which one holds. */
function refuseTwice(prices: readonly OfferPrice[], where: string): void {
  const seen = new Map<string, number>()
  for (const { index, months, from, account } of prices) {
    const key = JSON.stringify([months, String(from), account ?? null])
    const first = seen.get(key)
    if (first !== undefined)
      throw new BillingError(
        `${where}.prices[${index}]`,
        `the same term, account and time as prices[${first}]`,
        'remove one of them, or write from:',
      )
    seen.set(key, index)
  }
}

/** Reads `coupons:`. Throws BillingError. */
export function couponsOf(value: unknown, offers: ReadonlyMap<string, Offer>): ReadonlyMap<string, Coupon> {
  if (value === undefined) return new Map()
  const fields = fieldsOf(value, 'coupons', 'write coupons: { WELCOME: { percentOff: 20, periods: 3 } }')
  return new Map(Object.entries(fields).map(([name, each]) => [name, couponOf(name, each, offers)]))
}

function couponOf(name: string, value: unknown, offers: ReadonlyMap<string, Offer>): Coupon {
  const where = `coupons.${name}`
  const fields = fieldsOf(value, where, 'write { percentOff: 20, periods: 3 }')
  refuseUnknownKeys(fields, couponKeys, where)
  const discount = Object.fromEntries(
    discountKinds.filter((kind) => fields[kind] !== undefined).map((kind) => [kind, fields[kind]]),
  )
  return {
    name,
    discount: parseDiscount(discount as DiscountText, where),
    periods: wholeOf(fields.periods ?? '1', [1, MOST_PERIODS], `${where}.periods`),
    until: fields.until === undefined ? Number.POSITIVE_INFINITY : parseInstant(fields.until, `${where}.until`),
    offers:
      fields.offers === undefined
        ? undefined
        : new Set([fields.offers].flat().map((each) => oneOf(each, [...offers.keys()], `${where}.offers`))),
  }
}

/** The price of a term in force: that of the account before any other, then the latest. */
export function offerPriceAt({ prices }: Offer, months: number, account: string, at: number): OfferPrice | undefined {
  let found: OfferPrice | undefined
  for (const price of prices) {
    if (price.months !== months || price.from > at) continue
    if (price.account !== undefined && price.account !== account) continue
    const isCloser =
      found === undefined ||
      (price.account === undefined) < (found.account === undefined) ||
      ((price.account === undefined) === (found.account === undefined) && price.from > found.from)
    if (isCloser) found = price
  }
  return found
}

/** The terms that an account can buy at an instant, shortest first, each with its price. */
export function termsAt(offer: Offer, account: string, at: number): OfferPrice[] {
  const terms = [...new Set(offer.prices.map(({ months }) => months))].sort((a, b) => a - b)
  return terms.flatMap((months) => offerPriceAt(offer, months, account, at) ?? [])
}
