/**
 * One factor on every bill: a discount, a surcharge, prices with tax in them. It may have been put on the sum of a bill, on each
 * charge or on each price; the way that gives every bill to the last digit is the one that is named.
 */
import { divideRounded } from '#base/decimal.ts'
import { toMinorUnits } from '#sim/billing/minor-units.ts'
import type { TaxedBill } from './bill-tax.ts'
import { type Factor, factorReason, factorWithin, ONE } from './factor-range.ts'
import { billKey, type Figure, figuresOf } from './invoices.ts'
import type { RatedLine, RatedSource, SourceBill } from './rated-line.ts'
import type { Reason } from './reason.ts'
import { common, type Range, whereFrom, whereUpTo } from './simplest.ts'

const ANY: Range = { low: 1n, high: 100n * ONE }
const CENT = 1_000_000n

/** The figures of a bill with other charges; what is added to them is taxed like use. */
function figuresWith(source: RatedSource, bill: SourceBill, charges: bigint): Readonly<Record<Figure, bigint>> {
  const total = source.totalOf(bill, { use: charges - bill.charges, orders: 0n })
  const payable = toMinorUnits(total, source.decimals, source.policies['rounding.monthTotal'])
  return { charges, tax: total - charges, payable }
}

/** Factors that a bill leaves, each of its charges losing up to one unit to its own rounding. */
function factorsOf(source: RatedSource, { bill, invoice }: TaxedBill, lines: bigint, within: Range): Range {
  let range = within
  for (const figure of figuresOf(invoice)) {
    const theirs = invoice.figures[figure] ?? 0n
    const at =
      (slack: bigint) =>
      (factor: bigint): bigint => {
        const charges = (bill.charges * factor) / ONE + slack
        return figuresWith(source, bill, charges > 0n ? charges : 0n)[figure]
      }
    range = common(range, {
      low: whereFrom(at(lines), theirs, range),
      high: whereUpTo(at(-lines), theirs, range),
    })
    if (range.low > range.high) return range
  }
  return range
}

/** What of the bills a factor may have been put on. */
const ways = [
  ['every bill', (charges: Scaled) => charges.total],
  ['every line', (charges: Scaled) => charges.byLine],
  ['every price', (charges: Scaled) => charges.byPrice],
  ['every bill, rounded to 2 decimals,', (charges: Scaled) => divideRounded(charges.total, CENT, 'half-up') * CENT],
] as const

interface Scaled {
  total: bigint
  byLine: bigint
  byPrice: bigint
}

/** How often an amount times a factor is rounded, and what is left of it. */
function times(amount: bigint, { value, isDivisor }: Factor, source: RatedSource, over = 1n): bigint {
  const rounding = source.policies['rounding.charge']
  return isDivisor
    ? divideRounded(amount * ONE, value * over, rounding)
    : divideRounded(amount * value, ONE * over, rounding)
}

/** A charge by its price times a factor, rounded once. */
export function timesPrice(
  { use, amount }: Pick<RatedLine, 'use' | 'amount'>,
  factor: Factor,
  source: RatedSource,
): bigint {
  if (use === undefined) return times(amount, factor, source)
  return source.policies[`${use.kind}.granularity`] === 'second'
    ? times(use.hourly * BigInt(use.seconds), factor, source, 360_000n)
    : times(use.hourly, factor, source, 100n)
}

const key = ({ account, month }: { account: string; month: number }): string => billKey(account, month)

const FEW_BILLS = 3
/** Steps of the factors that few payables show, and which part of a step these leave at most: each fits by a chance of so much. */
const STEP = ONE / 20n
const PART = 50n
const FINEST_OF_CENTS = ONE / 1_000n

/** The factor behind all of the bills; undefined where there is none, or where there is too little evidence. */
export async function factorOfBills(source: RatedSource, bills: readonly TaxedBill[]): Promise<Reason | undefined> {
  const charged = bills.filter(({ bill }) => bill.charges > 0n)
  if (charged.length === 0 || charged.length < bills.length) return undefined
  const counts = new Map<string, bigint>()
  await source.each((line) => counts.set(key(line), (counts.get(key(line)) ?? 0n) + 1n))
  let range = ANY
  const areCents = charged.every(
    ({ invoice: { figures } }) => figures.charges !== undefined && figures.charges % CENT === 0n,
  )
  for (const taxed of charged)
    range = factorsOf(source, taxed, (counts.get(key(taxed.bill)) ?? 0n) + (areCents ? CENT : 0n), range)
  const factor = factorWithin(range)
  if (factor === undefined || factor.value === ONE) return undefined
  // Amounts of two decimals come out by many a factor of more.
  if (areCents && (charged.length < FEW_BILLS || factor.value % FINEST_OF_CENTS !== 0n)) return undefined
  const isPrecise = charged.every(({ invoice }) => invoice.figures.charges !== undefined)
  const isSet = factor.value % STEP === 0n && !factor.isDivisor && (range.high - range.low) * PART < STEP
  if (charged.length < FEW_BILLS && !isPrecise && !isSet) return undefined
  // What is multiplied is rounded once more, which need not be by the rule of the charges.
  const rounding = source.policies['rounding.charge']
  for (const by of [rounding, rounding === 'truncate' ? 'half-up' : 'truncate'] as const) {
    const policies = { ...source.policies, 'rounding.charge': by }
    const found = await wayOf({ ...source, policies }, charged, factor)
    if (found !== undefined) return factorReason(factor, found, source.policies['tax.percent'])
  }
  return undefined
}

/** What of the bills a factor gives all of them on; undefined where there is nothing. */
async function wayOf(source: RatedSource, charged: readonly TaxedBill[], factor: Factor): Promise<string | undefined> {
  const scaled = new Map<string, Scaled>(
    charged.map(({ bill }) => [key(bill), { total: times(bill.charges, factor, source), byLine: 0n, byPrice: 0n }]),
  )
  await source.each((line) => {
    const sums = scaled.get(key(line))
    if (sums === undefined) return
    sums.byLine += times(line.amount, factor, source)
    sums.byPrice += timesPrice(line, factor, source)
  })
  const way = ways.find(([, charges]) =>
    charged.every(({ bill, invoice }) => {
      const figures = figuresWith(source, bill, charges(scaled.get(key(bill)) as Scaled))
      return figuresOf(invoice).every((figure) => figures[figure] === invoice.figures[figure])
    }),
  )
  return way?.[0]
}
