/** Bills whose use is another by some amount, and how much bills say about what that may be. */
import { toMinorUnits } from '#sim/billing/minor-units.ts'
import { figureOf } from './bill-structure.ts'
import { billKey, figuresOf, type InvoiceBill } from './invoices.ts'
import type { RatedSource, SourceBill } from './rated-line.ts'

type InvoiceBills = ReadonlyMap<string, InvoiceBill>

const NOTHING = { charges: 0n, payable: 0n }

/** Whether all bills are theirs with so much more use, by their keys; one that is not there is nothing. */
export function givesMoved(
  source: RatedSource,
  bills: readonly SourceBill[],
  invoices: InvoiceBills,
  moved: (key: string) => bigint,
): boolean {
  const known = new Map(bills.map((bill) => [billKey(bill.account, bill.month), bill]))
  for (const [key, { account, month }] of invoices) if (!known.has(key)) known.set(key, { account, month, ...NOTHING })
  return [...known].every(([key, bill]) => {
    const use = moved(key)
    const invoice = invoices.get(key)
    if (invoice === undefined) return bill.charges + use === 0n
    return figuresOf(invoice).every((figure) => figureOf(source, bill, figure, use) === invoice.figures[figure])
  })
}

/** What a bill of charges and tax comes to in minor units. */
export const payableOf = (source: RatedSource, sum: bigint): bigint =>
  toMinorUnits(sum, source.decimals, source.policies['rounding.monthTotal'])

/** Whether every bill states its charges. */
export const stateCharges = (invoices: InvoiceBills): boolean =>
  [...invoices.values()].every(({ figures }) => figures.charges !== undefined)

/** The largest power of ten that divides an amount: prices of few decimals come to such sums, and say no more than these. */
function unitOf(amount: bigint): number {
  let unit = 1
  for (let rest = amount; rest !== 0n && rest % 10n === 0n; rest /= 10n) unit *= 10
  return unit
}

/**
 * Digits of all that differs: of so many, a cause that is one of a hundred fits by chance once in so many hundredths. The figures of a
 * bill follow from each other: only the one that says most counts.
 */
export function digitsOfGaps(source: RatedSource, bills: readonly SourceBill[], invoices: InvoiceBills): number {
  const minor = 10 ** (8 - source.decimals)
  let digits = 0
  for (const bill of bills) {
    const invoice = invoices.get(billKey(bill.account, bill.month))
    if (invoice === undefined) continue
    const ofFigures = figuresOf(invoice).map((figure) => {
      const gap = (invoice.figures[figure] ?? 0n) - figureOf(source, bill, figure, 0n)
      const unit = figure === 'payable' ? minor : unitOf(gap)
      return Math.log10(1 + (2 * Math.abs(Number(gap))) / unit)
    })
    digits += Math.max(0, ...ofFigures)
  }
  return digits
}

/** Accounts of which a bill differs, is missing or is only theirs. */
export function accountsThatDiffer(
  source: RatedSource,
  bills: readonly SourceBill[],
  invoices: InvoiceBills,
): readonly string[] {
  const found = new Set<string>()
  const known = new Set<string>()
  for (const bill of bills) {
    const key = billKey(bill.account, bill.month)
    known.add(key)
    const invoice = invoices.get(key)
    const isSame = givesMoved(source, [bill], invoice === undefined ? new Map() : new Map([[key, invoice]]), () => 0n)
    if (!isSame) found.add(bill.account)
  }
  for (const [key, { account }] of invoices) if (!known.has(key)) found.add(account)
  return [...found]
}
