/** The tables of a report, with their titles and columns: those of an hour of a small run, since every report has the same. */
import { fileURLToPath } from 'node:url'
import { HOUR } from '#base/time.ts'
import { RunRecord } from '#reports/record.ts'
import type { ReportTable } from '#reports/report-table.ts'
import { reportTables } from '#reports/tables.ts'
import { readScenario } from '#scenarios/reader.ts'
import { simulate } from '#sim/run/simulate.ts'
import { scriptFolder } from '../../script-folder.ts'

const quickstart = fileURLToPath(new URL('../../../scenarios/quickstart.yaml', import.meta.url))

/** Simulates an hour of the quickstart, and returns the tables of its report. */
export async function tablesOfReports(): Promise<ReportTable[]> {
  const { scenario, traces } = await readScenario(quickstart, { sets: [] })
  const { path: folder, remove } = scriptFolder('marketsim-references-')
  try {
    await simulate({
      scenario: { ...scenario, end: scenario.start + HOUR },
      traces: Object.fromEntries(traces),
      seed: scenario.seed,
      threads: 1,
      folder,
      inThisThread: true,
    })
    const record = new RunRecord(folder)
    try {
      return Object.values(reportTables(record))
    } finally {
      record.close()
    }
  } finally {
    remove()
  }
}
