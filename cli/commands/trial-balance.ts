import { formatInstant } from '#base/civil-time.ts'
import { decimalText, grouped } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import type { TrialBalance } from '#reports/ledger/trial-balance.ts'
import { withRecord } from '#reports/record.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { columnsOf, padded, paddedLeft, printable } from '../terminal.ts'

const amount = (units: bigint): string => (units === 0n ? '' : grouped(decimalText(units, 8, 8)))

function table({ lines, debit, credit }: TrialBalance): string {
  const rows = lines.map((line) => [line.ledger, printable(line.owner), amount(line.debit), amount(line.credit)])
  const all = [['account', 'of', 'debit', 'credit'], ...rows, ['sum', '', amount(debit), amount(credit)]]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => columnsOf(row[column]))))
  return all
    .map((row) =>
      row.map((text, column) => (column < 2 ? padded(text, widths[column]) : paddedLeft(text, widths[column]))),
    )
    .map((cells) => `${cells.join('  ').trimEnd()}\n`)
    .join('')
}

const json = ({ lines, debit, credit }: TrialBalance, at: string): string =>
  `${JSON.stringify(
    { at, lines, debit, credit },
    (_, value) => (typeof value === 'bigint' ? decimalText(value, 8, 8) : value),
    2,
  )}\n`

/** Throws InputError for text that is not a time with an offset. */
async function instantOf(text: string | undefined): Promise<number | undefined> {
  if (text === undefined) return undefined
  const { parseInstant } = await import('#scenarios/time-text.ts')
  const at = parseInstant(text)
  if (at !== null) return at
  throw new InputError(`--at ${text} is not a time with an offset`, 'write --at 2024-03-15T00:00:00+08:00')
}

export const trialBalance: Command = {
  name: 'trial-balance',
  positionals: { run: { type: 'string', completes: 'run', describe: 'a run folder' } },
  options: {
    at: { type: 'string', defaultDescription: 'the whole run', describe: 'include the days before this time' },
    owners: { type: 'boolean', describe: 'one line per buyer and seller' },
    json: { type: 'boolean', describe: 'print it as JSON' },
  },
  examples: [['npm start -- trial-balance runs/quickstart-42 --at 2024-03-15T00:00:00+08:00', '']],
  async execute(arguments_) {
    const run = arguments_.text('run')
    if (run === undefined)
      throw new InputError('trial-balance needs a run folder', 'write `npm start -- trial-balance runs/NAME-SEED`')
    const at = await instantOf(arguments_.filled('at', 'write --at 2024-03-15T00:00:00+08:00'))
    const { trialBalance: balanced } = await import('#reports/ledger/trial-balance.ts')
    withRecord(run, (record) => {
      const balance = balanced(record, at, arguments_.flag('owners'))
      const { utcOffset, end, currency } = record.meta
      const when = `at ${formatInstant(at ?? end, utcOffset)}${at === undefined ? ', the end of the run' : ''}`
      const head = `${currency}, ${when}\n`
      process.stdout.write(
        arguments_.flag('json') ? json(balance, formatInstant(at ?? end, utcOffset)) : head + table(balance),
      )
    })
    return exitCodes.done.code
  },
}
