/** Writes the small record of `small-facts.ts` to a file, changes it, and has it audited. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import Sqlite from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { parseScenario } from '#scenarios/reader.ts'
import { type AuditOutcome, audit } from '#sim/audit/audit.ts'
import { rulesOfTables } from '#sim/audit/rule-table.ts'
import { dimensionNames, dimensionSql } from '#sim/market/dimensions.ts'
import { wordNumber } from '#sim/market/words.ts'
import {
  type FactTableName,
  factColumns,
  factTableNames,
  factTableSql,
  sumTableNames,
  unitOf,
} from '#sim/record/columns.ts'
import { views } from '#sim/record/views.ts'
import { sumAgain } from '../record/written-sums.ts'
import { at, dimensionRows, facts, OFFSET, type Row, type Rows, scenarioText } from './small-facts.ts'

/** The rule that a row names, or else the first that its table and what it says allow. */
function ruleOf(table: string, row: Row): string | number {
  const { by, allowed } = rulesOfTables.find((of) => of.table === table) ?? { by: null, allowed: new Map() }
  const rules: ReadonlySet<string> | undefined = allowed.get(by === null ? '' : String(row[by]))
  const named = row.rule ?? 0
  return rules === undefined || rules.has(String(named)) ? named : [...rules][0]
}

/** Writes facts: words as words, instants as civil time; what is left out is 0. */
export function insert(database: Database, table: FactTableName, rows: readonly Row[]): void {
  const names = factColumns(table)
  const statement = database.prepare(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
  )
  for (const row of rows)
    statement.run(
      ...names.map((name) => {
        const value = name === 'rule' ? ruleOf(table, row) : (row[name] ?? 0)
        if (typeof value === 'number') return value
        return unitOf(table, name) === 'word' ? wordNumber(value) : at(value)
      }),
    )
}

/** Writes a record of these facts. */
export function writeRecord(path: string, rows: Rows, policies: Readonly<Record<string, unknown>> = {}): void {
  const scenario = parseScenario(scenarioText, 'small.yaml')
  const merged = { ...scenario.policies, ...policies }
  const database = new Sqlite(path)
  database.pragma('synchronous = OFF')
  database.exec('BEGIN; CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT')
  const meta = {
    start: scenario.start,
    end: scenario.end,
    utcOffset: OFFSET,
    policies: JSON.stringify(merged),
    scenario: JSON.stringify({ ...scenario, policies: merged }),
  }
  for (const [key, value] of Object.entries(meta))
    database.prepare('INSERT INTO meta VALUES (?, ?)').run(key, String(value))
  for (const name of dimensionNames) {
    database.exec(dimensionSql(name))
    for (const row of dimensionRows[name])
      database.prepare(`INSERT INTO ${name} VALUES (${row.map(() => '?').join(', ')})`).run(...row)
  }
  for (const table of factTableNames) {
    database.exec(factTableSql(table))
    insert(database, table, rows[table] ?? [])
  }
  for (const table of sumTableNames) database.exec(factTableSql(table))
  sumAgain(database)
  for (const { name, sql } of views) database.exec(`CREATE VIEW ${name} AS ${sql}`)
  database.exec('COMMIT')
  database.close()
}

export interface Audited extends AuditOutcome {
  /** `kind | subject | recorded -> audited | text`, in the order found. */
  readonly findings: readonly string[]
  readonly kinds: ReadonlySet<string>
}

/** Audits a record file and reads back what was found. */
export function auditFile(path: string): Audited {
  const outcome = audit(path)
  const database = new Sqlite(path, { readonly: true })
  const rows = database.prepare('SELECT * FROM audit_differences').all() as Record<string, unknown>[]
  database.close()
  return {
    ...outcome,
    findings: rows.map(
      ({ kind, subject, recorded, audited, text }) => `${kind} | ${subject} | ${recorded} -> ${audited} | ${text}`,
    ),
    kinds: new Set(rows.map(({ kind }) => String(kind))),
  }
}

/** A folder that goes with its test. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-audit-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The small record as a file. */
export function smallRecord(folder: string, policies: Readonly<Record<string, unknown>> = {}): string {
  const path = join(folder, 'small.sqlite')
  writeRecord(path, facts, policies)
  return path
}

/**
 * A copy of a record with one thing changed by SQL, audited. `at('…')` and `word('…')` may be written in it. Sums follow the
 * facts, as they do in a run, unless a change is about them.
 */
export function withChange(path: string, sql: string): Audited {
  const copy = `${path}.changed`
  copyFileSync(path, copy)
  const database = new Sqlite(copy)
  database.pragma('synchronous = OFF')
  const spelled = sql
    .replace(/word\('([^']*)'\)/g, (_, word: string) => String(wordNumber(word)))
    .replace(/at\('([^']*)'\)/g, (_, text: string) => String(at(text)))
  database.exec(spelled)
  const isWhole = database.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'usage_spans'").pluck().get() === 1
  if (isWhole && !sumTableNames.some((table) => sql.includes(table))) sumAgain(database)
  database.close()
  return auditFile(copy)
}
