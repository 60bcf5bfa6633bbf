/** Writes every report of a record into a folder: the same record gives the same bytes. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type FileExtent, putFile } from '#base/files.ts'
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

/** Makes a folder again, without what was in it. */
function renew(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
}

/** Parts of the work, for who shows progress. */
const STEPS = 4

export interface Writing {
  /** Notes what was written, by path within the folder. */
  readonly written?: Map<string, FileExtent>
  readonly onStep?: (done: number, steps: number, next: string) => void
}

/** Writes summary.json, reconciliation.csv, report.html, charts/ and tables/ into an existing folder; returns the summary. */
export async function writeReports(record: RunRecord, folder: string, writing: Writing = {}): Promise<Summary> {
  const { written = new Map(), onStep = () => {} } = writing
  const put = (name: string, text: string) => putFile(folder, name, text, written)
  const { reportPage } = await import('./html/page.ts')
  onStep(0, STEPS, 'figures')
  const summary = summarise(record)
  onStep(1, STEPS, 'reconciliation')
  const reconciliation = reconcile(record)
  onStep(2, STEPS, 'tables')
  const { tables, days } = reportTables(record)
  onStep(3, STEPS, 'charts and page')
  const { html, charts } = await reportPage({ record, summary, reconciliation, tables, days })
  put(reportFiles.summary, sortedJson(summary))
  put(reportFiles.reconciliation, reconciliationCsv(reconciliation))
  put(reportFiles.page, html)
  renew(join(folder, reportFiles.charts))
  for (const { name, specification } of charts)
    put(join(reportFiles.charts, `${name}.vl.json`), sortedJson(specification))
  renew(join(folder, reportFiles.tables))
  for (const table of Object.values(tables).filter(({ rows }) => rows.length > 0))
    put(join(reportFiles.tables, `${table.name}.csv`), tableCsv(table, record.meta.utcOffset))
  return summary
}
