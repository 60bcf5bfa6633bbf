/** Other prices of several products, from bills that state their charges: as many bills as there are prices, and one more, give them. */
import { decimalText } from '#base/decimal-text.ts'
import { UNIT_PRICE_DECIMALS } from '#base/money.ts'
import { hourLine } from '#sim/billing/metering/hour-charge.ts'
import { changedSource } from './changed-source.ts'
import { billKey, type InvoiceBill } from './invoices.ts'
import { leastSquares } from './least-squares.ts'
import type { RatedSource } from './rated-line.ts'
import { because, type Reason, uncertain } from './reason.ts'
import { givesBills } from './variants.ts'

/** What hours of a product at one of our prices come to in a bill. */
interface Part {
  /** Hours, by the second where they are charged so. */
  hours: number
  /** Whole 1e-8. */
  ours: number
  lines: number
}

/** A price of ours. */
interface Entry {
  readonly kind: 'ecs' | 'image'
  readonly product: string
  readonly hourly: bigint
}

const MOST_ENTRIES = 40
/** Products of which sets are tried, and how many together. */
const MOST_PRODUCTS = 12
const MOST_TOGETHER = 6
/** Prices that people set, in decimals. */
const MOST_DECIMALS = 6

const entryKey = ({ kind, product, hourly }: Entry): string => `${kind} ${product} ${hourly}`
const productKey = ({ kind, product }: { kind: string; product: string }): string => `${kind} ${product}`

/** The prices of the fewest products that give all bills; undefined where there are none. */
export async function severalPrices(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const { policies } = source
  const entries = new Map<string, Entry>()
  const bills = new Map<string, Map<string, Part>>()
  let isOther = false
  const made = await source.each((line) => {
    const { use } = line
    if (use === undefined || isOther) {
      isOther = true
      return
    }
    const entry: Entry = { kind: use.kind, product: line.product, hourly: use.hourly }
    const key = entryKey(entry)
    if (!entries.has(key)) entries.set(key, entry)
    isOther = entries.size > MOST_ENTRIES
    const bill = billKey(line.account, line.month)
    let own = bills.get(bill)
    if (own === undefined) bills.set(bill, (own = new Map()))
    let part = own.get(key)
    if (part === undefined) own.set(key, (part = { hours: 0, ours: 0, lines: 0 }))
    part.hours += policies[`${use.kind}.granularity`] === 'second' ? use.seconds / 3600 : 1
    part.ours += Number(line.amount)
    part.lines++
  })
  if (isOther || made.length !== invoices.size) return undefined
  const rows: { parts: ReadonlyMap<string, Part>; theirs: number; differs: boolean }[] = []
  for (const { account, month, charges } of made) {
    const key = billKey(account, month)
    const theirs = invoices.get(key)?.figures.charges
    if (theirs === undefined) return undefined
    rows.push({ parts: bills.get(key) ?? new Map(), theirs: Number(theirs), differs: theirs !== charges })
  }
  const products = [...new Set([...entries.values()].map(productKey))]
  if (products.length > MOST_PRODUCTS) return undefined
  // A truncated charge is half a unit less than it would be.
  const lost = policies['rounding.charge'] === 'truncate' ? 0.5 : 0
  /** The prices of some entries, by which the charges come out but for their rounding. */
  const pricesOf = (unknown: readonly string[]): number[] | undefined => {
    const own = rows.filter(({ parts }) => unknown.some((key) => parts.has(key)))
    if (own.length <= unknown.length) return undefined
    const weights = own.map(({ parts }) => unknown.map((key) => parts.get(key)?.hours ?? 0))
    const targets = own.map(({ parts, theirs }) => {
      let rest = theirs
      for (const [key, { ours, lines }] of parts) rest += unknown.includes(key) ? lines * lost : -ours
      return rest
    })
    const found = leastSquares(weights, targets)
    const isClose =
      found !== undefined &&
      own.every(({ parts }, index) => {
        const sum = weights[index].reduce((total, weight, column) => total + weight * found[column], 0)
        const lines = [...parts.values()].reduce((total, part) => total + part.lines, 0)
        return Math.abs(sum - targets[index]) <= lines + 1
      })
    return isClose ? found : undefined
  }
  for (let count = 2; count <= Math.min(MOST_TOGETHER, products.length); count++) {
    const found: Reason[] = []
    for (const set of setsOf(products, count)) {
      const unknown = [...entries.keys()].filter((key) => set.includes(productKey(entries.get(key) as Entry)))
      if (!rows.every(({ parts, differs }) => !differs || unknown.some((key) => parts.has(key)))) continue
      const exact = pricesOf(unknown)
      if (exact === undefined) continue
      for (let decimals = 2; decimals <= MOST_DECIMALS; decimals++) {
        const unit = 10 ** (8 - decimals)
        const prices = new Map(
          unknown.map((key, index) => [key, BigInt(Math.round(exact[index] / unit) * unit) * 100n]),
        )
        const isNear = exact.every((price) => Math.abs(price / unit - Math.round(price / unit)) * unit < unit / 10 + 50)
        if (!isNear || [...prices.values()].some((price) => price < 0n)) continue
        const changed = changedSource(source, {
          amount: ({ use, product, amount }) => {
            if (use === undefined) return amount
            const price = prices.get(entryKey({ kind: use.kind, product, hourly: use.hourly }))
            return price === undefined ? amount : hourLine(use.kind, price, use.seconds, policies).amount
          },
        })
        if (!(await givesBills(changed, invoices))) continue
        found.push(reasonOf(prices, entries))
        break
      }
    }
    // A product whose price stays as it is belongs to no set.
    const different = [...new Map(found.map((reason) => [reason.text, reason])).values()]
    if (different.length > 0) return different.length === 1 ? different[0] : uncertain(different.slice(0, 3))
  }
  return undefined
}

const text = (price: bigint): string => decimalText(price, UNIT_PRICE_DECIMALS)

function reasonOf(prices: ReadonlyMap<string, bigint>, entries: ReadonlyMap<string, Entry>): Reason {
  const said = [...prices].flatMap(([key, price]) => {
    const entry = entries.get(key)
    if (entry === undefined || entry.hourly === price) return []
    return [`all lines of ${entry.product} at ${text(price)} an hour, not ${text(entry.hourly)}`]
  })
  return because('wrong price', 'U-07', said.slice(0, 6).join(', '), { prices: said.length })
}

function* setsOf<T>(all: readonly T[], count: number, from = 0): Generator<T[]> {
  if (count === 0) yield []
  else
    for (let index = from; index + count <= all.length; index++)
      for (const rest of setsOf(all, count - 1, index + 1)) yield [all[index], ...rest]
}
