/** Writes every report of a record into a folder: the same record gives the same bytes. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reconcile, reconciliationCsv } from './reconciliation.ts'
import type { RunRecord } from './record.ts'
import { tableCsv } from './report-table.ts'
import { sortedJson } from './sorted-json.ts'
import { type Summary, summarise } from './summary.ts'
import { reportTables } from './tables.ts'

/** Files of a run folder that reports write. */
export const reportFiles = {
  summary: 'summary.json',
  reconciliation: 'reconciliation.csv',
  page: 'report.html',
  charts: 'charts',
  tables: 'tables',
} as const

/** A folder of the run folder, made again. */
function freshFolder(folder: string, name: string): string {
  const path = join(folder, name)
  rmSync(path, { recursive: true, force: true })
  mkdirSync(path)
  return path
}

/** Parts of the work, for who shows progress. */
const STEPS = 4

/** Writes summary.json, reconciliation.csv, report.html, charts/ and tables/ into an existing folder; returns the summary. */
export async function writeReports(
  record: RunRecord,
  folder: string,
  onStep: (done: number, steps: number, next: string) => void = () => {},
): Promise<Summary> {
  const { reportPage } = await import('./html/page.ts')
  onStep(0, STEPS, 'figures')
  const summary = summarise(record)
  onStep(1, STEPS, 'reconciliation')
  const reconciliation = reconcile(record)
  onStep(2, STEPS, 'tables')
  const { tables, days } = reportTables(record)
  onStep(3, STEPS, 'charts and page')
  const { html, charts } = await reportPage({ record, summary, reconciliation, tables, days })
  writeFileSync(join(folder, reportFiles.summary), sortedJson(summary))
  writeFileSync(join(folder, reportFiles.reconciliation), reconciliationCsv(reconciliation))
  writeFileSync(join(folder, reportFiles.page), html)
  const chartFolder = freshFolder(folder, reportFiles.charts)
  for (const { name, specification } of charts)
    writeFileSync(join(chartFolder, `${name}.vl.json`), sortedJson(specification))
  const tableFolder = freshFolder(folder, reportFiles.tables)
  for (const table of Object.values(tables).filter(({ rows }) => rows.length > 0))
    writeFileSync(join(tableFolder, `${table.name}.csv`), tableCsv(table, record.meta.utcOffset))
  return summary
}
