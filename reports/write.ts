/** Writes every report of a record into a folder: the same record gives the same bytes. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type FileExtent, putFile } from '#base/files.ts'
import { poolDays } from './capacity/pool-hours.ts'
import { figures } from './figures/catalogue.ts'
import { prepare } from './figures/figure.ts'
import { type MoneyPart, moneyPart, moneySources, takeMoneyPart } from './money-part.ts'
import { reconciliationCsv } from './reconciliation.ts'
import type { RunRecord } from './record.ts'
import { tableCsv } from './report-table.ts'
import type { ReportThread } from './report-thread.ts'
import { sortedJson } from './sorted-json.ts'
import { type Summary, summarise } from './summary.ts'
import { marketTables, reportTables } from './tables.ts'

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
const STEPS = 3

export interface Writing {
  /** Notes what was written, by path within the folder. */
  readonly written?: Map<string, FileExtent>
  readonly onStep?: (done: number, steps: number, next: string) => void
  /** Reports of a large record are made on two, if there are so many. */
  readonly threads?: number
  /** Bytes of column files from which a record is a large one. */
  readonly manyBytes?: number
}

/** Below this one thread is done sooner than another one has loaded what it needs. */
const MANY_BYTES = 1 << 24

/** Whether a second thread makes a part of a record's reports. */
const isShared = (record: RunRecord, { threads = 1, manyBytes = MANY_BYTES }: Writing): boolean =>
  threads > 1 && record.massBytes >= manyBytes && !record.isVast

/** Makes all that is not about money. */
function prepareMarket(record: RunRecord): void {
  marketTables(record)
  for (const { source } of figures) if (!moneySources.has(source)) prepare(record, source)
}

/** Writes summary.json, reconciliation.csv, report.html, charts/ and tables/ into an existing folder; returns the summary. */
export async function writeReports(record: RunRecord, folder: string, writing: Writing = {}): Promise<Summary> {
  if (!isShared(record, writing)) return writeFiles(record, folder, writing)
  const { ReportThread } = await import('./report-thread.ts')
  const thread = new ReportThread()
  try {
    return await writeFiles(record, folder, writing, thread)
  } finally {
    await thread.close()
  }
}

async function writeFiles(
  record: RunRecord,
  folder: string,
  { written = new Map(), onStep = () => {} }: Writing,
  thread?: ReportThread,
): Promise<Summary> {
  const put = (name: string, text: string) => putFile(folder, name, text, written)
  onStep(0, STEPS, 'figures')
  let money: MoneyPart | undefined
  if (thread !== undefined) {
    const sent = thread.money(record)
    prepareMarket(record)
    money = takeMoneyPart(record, await sent)
  }
  const summary = summarise(record)
  onStep(1, STEPS, 'tables')
  money ??= moneyPart(record)
  const tables = reportTables(record, money.tables)
  onStep(2, STEPS, 'charts and page')
  const { reportPage } = await import('./html/page.ts')
  const page = reportPage(
    { record, summary, tables, reconciliation: money.reconciliation, days: poolDays(record) },
    thread && ((charts) => thread.draw(charts)),
  )
  // It is reported once it is waited for.
  page.catch(() => {})
  put(reportFiles.summary, sortedJson(summary))
  put(reportFiles.reconciliation, reconciliationCsv(money.reconciliation))
  renew(join(folder, reportFiles.tables))
  for (const table of Object.values(tables).filter(({ rows }) => rows.length > 0))
    put(join(reportFiles.tables, `${table.name}.csv`), tableCsv(table, record.meta.utcOffset))
  const { html, charts } = await page
  put(reportFiles.page, html)
  renew(join(folder, reportFiles.charts))
  for (const { name, specification } of charts)
    put(join(reportFiles.charts, `${name}.vl.json`), sortedJson(specification))
  return summary
}
