/** Other prices of a product or of a few as the one cause: every line of theirs comes out, and every bill that states its charges. */
import { divideRounded } from '#base/decimal.ts'
import { decimalText } from '#base/decimal-text.ts'
import { UNIT_PRICE_DECIMALS } from '#base/money.ts'
import { hourLine } from '#sim/billing/metering/hour-charge.ts'
import { changedSource } from './changed-source.ts'
import { billKey, type InvoiceBill, type InvoiceLines } from './invoices.ts'
import { pricesFor } from './price-intervals.ts'
import type { RatedLine, RatedSource } from './rated-line.ts'
import { because, type Reason, uncertain } from './reason.ts'
import { rowFinder } from './row-finder.ts'
import { RowSet } from './row-set.ts'
import { common, type Range, simplestOf, whereEqual } from './simplest.ts'

/** Prices of one product of our list, whole 1e-10 an hour. */
interface Entry {
  readonly kind: string
  readonly product: string
  readonly hourly: bigint
  range: Range
  differing: number
  lines: number
}

/** More products with other prices are another price list. */
const MOST_PRODUCTS = 3
/** Any one amount comes out by some price. */
const FEWEST_LINES = 3
const ONE = 10n ** BigInt(UNIT_PRICE_DECIMALS)
const ANY: Range = { low: 0n, high: 1_000n * ONE }

const entryKey = ({ kind, product }: RatedLine, hourly: bigint): string => `${kind} ${hourly} ${product}`
const text = (price: bigint): string => decimalText(price, UNIT_PRICE_DECIMALS)

export async function priceOfLines(source: RatedSource, lines: InvoiceLines): Promise<Reason | undefined> {
  const { table } = lines
  const { policies } = source
  const find = rowFinder(lines)
  const seen = new RowSet(table.rows)
  const entries = new Map<string, Entry>()
  let isOther = false
  await source.each((line) => {
    if (isOther) return
    const { row } = find(line)
    const { use, amount, kind, product } = line
    const theirs = row < 0 ? -1n : table.amount(row)
    if (row >= 0) seen.add(row)
    if (theirs < 0n || (theirs !== amount && use === undefined)) isOther = true
    if (isOther || use === undefined) return
    const { hourly } = use
    const seconds = policies[`${use.kind}.granularity`] === 'second' ? use.seconds : 3600
    const key = entryKey(line, hourly)
    let entry = entries.get(key)
    if (entry === undefined) entries.set(key, (entry = { kind, product, hourly, range: ANY, differing: 0, lines: 0 }))
    entry.lines++
    if (theirs !== amount) entry.differing++
    if (seconds > 0) entry.range = common(entry.range, pricesFor(theirs, BigInt(seconds), policies['rounding.charge']))
    else if (theirs !== amount) isOther = true
  }, lines.detail)
  if (isOther || !table.areAll(seen)) return undefined
  const changed = [...entries.values()].filter(({ differing }) => differing > 0)
  const products = new Set(changed.map(({ kind, product }) => `${kind} ${product}`))
  if (products.size === 0 || products.size > MOST_PRODUCTS) return undefined
  if (changed.some(({ range, differing }) => range.low > range.high || differing < FEWEST_LINES)) return undefined
  const said = changed.map(({ product, hourly, range }) => {
    const [price] = simplestOf(range, ONE, 1)
    return `all lines of ${product} at ${text(price)} an hour, not ${text(hourly)}`
  })
  return because('wrong price', 'U-07', said.slice(0, 4).join(', '), { prices: said.length })
}

/** A price of one product that gives the charges of every bill, and what it makes of ours. */
export interface OtherPrice {
  readonly reason: Reason
  readonly source: RatedSource
}

/** Hours of a product at one price and with as many seconds. */
interface Hours {
  readonly hourly: bigint
  readonly seconds: number
  count: bigint
}

/** The hours of a product in each bill. */
interface Used {
  readonly kind: 'ecs' | 'image'
  readonly name: string
  readonly product: string
  readonly hourly: Set<bigint>
  readonly bills: Map<string, { ours: bigint; readonly hours: Map<string, Hours> }>
}

const MOST_USED = 200
/** A price that only one bill shows is named only if it is one that people set. */
const FEW_DECIMALS = 10n ** BigInt(UNIT_PRICE_DECIMALS - 4)

