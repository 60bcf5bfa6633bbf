/** The ledger accounts of a record as accountants sort them, and whose they are (M-05). */
import type { RunRecord } from '../record.ts'

export type AccountClass = 'assets' | 'liabilities' | 'income' | 'equity'

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

/** Which owner's name a ledger account bears. */
export const ownerName = (ledger: string, owner: string): string => `CASE WHEN ${owner} = 0 THEN ''
  WHEN ${ledger} LIKE 'seller-%' THEN coalesce((SELECT segment || '/' || number FROM sellers WHERE id = ${owner}), '')
  ELSE coalesce((SELECT name FROM accounts WHERE id = ${owner}), '') END`

/** Repetitions of a transaction that were booked before an instant: they lie an hour apart. */
const repeatsBefore = (at: number): string =>
  `CASE WHEN t.at >= ${at} THEN 0 ELSE min(t.repeats, (${at} - 1 - t.at) / 3600000 + 1) END`

/**
 * The balance of every account at an instant: everything booked before it. Without an instant, at the end of the run
 * with its closing entries. Accounts that never held anything are left out.
 */
export function balancesAt(record: RunRecord, at?: number): LedgerAccount[] {
  const times = at === undefined ? 't.repeats' : repeatsBefore(at)
  const where = at === undefined ? '' : `WHERE t.at < ${at}`
  return record.rows<LedgerAccount & Record<string, bigint | string>>(`
    WITH sums AS (
      SELECT p.ledger, p.owner, sum(p.amount * (${times})) AS balance
      FROM transactions t JOIN postings p ON p.transaction_id = t.id ${where} GROUP BY 1, 2)
    SELECT w.word AS ledger, s.owner, ${ownerName('w.word', 's.owner')} AS name, s.balance
    FROM sums s JOIN words w ON w.id = s.ledger ORDER BY s.ledger, s.owner`)
}
