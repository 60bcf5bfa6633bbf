/**
 * The auditor (Q-08): a second, independent accountant. It reads a finished record, works out every amount again from
 * the recorded facts alone, its own slow way, and writes what it found beside them.
 */
import type { Database } from 'better-sqlite3'
import Sqlite from 'better-sqlite3'
import { readAccounts } from './account-facts.ts'
import type { Bench, Check } from './check.ts'
import { checks } from './checks.ts'
import { type AuditTableName, auditTableNames, auditTableSql, auditTables } from './columns.ts'
import { Findings } from './findings.ts'
import { Premises } from './premises.ts'
import { vocabularyOf } from './vocabulary.ts'
import { Workings } from './workings.ts'

export interface AuditOutcome {
  /** How many amounts were worked out again. */
  readonly amounts: number
  /** On how many of them the auditor disagrees; anything but 0 fails the run. */
  readonly differences: number
}

/** Fact tables by which progress is measured: their rows are read once. */
const measured = [
  'instance_steps',
  'usage_spans',
  'transactions',
  'postings',
  'orders',
  'order_lines',
  'order_steps',
  'accounts',
]

/**
 * Audits the record at `path` and writes `audit_totals` and `audit_differences` into it, anew if they stand there.
 * `onProgress` is told the part done, 0 to 1. Throws where the file is no record of a run.
 */
export function audit(path: string, onProgress: (fraction: number) => void = () => {}): AuditOutcome {
  const findings = judge(path, onProgress)
  const database = new Sqlite(path, { fileMustExist: true })
  try {
    database.transaction(() => write(database, findings))()
  } finally {
    database.close()
  }
  onProgress(1)
  return { amounts: findings.amounts, differences: findings.differing }
}

/** Reads and judges; the record stays as it is. */
function judge(path: string, onProgress: (fraction: number) => void): Findings {
  const database = new Sqlite(path, { readonly: true, fileMustExist: true })
  try {
    database.pragma('cache_size = -16384')
    const premises = new Premises(database)
    const findings = new Findings()
    const words = vocabularyOf(premises)
    const bench: Bench = { premises, words, findings }
    const running: readonly Check[] = checks.map((make) => make(bench))
    const workings = new Workings(premises, words)
    const whole = measured.reduce((sum, table) => sum + lastRow(database, table), 1)
    let read = 0
    let told = 0
    const onRows = (rows: number): void => {
      read += rows
      // The last part is what concerns all accounts.
      const fraction = Math.min(0.9, (read / whole) * 0.9)
      if (fraction - told < 0.01) return
      told = fraction
      onProgress(fraction)
    }
    for (const facts of readAccounts(database, onRows)) {
      workings.begin(facts)
      for (const check of running) check.account?.(facts, workings)
    }
    for (const check of running) check.finish?.(database)
    return findings
  } finally {
    database.close()
  }
}

const lastRow = (database: Database, table: string): number =>
  (database.prepare(`SELECT max(rowid) FROM ${table}`).pluck().get() as number | null) ?? 0

function write(database: Database, findings: Findings): void {
  for (const table of auditTableNames) database.exec(`DROP TABLE IF EXISTS ${table}; ${auditTableSql(table)}`)
  const totals = insertInto(database, 'audit_totals')
  for (const [kind, { amounts, differences: differing, recorded, audited }] of findings.totals)
    totals.run({
      kind: kind.name,
      rule: kind.rule,
      unit: kind.unit,
      amounts,
      recorded: recorded.value,
      audited: audited.value,
      differences: differing,
    })
  const differences = insertInto(database, 'audit_differences')
  for (const { kind, subject, at, recorded, audited, text } of findings.differences)
    differences.run({
      kind: kind.name,
      subject,
      at: BigInt(at),
      unit: kind.unit,
      recorded: BigInt(recorded),
      audited: BigInt(audited),
      rule: kind.rule,
      text,
    })
}

function insertInto(database: Database, table: AuditTableName) {
  const names = Object.keys(auditTables[table].columns)
  return database.prepare(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`,
  )
}
