/** A rate card: what is measured of usage events, and what it costs whom since when (P-01..P-03, P-06..P-08). */
import { parse } from 'yaml'
import { BillingError } from '#base/billing-error.ts'
import { formatInstant, monthOf, parseInstant, startOfMonth } from '#base/civil-time.ts'
import { InputError } from '#base/input-error.ts'
import { DAY, HOUR, MINUTE, SECOND } from '#base/time.ts'
import { type Currency, USD } from '#scenarios/currencies.ts'
import { keySet, refuseUnknownKeys } from '../billing/known-keys.ts'
import { compileUsagePlan, type UsagePlan } from '../billing/price/usage-plan.ts'
import { currencyOf, type Fields, fieldsOf, filterOf, oneOf, textOf, withNull } from './card-fields.ts'
import { type Commitment, commitmentsOf } from './commitments.ts'
import { type Coupon, couponsOf, type Offer, offersOf } from './offers.ts'
import { type CashCoupon, cashCouponsOf, type PrepaidBalance, prepaidOf } from './prepaid-fields.ts'

export const aggregates = ['count', 'sum', 'max', 'last', 'unique', 'time-weighted'] as const
export type Aggregate = (typeof aggregates)[number]

/** What is measured. */
export interface Metric {
  readonly name: string
  readonly aggregate: Aggregate
  /** The column of the quantity, or of what is counted once; `value` where it is left out. */
  readonly of: string
  /** Values of columns that a row has to have; each column with its list. */
  readonly where: ReadonlyMap<string, ReadonlySet<string>>
  /** Columns that its lines are split by. */
  readonly dimensions: readonly string[]
  /** Milliseconds of a unit of time: a level of 1 for so long is a quantity of 1. */
  readonly unitMs: number
}

export interface Price {
  /** Place in the card, from 0. */
  readonly index: number
  readonly metric: string
  readonly plan: UsagePlan
  /** Whether each event is priced by itself, and not the month. */
  readonly isPerEvent: boolean
  /** Milliseconds since the epoch; -Infinity: always. */
  readonly from: number
  /** Undefined: of every account without a contract. */
  readonly account: string | undefined
  readonly where: ReadonlyMap<string, ReadonlySet<string>>
  readonly currency: Currency
}

export interface RateCard {
  readonly metrics: readonly Metric[]
  /** By metric. */
  readonly prices: ReadonlyMap<string, readonly Price[]>
  readonly offers: ReadonlyMap<string, Offer>
  readonly coupons: ReadonlyMap<string, Coupon>
  readonly commitments: readonly Commitment[]
  readonly prepaid: readonly PrepaidBalance[]
  readonly cashCoupons: readonly CashCoupon[]
}

const units: Readonly<Record<string, number>> = { second: SECOND, minute: MINUTE, hour: HOUR, day: DAY }
const cardKeys = keySet('currency', 'metrics', 'prices', 'offers', 'coupons', 'commitments', 'prepaid', 'cashCoupons')
const metricKeys = keySet('aggregate', 'of', 'where', 'by', 'per')
const priceKeys = keySet('metric', 'plan', 'per', 'from', 'account', 'where', 'currency')

function metricOf(name: string, value: unknown, prices: readonly Fields[]): Metric {
  const where = `metrics.${name}`
  const fields = fieldsOf(value, where, 'write { aggregate: sum, of: COLUMN }')
  refuseUnknownKeys(fields, metricKeys, where)
  const aggregate = oneOf(fields.aggregate, aggregates, `${where}.aggregate`)
  if (fields.per !== undefined && aggregate !== 'time-weighted')
    throw new BillingError(`${where}.per`, `a ${aggregate} has no unit of time`, 'remove it')
  const per = oneOf(fields.per ?? 'hour', Object.keys(units), `${where}.per`)
  const by =
    fields.by === undefined ? [] : [fields.by].flat().map((each) => textOf(each, `${where}.by`, 'write columns'))
  const priced = prices
    .filter((price) => price.metric === name && price.where !== undefined)
    .flatMap((price) => Object.keys(fieldsOf(price.where, 'where', 'write { region: eu }')))
  return {
    name,
    aggregate,
    of: fields.of === undefined ? 'value' : textOf(fields.of, `${where}.of`, 'write the name of a column'),
    where: filterOf(fields.where, `${where}.where`),
    dimensions: [...new Set([...by, ...priced])],
    unitMs: units[per],
  }
}

/** A price that can change at any instant, because it prices each unit by itself. */
const pricesUnits = ({ plan, isPerEvent }: Price): boolean =>
  isPerEvent || (plan.price.model === 'linear' && plan.included === 0n && plan.minimum === 0n)

/** Whether parts of a month are priced apart, so that its price may change within it. */
export const isDivisible = ({ aggregate }: Metric, price: Price): boolean =>
  (aggregate === 'count' || aggregate === 'sum' || aggregate === 'time-weighted') && pricesUnits(price)

