/**
 * A lifecycle log as a side of the comparison. It is metered once for all that has other prices only, and once more for each
 * other way of metering.
 */
import { formatInstant, formatOffset, monthOf, startOfHour, startOfMonth } from '#base/civil-time.ts'
import { packPrice, UNIT_PRICE_DECIMALS, unpackPrice } from '#base/money.ts'
import { HOUR } from '#base/time.ts'
import type { AskedConventions } from '#scenarios/logs/conventions.ts'
import type { TableOptions } from '#scenarios/logs/table-rows.ts'
import { type Policies, type PolicyKey, policyRule } from '#scenarios/policies.ts'
import { monthTotal } from '#sim/billing/month-total.ts'
import type { RatedHour } from '#sim/metering-log/hour-pricer.ts'
import { chargingKey, type MeteredHours, meteringKey } from '#sim/metering-log/metered-hours.ts'
import type { PriceHistory, PriceList } from '#sim/metering-log/price-list.ts'
import { namedBills, type RatedLog, rateLog } from '#sim/metering-log/rate-log.ts'
import type { MissedEvent } from '#sim/metering-log/rater.ts'
import {
  type OtherPrice,
  type RatedLine,
  type RatedSource,
  type RatedUse,
  type SourceBill,
  switched,
  UseAlternatives,
  type Variant,
} from './rated-line.ts'

export interface LogSourceOptions {
  readonly file: string
  readonly prices: PriceList
  readonly policies: Policies
  readonly until: number | undefined
  readonly longestSpan?: number | undefined
  /** How the log is written. */
  readonly table?: TableOptions & AskedConventions
  /** Of another program that does not know of some events. */
  readonly missed?: MissedEvent
  /** The log's bytes, from the beginning each time. */
  events(): AsyncIterable<Uint8Array>
}

/** Prices that a wrong one might be; more would only slow the search. */
const MOST_PRICES = 100

const otherPrices = (prices: PriceList, kind: 'ecs' | 'image'): OtherPrice[] =>
  [...prices[kind]]
    .flatMap(([name, history]) => history.map(({ hourly }) => ({ hourly: unpackPrice(hourly), name })))
    .slice(0, MOST_PRICES)

/** An hour the rater hands over, as a line to compare; one object serves all of them. */
class LogLine implements RatedLine {
  account = ''
  resource = ''
  kind: RatedHour['kind'] = 'ecs'
  readonly isOrder = false
  product = ''
  hour = 0
  amount = 0n
  month = 0
  #hour: RatedHour | undefined
  readonly #policies: Policies
  readonly #alternatives: Readonly<Record<'ecs' | 'image' | 'resources', UseAlternatives>>
  #monthStart = Number.POSITIVE_INFINITY
  #monthEnd = Number.NEGATIVE_INFINITY
  #thisMonth = 0

  constructor(policies: Policies, prices: PriceList) {
    this.#policies = policies
    this.#alternatives = {
      ecs: new UseAlternatives(policies, otherPrices(prices, 'ecs')),
      image: new UseAlternatives(policies, otherPrices(prices, 'image')),
      // What else a flavour costs is no other price of a disk or an address (E-09).
      resources: new UseAlternatives(policies, []),
    }
  }

  take(hour: RatedHour): this {
    this.account = hour.account
    this.resource = hour.resource
    this.kind = hour.kind
    this.product = hour.product
    this.hour = hour.hour
    this.amount = BigInt(hour.amount)
    this.month = hour.month
    this.#hour = hour
    return this
  }

  /** An hour that rolls is charged with the clock hour in which it ends (U-02). */
  get hourMonth(): number {
    return this.#monthOf(startOfHour(this.hour + HOUR - 1, this.#policies['time.utcOffset']))
  }

  get use(): RatedUse | undefined {
    const hour = this.#hour
    if (hour === undefined) return undefined
    // What belongs to a server is charged as its server is (E-09).
    const kind = hour.kind === 'image' ? 'image' : 'ecs'
    return { kind, seconds: hour.seconds, hourly: unpackPrice(hour.hourly), amount: this.amount }
  }

  alternatives() {
    const use = this.use
    const isOwn = this.kind === 'ecs' || this.kind === 'image'
    return use === undefined ? [] : this.#alternatives[isOwn ? use.kind : 'resources'].of(use)
  }

  #monthOf(instant: number): number {
    if (instant < this.#monthStart || instant >= this.#monthEnd) {
      const offset = this.#policies['time.utcOffset']
      this.#thisMonth = monthOf(instant, offset)
      this.#monthStart = startOfMonth(this.#thisMonth, offset)
      this.#monthEnd = startOfMonth(this.#thisMonth + 1, offset)
    }
    return this.#thisMonth
  }
}

