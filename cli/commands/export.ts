import { InputError } from '#base/input-error.ts'
import { exportFormats, exportNames as names } from '#reports/exports/formats.ts'
import type { ExportFiles, ExportOutcome } from '#reports/exports/journal.ts'
import { RunRecord } from '#reports/record.ts'
import type { Arguments, Command } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { focusVersionOf, focusVersions } from '../focus-version.ts'
import { intoFolder, type OutputFolder, outputOptions } from '../output-files.ts'
import { quoted } from '../shell.ts'
import { endWith } from '../streams.ts'
import { stderrProgress, type TaskProgress } from '../task-progress.ts'
import { printable } from '../terminal.ts'

/** Each file is closed when the next is opened, so that a journal of a thousand parts needs one at a time. */
function filesOf(folder: OutputFolder, progress: TaskProgress): ExportFiles {
  let last: string | undefined
  return {
    place: (name) => folder.place(name),
    progress: (fraction) => progress.show(fraction, [`writing ${last ?? 'the books'}`]),
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

/** Options that belong to some formats only. @throws InputError where another format was chosen */
const special = ['document', 'by-month', 'focus-version'] as const

function refuseOthers(arguments_: Arguments, format: string): void {
  for (const option of special) {
    if (arguments_.texts(option).length === 0 || exportFormats[format].takes?.includes(option) === true) continue
    const takers = names.filter((name) => exportFormats[name].takes?.includes(option) === true)
    throw new InputError(
      `--format ${format} does not take --${option}`,
      `leave --${option} out, or write --format ${takers.join(' or --format ')}`,
    )
  }
}

function codeOf({ isIncomplete = false, isWrong = false }: ExportOutcome): ExitCode {
  if (isWrong) return exitCodes.difference.code
  return isIncomplete ? exitCodes.incomplete.code : exitCodes.done.code
}

/** What the files do not have goes to stderr. */
function print(format: string, outcome: ExportOutcome, files: readonly string[], arguments_: Arguments): void {
  const { counted = 'transactions', whenNone = 'there is nothing to write' } = exportFormats[format]
  const { count, notes = [], warnings = [] } = outcome
  if (arguments_.flag('json')) {
    const more = { ...(notes.length > 0 ? { notes } : {}), ...(warnings.length > 0 ? { warnings } : {}) }
    process.stdout.write(`${JSON.stringify({ format, [counted]: count, ...more, files }, null, 2)}\n`)
  } else if (!arguments_.flag('quiet')) {
    const what = count === 1 ? counted.replace(/s$/, '') : counted
    const head =
      files.length === 0 ? `0 ${counted}: ${whenNone}` : `${count.toLocaleString('en')} ${what} in ${listed(files)}`
    process.stdout.write(`${[head, ...notes].map(printable).join('\n')}\n`)
  }
  if (warnings.length > 0) process.stderr.write(`${warnings.map(printable).join('\n')}\n`)
}

export const exportCommand: Command = {
  name: 'export',
  positionals: { run: { type: 'string', completes: 'run', describe: 'a run folder' } },
  options: {
    format: {
      type: 'string',
      choices: names,
      describe: 'which program is to read it; Ledger reads the journal of hledger',
    },
    document: {
      type: 'string',
      describe: 'with invoices and ubl: the number of one invoice or credit note; may be repeated',
    },
    'by-month': {
      type: 'boolean',
      describe: 'with hledger and beancount: a file for each civil month, which asserts its closing balances',
    },
    'focus-version': {
      type: 'string',
      choices: focusVersions,
      describe: 'with focus: the version of the specification (default: 1.2)',
    },
    ...outputOptions('folder to write into'),
    json: { type: 'boolean', describe: 'print the number of transactions and the files as JSON' },
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
    [
      'npm start -- export runs/quickstart-42 --format log --out use',
      'then: npm start -- meter use/events.csv --prices use/prices.csv --policies use/policies.yaml',
    ],
    [
      'npm start -- export runs/every-rule-7 --format invoices --document I-ap-1-000001 --out invoices',
      'one page of HTML',
    ],
  ],
  async execute(arguments_) {
    const run = arguments_.text('run')
    if (run === undefined)
      throw new InputError('export needs a run folder', 'write `npm start -- export runs/NAME-SEED --format hledger`')
    const format = arguments_.filled('format', `write --format ${names.join(', --format ')}`)
    if (format === undefined)
      throw new InputError('export needs a format', `write --format ${names.join(', --format ')}`)
    const out = arguments_.filled('out', 'write --out and a folder')
    if (out === undefined) throw new InputError('export needs a folder to write into', 'write --out books')
    refuseOthers(arguments_, format)
    const options = {
      documents: arguments_.texts('document'),
      byMonth: arguments_.flag('by-month'),
      focusVersion: focusVersionOf(arguments_),
      folder: quoted(out),
    }
    const write = await exportFormats[format].load()
    const record = new RunRecord(run)
    const progress = stderrProgress(arguments_.flag('quiet'))
    try {
      const written = await intoFolder(out, arguments_.flag('force'), async (folder) =>
        folder === undefined ? { count: 0 } : write(record, filesOf(folder, progress), options),
      ).finally(progress.end)
      const { result, files } = written
      const outcome = typeof result === 'number' ? { count: result } : result
      const code = codeOf(outcome)
      endWith(code)
      print(format, outcome, files, arguments_)
      return code
    } finally {
      record.close()
    }
  },
}
