import { didYouMean } from '#base/did-you-mean.ts'
import { InputError } from '#base/input-error.ts'
import { exportFormats, exportNames as names } from '#reports/exports/formats.ts'
import type { ExportFiles } from '#reports/exports/journal.ts'
import { RunRecord } from '#reports/record.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { intoFolder, type OutputFolder, outputOptions } from '../output-files.ts'

/** Throws InputError for a word that is no format. */
function formatOf(word: string | undefined) {
  const format = word === undefined || !Object.hasOwn(exportFormats, word) ? undefined : exportFormats[word]
  if (format !== undefined) return format
  const near = word === undefined ? undefined : didYouMean(word, [...names, 'ledger'])
  throw new InputError(
    word === undefined ? 'export needs a format' : `there is no format '${word}'`,
    near === undefined || near === 'ledger'
      ? `write --format ${names.join(', --format ')}; the hledger journal is Ledger's too`
      : `did you mean ${near}?`,
  )
}

/** Each file is closed when the next is opened, so that a journal of a thousand parts needs one at a time. */
function filesOf(folder: OutputFolder): ExportFiles {
  let last: string | undefined
  return {
    place: (name) => folder.place(name),
    open(name) {
      if (last !== undefined) folder.close(last)
      last = name
      return folder.file(name)
    },
  }
}

/** Files that are named one by one. */
const NAMED = 8

const listed = (files: readonly string[]): string =>
  files.length <= NAMED ? files.join(', ') : `${files.length} files: ${files.slice(0, 3).join(', ')}, …`

export const exportCommand: Command = {
  name: 'export',
  positionals: { run: { type: 'string', describe: 'a run folder' } },
  options: {
    format: { type: 'string', describe: names.join(' | ') },
    ...outputOptions('folder to write into'),
  },
  examples: [
    [
      'npm start -- export runs/quickstart-42 --format hledger --out books',
      'then: hledger -f books/books.journal check',
    ],
    [
      'npm start -- export runs/quickstart-42 --format parquet --out tables',
      `then: duckdb -c "SELECT kind, sum(repeats) FROM 'tables/transactions.parquet' GROUP BY 1"`,
    ],
  ],
  async execute(arguments_) {
    const run = arguments_.text('run')
    if (run === undefined)
      throw new InputError('export needs a run folder', 'write `npm start -- export runs/NAME-SEED --format hledger`')
    const format = formatOf(arguments_.filled('format', `write --format ${names.join(', --format ')}`))
    const out = arguments_.filled('out', 'write --out and a folder')
    if (out === undefined) throw new InputError('export needs a folder to write into', 'write --out books')
    const write = await format.load()
    const record = new RunRecord(run)
    try {
      const written = await intoFolder(out, arguments_.flag('force'), async (folder) =>
        folder === undefined ? 0 : write(record, filesOf(folder)),
      )
      process.stdout.write(
        `${written.result.toLocaleString('en')} ${format.counted ?? 'transactions'} in ${listed(written.files)}\n`,
      )
      return exitCodes.done.code
    } finally {
      record.close()
    }
  },
}
