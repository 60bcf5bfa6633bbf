/**
 * Nothing that reads a record grows faster than the record: counts of statements run and of rows they read, at two sizes
 * of one marketplace. Seconds are left to `npm run bench:growth`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compareBills } from '#reports/against/compare-bills.ts'
import { Differences } from '#reports/against/differences.ts'
import { billKey, type InvoiceBill } from '#reports/against/invoices.ts'
import { recordSource } from '#reports/against/record-source.ts'
import { explain } from '#reports/explain/explain.ts'
import type { Subject } from '#reports/explain/subjects.ts'
import { exportFormats } from '#reports/exports/formats.ts'
import { balancesAt } from '#reports/ledger/chart-of-accounts.ts'
import { accountNamed, resourceReconciliation } from '#reports/reconciliation-accounts.ts'
import { RunRecord } from '#reports/record.ts'
import { poolHalves } from '#reports/sweep/halves.ts'
import { measuredOf } from '#reports/sweep/measured.ts'
import { writeReports } from '#reports/write.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { parseThreshold } from '#scenarios/sections/thresholds.ts'
import { simulate } from '#sim/run/simulate.ts'
import { scaledQuickstart } from '../../../bench/scaled-quickstart.ts'
import { plannerOf } from './planned-rows.ts'

/** The larger of two marketplaces has so many times the buyers of the smaller. */
const FACTOR = 4
const BUYERS = 120
const DAY = 24 * 3_600_000

let folder: string
const folders: string[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'marketsim-growth-'))
  for (const buyers of [BUYERS, BUYERS * FACTOR]) {
    const scenario = await scaledQuickstart(buyers)
    const place = mkdtempSync(join(folder, 'run-'))
    await simulate({
      scenario: { ...scenario, end: scenario.start + 2 * DAY },
      traces: {},
      seed: scenario.seed,
      threads: 1,
      folder: place,
      inThisThread: true,
    })
    folders.push(place)
  }
})

afterAll(() => rmSync(folder, { recursive: true }))

/** What runs of a sweep are asked for. */
const measured = ['ecs.refusalRate < 1%', 'orders.completed > 0', 'revenue.gross > 0', 'ecs.waitP95 < 1h'].flatMap(
  (text) => parseThreshold(text)?.threshold ?? [],
)

/** Bills of another system: each is 1, whatever is charged. */
const invoicesOf = (record: RunRecord): Map<string, InvoiceBill> =>
  new Map(
    record.rows('SELECT name FROM accounts').map(({ name }, line) => {
      const account = String(name)
      return [billKey(account, 650), { account, month: 650, line, count: 1, figures: { payable: 100_000_000n } }]
    }),
  )

/** Ways to read a record; each is to read no more than the record has grown. */
const readers: Readonly<Record<string, (record: RunRecord) => unknown>> = {
  report: (record) => writeReports(record, mkdtempSync(join(folder, 'reports-'))),
  'report --account': (record) => resourceReconciliation(record, accountNamed(record, 'start-ups/1') ?? 0n, ''),
  'trial-balance': (record) => balancesAt(record),
  'trial-balance --at': (record) => balancesAt(record, record.meta.start + DAY),
  sweep: (record) => {
    for (const threshold of measured) measuredOf(record, record.meta.scenario as unknown as Scenario, threshold)
    poolHalves(record)
  },
  reconcile: (record) => compareBills(recordSource(record), invoicesOf(record), new Differences(20, () => {})),
  ...Object.fromEntries(
    // UBL reads what invoices read, and needs the parties of a scenario.
    Object.entries(exportFormats)
      .filter(([name]) => name !== 'ubl')
      .map(([name, { load }]) => [
        `export --format ${name}`,
        async (record: RunRecord) =>
          (await load())(record, {
            open: () => ({ write: () => {}, writeBytes: () => {} }),
            place: (file) => join(mkdtempSync(join(folder, 'export-')), file),
          }),
      ]),
  ),
}

