/** One factor on all charges of a day or a month, and another on those of the next, as rates of exchange are. */
import { dateOfDay, dayOf, formatMonth } from '#base/civil-time.ts'
import { factorOfBills, timesPrice } from './bill-factor.ts'
import type { TaxedBill } from './bill-tax.ts'
import { changedSource, timesFactor } from './changed-source.ts'
import { type Factor, FactorRange, factorText, ONE } from './factor-range.ts'
import { billKey, type InvoiceBill, type InvoiceLines } from './invoices.ts'
import { stateCharges } from './moved-use.ts'
import type { RatedLine, RatedSource } from './rated-line.ts'
import { because, type Reason } from './reason.ts'
import { rowFinder } from './row-finder.ts'
import { RowSet } from './row-set.ts'
import { givesLines } from './variants.ts'

/** Days or months with a factor each. */
const MOST_TIMES = 400
const MOST_MONTHS = 13
const MOST_NAMED = 3
const FEWEST_BILLS = 2

const NONE: Factor = { value: ONE, isDivisor: false }

interface Span {
  readonly name: string
  readonly of: (line: RatedLine) => number
  readonly text: (key: number) => string
}

const two = (number: number): string => String(number).padStart(2, '0')

function dayText(key: number): string {
  const { year, month, day } = dateOfDay(key)
  return `${year}-${two(month)}-${two(day)}`
}

const spansOf = (offset: number): readonly Span[] => [
  { name: 'month', of: ({ month }) => month, text: formatMonth },
  { name: 'day', of: ({ hour }) => dayOf(hour, offset), text: dayText },
]

function reasonOf(name: string, factors: readonly (readonly [at: string, factor: string])[]): Reason {
  const more = factors.length > MOST_NAMED ? ` and ${factors.length - MOST_NAMED} more` : ''
  const said = factors.slice(0, MOST_NAMED).map(([at, factor]) => `${factor} ${name === 'day' ? 'on' : 'in'} ${at}`)
  return because(
    'surcharge',
    'M-07',
    `every line times one factor for each ${name}, as rates of exchange are: ${said.join(', ')}${more}`,
  )
}

/** Factors by which all lines of each month, or of each day, come out. */
export async function timeFactorsOfLines(source: RatedSource, lines: InvoiceLines): Promise<Reason | undefined> {
  const { table } = lines
  const find = rowFinder(lines)
  const seen = new RowSet(table.rows)
  const spans = spansOf(source.policies['time.utcOffset'])
  const ranges = spans.map(() => new Map<number, FactorRange>())
  let isOther = false
  await source.each((line) => {
    if (isOther) return
    const { row } = find(line)
    isOther = row < 0
    if (isOther) return
    seen.add(row)
    const theirs = table.amount(row)
    for (const [index, { of }] of spans.entries()) {
      const key = of(line)
      let range = ranges[index].get(key)
      if (range === undefined) ranges[index].set(key, (range = new FactorRange(source.policies)))
      if (ranges[index].size <= MOST_TIMES) range.take(line, theirs)
    }
  }, lines.detail)
  if (isOther || !table.areAll(seen)) return undefined
  for (const [index, span] of spans.entries()) {
    const reason = await ofSpan(source, lines, span, ranges[index])
    if (reason !== undefined) return reason
  }
  return undefined
}

async function ofSpan(
  source: RatedSource,
  lines: InvoiceLines,
  { name, of, text }: Span,
  ranges: ReadonlyMap<number, FactorRange>,
): Promise<Reason | undefined> {
  if (ranges.size < 2 || ranges.size > MOST_TIMES) return undefined
  const factors = new Map<number, Factor>()
  // Of one product alone a factor of a time is another price.
  let telling = 0
  for (const [key, range] of ranges) {
    const factor = range.differing === 0 ? { value: ONE, isDivisor: false } : range.factor
    if (factor === undefined) return undefined
    factors.set(key, factor)
    if (range.products.size > 1) telling++
  }
  const different = new Set([...factors.values()].map(({ value }) => value))
  if (different.size < 2 || telling * 2 < ranges.size) return undefined
  const factorOf = (line: RatedLine): Factor => factors.get(of(line)) ?? NONE
  for (const amount of [
    (line: RatedLine) => timesFactor(line.amount, factorOf(line), source),
    (line: RatedLine) => timesPrice(line, factorOf(line), source),
  ])
    if (await givesLines(changedSource(source, { amount }), lines)) {
      const sorted = [...factors].sort(([a], [b]) => a - b)
      return reasonOf(
        name,
        sorted.map(([key, factor]) => [text(key), factorText(factor)] as const),
      )
    }
  return undefined
}

/** Factors by which all bills of each month come out, that state their charges: two bills of a month show one. */
export async function timeFactorsOfBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const bills = await source.bills()
  if (!stateCharges(invoices) || bills.length !== invoices.size) return undefined
  const taxed = bills.flatMap((bill): TaxedBill[] => {
    const invoice = invoices.get(billKey(bill.account, bill.month))
    return invoice === undefined ? [] : [{ bill, invoice, use: new Map(), orders: [] }]
  })
  const months = [...Map.groupBy(taxed, ({ bill }) => bill.month)].sort(([a], [b]) => a - b)
  if (taxed.length < bills.length || months.length < 2 || months.length > MOST_MONTHS) return undefined
  const found: (readonly [at: string, factor: string])[] = []
  for (const [month, own] of months) {
    if (own.length < FEWEST_BILLS) return undefined
    const isOurs = own.every(({ bill, invoice }) => invoice.figures.charges === bill.charges)
    const factor = isOurs ? '1' : (await factorOfBills(source, own))?.factor
    if (factor === undefined) return undefined
    found.push([formatMonth(month), factor])
  }
  return new Set(found.map(([, factor]) => factor)).size < 2 ? undefined : reasonOf('month', found)
}
