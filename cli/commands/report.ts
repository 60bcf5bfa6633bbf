import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { accountNamed, resourceReconciliation } from '#reports/reconciliation-accounts.ts'
import { RunRecord } from '#reports/record.ts'
import { tableCsv } from '#reports/report-table.ts'
import { sortedJson } from '#reports/summary.ts'
import { reportFiles, writeReports } from '#reports/write.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { InputFault } from '../input-fault.ts'
import { MANIFEST_FILE } from '../run-folder.ts'

export const report: Command = {
  name: 'report',
  usage: 'report [run]',
  text: 'write the reports of a run anew from its record',
  positionals: { run: { type: 'string', describe: 'a run folder' } },
  options: {
    json: { type: 'boolean', describe: 'print summary.json as well' },
    account: { type: 'string', describe: "print one account's use and orders by resource as CSV; write nothing" },
  },
  examples: [['npm start -- report runs/quickstart-42', 'the same record gives the same bytes']],
  async execute(arguments_) {
    const folder = arguments_.text('run')
    if (folder === undefined)
      throw new InputFault('report needs a run folder', 'write `npm start -- report runs/NAME-SEED`')
    const account = arguments_.filled('account', 'write --account start-ups/1')
    const record = new RunRecord(folder)
    try {
      if (account !== undefined) {
        process.stdout.write(resourcesOf(record, account))
        return exitCodes.done.code
      }
      if (!statSync(folder).isDirectory() || !existsSync(join(folder, MANIFEST_FILE)))
        throw new InputFault(
          'this is no complete run: it has no manifest',
          'name a folder that `marketsim run` wrote',
          folder,
        )
      const summary = await writeReports(record, folder)
      const { refreshManifest } = await import('../manifest.ts')
      await refreshManifest(folder)
      const files = [
        reportFiles.page,
        reportFiles.summary,
        reportFiles.reconciliation,
        `${reportFiles.tables}/`,
        `${reportFiles.charts}/`,
      ]
      process.stdout.write(
        arguments_.flag('json') ? sortedJson(summary) : `${folder}: ${files.join(', ')} written from the record\n`,
      )
      return exitCodes.done.code
    } finally {
      record.close()
    }
  },
}

/** The drill-down from an account to its resources, as CSV. Throws InputFault for an account that the run does not have. */
function resourcesOf(record: RunRecord, name: string): string {
  const account = accountNamed(record, name)
  if (account === undefined)
    throw new InputFault(
      `the run has no account '${name}'`,
      'accounts are named segment/number; tables/reconciliation-accounts.csv lists them',
    )
  return tableCsv(resourceReconciliation(record, account, name), record.meta.utcOffset)
}
