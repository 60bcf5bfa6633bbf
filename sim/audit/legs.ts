/** What a transaction moves on a ledger account, over all its legs there. */
import type { Transaction } from './facts.ts'

/** Debit positive, of one repetition. */
export function moved({ legs }: Transaction, ledger: number): bigint {
  let sum = 0n
  for (const leg of legs) if (leg.ledger === ledger) sum += leg.amount
  return sum
}
