/** One other switch of the rulebook that makes everything agree is the cause of every difference. */
import { FactorRange, factorReason } from './factor-range.ts'
import { billKey, type InvoiceBill, type InvoiceLines } from './invoices.ts'
import type { RatedLine, RatedSource, SourceBill, Variant } from './rated-line.ts'
import { because, type Reason, together, uncertain } from './reason.ts'
import { rowFinder } from './row-finder.ts'
import { RowSet } from './row-set.ts'

/** Raised to leave a reading at the first line that disagrees. */
class Disagrees extends Error {}

/** How a switch explains what differs: alone, or with something else that is the same everywhere. */
export type Explained = 'alone' | Reason

/** The only switch that explains everything, alone before any together with something else; undefined where several do. */
async function onlySwitch(
  source: RatedSource,
  explain: (variant: Variant) => Promise<Explained | undefined>,
): Promise<Reason | undefined> {
  const alone: Reason[] = []
  const joined: Reason[] = []
  for (const variant of source.variants()) {
    const found = await explain(variant)
    if (found === 'alone') alone.push(switchReason(variant))
    else if (found !== undefined) joined.push(together(switchReason(variant), found))
  }
  return ofOneCause(alone.length > 0 ? alone : joined)
}

/**
 * Several time zones, or several lists of prices, may come to the same: the cause is certain, and which of them is not, so that all are
 * named. Two switches, or two causes, are not the same.
 */
function ofOneCause(found: readonly Reason[]): Reason | undefined {
  const [first, ...others] = found
  if (first === undefined || others.length === 0) return first
  const isSame =
    first.cause !== 'other switch' && others.every(({ cause }) => matterOf(cause) === matterOf(first.cause))
  if (!isSame) return uncertain([first, others.find(({ cause }) => cause !== first.cause) ?? others[0]])
  return { ...first, text: [...new Set(found.map(({ text }) => text))].join(', or ') }
}

/** Offsets and lags both decide the month of an hour, and nothing else of whole hours. */
const matterOf = (cause: Reason['cause']): Reason['cause'] => (cause === 'hour boundary' ? 'time zone' : cause)

export const switchReason = ({ cause = 'other switch', rule, text }: Variant): Reason => because(cause, rule, text)

/**
 * The switch by which every line of ours is on the invoices, and nothing else; or a switch with one factor on every line,
 * unless one factor alone explains them, the one that is `known` among them.
 */
export function switchOfLines(
  source: RatedSource,
  lines: InvoiceLines,
  isOneFactor: boolean,
  known?: Reason,
): Promise<Reason | undefined> {
  const { table } = lines
  const taker = (policies: RatedSource['policies']) => {
    const find = rowFinder(lines)
    const factors = new FactorRange(policies)
    const take = (line: RatedLine): number => {
      const { row } = find(line)
      if (row < 0 && line.amount === 0n) return row
      if (row >= 0) factors.take(line, table.amount(row))
      if (row < 0 || factors.isEmpty || (isOneFactor && factors.differing > 0)) throw new Disagrees()
      return row
    }
    return { factors, take }
  }
  return onlySwitch(source, async ({ source: variant, hasOurLines }) => {
    // Ours disagree, so that the same lines do.
    if (hasOurLines === true) return undefined
    const seen = new RowSet(table.rows)
    const { factors, take } = taker(variant.policies)
    try {
      // What disagrees with some of the lines does with all of them.
      variant.sample?.(taker(variant.policies).take)
      await variant.each((line) => {
        const row = take(line)
        if (row >= 0) seen.add(row)
      })
    } catch (error) {
      if (error instanceof Disagrees) return undefined
      throw error
    }
    if (!table.areAll(seen)) return undefined
    if (factors.differing === 0) return 'alone'
    const { factor } = factors
    if (factor === undefined || factors.products.size < 2) return undefined
    const reason = factorReason(factor, 'every line', variant.policies['tax.percent'])
    // A switch that changes nothing next to it is none.
    return reason.text === known?.text ? undefined : reason
  })
}

/** The switch by which every bill of ours is theirs, and no other is. */
export function switchOfBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  return onlySwitch(source, async ({ source: variant }) =>
    (await givesBills(variant, invoices)) ? 'alone' : undefined,
  )
}

/** Whether every bill of a source is theirs, and no other is. */
export async function givesBills(source: RatedSource, invoices: ReadonlyMap<string, InvoiceBill>): Promise<boolean> {
  const bills = await source.bills()
  const keys = new Set(bills.map(({ account, month }) => billKey(account, month)))
  const isTheirs = (bill: SourceBill): boolean => {
    const { account, month, charges, payable } = bill
    const figures = invoices.get(billKey(account, month))?.figures
    return (
      figures !== undefined &&
      (figures.payable ?? payable) === payable &&
      (figures.charges ?? charges) === charges &&
      (figures.tax === undefined || figures.tax === source.totalOf(bill) - charges)
    )
  }
  const isAll = [...invoices].every(([key, { figures }]) => keys.has(key) || isNothing(figures))
  return isAll && bills.every(isTheirs)
}

/** Whether every line of a source is theirs, and no other is. */
export async function givesLines(source: RatedSource, lines: InvoiceLines): Promise<boolean> {
  const { table } = lines
  const take = () => {
    const find = rowFinder(lines)
    return (line: RatedLine): number => {
      const { row } = find(line)
      if (row < 0 && line.amount === 0n) return row
      if (row < 0 || table.amount(row) !== line.amount) throw new Disagrees()
      return row
    }
  }
  const seen = new RowSet(table.rows)
  try {
    source.sample?.(take())
    const rowOf = take()
    await source.each((line) => {
      const row = rowOf(line)
      if (row >= 0) seen.add(row)
    }, lines.detail)
  } catch (error) {
    if (error instanceof Disagrees) return false
    throw error
  }
  return table.areAll(seen)
}

/** A bill and its credit note that cancel out. */
export const isNothing = ({ payable = 0n, charges = 0n }: InvoiceBill['figures']): boolean =>
  payable === 0n && charges === 0n
