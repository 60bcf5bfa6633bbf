/** The shape of a check, and what all checks share while one account is judged. */
import type { Database } from 'better-sqlite3'
import type { MassFacts } from '../record/column-facts.ts'
import type { AccountFacts } from './facts.ts'
import type { Findings } from './findings.ts'
import type { Premises } from './premises.ts'
import type { Vocabulary } from './vocabulary.ts'
import type { Workings } from './workings.ts'

export interface AuditContext {
  readonly premises: Premises
  readonly words: Vocabulary
  readonly findings: Findings
}

/** Judges accounts one after the other, and what concerns all of them. */
export interface Check {
  account?(facts: AccountFacts, workings: Workings): void
  /** What it has gathered of its accounts for the end, as a thread can send it. */
  gathered?(): unknown
  /** Adds what the same check has gathered of later accounts. */
  join?(gathered: unknown): void
  /** Judges what concerns all accounts and is in the record alone: a thread may do it while others judge accounts. */
  record?(database: Database, mass: MassFacts): void
  /** Judges what all accounts together have gathered. */
  finish?(database: Database, mass: MassFacts): void
}

export type CheckMaker = (context: AuditContext) => Check
