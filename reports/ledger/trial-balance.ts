/** The trial balance: what every ledger account holds at an instant, debits next to credits; the two sums are equal. */

import type { RunRecord } from '../record.ts'
import { balancesAt, classOf, type LedgerAccount } from './chart-of-accounts.ts'

export interface TrialLine {
  readonly ledger: string
  readonly class: string
  /** The owner's name, or how many owners a line means. */
  readonly owner: string
  /** Whole 1e-8; one of the two is 0. */
  readonly debit: bigint
  readonly credit: bigint
}

export interface TrialBalance {
  readonly lines: readonly TrialLine[]
  readonly debit: bigint
  readonly credit: bigint
}

const lineOf = (ledger: string, owner: string, balance: bigint): TrialLine => ({
  ledger,
  class: classOf(ledger),
  owner,
  debit: balance > 0n ? balance : 0n,
  credit: balance < 0n ? -balance : 0n,
})

function byLedger(accounts: readonly LedgerAccount[]): TrialLine[] {
  const sums = new Map<string, { balance: bigint; owners: number }>()
  for (const { ledger, balance, owner } of accounts) {
    const sum = sums.get(ledger) ?? { balance: 0n, owners: 0 }
    sums.set(ledger, { balance: sum.balance + balance, owners: sum.owners + (owner === 0n ? 0 : 1) })
  }
  return [...sums].map(([ledger, { balance, owners }]) =>
    lineOf(ledger, owners === 0 ? '' : `${owners} owner${owners === 1 ? '' : 's'}`, balance),
  )
}

/** Everything booked before `at`, or in the whole run; a line a ledger account, or with `owners` a line an owner of it. */
export function trialBalance(record: RunRecord, at: number | undefined, owners: boolean): TrialBalance {
  const accounts = balancesAt(record, at)
  const lines = owners ? accounts.map(({ ledger, name, balance }) => lineOf(ledger, name, balance)) : byLedger(accounts)
  const sum = (side: 'debit' | 'credit') => lines.reduce((total, line) => total + line[side], 0n)
  return { lines, debit: sum('debit'), credit: sum('credit') }
}