/** One of each thing that `explain` knows: what it reads may not depend on how many others there are. */
const explained: readonly (readonly [Subject, string])[] = [
  ['order', 'SELECT min(order_id) AS id FROM instances'],
  ['order', `SELECT min(o.id) AS id FROM v_orders o WHERE o.amount > 0`],
  ['instance', 'SELECT min(id) AS id FROM instances'],
  ['refusal', 'SELECT min(id) AS id FROM refusals'],
  ['account', `SELECT name AS id FROM accounts ORDER BY id LIMIT 1`],
  ['bill', `SELECT a.name || '/2024-03' AS id FROM bills b JOIN accounts a ON a.id = b.account ORDER BY a.id LIMIT 1`],
  ['transaction', `SELECT min(id) AS id FROM v_transactions WHERE kind = 'usage'`],
  ['transaction', `SELECT min(id) AS id FROM v_transactions WHERE kind = 'payment'`],
  ['transaction', `SELECT min(id) AS id FROM v_transactions WHERE kind = 'recognition'`],
  ['transaction', `SELECT min(id) AS id FROM v_transactions WHERE kind = 'seller-share' AND order_id = 0`],
  ['posting', `SELECT min(id) || '.1' AS id FROM v_transactions WHERE kind = 'usage'`],
]

interface Count {
  readonly runs: number
  readonly rows: number
}

/** Every statement that a reader runs, its numbers left out: how often, and how many rows it reads in all. */
async function counted(place: string, read: (record: RunRecord) => unknown): Promise<Map<string, Count>> {
  const statements = new Map<string, { runs: number; example: string }>()
  const record = new RunRecord(place, (sql) => {
    const shape = sql.replace(/(?<![\w.])\d+(?:\.0)?(?![\w.])/g, '?')
    const known = statements.get(shape)
    if (known === undefined) statements.set(shape, { runs: 1, example: sql })
    else known.runs++
  })
  try {
    await read(record)
    const asked = [...statements]
    const planner = plannerOf(record)
    return new Map(
      asked.flatMap(([shape, { runs, example }]) =>
        parts(example).map((sql, index): [string, Count] => [
          `${index} ${shape}`,
          { runs, rows: runs * planner.rowsOf(sql) },
        ]),
      ),
    )
  } finally {
    record.close()
  }
}

/** The queries of a text of statements. */
const parts = (sql: string): string[] =>
  sql
    .split(';')
    .map((part) => part.replace(/^\s*CREATE TEMP TABLE \w+ AS\s+/, '').trim())
    .filter((part) => /^(SELECT|WITH|INSERT INTO \S+\s+(SELECT|WITH))/.test(part))

const total = (counts: ReadonlyMap<string, Count>, of: keyof Count): number =>
  [...counts.values()].reduce((sum, count) => sum + count[of], 0)

/** Room for what a few rows more or less do to a small number. */
const ROOM = 1.3
const FEW_ROWS = 2_000

test.each(Object.keys(readers))('%s reads no more rows than the record has grown by', async (name) => {
  const [small, large] = [await counted(folders[0], readers[name]), await counted(folders[1], readers[name])]
  const faster = [...large]
    .map(([statement, { rows, runs }]) => ({ statement, runs, rows, before: small.get(statement)?.rows ?? 0 }))
    .filter(({ rows, before }) => rows > FEW_ROWS && rows > before * FACTOR * ROOM)
  expect(faster).toEqual([])
  expect(total(large, 'runs')).toBeLessThan(total(small, 'runs') * FACTOR * ROOM)
})

test.each(explained)('explain %s of a record of any size reads what concerns it: %s', async (subject, sql) => {
  const counts = await Promise.all(
    folders.map(async (place) => {
      const id = new RunRecord(place).rows(sql)[0].id
      return id === null ? undefined : counted(place, (record) => explain(record, subject, String(id)))
    }),
  )
  const [small, large] = counts
  if (small === undefined || large === undefined) throw new Error(`no ${subject} to explain: ${sql}`)
  const rising = [...large]
    .filter(([statement]) => !/TEMP|temp\./.test(statement))
    .map(([statement, { rows, runs }]) => ({ statement, rows, runs, before: small.get(statement)?.rows ?? 0 }))
    .filter(({ rows, runs }) => runs > 1 && rows > FEW_ROWS)
  expect(rising).toEqual([])
})
