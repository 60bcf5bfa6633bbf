/** What we charge for one thing, and what other rules would have made of it: so that a difference can be named. */
import { divideRounded } from '#base/decimal.ts'
import type { Policies } from '#scenarios/policies.ts'
import { hourLine } from '#sim/billing/metering/hour-charge.ts'

/** What a difference most likely comes from. */
export type Cause =
  | 'rounding'
  | 'hour boundary'
  | 'band'
  | 'double charge'
  | 'missing hour'
  | 'missing order'
  | 'missing resource'
  | 'swapped accounts'
  | 'swapped resources'
  | 'swapped products'
  | 'price list'
  | 'time zone'
  | 'transposed digits'
  | 'wrong sign'
  | 'wrong price'
  | 'tax rate'
  | 'discount'
  | 'surcharge'
  | 'granularity'
  | 'missed event'
  | 'old expansion rule'
  | 'new expansion rule'
  | 'other switch'
  | 'other day'
  | 'unexplained'

/** One charge of ours: an hour of use, or an order. Read it while it is handed over. */
export interface RatedLine {
  readonly account: string
  readonly resource: string
  /** ecs, image, or of an order as a whole `order`; of its lines the kind of what is bought. */
  readonly kind: string
  /** An order or a line of one; else an hour of use. */
  readonly isOrder: boolean
  readonly product: string
  /** First instant of the hour, or when the order was paid. */
  readonly hour: number
  /** Whole 1e-8. */
  readonly amount: bigint
  /** Calendar month of its bill, year x 12 + month - 1, and the month of the hour itself. */
  readonly month: number
  readonly hourMonth: number
  /** The use behind the charge; undefined where it is none of use. */
  readonly use: RatedUse | undefined
  /** What an order is taxed by; undefined of use, which is taxed with its bill, and of orders without tax. */
  readonly taxed?: TaxedOrder | undefined
  /** What other rules would have charged; made only when it is asked for. `at`: when the other system charged it. */
  alternatives(at?: number): readonly Alternative[]
}

/** An order as its tax sees it (M-07). */
export interface TaxedOrder {
  /** What the percentage is of, and what it comes to, whole 1e-8; the tax is in the order's amount. */
  readonly base: bigint
  readonly tax: bigint
  /** Before tax. */
  readonly net: bigint
  /** Of a line of the order: its lines as their tax is shared out, each before tax, and which of them it is. */
  readonly share?: { readonly lines: readonly bigint[]; readonly index: number }
  readonly percent: string
}

/** Another amount for the same thing. `rule` is the one it breaks. */
export interface Alternative {
  readonly amount: bigint
  readonly cause: Cause
  readonly rule: string
  readonly text: string
}

/** `as with image.whenStopped=free` */
export const switched = (key: string, value: unknown): string => `as with ${key}=${String(value)}`

/** The same charges by one other switch of the rulebook. */
export interface Variant {
  readonly cause?: Cause
  readonly rule: string
  readonly text: string
  readonly source: RatedSource
  /** Its charges are ours, line by line: only bills can differ. */
  readonly hasOurLines?: boolean
  /** No part of a pair: with a rate or a rounding it comes to what many others do. */
  readonly isAlone?: boolean
  /** Of a price list without one of its changes: whether the prices before it or those since are the ones throughout. */
  readonly list?: { readonly date: number; readonly part: 'before' | 'since' }
  /** The only kind and product that it changes. */
  readonly of?: string
}

/** A side of the comparison: it can be gone through again. */
export interface RatedSource {
  /** Other switches, each with what it makes of everything; none where nothing can be rated again. */
  variants(): readonly Variant[]
  /** What else another program may do otherwise throughout: price lists of other dates, time zones, swapped prices. */
  candidates(): readonly Variant[]
  /** Each flavour and image at the price of another one: of all servers, or of one of them. */
  otherPrices(): readonly Variant[]
  readonly policies: Policies
  /** Code of the currency, and its minor units (M-08). */
  readonly currency: string
  readonly decimals: number
  /**
   * What a bill comes to in all, tax on its use among it (M-07), before it is rounded to minor units: as it is, or with other
   * charges, whole 1e-8; its use taxed by `percent` (decimal text), by our own rate where it is left out.
   */
  totalOf(bill: SourceBill, other?: OtherCharges, percent?: string): bigint
  /** Hands over every charge, then answers the bills they add up to. `detail`: orders as a whole, or line by line. */
  each(take: (line: RatedLine) => void, detail?: OrderDetail): Promise<readonly SourceBill[]>
  /** The bills alone. */
  bills(): Promise<readonly SourceBill[]>
  /** Hands over some charges of all parts of the log, where that takes less than to go through it. */
  sample?(take: (line: RatedLine) => void): void
}

