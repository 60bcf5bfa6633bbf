/** The ledger accounts of a record as accountants sort them, and whose they are (M-05). */
import { amountParts } from '#sim/record/cut-off.ts'
import type { RunRecord } from '../record.ts'
import { holdingsAt } from './balances-at.ts'

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
  if (at === undefined || at >= record.meta.end) return closingBalances(record)
  const text = (sql: string) => new Map(record.plainRows(sql).map(({ id, text }) => [Number(id), String(text)]))
  const words = text('SELECT id, word AS text FROM words')
  const sellers = text(`SELECT id, segment || '/' || number AS text FROM sellers`)
  const accounts = text('SELECT id, name AS text FROM accounts')
  return holdingsAt(record, at).map(({ ledger, owner, balance }) => {
    const word = words.get(ledger) ?? ''
    const name = (ofSellers.includes(word) ? sellers : accounts).get(owner) ?? ''
    return { ledger: word, owner: BigInt(owner), name: owner === 0 ? '' : name, balance }
  })
}
