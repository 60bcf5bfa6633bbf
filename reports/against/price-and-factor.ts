/** One factor on all lines, and next to it other prices of a product or two: as of a tax in every line and a changed price. */
import { divideRounded } from '#base/decimal.ts'
import { decimalText } from '#base/decimal-text.ts'
import { UNIT_PRICE_DECIMALS } from '#base/money.ts'
import { timesPrice } from './bill-factor.ts'
import { changedSource, timesFactor } from './changed-source.ts'
import { type Factor, FactorRange, factorReason, ONE } from './factor-range.ts'
import type { InvoiceLines } from './invoices.ts'
import { pricesFor } from './price-intervals.ts'
import type { RatedLine, RatedSource, RatedUse } from './rated-line.ts'
import { because, type Reason, together, uncertain } from './reason.ts'
import { rowFinder } from './row-finder.ts'
import { RowSet } from './row-set.ts'
import { common, type Range, simplestOf } from './simplest.ts'
import { givesLines } from './variants.ts'

/** Kinds of use with a counterpart that are held at most. */
const MOST_HELD = 20_000
/** Products of which one is tried as that with another price. */
const MOST_PRODUCTS = 20
/** Products with the factor alone, and lines with the price. */
const FEWEST_PRODUCTS = 2
const FEWEST_LINES = 3
/** Prices of more decimals fit any factor. */
const MOST_DECIMALS = 6
const PRICE = 10n ** BigInt(UNIT_PRICE_DECIMALS)
const ANY: Range = { low: 0n, high: 1_000n * PRICE }

/** Lines of one kind of use that come to the same. */
interface Equal {
  readonly line: RatedLine & { readonly use: RatedUse }
  readonly product: string
  readonly theirs: bigint
  times: number
}

export async function priceAndFactorOfLines(source: RatedSource, lines: InvoiceLines): Promise<Reason | undefined> {
  const held = await equalLines(source, lines)
  if (held === undefined) return undefined
  const byProduct = Map.groupBy(held, ({ product }) => product)
  const products = [...byProduct.keys()]
  if (products.length <= FEWEST_PRODUCTS || products.length > MOST_PRODUCTS) return undefined
  const found: Reason[] = []
  for (const odd of products) {
    const range = new FactorRange(source.policies)
    for (const { line, product, theirs } of held) if (product !== odd) range.take(line, theirs)
    const { factor } = range
    if (factor === undefined || range.products.size < FEWEST_PRODUCTS) continue
    const prices = pricesOf(source, byProduct.get(odd) ?? [], factor)
    if (prices === undefined) continue
    const reason = await proved(source, lines, { factor, odd, prices })
    if (reason !== undefined) found.push(reason)
  }
  return found.length < 2 ? found[0] : uncertain(found.slice(0, 2))
}

/** Undefined where a line is missing or is no use, where there are too many, or where theirs have others. */
async function equalLines(source: RatedSource, lines: InvoiceLines): Promise<Equal[] | undefined> {
  const { table } = lines
  const find = rowFinder(lines)
  const seen = new RowSet(table.rows)
  const held = new Map<string, Equal>()
  let isOther = false
  await source.each((line) => {
    if (isOther) return
    const { row } = find(line)
    const { use, amount, kind, account, resource } = line
    isOther = row < 0 || use === undefined || held.size > MOST_HELD
    if (isOther || use === undefined) return
    seen.add(row)
    const theirs = table.amount(row)
    const product = `${kind} ${line.product}`
    const key = `${use.hourly} ${use.seconds} ${amount} ${theirs} ${product}`
    const known = held.get(key)
    if (known !== undefined) known.times++
    else {
      const { month, hour, hourMonth } = line
      const own = {
        account,
        resource,
        kind,
        isOrder: false,
        product: line.product,
        hour,
        amount,
        month,
        hourMonth,
        use,
      }
      held.set(key, { line: { ...own, alternatives: () => [] }, product, theirs, times: 1 })
    }
  }, lines.detail)
  return isOther || !table.areAll(seen) ? undefined : [...held.values()]
}

/** The prices of a product, by its own of ours, that give its lines together with a factor; undefined where there are none. */
function pricesOf(
  source: RatedSource,
  held: readonly Equal[],
  factor: Factor,
): ReadonlyMap<bigint, bigint> | undefined {
  const { policies } = source
  const found = new Map<bigint, bigint>()
  const [over, under] = factor.isDivisor ? [ONE, factor.value] : [factor.value, ONE]
  for (const [hourly, own] of Map.groupBy(held, ({ line }) => line.use.hourly)) {
    let range = ANY
    let count = 0
    for (const { line, theirs, times } of own) {
      const { kind, seconds } = line.use
      const charged = policies[`${kind}.granularity`] === 'second' ? seconds : 3600
      if (charged === 0) {
        if (theirs !== 0n) return undefined
        continue
      }
      count += times
      // Of a charge that is rounded before the factor is put on it, a unit more is lost.
      const [low, high] = [theirs > 0n ? theirs - 1n : 0n, theirs + 1n].map((amount) =>
        pricesFor(amount, BigInt(charged), policies['rounding.charge']),
      )
      range = common(range, { low: low.low, high: high.high })
    }
    if (count < FEWEST_LINES || range.low > range.high) return undefined
    const [price] = simplestOf(
      {
        low: divideRounded(range.low * under, over, 'truncate'),
        high: divideRounded(range.high * under, over, 'half-up'),
      },
      PRICE,
      1,
    )
    if (price === undefined || price === 0n || price % 10n ** BigInt(UNIT_PRICE_DECIMALS - MOST_DECIMALS) !== 0n)
      return undefined
    found.set(hourly, price)
  }
  return [...found].some(([ours, price]) => ours !== price) ? found : undefined
}

interface Candidate {
  readonly factor: Factor
  readonly odd: string
  readonly prices: ReadonlyMap<bigint, bigint>
}

/** The factor on the charge by the other price, or on that price: whatever gives every line. */
async function proved(
  source: RatedSource,
  lines: InvoiceLines,
  { factor, odd, prices }: Candidate,
): Promise<Reason | undefined> {
  const { policies } = source
  const useOf = (line: RatedLine): RatedUse | undefined => {
    const { use } = line
    const price = use === undefined || `${line.kind} ${line.product}` !== odd ? undefined : prices.get(use.hourly)
    return use === undefined || price === undefined ? use : { ...use, hourly: price }
  }
  const amountOf = ({ kind, hourly, seconds }: RatedUse): bigint =>
    policies[`${kind}.granularity`] === 'second'
      ? divideRounded(hourly * BigInt(seconds), 360_000n, policies['rounding.charge'])
      : divideRounded(hourly, 100n, policies['rounding.charge'])
  for (const amount of [
    (line: RatedLine): bigint => {
      const use = useOf(line)
      return timesFactor(use === undefined ? line.amount : amountOf(use), factor, source)
    },
    (line: RatedLine): bigint => timesPrice({ use: useOf(line), amount: line.amount }, factor, source),
  ]) {
    if (!(await givesLines(changedSource(source, { amount }), lines))) continue
    const product = odd.slice(odd.indexOf(' ') + 1)
    const text = (price: bigint): string => decimalText(price, UNIT_PRICE_DECIMALS)
    const said = [...prices].map(
      ([ours, price]) => `all lines of ${product} at ${text(price)} an hour, not ${text(ours)}`,
    )
    return together(
      factorReason(factor, 'every line', policies['tax.percent']),
      because('wrong price', 'U-07', said.join(', '), { prices: said.length }),
    )
  }
  return undefined
}