const values: { readonly [K in PolicyKey]?: readonly Policies[K][] } = {
  'image.whenStopped': ['billed', 'free'],
  'image.granularity': ['hour-ceil', 'second'],
  'image.hour': ['clock', 'rolling'],
  'image.key': ['product', 'image'],
  'image.priceAt': ['first', 'last'],
  'ecs.granularity': ['second', 'hour-ceil'],
  'unfreeze.payPerUse': ['stopped', 'running'],
  'rounding.charge': ['truncate', 'half-up'],
  'rounding.monthTotal': ['half-up', 'truncate'],
  'settlement.lag': [0],
  'time.utcOffset': [0],
}

/** Switches that another system may have set otherwise, one at a time. */
const otherSwitches = (policies: Policies) =>
  (Object.keys(values) as PolicyKey[]).flatMap((key) =>
    (values[key] ?? [])
      .filter((value) => value !== policies[key])
      .map((value) => ({
        ...(key === 'time.utcOffset' ? { cause: 'time zone' as const } : {}),
        ...(key === 'settlement.lag' ? { cause: 'hour boundary' as const } : {}),
        rule: policyRule(key),
        text: switched(key, key === 'time.utcOffset' ? '+00:00' : value),
        policies: { ...policies, [key]: value },
      })),
  )

/** Whole and half hours that clocks of some country show. */
const zones = [...Array.from({ length: 27 }, (_, index) => (index - 12) * HOUR), 5.5 * HOUR, 9.5 * HOUR, 5.75 * HOUR]

/** Hours and months of another offset; +00:00 is a switch that is always tried. */
const otherZones = (policies: Policies) =>
  zones
    .filter((offset) => offset !== 0 && offset !== policies['time.utcOffset'])
    .map((offset) => ({
      cause: 'time zone' as const,
      rule: 'T-02',
      text: `hours and months in ${formatOffset(offset)}`,
      policies: { ...policies, 'time.utcOffset': offset },
    }))

/** Bills that take no time for settling: an hour is in the month in which it began. */
const inMonthOfUse = (policies: Policies) => ({
  isAlone: true,
  cause: 'hour boundary' as const,
  rule: 'U-08',
  text: 'hours billed in the month of their use',
  policies: { ...policies, 'settlement.lag': -HOUR },
})

/** Decimals that other programs leave to their prices, and what they add before they cut off the others. */
const priceRoundings = [2, 3, 4, 5, 6].flatMap((decimals) =>
  (
    [
      [(unit: bigint) => unit / 2n, ''],
      [() => 0n, 'down '],
      [(unit: bigint) => unit - 1n, 'up '],
    ] as const
  ).map(([add, how]) => [decimals, add, how] as const),
)

/** Pairs of names whose prices are tried the other way round. */
const MOST_PAIRS = 45

type Lists = Pick<PriceList, 'ecs' | 'image'>

/** The list with each history changed. */
const mapped = (prices: PriceList, change: (history: PriceHistory) => PriceHistory): PriceList => {
  const of = (lists: ReadonlyMap<string, PriceHistory>) =>
    new Map([...lists].map(([name, history]) => [name, change(history)] as const))
  return { ...prices, ecs: of(prices.ecs), image: of(prices.image) }
}

