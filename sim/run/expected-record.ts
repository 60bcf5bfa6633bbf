/** A record against what its own scenario gives: meta data, tables and views, the tables of names, and, run again, every fact. */
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import Sqlite from 'better-sqlite3'
import { closeDatabase } from '#base/databases.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { auditTableNames, auditTableSql } from '../audit/columns.ts'
import { dimensionNames, namesOf } from '../market/dimensions.ts'
import { buildRecord } from '../record/build.ts'
import { columnViewsTable } from '../record/column-notes.ts'
import { buildWorld } from '../world/world.ts'
import { metaOf } from './record-meta.ts'
import { simulate } from './simulate.ts'

type Row = readonly (string | number | bigint)[]

const rowsOf = (database: Database, sql: string): Row[] => database.prepare<[], Row>(sql).safeIntegers().raw().all()

const spelled = (row: Row | undefined): string =>
  row === undefined ? 'nothing' : row.map(String).join(', ').slice(0, 200)

/** The first row that only one of two lists has in its place, as a sentence; undefined where they are equal. */
function differenceIn(what: string, found: readonly Row[], expected: readonly Row[]): string | undefined {
  const longest = Math.max(found.length, expected.length)
  for (let at = 0; at < longest; at++) {
    const [is, due] = [found[at], expected[at]]
    if (is?.length !== due?.length || is?.some((value, place) => value !== due?.[place]))
      return `${what}: row ${at + 1} is ${spelled(is)}, and by the scenario it is ${spelled(due)}`
  }
  return undefined
}

/** A trace names its buyers, and the record does not have it. */
const namesBuyers = ({ buyers }: Scenario): boolean => buyers.every(({ load }) => load.kind !== 'trace')

const schemaSql = `SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name`

/**
 * Where the record at `path` is not what this program writes for the scenario in it. `scratch` is an empty folder. With
 * `again` the scenario is run again, and every table is compared; without, all but the facts. Nothing here is by the
 * auditor: what it takes as given is compared with what the world is made of.
 */
export async function unlikeItsScenario(path: string, scratch: string, again = false): Promise<string[]> {
  const record = new Sqlite(path, { readonly: true, fileMustExist: true })
  const meta = new Map(record.prepare<[], [string, string]>('SELECT key, value FROM meta').raw().all())
  closeDatabase(record)
  const lacking = ['scenario', 'seed', 'digest', 'events', 'turnover'].filter((key) => !meta.has(key))
  if (lacking.length > 0) return [`its meta table lacks ${lacking.join(', ')}`]
  const scenario = JSON.parse(meta.get('scenario')!) as Scenario
  const named = dimensionNames.filter((name) => name !== 'accounts' || namesBuyers(scenario))
  if (!again) return unlikeRecord(path, withoutFacts(scenario, meta, scratch), [...named, columnViewsTable.name])
  if (!namesBuyers(scenario)) return []
  const run = { scenario, traces: {}, seed: meta.get('seed')!, threads: 1, folder: scratch, inThisThread: true }
  return unlikeRecord(path, (await simulate(run)).record)
}

/** Where a record is not as another, table by table; of meta data, what they both can know. `tables`: those that are compared, if not all. */
export function unlikeRecord(path: string, due: string, tables?: readonly string[]): string[] {
  const [record, expected] = [path, due].map((file) => new Sqlite(file, { readonly: true, fileMustExist: true }))
  try {
    const compared = (what: string, sql: string) => differenceIn(what, rowsOf(record, sql), rowsOf(expected, sql))
    // A table that is not there cannot be read.
    const schema = compared('its tables, indexes and views', schemaSql)
    if (schema !== undefined) return [schema]
    const metaSql = `SELECT key, value FROM meta ${tables ? "WHERE key <> 'turnover'" : ''} ORDER BY key`
    return [
      compared('its meta table', metaSql),
      ...(tables ?? factsIn(expected)).map((name) =>
        compared(`its table ${name}`, `SELECT * FROM ${name} ORDER BY rowid`),
      ),
    ].filter((difference) => difference !== undefined)
  } finally {
    for (const database of [record, expected]) closeDatabase(database)
  }
}

/** Tables besides meta data, and those of the auditor, which the caller compares. */
const factsIn = (database: Database): string[] =>
  rowsOf(database, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .map(([name]) => String(name))
    .filter((name) => name !== 'meta' && !(auditTableNames as readonly string[]).includes(name))

/** A record of the scenario that has no facts. */
function withoutFacts(scenario: Scenario, meta: ReadonlyMap<string, string>, folder: string): string {
  const path = join(folder, 'run.sqlite')
  const of = metaOf(scenario, meta.get('seed')!, meta.get('digest')!, Number(meta.get('events')))
  buildRecord(path, namesOf(buildWorld({ scenario, traces: {} })), { facts: [], columns: [] }, of)
  const database = new Sqlite(path, { fileMustExist: true })
  for (const table of auditTableNames) database.exec(auditTableSql(table))
  closeDatabase(database)
  return path
}

/** Tables of the auditor in which a record says other than its copy does, which was audited just now. */
export function otherwiseAudited(path: string, copy: string): string[] {
  const [record, again] = [path, copy].map((file) => new Sqlite(file, { readonly: true, fileMustExist: true }))
  try {
    return auditTableNames.filter((table) => {
      const [found, due] = [record, again].map((database) =>
        rowsOf(database, `SELECT * FROM ${table}`)
          .map((row) => row.map(String).join('\t'))
          .sort(),
      )
      return found.join('\n') !== due.join('\n')
    })
  } finally {
    for (const database of [record, again]) closeDatabase(database)
  }
}