function priceOf(
  value: Fields,
  index: number,
  metrics: ReadonlyMap<string, Metric>,
  currency: Currency,
  utcOffset: number,
): Price {
  const where = `prices[${index}]`
  refuseUnknownKeys(value, priceKeys, where)
  const name = oneOf(value.metric, [...metrics.keys()], `${where}.metric`)
  const metric = metrics.get(name)
  if (metric === undefined) throw new Error('the metric was found')
  const from = value.from === undefined ? Number.NEGATIVE_INFINITY : parseInstant(value.from, `${where}.from`)
  const isPerEvent = oneOf(value.per ?? 'month', ['month', 'event'], `${where}.per`) === 'event'
  if (isPerEvent && metric.aggregate !== 'sum' && metric.aggregate !== 'count')
    throw new BillingError(`${where}.per`, `no single event of a ${metric.aggregate} has a price`, 'remove it')
  const price: Price = {
    index,
    metric: name,
    plan: compileUsagePlan(withNull(value.plan), `${where}.plan`),
    isPerEvent,
    from,
    account: value.account === undefined ? undefined : textOf(value.account, `${where}.account`, 'write a name'),
    where: filterOf(value.where, `${where}.where`),
    currency: currencyOf(value.currency, `${where}.currency`, currency),
  }
  const isMonthly = from === startOfMonth(monthOf(Math.max(from, 0), utcOffset), utcOffset)
  if (Number.isFinite(from) && !isMonthly && !isDivisible(metric, price))
    throw new BillingError(
      `${where}.from`,
      'bands, packages, minimum charges and what is not a sum are priced by the whole month',
      `write the beginning of a month, such as ${formatInstant(startOfMonth(monthOf(from, utcOffset) + 1, utcOffset), utcOffset)}`,
    )
  return price
}

/** Reads a rate card in YAML or JSON. `utcOffset`: of civil months, ms. Throws InputError. */
export function readRateCard(text: string, file: string, utcOffset: number): RateCard {
  let data: unknown
  try {
    // Every scalar stays the text that it is written as.
    data = parse(text, { schema: 'failsafe', maxAliasCount: 100 })
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new InputError(error.message.split('\n')[0].replace(/:$/, ''), 'correct the YAML', file)
  }
  return rateCardOf(data, file, utcOffset)
}

function rateCardOf(data: unknown, file: string, utcOffset: number): RateCard {
  try {
    const card = fieldsOf(data, 'rate card', 'write metrics: and prices:')
    refuseUnknownKeys(card, cardKeys, 'rate card')
    const currency = currencyOf(card.currency, 'currency', USD)
    const list = [card.prices ?? []]
      .flat()
      .map((each, index) => fieldsOf(each, `prices[${index}]`, 'write metric and plan'))
    const metrics = new Map(
      Object.entries(
        // A card may have offers alone.
        card.metrics === undefined && card.offers !== undefined
          ? {}
          : fieldsOf(card.metrics, 'metrics', 'write metrics: { calls: { aggregate: count } }'),
      ).map(([name, value]) => [name, metricOf(name, value, list)] as const),
    )
    const prices = new Map<string, Price[]>([...metrics.keys()].map((name) => [name, []]))
    list.forEach((each, index) => {
      const price = priceOf(each, index, metrics, currency, utcOffset)
      prices.get(price.metric)?.push(price)
    })
    for (const found of prices.values()) refuseTwice(found)
    for (const [name, found] of prices)
      if (found.length === 0)
        throw new BillingError('prices', `no price of ${name}`, `add { metric: ${name}, plan: … }`)
    const offers = offersOf(card.offers === undefined ? undefined : withNull(card.offers), currency)
    const twice = [...offers.keys()].find((name) => metrics.has(name))
    if (twice !== undefined)
      throw new BillingError(`offers.${twice}`, 'a metric has the same name', 'rename one of them')
    const names = [...metrics.keys(), ...offers.keys()]
    return {
      metrics: [...metrics.values()],
      prices,
      offers,
      coupons: couponsOf(card.coupons, offers),
      commitments: commitmentsOf(card.commitments, names, currency, utcOffset),
      prepaid: prepaidOf(card.prepaid, [...names, 'commitment'], currency, utcOffset),
      cashCoupons: cashCouponsOf(card.cashCoupons, [...names, 'commitment'], currency, utcOffset),
    }
  } catch (error) {
    if (!(error instanceof BillingError)) throw error
    throw new InputError(error.what, error.hint, `${file}, ${error.where}`)
  }
}

/** Two prices of the same thing from the same time leave open which one holds. */
function refuseTwice(prices: readonly Price[]): void {
  const seen = new Map<string, number>()
  for (const { index, metric, account, from, where } of prices) {
    const conditions = [...where].map(([column, values]) => [column, [...values].sort()]).sort()
    const key = JSON.stringify([metric, account ?? null, String(from), conditions])
    const other = seen.get(key)
    if (other !== undefined)
      throw new BillingError(
        `prices[${index}]`,
        `the same as prices[${other}] from the same time`,
        'remove one of them',
      )
    seen.set(key, index)
  }
}

/** The price in force: that of the account before any other, then the one with the most conditions, then the latest. */
export function priceAt(
  prices: readonly Price[],
  account: string,
  dimensionOf: (column: string) => string,
  at: number,
): Price | undefined {
  let found: Price | undefined
  for (const price of prices) {
    if (price.from > at || (price.account !== undefined && price.account !== account)) continue
    let isMatch = true
    for (const [column, values] of price.where) isMatch &&= values.has(dimensionOf(column))
    if (isMatch && (found === undefined || isCloser(price, found))) found = price
  }
  return found
}

function isCloser(price: Price, than: Price): boolean {
  const ranks = [
    Number(price.account !== undefined) - Number(than.account !== undefined),
    price.where.size - than.where.size,
    price.from === than.from ? 0 : price.from - than.from,
    price.index - than.index,
  ]
  return (ranks.find((rank) => rank !== 0) ?? 0) > 0
}

/** Every currency that something of the card is charged in. */
export const currenciesOf = ({ prices, offers, commitments, prepaid, cashCoupons }: RateCard): readonly Currency[] =>
  [...prices.values(), ...[...offers.values()].map((offer) => offer.prices), commitments, prepaid, cashCoupons]
    .flat()
    .map(({ currency }) => currency)
