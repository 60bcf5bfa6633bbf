/** Taxes that are no one rate of all charges: another rate for each kind or product, or the tax of each charge or group rounded. */
import { divideRounded } from '#base/decimal.ts'
import { DAY } from '#base/time.ts'
import { ANY_RATE, percentText, ROUND_RATE } from './bill-tax.ts'
import { billKey, type Figure, type InvoiceBill } from './invoices.ts'
import { leastSquares } from './least-squares.ts'
import { allRoundings, type LineRounding, roundLine } from './line-roundings.ts'
import { digitsOfGaps, payableOf } from './moved-use.ts'
import type { RatedLine, RatedSource, SourceBill } from './rated-line.ts'
import { because, type Reason, together, uncertain } from './reason.ts'
import { type Range, simplestOf, whereEqual } from './simplest.ts'

const PERCENT = 10n ** 8n
const HUNDRED = 100n * PERCENT
/** Rates of a part that payables are tried for. */
const HIGHEST_RATE = 30n * PERCENT
/** Different amounts of a bill, and of all of them, that are held at most. */
const MOST_HELD = 20_000
const MOST_PARTS = 8
const FEWEST_BILLS = 2
/** Digits that bills have to say more than there are pairs of rates, or rates and roundings, to try. */
const DIGITS = 7

/** A bill of ours, what is stated of it, and what its charges are made of. */
interface Taxed {
  readonly bill: SourceBill
  readonly figures: Partial<Record<Figure, bigint>>
  /** Use by kind and product. */
  readonly use: Map<string, bigint>
  /** Sums of each way to group charges, and how many of them are the same. */
  readonly groups: readonly Map<string, bigint>[]
}

type KeyOf = (line: RatedLine, utcOffset: number) => string

/** What may be taxed by itself. */
const grouped: readonly (readonly [name: string, keyOf: KeyOf])[] = [
  ['line', () => ''],
  ['resource', ({ resource }) => resource],
  ['resource and product', ({ resource, kind, product }) => `${resource} ${kind} ${product}`],
  ['product', ({ kind, product }) => `${kind} ${product}`],
  ['day', ({ hour }, utcOffset) => String(Math.floor((hour + utcOffset) / DAY))],
]

/** The taxes that give every bill; undefined where there are none. */
export async function taxesOfParts(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const bills = await source.bills()
  if (bills.length < FEWEST_BILLS || bills.length !== invoices.size) return undefined
  const found = new Map<string, Taxed>()
  for (const bill of bills) {
    const figures = invoices.get(billKey(bill.account, bill.month))?.figures
    const isTaxed = figures !== undefined && (figures.tax !== undefined || figures.payable !== undefined)
    if (!isTaxed || (figures.charges ?? bill.charges) !== bill.charges) return undefined
    const groups = grouped.map(() => new Map<string, bigint>())
    found.set(billKey(bill.account, bill.month), { bill, figures, use: new Map(), groups })
  }
  const lines = new Map<Taxed, Map<bigint, bigint>>()
  let held = 0
  let isOther = false
  await source.each((line) => {
    const own = found.get(billKey(line.account, line.month))
    if (line.isOrder || own === undefined || held > MOST_HELD) isOther = true
    if (isOther || own === undefined) return
    const add = <K>(sums: Map<K, bigint>, key: K, amount: bigint): void => {
      const sum = sums.get(key)
      if (sum === undefined) held++
      sums.set(key, (sum ?? 0n) + amount)
    }
    add(own.use, `${line.kind} ${line.product}`, line.amount)
    for (const [index, [name, keyOf]] of grouped.entries())
      if (name !== 'line') add(own.groups[index], keyOf(line, source.policies['time.utcOffset']), line.amount)
    let amounts = lines.get(own)
    if (amounts === undefined) lines.set(own, (amounts = new Map()))
    add(amounts, line.amount, 1n)
  })
  const all = [...found.values()]
  const isWhole = all.every(
    ({ bill, use }) => [...use.values()].reduce((sum, each) => sum + each, 0n) === (bill.taxable ?? bill.charges),
  )
  if (isOther || !isWhole) return undefined
  const ofKinds = ratesOfParts(source, all, (name) => name.slice(0, name.indexOf(' ')))
  if (ofKinds !== undefined) return ofKinds
  const isTelling = digitsOfGaps(source, bills, invoices) >= DIGITS
  return (
    (isTelling ? ratesOfKinds(source, all) : undefined) ??
    ratesOfParts(source, all, (name) => name) ??
    (isTelling ? roundedTaxes(source, all, lines) : undefined)
  )
}

