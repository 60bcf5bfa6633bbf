import { existsSync, statSync } from 'node:fs'
import { grouped } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import { moneyText } from '#base/money.ts'
import type { Differences } from '#reports/against/differences.ts'
import type { Invoices } from '#reports/against/invoices.ts'
import type { Reason } from '#reports/against/reason.ts'
import { RunRecord } from '#reports/record.ts'
import type { Arguments, Command } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { fromOption, meteringInput, meteringOptions, sentTwice } from '../metering-input.ts'
import { intoFolder, outputOptions } from '../output-files.ts'
import { commandLine } from '../shell.ts'
import { endWith } from '../streams.ts'
import {
  askedConventions,
  askedSides,
  eventRoles,
  invoiceRoles,
  mapOption,
  shapeOf,
  sideOptions,
  tableFile,
  tableOptions,
  tableText,
} from '../table-options.ts'
import { printable } from '../terminal.ts'

const SHOWN = 20

/** A run folder or a record, and not a log. */
const isRun = (path: string): boolean => existsSync(path) && (statSync(path).isDirectory() || path.endsWith('.sqlite'))

interface Side {
  readonly source: import('#reports/against/rated-line.ts').RatedSource
  /** How many problems the log had. */
  problems(): number
  /** How many rows of the log were sent twice. */
  repeats(): number
  /** What was read of a log of another format. */
  imported?: (() => string) | undefined
  close(): void
}

async function sideOf(path: string, arguments_: Arguments): Promise<Side> {
  if (isRun(path)) {
    const ofLogs = [...Object.keys(meteringOptions), 'map-log', 'from'].filter(
      (name) => !Object.hasOwn(tableOptions, name),
    )
    const given = ofLogs.find((name) => arguments_.texts(name).length > 0)
    if (given !== undefined) throw new InputError(`--${given} does not apply to a run`, 'a run has its own; remove it')
    const { recordSource } = await import('#reports/against/record-source.ts')
    const record = new RunRecord(path)
    return { source: recordSource(record), problems: () => 0, repeats: () => 0, close: () => record.close() }
  }
  const { logSource } = await import('#reports/against/log-source.ts')
  const input = await meteringInput('reconcile', path, arguments_)
  const source = logSource(input)
  return {
    source,
    problems: () => source.log()?.problems.total ?? 0,
    repeats: () => source.log()?.totals.repeats ?? 0,
    imported: input.imported,
    close: () => {},
  }
}

/** Compares at the level of the invoices; writes every difference as it is found. */
async function compare(side: Side, path: string, arguments_: Arguments, write: (text: string) => void) {
  const { readInvoices } = await import('#reports/against/read-invoices.ts')
  const { Differences, differenceLine, differencesHead } = await import('#reports/against/differences.ts')
  const offset = side.source.policies['time.utcOffset']
  const shape = shapeOf(arguments_, 'map', invoiceRoles)
  const known = { roles: invoiceRoles, map: shape.map }
  const { name, container, open } = await tableFile(path, 'a file of invoices', arguments_, known)
  const invoices = await readInvoices(name, open, {
    ...askedConventions(arguments_),
    ...askedSides(arguments_),
    ...shape,
    container,
    currency: side.source.currency,
    utcOffset: offset,
  })
  write(differencesHead)
  const found = new Differences(SHOWN, (difference) => write(differenceLine(difference, offset)))
  if (invoices.level === 'lines') {
    const { compareLines } = await import('#reports/against/compare-lines.ts')
    await compareLines(side.source, invoices.lines, found)
  } else {
    const { compareBills } = await import('#reports/against/compare-bills.ts')
    await compareBills(side.source, invoices.bills, found)
  }
  const cause = arguments_.flag('infer') ? await oneCause(side, invoices, found) : undefined
  if (invoices.level === 'lines') invoices.lines.close()
  return { found, level: invoices.level, name, facts: invoices.facts, cause }
}

/** The one cause of everything, proved by computing the whole file with it; null where there is none. */
async function oneCause(side: Side, invoices: Invoices, found: Differences): Promise<Reason | null | undefined> {
  if (found.total === 0) return undefined
  const { inferred } = await import('#reports/against/infer.ts')
  return (await inferred(side.source, invoices, found.oneCause)) ?? null
}

/** Whether the search ended with another answer than the comparison. */
const isOtherwise = (one: Reason, cause: Reason | null | undefined): boolean =>
  cause !== undefined && cause?.text !== one.text

const causeText = ({ cause, rule, text }: Reason): string =>
  cause === 'unexplained'
    ? `cause: unexplained; it ${text}`
    : `cause: ${cause}${rule === '' ? '' : ` (${rule})`}: ${text}; computing everything with it gives the whole file`

const plainReason = ({ cause, rule, text }: Reason) => ({ cause, rule, text })

type Compared = Awaited<ReturnType<typeof compare>>

