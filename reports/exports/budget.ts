/**
 * A run as a plan for hledger, in its periodic rules: a budget of what each ledger account moves by in each civil month, and a
 * forecast of the mean whole month for the time after the run.
 */
import { dateText } from '#base/civil-text.ts'
import { dayOf, monthOf, startOfMonth } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { balancesAt, classOf } from '../ledger/chart-of-accounts.ts'
import type { RunRecord } from '../record.ts'
import { type Files, plainText } from './journal.ts'

/** What a month moved, by ledger account: whole 1e-8, debit positive, summing to zero. */
interface MonthMoves {
  /** Year x 12 + month - 1. */
  readonly month: number
  /** Whether the run has all of it. */
  readonly isWhole: boolean
  readonly moves: ReadonlyMap<string, bigint>
}

/** All owners of a ledger account together, at an instant. */
function heldAt(record: RunRecord, at: number): Map<string, bigint> {
  const held = new Map<string, bigint>()
  for (const { ledger, balance } of balancesAt(record, at)) held.set(ledger, (held.get(ledger) ?? 0n) + balance)
  return held
}

/** The months of a run, each with what it moved. */
export function monthMoves(record: RunRecord): MonthMoves[] {
  const { start, end, utcOffset } = record.meta
  const found: MonthMoves[] = []
  let before = new Map<string, bigint>()
  for (let month = monthOf(start, utcOffset); startOfMonth(month, utcOffset) < end; month++) {
    const next = startOfMonth(month + 1, utcOffset)
    const after = heldAt(record, Math.min(next, end))
    const ledgers = [...new Set([...before.keys(), ...after.keys()])].sort()
    const moves = ledgers.map((ledger) => [ledger, (after.get(ledger) ?? 0n) - (before.get(ledger) ?? 0n)] as const)
    const isWhole = startOfMonth(month, utcOffset) >= start && next <= end
    found.push({ month, isWhole, moves: new Map(moves.filter(([, amount]) => amount !== 0n)) })
    before = after
  }
  return found
}

/** The mean of some months; what the division leaves is added to the largest account, so that the sum stays zero. */
export function meanMoves(months: readonly MonthMoves[]): Map<string, bigint> {
  const mean = new Map<string, bigint>()
  if (months.length === 0) return mean
  const ledgers = [...new Set(months.flatMap(({ moves }) => [...moves.keys()]))].sort()
  for (const ledger of ledgers)
    mean.set(ledger, months.reduce((sum, { moves }) => sum + (moves.get(ledger) ?? 0n), 0n) / BigInt(months.length))
  const size = (ledger: string): bigint => {
    const amount = mean.get(ledger) ?? 0n
    return amount < 0n ? -amount : amount
  }
  const rest = [...mean.values()].reduce((sum, amount) => sum + amount, 0n)
  const [largest] = ledgers.toSorted((a, b) => Number(size(b) - size(a)))
  if (largest !== undefined) mean.set(largest, (mean.get(largest) ?? 0n) - rest)
  return mean
}

const firstDay = (month: number): string => dateText(dayOf(startOfMonth(month, 0), 0))

/** A periodic rule. Two spaces come before its description. */
function rule(period: string, description: string, moves: ReadonlyMap<string, bigint>, currency: string): string {
  const postings = [...moves]
    .filter(([, amount]) => amount !== 0n)
    .map(([ledger, amount]) => `    ${classOf(ledger)}:${ledger}  ${decimalText(amount, 8, 8)} ${currency}\n`)
  return postings.length === 0 ? '' : `~ ${period}  ${description}\n${postings.join('')}\n`
}

/** Writes budget.journal and forecast.journal. Returns the number of months. */
export function exportBudget(record: RunRecord, files: Files): number {
  const { name, seed, digest, currency } = record.meta
  const run = `${plainText(name)}, seed ${plainText(seed)}`
  const months = monthMoves(record)
  const head = (what: string): string =>
    `; marketsim, ${what} of ${run}, digest ${digest}\ncommodity ${currency}\n    format 1000.00000000 ${currency}\n\n`
  const budget = files.open('budget.journal')
  budget.write(head('the budget'))
  for (const { month, moves } of months)
    budget.write(rule(`monthly from ${firstDay(month)} to ${firstDay(month + 1)}`, `budget of ${run}`, moves, currency))
  const whole = months.filter(({ isWhole }) => isWhole)
  const forecast = files.open('forecast.journal')
  forecast.write(head('the forecast'))
  const last = months.at(-1)
  forecast.write(
    whole.length === 0 || last === undefined
      ? '; the run has no whole civil month, so there is no forecast\n'
      : rule(
          `monthly from ${firstDay(last.month + 1)}`,
          `mean of ${whole.length} whole ${whole.length === 1 ? 'month' : 'months'} of ${run}`,
          meanMoves(whole),
          currency,
        ),
  )
  return months.length
}