export type OrderDetail = 'orders' | 'lines'

/** What another rule adds to the charges of a bill: use, which is taxed with the bill, and orders, which have their tax. */
export interface OtherCharges {
  readonly use: bigint
  readonly orders: bigint
}

export interface SourceBill {
  readonly account: string
  readonly month: number
  readonly charges: bigint
  readonly payable: bigint
  /** How many charges it adds up. */
  readonly lines?: number
  /** What of the charges is taxed with the bill; all of it where it does not say. */
  readonly taxable?: bigint
  /** The percentage, as decimal text; that of the policies where it does not say. */
  readonly taxPercent?: string
}

/** A price that is next to the one that was charged: whole 1e-10 an hour. */
export interface OtherPrice {
  readonly hourly: bigint
  readonly name: string
}

/** An hour of use as a rating sees it. */
export interface RatedUse {
  readonly kind: 'ecs' | 'image'
  readonly seconds: number
  readonly hourly: bigint
  readonly amount: bigint
}

/** Roundings that other systems are known to make of a charge, line by line. */
export function roundings(amount: bigint): Alternative[] {
  const found: Alternative[] = []
  for (let decimals = 2; decimals < 8; decimals++) {
    const unit = 10n ** BigInt(8 - decimals)
    for (const rounding of ['half-up', 'truncate'] as const) {
      const rounded = divideRounded(amount, unit, rounding) * unit
      const text = `each line rounded to ${decimals} decimals, ${rounding}`
      found.push({ amount: rounded, cause: 'rounding', rule: 'M-02', text })
    }
  }
  return found
}

/** What an hour would cost by the other rounding, the other granularity, or another price of the list. */
export function useAlternatives(
  { kind, seconds, hourly, amount }: RatedUse,
  policies: Policies,
  prices: readonly OtherPrice[],
): Alternative[] {
  const rounding = policies['rounding.charge'] === 'truncate' ? 'half-up' : 'truncate'
  const key = `${kind}.granularity` as const
  const bySecond = policies[key] === 'second'
  const charged = (price: bigint, changed: Partial<Policies>): bigint =>
    hourLine(kind, price, seconds, { ...policies, ...changed }).amount
  return [
    {
      amount: charged(hourly, { 'rounding.charge': rounding }),
      cause: 'rounding',
      rule: 'M-02',
      text: `rounded ${rounding}`,
    },
    {
      amount: charged(hourly, { [key]: bySecond ? 'hour-ceil' : 'second' }),
      cause: 'granularity',
      rule: kind === 'ecs' ? 'U-01' : 'U-02',
      text: bySecond ? 'a started hour charged as a whole one' : 'a started hour charged by the second',
    },
    ...prices
      .filter((price) => price.hourly !== hourly)
      .map(
        (price): Alternative => ({
          amount: charged(price.hourly, {}),
          cause: 'wrong price',
          rule: 'U-07',
          text: `priced as ${price.name}`,
        }),
      ),
    ...roundings(amount),
  ]
}

/** Uses that are kept at most: nearly all are whole hours at some dozens of prices. */
const MOST_USES = 4_096

/** Alternatives of one kind of use; equal uses get the same list, so that it is a key of what was found out about it. */
export class UseAlternatives {
  readonly #policies: Policies
  readonly #prices: readonly OtherPrice[]
  readonly #known = new Map<string, readonly Alternative[]>()

  constructor(policies: Policies, prices: readonly OtherPrice[]) {
    this.#policies = policies
    this.#prices = prices
  }

  of(use: RatedUse): readonly Alternative[] {
    const key = `${use.hourly} ${use.seconds} ${use.amount}`
    let found = this.#known.get(key)
    if (found !== undefined) return found
    found = useAlternatives(use, this.#policies, this.#prices)
    if (this.#known.size >= MOST_USES) this.#known.clear()
    this.#known.set(key, found)
    return found
  }
}

/** How many whole seconds another amount means, if it means any. */
export function secondsFor(
  line: Pick<RatedUse, 'hourly' | 'kind'>,
  theirs: bigint,
  policies: Policies,
): number | undefined {
  if (line.hourly === 0n || policies[`${line.kind}.granularity`] !== 'second') return undefined
  const guess = Number((theirs * 360_000n) / line.hourly)
  return [guess, guess + 1].find(
    (seconds) => seconds <= 3600 && hourLine(line.kind, line.hourly, seconds, policies).amount === theirs,
  )
}