/** Whether taxes give all that the bills state. */
const isTaxedSo = (source: RatedSource, { bill, figures }: Taxed, tax: bigint): boolean =>
  (figures.tax ?? tax) === tax &&
  (figures.payable === undefined || figures.payable === payableOf(source, bill.charges + tax))

/** Ways to put the rates of parts on a bill: all of it cut off or rounded once, or each part. */
function areTaxed(source: RatedSource, all: readonly Taxed[], rateOf: (name: string) => bigint): boolean {
  return (['truncate', 'half-up'] as const).some((mode) =>
    [true, false].some((isOnce) =>
      all.every((taxed) => {
        let [numerator, sum] = [0n, 0n]
        for (const [name, amount] of taxed.use) {
          numerator += amount * rateOf(name)
          sum += divideRounded(amount * rateOf(name), HUNDRED, mode)
        }
        return isTaxedSo(source, taxed, isOnce ? divideRounded(numerator, HUNDRED, mode) : sum)
      }),
    ),
  )
}

/** Sums of each part, which is a kind or a product. */
const sumsBy = ({ use }: Taxed, partOf: (name: string) => string): Map<string, bigint> => {
  const sums = new Map<string, bigint>()
  for (const [name, amount] of use) sums.set(partOf(name), (sums.get(partOf(name)) ?? 0n) + amount)
  return sums
}

/** Rates of parts by the taxes that the bills state: whole and half percents. */
function ratesOfParts(
  source: RatedSource,
  all: readonly Taxed[],
  partOf: (name: string) => string,
): Reason | undefined {
  if (all.some(({ figures }) => figures.tax === undefined)) return undefined
  const sums = all.map((taxed) => sumsBy(taxed, partOf))
  const parts = [...new Set(sums.flatMap((own) => [...own.keys()]))]
  if (parts.length < 2 || parts.length > MOST_PARTS || parts.length > all.length) return undefined
  const exact = leastSquares(
    sums.map((own) => parts.map((part) => Number(own.get(part) ?? 0n) / 100)),
    all.map(({ figures }) => Number(figures.tax)),
  )
  if (exact === undefined) return undefined
  const step = Number(ROUND_RATE) / Number(PERCENT)
  const rates = new Map(parts.map((part, index) => [part, BigInt(Math.round((exact[index] ?? 0) / step)) * ROUND_RATE]))
  const isPossible = [...rates.values()].every((rate) => rate >= 0n && rate <= HUNDRED)
  if (!isPossible || !areTaxed(source, all, (name) => rates.get(partOf(name)) ?? 0n)) return undefined
  return ratesReason(source, rates)
}

/** Rates of servers and of images by payables: whole and half percents, of which one pair only gives them. */
function ratesOfKinds(source: RatedSource, all: readonly Taxed[]): Reason | undefined {
  const kindOf = (name: string): string => name.slice(0, name.indexOf(' '))
  const sums = all.map((taxed) => sumsBy(taxed, kindOf))
  const kinds = [...new Set(sums.flatMap((own) => [...own.keys()]))]
  const [a, b] = kinds
  if (kinds.length !== 2) return undefined
  const found: Map<string, bigint>[] = []
  for (let rate = 0n; rate <= HIGHEST_RATE; rate += ROUND_RATE) {
    let range: Range | undefined = { low: 0n, high: HIGHEST_RATE }
    for (const [index, { bill, figures }] of all.entries()) {
      const taxOf = (other: bigint): bigint =>
        ((sums[index].get(a) ?? 0n) * rate + (sums[index].get(b) ?? 0n) * other) / HUNDRED
      for (const [figure, of] of [
        ['tax', taxOf],
        ['payable', (other: bigint) => payableOf(source, bill.charges + taxOf(other))],
      ] as const) {
        const theirs = figures[figure]
        if (theirs !== undefined) range = range && whereEqual(of, theirs, range)
      }
      if (range === undefined) break
    }
    if (range === undefined) continue
    for (
      let other = ((range.low + ROUND_RATE - 1n) / ROUND_RATE) * ROUND_RATE;
      other <= range.high;
      other += ROUND_RATE
    )
      found.push(
        new Map([
          [a, rate],
          [b, other],
        ]),
      )
    if (found.length > 1) return undefined
  }
  const [rates] = found
  const isOther = rates !== undefined && rates.get(a) !== rates.get(b)
  return isOther && areTaxed(source, all, (name) => rates.get(kindOf(name)) ?? 0n)
    ? ratesReason(source, rates)
    : undefined
}

