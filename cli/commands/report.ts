import { copyFileSync, existsSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { FileExtent } from '#base/files.ts'
import { InputError } from '#base/input-error.ts'
import { MANIFEST_FILE } from '#reports/manifest-files.ts'
import { accountNamed, resourceReconciliation } from '#reports/reconciliation-accounts.ts'
import { RECORD_FILE, RunRecord } from '#reports/record.ts'
import { tableCsv } from '#reports/report-table.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import type { Summary } from '#reports/summary.ts'
import { reportFiles, writeReports } from '#reports/write.ts'
import type { Command } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { withReplacement } from '../run-folder.ts'
import { endWith } from '../streams.ts'
import { stderrProgress, type TaskProgress } from '../task-progress.ts'
import { exitCodeOf } from '../verdict.ts'

export const report: Command = {
  name: 'report',
  positionals: { run: { type: 'string', completes: 'run', describe: 'a run folder' } },
  options: {
    audit: { type: 'boolean', describe: 'first audit every amount of the record again' },
    json: { type: 'boolean', describe: 'print summary.json as well' },
    account: { type: 'string', describe: "print one account's use and orders by resource as CSV; write nothing" },
  },
  examples: [
    ['npm start -- report runs/quickstart-42', 'the same record gives identical files'],
    ['npm start -- report runs/quickstart-42 --audit', 'exit code 3 when an amount differs'],
  ],
  async execute(arguments_) {
    const folder = arguments_.text('run')
    if (folder === undefined)
      throw new InputError('report needs a run folder', 'write `npm start -- report runs/NAME-SEED`')
    const account = arguments_.filled('account', 'write --account start-ups/1')
    if (account !== undefined) {
      const record = new RunRecord(folder)
      try {
        process.stdout.write(resourcesOf(record, account))
      } finally {
        record.close()
      }
      return exitCodes.done.code
    }
    const progress = stderrProgress(arguments_.flag('quiet'))
    const summary = await reported(folder, arguments_.flag('audit'), progress).finally(progress.end)
    const code = verdictOn(summary)
    endWith(code)
    const files = [
      reportFiles.page,
      reportFiles.summary,
      reportFiles.reconciliation,
      `${reportFiles.tables}/`,
      `${reportFiles.charts}/`,
    ]
    if (arguments_.flag('json')) process.stdout.write(sortedJson(summary))
    else if (!arguments_.flag('quiet')) process.stdout.write(`${folder}: ${files.join(', ')} written from the record\n`)
    return code
  },
}

/** The exit code of the run that this is the report of. */
function verdictOn({ figures, thresholds }: Summary): ExitCode {
  const differences = Number(figures['reconciliation.differences'].value)
  if (differences > 0)
    process.stderr.write(
      `the auditor found ${differences} different ${differences === 1 ? 'amount' : 'amounts'}: see Reconciliation in report.html\n`,
    )
  return exitCodeOf(differences, thresholds)
}

/** Writes the reports next to the run folder and moves them in when all are there. Throws InputError or RecordError. */
async function reported(folder: string, audited: boolean, progress: TaskProgress): Promise<Summary> {
  // Errors of the record are reported before anything is written.
  const record = new RunRecord(folder)
  try {
    if (!statSync(folder).isDirectory() || !existsSync(join(folder, MANIFEST_FILE)))
      throw new InputError(
        'this run is not complete: it has no manifest',
        'name a folder that `marketsim run` wrote',
        folder,
      )
    const { refreshManifest } = await import('../manifest.ts')
    const written = new Map<string, FileExtent>()
    if (!audited) {
      const onStep = stepsOn(progress)
      const summary = await withReplacement(folder, (staging) =>
        writeReports(record, staging, { onStep, written, threads: availableParallelism() }),
      )
      await refreshManifest(folder, undefined, written)
      return summary
    }
    // The record is about to be replaced.
    record.close()
    const { summary, found } = await withReplacement(folder, (staging) =>
      auditedAgain(folder, staging, progress, written),
    )
    await refreshManifest(folder, found, written)
    return summary
  } finally {
    record.close()
  }
}

/** Steps of the reports as parts of a bar. */
const stepsOn = (progress: TaskProgress) => (done: number, steps: number, next: string) =>
  progress.show(done / steps, [next])

/** Audits a copy of the record in `staging`, and writes the reports next to it. */
async function auditedAgain(folder: string, staging: string, progress: TaskProgress, written: Map<string, FileExtent>) {
  progress.show(0, ['auditing'])
  const { audit } = await import('#sim/audit/audit.ts')
  copyFileSync(join(folder, RECORD_FILE), join(staging, RECORD_FILE))
  const found = audit(join(staging, RECORD_FILE), { columns: folder })
  const record = new RunRecord(staging, undefined, folder)
  const onStep = stepsOn(progress)
  return {
    summary: await writeReports(record, staging, { onStep, written, threads: availableParallelism() }).finally(() =>
      record.close(),
    ),
    found,
  }
}

/** The drill-down from an account to its resources, as CSV. Throws InputError for an account that the run does not have. */
function resourcesOf(record: RunRecord, name: string): string {
  const account = accountNamed(record, name)
  if (account === undefined)
    throw new InputError(
      `the run has no account '${name}'`,
      'accounts are named segment/number; tables/reconciliation-accounts.csv lists them',
    )
  return tableCsv(resourceReconciliation(record, account, name), record.meta.utcOffset)
}
