/**
 * The auditor (Q-08): a second, independent accountant. It reads a finished record, computes every amount again from
 * the recorded facts alone, its own slow way, and writes what it found next to them.
 */
import type { Database } from 'better-sqlite3'
import Sqlite from 'better-sqlite3'
import { closeDatabase, damageOr, undamaged } from '#base/databases.ts'
import { HIGH } from './cells.ts'
import { type AuditTableName, auditTableNames, auditTableSql, auditTables } from './columns.ts'
import type { Findings } from './findings.ts'
import { Judge } from './judge.ts'
import { JudgeThreads } from './part.ts'
import { assigned } from './pieces.ts'

export interface AuditOutcome {
  /** How many amounts were recomputed. */
  readonly amounts: number
  /** On how many of them the auditor disagrees; anything but 0 fails the run. */
  readonly differences: number
}

/** How a record is audited. */
export interface Auditing {
  /** The folder that has the column files, if not that of the record. */
  readonly columns?: string
  /** Gets the share done, 0 to 1. */
  readonly onProgress?: (fraction: number) => void
}

/**
 * Audits the record at `path` in the calling thread and writes its tables (`columns.ts`) into it, in place of those that are there.
 * Throws DamageError where the file is not a whole record of a run.
 */
export function audit(path: string, { columns, onProgress = () => {} }: Auditing = {}): AuditOutcome {
  return undamaged(path, () => {
    const judge = new Judge(path, columns)
    try {
      judge.all(judge.pieces(1, LEAST_SPANS), onProgress)
      judge.finish()
    } finally {
      judge.close()
    }
    return conclude(path, judge.findings, onProgress)
  })
}

/** Usage spans below which a thread takes longer to start than it saves. */
const LEAST_SPANS = 20_000

/** How a record is audited on several threads. */
export interface AuditingInParts {
  /** Those that are used at most, the calling one among them. */
  readonly threads: number
  /** Gets the share done, 0 to 1. */
  readonly onProgress?: (fraction: number) => void
  /** Usage spans of a part at least. */
  readonly leastSpans?: number
  /** Threads that were started before; the caller ends them. */
  readonly judges?: JudgeThreads
}

/**
 * The same on so many threads, each with cells or accounts of its own, and one of them with what is in the record alone; what is
 * found does not depend on their number.
 */
export async function auditInParts(path: string, { judges, ...auditing }: AuditingInParts): Promise<AuditOutcome> {
  if (judges !== undefined) return auditWith(judges, path, auditing)
  const own = new JudgeThreads()
  try {
    return await auditWith(own, path, auditing)
  } finally {
    await own.close()
  }
}

async function auditWith(
  judges: JudgeThreads,
  path: string,
  { threads, onProgress = () => {}, leastSpans = LEAST_SPANS }: AuditingInParts,
): Promise<AuditOutcome> {
  const judge = undamaged(path, () => new Judge(path))
  try {
    const pieces = judge.pieces(threads, leastSpans)
    if (pieces.length === 1) judge.all(pieces, onProgress)
    else {
      const [own, ...others] = assigned(pieces, threads)
      const judged = judges.judge(path, others)
      judge.hand(own, (fraction) => onProgress(0.9 * fraction))
      for (const part of judged) judge.join(await part)
      judge.remainder(pieces)
    }
    judge.finish()
  } catch (error) {
    throw damageOr(error, path)
  } finally {
    judge.close()
  }
  return conclude(path, judge.findings, onProgress)
}

function conclude(path: string, findings: Findings, onProgress: (fraction: number) => void): AuditOutcome {
  const database = new Sqlite(path, { fileMustExist: true })
  try {
    // A record is worth nothing before it is audited, so that a crash may lose it.
    database.pragma('journal_mode = MEMORY')
    database.pragma('synchronous = OFF')
    database.transaction(() => write(database, findings))()
  } finally {
    closeDatabase(database)
  }
  onProgress(1)
  return { amounts: findings.amounts, differences: findings.differing }
}

function write(database: Database, findings: Findings): void {
  for (const table of auditTableNames) database.exec(`DROP TABLE IF EXISTS ${table}; ${auditTableSql(table)}`)
  const totals = insertInto(database, 'audit_totals')
  const byPlace = [...findings.totals].sort(([a], [b]) => a.place - b.place)
  for (const [kind, { amounts, differences: differing, recorded, audited }] of byPlace)
    totals.run({
      kind: kind.name,
      rule: kind.rule,
      unit: kind.unit,
      amounts,
      ...highAndLow('recorded', recorded),
      ...highAndLow('audited', audited),
      differences: differing,
    })
  const balances = insertInto(database, 'audit_month_ends')
  for (const { month, ledger, recorded, audited } of findings.balances)
    balances.run({
      month: BigInt(month),
      ledger,
      ...highAndLow('recorded', recorded),
      ...highAndLow('audited', audited),
    })
  writeCosts(database, findings)
  const differences = insertInto(database, 'audit_differences')
  for (const { kind, subject, at, recorded, audited, text } of findings.differences)
    differences.run({
      kind: kind.name,
      subject,
      at: BigInt(at),
      unit: kind.unit,
      ...highAndLow('recorded', BigInt(recorded)),
      ...highAndLow('audited', BigInt(audited)),
      rule: kind.rule,
      text,
    })
}

function writeCosts(database: Database, { capacityCosts, cheapestCosts }: Findings): void {
  const costs = insertInto(database, 'audit_capacity_costs')
  const none = { unitHours: 0n, idleMs: 0n, idleCost: 0n, surplusCost: 0n, premium: 0n }
  const cheapest = cheapestCosts.map((mix) => ({ ...none, ...mix, month: 0, supply: 'cheapest' }))
  for (const { pool, group, month, supply, ...sums } of [...capacityCosts, ...cheapest])
    costs.run({
      ...{ pool, host_group: group, month: BigInt(month), supply },
      ...{ unit_hours: sums.unitHours, idle_ms: sums.idleMs },
      ...highAndLow('cost', sums.cost),
      ...highAndLow('idle_cost', sums.idleCost),
      ...highAndLow('surplus_cost', sums.surplusCost),
      ...highAndLow('premium', sums.premium),
    })
}

/** SQLite holds 9.2e18 in an INTEGER: the columns of a number are its last 18 digits and what is before them. */
const highAndLow = (name: string, value: bigint): Record<string, bigint> => ({
  [name]: value % HIGH,
  [`${name}_high`]: value / HIGH,
})

function insertInto(database: Database, table: AuditTableName) {
  const names = Object.keys(auditTables[table].columns)
  return database.prepare(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`,
  )
}