function ratesReason(source: RatedSource, rates: ReadonlyMap<string, bigint>): Reason {
  const said = [...rates].map(([part, rate]) => {
    const of = part.includes(' ') ? part.slice(part.indexOf(' ') + 1) : `use of kind ${part}`
    return `${percentText(rate)} on ${of}`
  })
  return because('tax rate', 'M-07', `tax.percent ${said.join(', ')}, instead of ${source.policies['tax.percent']}`, {
    rates: [...rates.values()].map(percentText),
  })
}

const MOST_DECIMALS = 4
const roundings = allRoundings.filter(({ decimals, mode }) => decimals <= MOST_DECIMALS && mode !== 'half-even')

/** A whole or half percent of which the tax of each charge, resource, product or day is rounded. */
function roundedTaxes(
  source: RatedSource,
  all: readonly Taxed[],
  lines: ReadonlyMap<Taxed, ReadonlyMap<bigint, bigint>>,
): Reason | undefined {
  const found: { readonly rate: bigint; readonly name: string; readonly rule: LineRounding }[] = []
  for (const [index, [name]] of grouped.entries()) {
    const amounts = all.map((taxed): readonly (readonly [amount: bigint, times: bigint])[] =>
      name === 'line'
        ? [...(lines.get(taxed) ?? [])]
        : [...taxed.groups[index].values()].map((sum) => [sum, 1n] as const),
    )
    for (const rule of roundings) {
      const rate = rateOfRounded(source, all, amounts, rule)
      if (rate === undefined) continue
      found.push({ rate, name, rule })
      break
    }
  }
  const [first] = found
  if (first === undefined) return undefined
  const reasons = found.map(({ name, rule: { decimals, mode } }) =>
    because('rounding', 'M-02', `the tax of each ${name} rounded to ${decimals} decimals, ${mode}`),
  )
  if (found.some(({ rate }) => rate !== first.rate)) return uncertain(reasons.slice(0, 2))
  const rounding = { ...reasons[0], text: reasons.map(({ text }) => text).join(', or ') }
  const [rates, ours] = [[percentText(first.rate)], source.policies['tax.percent']]
  if (rates[0] === ours) return rounding
  return together(because('tax rate', 'M-07', `tax.percent ${rates[0]} instead of ${ours}`, { rates }), rounding)
}

function rateOfRounded(
  source: RatedSource,
  all: readonly Taxed[],
  amounts: readonly (readonly (readonly [amount: bigint, times: bigint])[])[],
  rule: LineRounding,
): bigint | undefined {
  // What is not whole in the unit of its parts is no sum of them.
  if (all.some(({ figures: { tax } }) => tax !== undefined && tax % rule.unit !== 0n)) return undefined
  const taxOf = (index: number, rate: bigint): bigint =>
    amounts[index].reduce((tax, [amount, times]) => tax + times * roundLine((amount * rate) / HUNDRED, rule), 0n)
  let range: Range | undefined = { low: 0n, high: ANY_RATE.high }
  for (const [index, { bill, figures }] of all.entries()) {
    if (range !== undefined && figures.tax !== undefined)
      range = whereEqual((rate) => taxOf(index, rate), figures.tax, range)
    if (range !== undefined && figures.payable !== undefined)
      range = whereEqual((rate) => payableOf(source, bill.charges + taxOf(index, rate)), figures.payable, range)
    if (range === undefined) return undefined
  }
  const [rate] = simplestOf(range, HUNDRED, 1)
  return rate === undefined || rate === 0n || rate % ROUND_RATE !== 0n ? undefined : rate
}
