/** A record that was changed with every checksum made again is no record of its scenario: `verify` says which table or file. */
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refreshManifest } from '#cli/manifest.ts'
import { verified } from '#cli/verified-run.ts'
import { MANIFEST_FILE, manifestText } from '#reports/manifest-files.ts'
import { readScenario } from '#scenarios/reader.ts'
import { auditTableNames } from '#sim/audit/columns.ts'
import { dimensionNames } from '#sim/market/dimensions.ts'
import { massTables } from '#sim/record/column-files.ts'
import { unlikeItsScenario, unlikeRecord } from '#sim/run/expected-record.ts'
import { simulate } from '#sim/run/simulate.ts'
import { copyOfSharedRun, removeFolders } from '../../cli/marketsim.ts'
import { rewriteColumn } from '../../sim/record/rewritten-column.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-tampered-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  removeFolders()
})

let made = 0
const newFolder = (): string => {
  const path = join(folder, `scratch-${++made}`)
  mkdirSync(path)
  return path
}

describe('every table of a record that has nearly all of them', () => {
  const run = join(folder, 'run')
  const path = join(run, 'run.sqlite')
  beforeAll(async () => {
    mkdirSync(run)
    const file = new URL('../../../scenarios/every-rule.yaml', import.meta.url).pathname
    const { scenario } = await readScenario(file, { sets: ['duration=75d'] })
    await simulate({ scenario, traces: {}, seed: scenario.seed, threads: 1, folder: run, inThisThread: true })
  })

  test('as it was written, it is that of its scenario, run again as well', async () => {
    expect(await unlikeItsScenario(path, newFolder())).toEqual([])
    expect(await unlikeItsScenario(path, newFolder(), true)).toEqual([])
  })

  /** A copy of the record in which SQL changed something; undefined where it changed nothing. */
  function changed(sql: string): string | undefined {
    const copy = join(folder, 'changed.sqlite')
    copyFileSync(path, copy)
    const database = new Sqlite(copy)
    database.pragma('synchronous = OFF')
    const { changes } = database.prepare(sql).run()
    database.close()
    return changes === 0 ? undefined : copy
  }

  test('a row that is missing, doubled or altered in any column of any table is found', () => {
    const database = new Sqlite(path, { readonly: true })
    const all = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
    const tables = (all.pluck().all() as string[]).filter(
      (name) => !(auditTableNames as readonly string[]).includes(name),
    )
    const missed: string[] = []
    let seen = 0
    for (const table of tables) {
      const columns = database.prepare(`PRAGMA table_info(${table})`).all() as {
        name: string
        type: string
        pk: number
      }[]
      const row = `rowid = (SELECT rowid FROM ${table} ORDER BY rowid LIMIT 1 OFFSET (SELECT count(*) / 2 FROM ${table}))`
      const values = columns.map(({ name, type, pk }) =>
        pk === 0 ? `"${name}"` : type === 'TEXT' ? `"${name}" || 'x'` : `(SELECT max("${name}") + 1 FROM ${table})`,
      )
      const altered = columns.filter(({ pk }) => pk === 0)
      const tamperings = [
        `DELETE FROM ${table} WHERE ${row}`,
        `INSERT INTO ${table} SELECT ${values.join(', ')} FROM ${table} WHERE ${row}`,
        ...altered.map(({ name, type }) =>
          type === 'TEXT'
            ? `UPDATE ${table} SET "${name}" = "${name}" || 'x' WHERE ${row}`
            : `UPDATE ${table} SET "${name}" = "${name}" + 1 WHERE ${row}`,
        ),
      ]
      for (const sql of tamperings) {
        const copy = changed(sql)
        if (copy === undefined) continue
        seen++
        if (
          !unlikeRecord(copy, path, [table]).some(
            (what) => what.startsWith(`its table ${table}`) || what.startsWith('its meta'),
          )
        )
          missed.push(sql)
      }
    }
    database.close()
    expect(missed).toEqual([])
    expect(seen).toBeGreaterThan(400)
  })

  test('names, prices, words and what the record says of itself are found without another run', async () => {
    for (const table of dimensionNames) {
      const copy = changed(`DELETE FROM ${table} WHERE rowid = (SELECT max(rowid) FROM ${table})`)
      if (copy !== undefined)
        expect((await unlikeItsScenario(copy, newFolder())).join()).toContain(`its table ${table}`)
    }
    for (const key of ['currency', 'currencyDecimals', 'name', 'question', 'version', 'checksum'])
      expect(
        await unlikeItsScenario(changed(`UPDATE meta SET value = value || '1' WHERE key = '${key}'`)!, newFolder()),
      ).toHaveLength(1)
    for (const key of ['seed', 'digest', 'events', 'turnover', 'scenario'])
      expect(await unlikeItsScenario(changed(`DELETE FROM meta WHERE key = '${key}'`)!, newFolder())).toHaveLength(1)
  })

  test.each(massTables)('a number in a column file of %s is found', (table) => {
    const copy = join(newFolder(), 'run')
    cpSync(run, copy, { recursive: true })
    const record = join(copy, 'run.sqlite')
    rewriteColumn(record, table, 'rule', (rule, row) => (row === 0 ? rule + 1n : rule))
    expect(unlikeRecord(record, path).join()).toContain('its table column_files')
  })
})

