/** What is in no piece of a record: facts of no account, which several cells wrote, and of accounts that no cell has. */
import { type AccountTables, readAccounts } from './account-facts.ts'
import type { AccountFacts } from './facts.ts'
import { type LegColumns, Legs } from './legs.ts'
import { noMass } from './mass-feeds.ts'
import type { Transaction } from './transaction.ts'

/** Facts as a thread can send them. */
export interface SentFacts extends Omit<AccountFacts, 'transactions' | 'settlements'> {
  readonly transactions: readonly (Omit<Transaction, 'legs'> & { readonly legs: LegColumns })[]
}

export const sentFacts = ({ settlements, ...facts }: AccountFacts): SentFacts => ({
  ...facts,
  transactions: (settlements?.among(facts.transactions) ?? facts.transactions).map((transaction) => ({
    ...transaction,
    legs: transaction.legs.alone(),
  })),
})

export class Remainder {
  readonly #found = new Map<number, SentFacts[]>()

  add(rest: readonly SentFacts[]): void {
    for (const facts of rest) {
      const known = this.#found.get(facts.id)
      if (known === undefined) this.#found.set(facts.id, [facts])
      else known.push(facts)
    }
  }

  /** All that was added, for another thread. */
  found(): SentFacts[] {
    return [...this.#found.values()].flat()
  }

  /** Account by account, in the order of their numbers: what was found of each, with what the small tables say but of those judged. */
  *accounts(tables: AccountTables, judged: ReadonlySet<number>): Iterable<AccountFacts> {
    const small = new Map<number, AccountFacts>()
    const accounts = tables.accounts().filter((account) => !judged.has(account))
    for (const facts of readAccounts(tables, { mass: noMass(), accounts })) small.set(facts.id, facts)
    const ids = [...new Set([...small.keys(), ...this.#found.keys()])].sort((a, b) => a - b)
    for (const id of ids) yield merged(id, small.get(id), this.#found.get(id) ?? [])
  }
}

function merged(id: number, small: AccountFacts | undefined, found: readonly SentFacts[]): AccountFacts {
  const transactions = found
    .flatMap(({ transactions }) => transactions)
    .map(({ legs, ...rest }): Transaction => ({ ...rest, legs: new Legs(legs, 0, legs.ledger.length) }))
    .sort((a, b) => a.id - b.id)
  const base = small ?? found[0]
  return {
    ...base,
    id,
    transactions,
    settlements: undefined,
    ledgerMonths: found.flatMap(({ ledgerMonths }) => ledgerMonths),
    meteredMonths: found.flatMap(({ meteredMonths }) => meteredMonths),
    orphans: [...(small?.orphans ?? []), ...found.flatMap(({ orphans }) => orphans)],
  }
}
