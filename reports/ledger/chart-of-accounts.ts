/** The ledger accounts of a record as accountants sort them, and whose they are (M-05). */
import { DAY } from '#base/time.ts'
import {
  type AmountPart,
  amountAt,
  amountParts,
  firstDay,
  lastDay,
  madeBefore,
  paidLedgerNumbers,
  startOfDay,
  unbilledAt,
} from '#sim/record/cut-off.ts'
import type { RunRecord } from '../record.ts'

export type AccountClass = 'assets' | 'liabilities' | 'income' | 'expenses' | 'equity'

/** Debits are positive, so that assets are positive and liabilities and income negative. */
const classes: Readonly<Record<string, AccountClass>> = {
  'buyer-cash': 'liabilities',
  'buyer-coupons': 'liabilities',
  'buyer-receivable': 'assets',
  'deferred-revenue': 'liabilities',
  'marketplace-revenue': 'income',
  'cloud-resource-revenue': 'income',
  'seller-payable': 'liabilities',
  'tax-payable': 'liabilities',
  refunds: 'liabilities',
  'payment-clearing': 'assets',
  'unbilled-receivable': 'assets',
  'deferred-seller-cost': 'assets',
  'unbilled-payable': 'liabilities',
  'seller-cost': 'expenses',
  // Contra revenue (M-10).
  'promotion-expense': 'income',
  // M-08: gains and losses alike.
  'rounding-differences': 'income',
}

/** The class of a ledger account; one that this table does not know is equity, so that nothing is left out. */
export const classOf = (ledger: string): AccountClass => classes[ledger] ?? 'equity'

/** One account of the books: a ledger account of one owner. */
export interface LedgerAccount {
  readonly ledger: string
  /** Number of the buyer or seller; 0 for the marketplace. */
  readonly owner: bigint
  /** Name of the owner, empty for the marketplace. */
  readonly name: string
  /** Whole 1e-8, debit positive. */
  readonly balance: bigint
}

/** Ledger accounts whose owners are sellers; those of others are buyers. */
export const ofSellers: readonly string[] = ['seller-payable', 'unbilled-payable', 'deferred-seller-cost']

/** Which owner's name a ledger account bears. */
export const ownerName = (ledger: string, owner: string): string => `CASE WHEN ${owner} = 0 THEN ''
  WHEN ${ledger} IN (${ofSellers.map((name) => `'${name}'`).join(', ')}) THEN coalesce((SELECT segment || '/' || number FROM sellers WHERE id = ${owner}), '')
  ELSE coalesce((SELECT name FROM accounts WHERE id = ${owner}), '') END`

/**
 * The balance of every account at the end of the run, of the sums that the cells kept. Accounts that never held anything
 * are left out.
 */
function closingBalances(record: RunRecord): LedgerAccount[] {
  const { units, parts } = amountParts
  return accountsOf(
    record,
    `SELECT w.word AS ledger, p.owner, ${ownerName('w.word', 'p.owner')} AS name, sum(${units.leg}) AS units, sum(${parts.leg}) AS parts
     FROM ledger_months p JOIN words w ON w.id = p.ledger GROUP BY p.ledger, p.owner ORDER BY p.ledger, p.owner`,
  )
}

function accountsOf(record: RunRecord, sql: string): LedgerAccount[] {
  const rows = record.plainRows<Omit<LedgerAccount, 'balance'> & Record<string, bigint | string>>(sql)
  return rows.map(({ ledger, owner, name, units, parts }) => ({
    ledger,
    owner,
    name,
    balance: BigInt(units) * 100_000_000n + BigInt(parts),
  }))
}

/**
 * The balance of every account at an instant: what belongs to the days before it, and what of its own day was made by
 * then (M-09). Without an instant, at the end of the run. Accounts that never held anything are left out.
 */
export function balancesAt(record: RunRecord, at?: number): LedgerAccount[] {
  const { end, utcOffset } = record.meta
  if (at === undefined || at >= end) return closingBalances(record)
  const instant = at
  const clock = { offset: String(utcOffset), end: String(end) }
  const day = Math.floor((instant + utcOffset) / DAY) * DAY - utcOffset
  const begun = `${madeBefore(String(instant), clock)} > 0 OR ${startOfDay(firstDay(clock), clock)} < ${day}`
  const summed = (Object.keys(amountParts) as AmountPart[]).flatMap((part) => [
    `sum(${amountAt(String(instant), String(day), clock, part)}) AS ${part}`,
    `sum(${unbilledAt(String(instant), String(day), clock, part)}) AS unbilled_${part}`,
  ])
  return accountsOf(
    record,
    `
    WITH legs AS (
      SELECT t.account, p.ledger, p.owner, ${summed.join(', ')},
        max(p.ledger IN ${paidLedgerNumbers} AND t.day < ${lastDay(clock)}) AS is_late
      FROM transactions t JOIN postings p ON p.transaction_id = t.id LEFT JOIN recognitions r ON r.transaction_id = t.id
      WHERE ${begun} GROUP BY 1, 2, 3),
    sums AS (
      SELECT ledger, owner, sum(units) AS units, sum(parts) AS parts FROM legs GROUP BY 1, 2
      UNION ALL
      SELECT (SELECT id FROM words WHERE word = 'unbilled-receivable'), account, sum(unbilled_units), sum(unbilled_parts) FROM legs
      GROUP BY 2 HAVING max(is_late))
    SELECT w.word AS ledger, s.owner, ${ownerName('w.word', 's.owner')} AS name, s.units, s.parts
    FROM sums s JOIN words w ON w.id = s.ledger ORDER BY s.ledger, s.owner`,
  )
}