describe('a run whose manifest lists its files again', () => {
  const whole = join(folder, 'whole')
  beforeAll(() => copyOfSharedRun(whole))

  const inRecord = (sql: string) => (run: string) => {
    const record = new Sqlite(join(run, 'run.sqlite'))
    record.exec(sql)
    record.close()
  }
  const inText = (file: string, from: string | RegExp, to: string) => (run: string) => {
    const text = readFileSync(join(run, file), 'utf8')
    const next = text.replace(from, to)
    if (next === text) throw new Error(`${file} has no ${from}`)
    writeFileSync(join(run, file), next)
  }
  const inManifest = (change: object) => (run: string) => {
    const { checksum: _, ...content } = JSON.parse(readFileSync(join(run, MANIFEST_FILE), 'utf8'))
    writeFileSync(join(run, MANIFEST_FILE), manifestText({ ...content, ...change }))
  }
  const both =
    (...changes: readonly ((run: string) => void)[]) =>
    (run: string) => {
      for (const change of changes) change(run)
    }

  test.each<readonly [what: string, change: (run: string) => void, file: string]>([
    ['a figure of the summary', inText('summary.json', /"value": "?\d/, '"value": 9'), 'summary.json'],
    ['a line of the reconciliation', inText('reconciliation.csv', /\n[^\n]+\n$/, '\n'), 'reconciliation.csv'],
    ['a word of the report', inText('report.html', '</body>', ' </body>'), 'report.html'],
    ['a table of the report is missing', (run) => rmSync(join(run, 'tables/revenue.csv')), 'tables/revenue.csv'],
    [
      'a chart that no report has',
      (run) => writeFileSync(join(run, 'charts/more.vl.json'), '{}\n'),
      'charts/more.vl.json',
    ],
    ['the events of the manifest', inManifest({ events: 1 }), MANIFEST_FILE],
    ['the market events of the manifest', inManifest({ marketEvents: 1 }), MANIFEST_FILE],
    ['the amounts of the manifest', inManifest({ reconciliation: { amounts: 1, differences: 0 } }), MANIFEST_FILE],
    ['the policies of the manifest', inManifest({ policies: {} }), MANIFEST_FILE],
    ['the scenario of the manifest', inManifest({ scenario: { name: 'other' } }), MANIFEST_FILE],
    [
      'the seed',
      both(inRecord(`UPDATE meta SET value = '41' WHERE key = 'seed'`), inManifest({ seed: '41' })),
      'run.sqlite',
    ],
    [
      'the digest',
      both(
        inRecord(`UPDATE meta SET value = '${'0'.repeat(32)}' WHERE key = 'digest'`),
        inManifest({ digest: '0'.repeat(32) }),
      ),
      'run.sqlite',
    ],
    [
      'a view of the record',
      inRecord('DROP VIEW v_orders; CREATE VIEW v_orders AS SELECT * FROM orders LIMIT 9'),
      'run.sqlite',
    ],
    [
      'a view of column files',
      inRecord(`UPDATE column_views SET sql = sql || ' LIMIT 9' WHERE rowid = 1`),
      'run.sqlite',
    ],
    ['the name of a region', inRecord(`UPDATE regions SET name = 'elsewhere'`), 'run.sqlite'],
    ['a total of the auditor', inRecord('UPDATE audit_totals SET amounts = amounts + 1 WHERE rowid = 1'), 'run.sqlite'],
    ['the turnover', inRecord(`UPDATE meta SET value = '1' WHERE key = 'turnover'`), 'run.sqlite'],
  ])('%s', async (_, change, file) => {
    const run = newFolder()
    cpSync(whole, run, { recursive: true })
    change(run)
    await refreshManifest(run)
    const { damage } = await verified(run, true)
    expect(damage.map((each) => each.file)).toContain(file)
  })
})
