/** Writes every report of a record into a folder: the same record gives the same bytes. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reconcile, reconciliationCsv } from './reconciliation.ts'
import type { RunRecord } from './record.ts'
import { type Summary, sortedJson, summarise } from './summary.ts'

/** Files of a run folder that reports write. */
export const reportFiles = {
  summary: 'summary.json',
  reconciliation: 'reconciliation.csv',
  page: 'report.html',
  charts: 'charts',
} as const

/** Writes summary.json, reconciliation.csv, report.html and charts/ into an existing folder; answers the summary. */
export async function writeReports(record: RunRecord, folder: string): Promise<Summary> {
  const { reportPage } = await import('./html/page.ts')
  const summary = summarise(record)
  const reconciliation = reconcile(record)
  const { html, charts } = await reportPage(record, summary, reconciliation)
  writeFileSync(join(folder, reportFiles.summary), sortedJson(summary))
  writeFileSync(join(folder, reportFiles.reconciliation), reconciliationCsv(reconciliation))
  writeFileSync(join(folder, reportFiles.page), html)
  const chartFolder = join(folder, reportFiles.charts)
  rmSync(chartFolder, { recursive: true, force: true })
  mkdirSync(chartFolder)
  for (const { name, specification } of charts)
    writeFileSync(join(chartFolder, `${name}.vl.json`), sortedJson(specification))
  return summary
}
