/** One other switch of the rulebook that makes everything agree is the cause of every difference. */
import { toMinorUnits } from '#sim/billing/month-total.ts'
import { billKey, type InvoiceBill, type InvoiceLines } from './invoices.ts'
import type { RatedSource, SourceBill } from './rated-line.ts'
import { because, type Reason } from './reason.ts'
import { rowFinder } from './row-finder.ts'

/** Raised to leave a reading at the first line that disagrees. */
class Disagrees extends Error {}

/** The only switch that `agrees`; undefined where none or several do. */
async function onlySwitch(
  source: RatedSource,
  agrees: (variant: ReturnType<RatedSource['variants']>[number]['source']) => Promise<boolean>,
): Promise<Reason | undefined> {
  const found: Reason[] = []
  for (const { rule, text, source: variant } of source.variants())
    if (await agrees(variant)) found.push(because('other switch', rule, text))
  return found.length === 1 ? found[0] : undefined
}

/** The switch by which every line of ours is on the invoices, and nothing else. */
export function switchOfLines(source: RatedSource, lines: InvoiceLines): Promise<Reason | undefined> {
  const { table } = lines
  return onlySwitch(source, async (variant) => {
    const find = rowFinder(lines)
    const seen = new Uint8Array(table.rows)
    try {
      await variant.each((line) => {
        const { row } = find(line)
        if (row < 0 || table.amount.at(row) !== line.amount) throw new Disagrees()
        seen[row] = 1
      })
    } catch (error) {
      if (error instanceof Disagrees) return false
      throw error
    }
    return seen.every((each, row) => each === 1 || table.amount.at(row) === 0n)
  })
}

/** The switch by which every bill of ours is theirs, and no other is. */
export function switchOfBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  return onlySwitch(source, async (variant) => {
    const bills = await variant.each(() => {})
    const keys = new Set(bills.map(({ account, month }) => billKey(account, month)))
    const isTheirs = ({ account, month, charges, payable }: SourceBill): boolean => {
      const figures = invoices.get(billKey(account, month))?.figures
      return (
        figures !== undefined && (figures.payable ?? payable) === payable && (figures.charges ?? charges) === charges
      )
    }
    return bills.every(isTheirs) && [...invoices].every(([key, { figures }]) => keys.has(key) || isNothing(figures))
  })
}

/** A bill and its credit note that come to nothing. */
export const isNothing = ({ payable = 0n, charges = 0n }: InvoiceBill['figures']): boolean =>
  payable === 0n && charges === 0n

/** Hundredths of a percent: a factor of fewer digits than that is somebody's discount or surcharge. */
const FACTOR_SCALE = 10_000n

/**
 * One factor on all charges: every bill of theirs is that many times ours, within the rounding of its lines; undefined where
 * there is none, or fewer than three bills to show it.
 */
export function factorOfBills(
  source: RatedSource,
  bills: readonly SourceBill[],
  invoices: ReadonlyMap<string, InvoiceBill>,
): Reason | undefined {
  const pairs = bills.flatMap((bill) => {
    const figures = invoices.get(billKey(bill.account, bill.month))?.figures
    return figures === undefined || bill.charges <= 0n ? [] : [{ bill, figures }]
  })
  const largest = pairs.toSorted((a, b) => (a.bill.charges < b.bill.charges ? 1 : -1))[0]
  if (pairs.length < 3 || largest === undefined) return undefined
  const theirs = largest.figures.charges ?? largest.figures.payable ?? 0n
  const ours = largest.figures.charges === undefined ? largest.bill.payable : largest.bill.charges
  if (ours <= 0n) return undefined
  const factor = (theirs * FACTOR_SCALE * 2n + ours) / (ours * 2n)
  if (factor === FACTOR_SCALE || factor <= 0n) return undefined
  const fits = ({ bill, figures }: (typeof pairs)[number]): boolean => {
    // Each line loses less than one unit to its own rounding.
    const made = (bill.charges * factor) / FACTOR_SCALE
    const slack = BigInt(bill.lines ?? 0) + 1n
    return [made - slack, made, made + slack].some((charges) => {
      const total = source.totalOf(bill, { use: charges - bill.charges, orders: 0n })
      const payable = toMinorUnits(total, source.decimals, source.policies['rounding.monthTotal'])
      const near = (figures.charges ?? made) - made
      return (figures.payable ?? payable) === payable && near <= slack && near >= -slack
    })
  }
  if (!pairs.every(fits)) return undefined
  const text = `${factor / FACTOR_SCALE}.${String(factor % FACTOR_SCALE).padStart(4, '0')}`.replace(/\.?0+$/, '')
  return because('wrong price', 'U-07', `every bill is ${text} times ours`)
}
