import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { RunRecord } from '#reports/record.ts'
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
  options: { json: { type: 'boolean', describe: 'print summary.json as well' } },
  examples: [['npm start -- report runs/quickstart-42', 'the same record gives the same bytes']],
  async execute(arguments_) {
    const folder = arguments_.text('run')
    if (folder === undefined)
      throw new InputFault('report needs a run folder', 'write `npm start -- report runs/NAME-SEED`')
    const record = new RunRecord(folder)
    try {
      if (!statSync(folder).isDirectory() || !existsSync(join(folder, MANIFEST_FILE)))
        throw new InputFault(
          'this is no complete run: it has no manifest',
          'name a folder that `marketsim run` wrote',
          folder,
        )
      const summary = await writeReports(record, folder)
      const { refreshManifest } = await import('../manifest.ts')
      await refreshManifest(folder)
      const files = [reportFiles.page, reportFiles.summary, reportFiles.reconciliation, `${reportFiles.charts}/`]
      process.stdout.write(
        arguments_.flag('json') ? sortedJson(summary) : `${folder}: ${files.join(', ')} written from the record\n`,
      )
      return exitCodes.done.code
    } finally {
      record.close()
    }
  },
}