/** The list as another program may have it: without a change, with it from the beginning, with two names swapped. */
function otherLists(prices: PriceList, utcOffset: number) {
  const all = [...prices.ecs.values(), ...prices.image.values()].flat()
  const dates = [...new Set(all.map(({ from }) => from))].filter(Number.isFinite).sort((a, b) => a - b)
  const list = (text: string, changed: PriceList, isAlone = false) => ({
    cause: 'price list' as const,
    rule: 'U-07',
    text,
    prices: changed,
    isAlone,
  })
  const rounded = priceRoundings.map(([decimals, add, how]) => ({
    ...list(
      `prices rounded ${how}to ${decimals} decimals`,
      mapped(prices, (history) =>
        history.map((price) => {
          const unit = 10n ** BigInt(UNIT_PRICE_DECIMALS - decimals)
          const hourly = ((unpackPrice(price.hourly) + add(unit)) / unit) * unit
          return { ...price, hourly: packPrice(hourly) }
        }),
      ),
      true,
    ),
    cause: 'rounding' as const,
  }))
  const found = dates.flatMap((date) => {
    const day = formatInstant(date, utcOffset)
    const before = (history: PriceHistory): PriceHistory => history.filter(({ from }) => from < date)
    const since = (history: PriceHistory): PriceHistory => history.filter(({ from }) => from >= date)
    const known = (history: PriceHistory, kept: PriceHistory): PriceHistory => (kept.length > 0 ? kept : history)
    return [
      {
        ...list(
          `the price list before ${day} throughout`,
          mapped(prices, (each) => known(each, before(each))),
        ),
        list: { date, part: 'before' as const },
      },
      {
        ...list(
          `the price list of ${day} from the beginning`,
          mapped(prices, (each) => {
            const [first, ...later] = since(each)
            const inForce = each.filter(({ from }) => from <= date).at(-1) ?? first
            return inForce === undefined
              ? each
              : [
                  { ...inForce, from: Number.NEGATIVE_INFINITY },
                  ...(inForce === first ? later : [first, ...later]),
                ].filter((price) => price !== undefined)
          }),
        ),
        list: { date, part: 'since' as const },
      },
    ]
  })
  const kinds: readonly (keyof Lists)[] = ['ecs', 'image']
  const pairs = kinds.flatMap((kind) => {
    const names = [...prices[kind].keys()]
    return names.flatMap((a, index) => names.slice(index + 1).map((b) => [kind, a, b] as const))
  })
  const swaps = pairs.slice(0, MOST_PAIRS).map(([kind, a, b]) => {
    const swapped = new Map(prices[kind])
    swapped.set(a, prices[kind].get(b) ?? [])
    swapped.set(b, prices[kind].get(a) ?? [])
    return {
      cause: 'swapped products' as const,
      rule: 'U-07',
      text: `${a} at the price of ${b}, and the other way round`,
      isAlone: false,
      prices: { ...prices, [kind]: swapped },
    }
  })
  return [...found, ...swaps, ...rounded]
}

/** What another program may not know of. */
const missedEvents: readonly { readonly missed: MissedEvent; readonly text: string }[] = [
  { missed: 'stop', text: 'servers charged as if they had never been stopped' },
  { missed: 'resize', text: 'servers charged as if they had never been resized' },
]

/** Each name at the price of another one of its kind. */
const MOST_OTHER_PRICES = 90
function pricesOfOthers(prices: PriceList) {
  const kinds: readonly (keyof Lists)[] = ['ecs', 'image']
  const pairs = kinds.flatMap((kind) => {
    const names = [...prices[kind].keys()]
    return names.flatMap((a) => names.filter((b) => b !== a).map((b) => [kind, a, b] as const))
  })
  return pairs.slice(0, MOST_OTHER_PRICES).map(([kind, a, b]) => ({
    cause: 'wrong price' as const,
    rule: 'U-07',
    text: `${a} at the price of ${b}`,
    of: `${kind} ${a}`,
    prices: { ...prices, [kind]: new Map([...prices[kind], [a, prices[kind].get(b) ?? []]]) },
  }))
}