async function print(
  { found, level, name, facts, cause }: Compared,
  side: Side,
  files: readonly string[],
): Promise<void> {
  const { differenceText } = await import('#reports/against/differences.ts')
  const count = (value: number): string => grouped(String(value))
  const { differs, missing, unknown } = found.counts
  const offset = side.source.policies['time.utcOffset']
  const rest = found.total - found.first.length
  const causes = [...found.causes].sort(([, a], [, b]) => b - a).map(([cause, times]) => `${cause} ${count(times)}`)
  const read = tableText(name, facts)
  const lines = [
    ...(side.imported === undefined ? [] : [side.imported()]),
    ...(read === undefined ? [] : [read]),
    ...(cause === undefined
      ? []
      : [
          cause === null
            ? 'cause: unexplained: no cause gives the whole file, nor do several together'
            : causeText(cause),
        ]),
    ...found.first.map((difference) => printable(differenceText(difference, offset))),
    ...(rest > 0 ? [`… and ${count(rest)} more`] : []),
    `${level}: ${count(found.agrees)} agree, ${count(differs)} differ, ${count(missing)} missing, ${count(unknown)} unknown`,
    ...(found.total > 0
      ? [
          `likely: ${causes.join(', ')}`,
          ...(found.oneCause === undefined || found.total < 2 || isOtherwise(found.oneCause, cause)
            ? []
            : [`one cause explains all of it: ${found.oneCause.text} (${found.oneCause.rule})`]),
          `the invoices are ${grouped(moneyText(found.gap < 0n ? -found.gap : found.gap))} ${found.gap < 0n ? 'below' : 'above'} what we charge`,
        ]
      : []),
    ...(side.repeats() > 0 ? [`log: ${sentTwice(side.repeats())}, dropped (U-09)`] : []),
    ...(files.length > 0 ? [`written: ${files.join(', ')}`] : []),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  const problems = side.problems()
  if (problems > 0)
    process.stderr.write(
      `the log has ${count(problems)} problems: \`${commandLine(['meter'])}\` lists them; the rest was compared\n`,
    )
}

async function printJson(
  { found, level, facts, cause }: Compared,
  side: Side,
  files: readonly string[],
): Promise<void> {
  const { differenceText } = await import('#reports/against/differences.ts')
  const offset = side.source.policies['time.utcOffset']
  const report = {
    level,
    read: facts,
    agree: found.agrees,
    ...found.counts,
    total: found.total,
    causes: Object.fromEntries(found.causes),
    oneCause: found.oneCause === undefined || isOtherwise(found.oneCause, cause) ? null : plainReason(found.oneCause),
    ...(cause === undefined ? {} : { inferred: cause === null ? null : plainReason(cause) }),
    gap: moneyText(found.gap),
    first: found.first.map((difference) => differenceText(difference, offset)),
    repeats: side.repeats(),
    problems: side.problems(),
    files,
  }
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
}

async function execute(path: string, against: string, arguments_: Arguments): Promise<ExitCode> {
  const out = arguments_.filled('out', 'write --out and a folder')
  const side = await sideOf(path, arguments_)
  try {
    const { result, files } = await intoFolder(out, arguments_.flag('force'), async (folder) => {
      const file = folder?.file('differences.csv')
      return compare(side, against, arguments_, (text) => file?.write(text))
    })
    const right = side.problems() > 0 ? exitCodes.badInput.code : exitCodes.done.code
    const code = result.found.total > 0 ? exitCodes.difference.code : right
    endWith(code)
    if (arguments_.flag('json')) await printJson(result, side, files)
    else await print(result, side, files)
    return code
  } finally {
    side.close()
  }
}

export const reconcile: Command = {
  name: 'reconcile',
  positionals: {
    what: {
      type: 'string',
      completes: 'run',
      stream: 'in',
      describe: 'a run folder, or EVENTS.csv (- for stdin) with --prices',
    },
  },
  options: {
    against: {
      type: 'string',
      completes: 'log',
      stream: 'in',
      describe:
        'INVOICES.csv, or - for stdin: account,month,amount, account,2024-05,2024-06 or resource,hour,product,amount',
    },
    map: mapOption('INVOICES.csv', invoiceRoles),
    'map-log': mapOption('EVENTS.csv', eventRoles),
    from: fromOption('--map-log'),
    ...meteringOptions,
    ...sideOptions,
    ...outputOptions('folder for differences.csv'),
    infer: {
      type: 'boolean',
      describe:
        'search for the one cause that explains the whole file, or the few that do together, and say when there is none',
    },
    json: { type: 'boolean', describe: 'print counts, causes and the first differences as JSON' },
  },
  examples: [
    ['npm start -- reconcile runs/quickstart-42 --against invoices.csv', 'exit code 3 when anything differs'],
    ['npm start -- reconcile events.csv --prices prices.csv --against invoices.csv', ''],
  ],
  async execute(arguments_) {
    const path = arguments_.text('what')
    const against = arguments_.filled('against', 'write --against INVOICES.csv')
    if (path === undefined || against === undefined)
      throw new InputError(
        'reconcile needs a run or a log, and invoices',
        'write `npm start -- reconcile runs/NAME-SEED --against INVOICES.csv`',
      )
    return execute(path, against, arguments_)
  },
}
