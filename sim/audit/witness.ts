/** The auditor's calculations about one account, one by one: what it computed next to what the record says. */
import { undamaged } from '#base/databases.ts'
import { Findings, type Whole } from './findings.ts'
import { Judge } from './judge.ts'
import type { Kind, KindUnit } from './kinds.ts'

/** One number that the auditor computed, or several of one kind that are the same on both sides. */
export interface Comparison {
  readonly kind: string
  readonly rule: string
  readonly unit: KindUnit
  readonly subject: string
  /** Milliseconds since the epoch; 0 when it has no instant. */
  readonly at: number
  readonly text: string
  readonly recorded: bigint
  readonly audited: bigint
}

/** All numbers of one kind. */
export interface ComparedKind extends Omit<Comparison, 'subject' | 'at'> {
  readonly amounts: number
  readonly differences: number
  /** Of instants, prices and flags a sum means nothing. */
  readonly isSummed: boolean
}

export interface AccountAudit {
  readonly comparisons: readonly Comparison[]
  readonly kinds: readonly ComparedKind[]
}

class Witness extends Findings {
  readonly comparisons: Comparison[] = []
  readonly #watched: number

  constructor(account: number) {
    super()
    this.#watched = account
  }

  override compare(
    kind: Kind,
    recorded: Whole,
    audited: Whole,
    words: () => { subject: string; at: number; text: string },
  ): boolean {
    if (this.account === this.#watched) {
      const { name, rule, unit } = kind
      const numbers = { recorded: BigInt(recorded), audited: BigInt(audited) }
      this.comparisons.push({ kind: name, rule, unit, ...words(), ...numbers })
    }
    return super.compare(kind, recorded, audited, words)
  }
}

/**
 * Audits one account of a record again. Numbers that are computed in large amounts, such as the hours of a server, are in
 * `kinds` only. `columns`: the folder that has the column files, if not that of the record. @throws DamageError
 */
export function auditAccount(path: string, account: number, columns?: string): AccountAudit {
  return undamaged(path, () => {
    const witness = new Witness(account)
    const judge = new Judge(path, columns, witness)
    try {
      judge.account(account)
    } finally {
      judge.close()
    }
    const kinds = [...witness.totals]
      .sort(([a], [b]) => a.place - b.place)
      .map(([{ name, rule, unit, text, isSummed }, { amounts, differences, recorded, audited }]) => ({
        kind: name,
        ...{ rule, unit, text, isSummed, amounts, differences, recorded, audited },
      }))
    return { comparisons: witness.comparisons, kinds }
  })
}