/** The metered hours of a log, and what they depend on besides it. */
interface Kept {
  readonly key: string
  readonly hours: MeteredHours
}

/** Bills of other rules that are kept to be compared again: more of them are made again each time. */
const MOST_BILLS = 10_000
/** Lines that are looked at before a whole log is gone through. */
const SAMPLE = 2_000

/** The source, and what the last reading of the log found wrong with it. */
export const logSource = (options: LogSourceOptions): LogSource => sourceOf(options, { kept: undefined }, true)

export type LogSource = RatedSource & { log(): RatedLog | undefined }

/** `shared` is one for a source and its variants: what the log was metered to by the source's own policies. */
function sourceOf(options: LogSourceOptions, shared: { kept: Kept | undefined }, isOwn: boolean): LogSource {
  const { policies, prices, file, until, longestSpan, table = {} } = options
  const { currency } = prices
  const key = `${meteringKey(policies)} ${options.missed ?? ''}`
  const line = new LogLine(policies, prices)
  let last: RatedLog | undefined
  let bills: readonly SourceBill[] | undefined
  const asVariant = (changed: Partial<LogSourceOptions>): LogSource =>
    sourceOf({ ...options, ...changed }, shared, false)
  const isSame = (other: Policies): boolean => chargingKey(other) === chargingKey(policies)
  const switches = once(() =>
    otherSwitches(policies).map(
      (variant): Variant => ({
        ...variant,
        source: asVariant({ policies: variant.policies }),
        hasOurLines: isSame(variant.policies),
      }),
    ),
  )
  const candidates = once((): Variant[] => [
    ...[inMonthOfUse(policies), ...otherZones(policies)].map((zone) => ({
      ...zone,
      source: asVariant({ policies: zone.policies }),
      hasOurLines: isSame(zone.policies),
    })),
    ...otherLists(prices, policies['time.utcOffset']).map((list) => ({
      ...list,
      source: asVariant({ prices: list.prices }),
    })),
    ...missedEvents.map(
      ({ missed, text }): Variant => ({
        ...{ cause: 'missed event', rule: 'U-01', text, isAlone: true },
        source: asVariant({ missed }),
      }),
    ),
  ])
  const otherPrices = once(() =>
    pricesOfOthers(prices).map((variant): Variant => ({ ...variant, source: asVariant({ prices: variant.prices }) })),
  )
  /** The metered hours, where the log has been read and they are those of this source. */
  const kept = (): MeteredHours | undefined => (shared.kept?.key === key ? shared.kept.hours : undefined)
  const pricing = { prices, policies, until }
  const taking = (take: (line: RatedLine) => void) => (hour: RatedHour) => take(line.take(hour))
  async function read(onHour?: (hour: RatedHour) => void): Promise<readonly SourceBill[]> {
    const hours = kept()
    if (hours !== undefined)
      return [...namedBills(hours.price({ ...pricing, onHour }).bills, hours.names, policies, currency.decimals)]
    const { missed } = options
    const request = { file, input: options.events(), table, prices, policies, until, longestSpan, missed }
    last = await rateLog({ ...request, onHour, keeps: isOwn })
    const made = [...last.bills()]
    if (last.metered !== undefined) shared.kept = { key, hours: last.metered }
    else last.close()
    return made
  }
  return {
    variants: switches,
    candidates,
    otherPrices,
    policies,
    currency: currency.code,
    decimals: currency.decimals,
    totalOf: ({ charges }, { use, orders } = { use: 0n, orders: 0n }, percent = policies['tax.percent']) => {
      const sum = charges + use + orders
      return sum + monthTotal([sum], { ...policies, 'tax.percent': percent }, currency.decimals).tax
    },
    log: () => last,
    each: (take) => read(taking(take)),
    async bills() {
      if (bills !== undefined) return bills
      const made = await read()
      if (made.length <= MOST_BILLS || isOwn) bills = made
      return made
    },
    sample: (take) => kept()?.sample({ ...pricing, onHour: taking(take) }, SAMPLE),
  }
}

/** Makes something when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