/** By the charges that the bills state; what else they state may differ. Empty where they state none. */
export async function pricesOfCharges(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<OtherPrice[]> {
  if ([...invoices.values()].some(({ figures }) => figures.charges === undefined)) return []
  const used = new Map<string, Used>()
  let isOther = false
  const bills = await source.each((line) => {
    if (isOther || line.use === undefined) return
    const name = `${line.kind} ${line.product}`
    const { kind, hourly, seconds } = line.use
    let own = used.get(name)
    if (own === undefined)
      used.set(name, (own = { kind, name, product: line.product, hourly: new Set(), bills: new Map() }))
    if (used.size > MOST_USED) isOther = true
    own.hourly.add(hourly)
    const key = billKey(line.account, line.month)
    let bill = own.bills.get(key)
    if (bill === undefined) own.bills.set(key, (bill = { ours: 0n, hours: new Map() }))
    bill.ours += line.amount
    const hours = bill.hours.get(`${hourly} ${seconds}`)
    if (hours === undefined) bill.hours.set(`${hourly} ${seconds}`, { hourly, seconds, count: 1n })
    else hours.count++
  })
  if (isOther || bills.length !== invoices.size) return []
  const gaps = new Map<string, bigint>()
  for (const bill of bills) {
    const key = billKey(bill.account, bill.month)
    const charges = invoices.get(key)?.figures.charges
    if (charges === undefined) return []
    if (charges !== bill.charges) gaps.set(key, charges - bill.charges)
  }
  return [...used.values()].flatMap((own) => priceOf(source, own, gaps) ?? [])
}

/** How a product may be priced otherwise: what an hour of it costs, by a value that is looked for. */
interface Way {
  readonly amount: (hourly: bigint, seconds: number, value: bigint) => bigint
  readonly text: (value: bigint) => string
}

function waysOf(source: RatedSource, { kind, hourly, product }: Used): Way[] {
  const { policies } = source
  const charged = (price: bigint, seconds: number): bigint => hourLine(kind, price, seconds, policies).amount
  const prices = [...hourly]
  const others = (price: bigint): string =>
    prices
      .filter((each) => each !== price)
      .map(text)
      .join(' and ')
  const [numerator, denominator] =
    policies[`${kind}.granularity`] === 'second' ? [1n, 360_000n * ONE] : [undefined, 100n * ONE]
  return [
    {
      amount: (_, seconds, price) => charged(price, seconds),
      text: (price) => `all lines of ${product} at ${text(price)} an hour, not ${others(price)}`,
    },
    ...(prices.length < 2
      ? []
      : [
          {
            amount: (own: bigint, seconds: number, factor: bigint) =>
              divideRounded(
                own * factor * (numerator === undefined ? 1n : BigInt(seconds)),
                denominator,
                policies['rounding.charge'],
              ),
            text: (factor: bigint) => `all lines of ${product} at ${text(factor)} times their price`,
          },
          ...prices.map(
            (replaced): Way => ({
              amount: (own, seconds, price) => charged(own === replaced ? price : own, seconds),
              text: (price) => `all lines of ${product} at ${text(price)} an hour, not ${text(replaced)}`,
            }),
          ),
        ]),
  ]
}

function priceOf(source: RatedSource, own: Used, gaps: ReadonlyMap<string, bigint>): OtherPrice[] {
  if (gaps.size === 0 || ![...gaps.keys()].every((key) => own.bills.has(key))) return []
  return waysOf(source, own).flatMap((way): OtherPrice[] => {
    const value = simplestValue(way, own, gaps)
    // What costs nothing is missing.
    if (value === undefined || value === 0n) return []
    return [
      {
        reason: because('wrong price', 'U-07', way.text(value)),
        source: changedSource(source, {
          amount: ({ use, kind, product, amount }) =>
            use !== undefined && `${kind} ${product}` === own.name
              ? way.amount(use.hourly, use.seconds, value)
              : amount,
        }),
      },
    ]
  })
}

/** The value of fewest decimals that gives the charges of all bills; the largest bill is the most telling. */
function simplestValue(way: Way, own: Used, gaps: ReadonlyMap<string, bigint>): bigint | undefined {
  let range: Range | undefined = ANY
  let telling = 0
  for (const [key, { ours, hours }] of own.bills) {
    const all = [...hours.values()]
    const sum = (value: bigint): bigint =>
      all.reduce((total, { hourly, seconds, count }) => total + count * way.amount(hourly, seconds, value), 0n)
    const found: Range | undefined = whereEqual(sum, ours + (gaps.get(key) ?? 0n), range)
    if (found === undefined) return undefined
    if (found.low !== range.low || found.high !== range.high) telling++
    range = found
  }
  const [value] = simplestOf(range, ONE, 1)
  return value === undefined || (telling < 2 && value % FEW_DECIMALS !== 0n) ? undefined : value
}

/** The price of one product that gives all of the bills. */
export async function priceOfBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
  gives: (source: RatedSource) => Promise<boolean>,
): Promise<Reason | undefined> {
  const found: Reason[] = []
  for (const price of await pricesOfCharges(source, invoices)) if (await gives(price.source)) found.push(price.reason)
  const different = [...new Map(found.map((reason) => [reason.text, reason])).values()]
  return different.length < 2 ? different[0] : uncertain(different)
}
