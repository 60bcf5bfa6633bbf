/** How the files of `meter` and `reconcile` are written, where they do not show it themselves. */
import { basename } from 'node:path'
import { grouped } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import { type AskedSides, chargedSides, negativeCredits } from '#reports/against/sides.ts'
import type { KnownColumns } from '#scenarios/logs/as-csv.ts'
import type { Choice } from '#scenarios/logs/convention.ts'
import { type AskedConventions, dateOrders, decimalSigns, excesses } from '#scenarios/logs/conventions.ts'
import { utf8Of } from '#scenarios/logs/encoding.ts'
import { firstBytes, firstOf, isJsonStart, logBytes } from '#scenarios/logs/log-bytes.ts'
import type { TableFacts, TableOptions } from '#scenarios/logs/table-rows.ts'
import { delimiterName } from '#scenarios/logs/text-rows.ts'
import { zoneOf } from '#scenarios/logs/time-zones.ts'
import type { Arguments, CommandOption } from './command.ts'
import { checkInputFile } from './input-file.ts'
import { filesOf, STDIN, stdinFile } from './log-file.ts'
import { columnsOf, delimiterOf, encodingOf } from './text-options.ts'

export const tableOptions = {
  delimiter: {
    type: 'string',
    defaultDescription: 'found with the header',
    describe: 'character between fields, or tab',
  },
  encoding: { type: 'string', defaultDescription: 'detected', describe: 'utf-8, utf-16le, utf-16be or latin-1' },
  decimal: { type: 'string', choices: decimalSigns.answers, describe: 'the decimal sign, where no row shows it' },
  dates: {
    type: 'string',
    choices: dateOrders.answers,
    describe: 'the order of dates in numbers, where no row shows it',
  },
  'time-zone': { type: 'string', describe: 'UTC offset or place of times without an offset: +08:00, Europe/Berlin' },
  'excess-decimals': {
    type: 'string',
    choices: excesses.answers,
    describe: 'what to do with decimals beyond the 8 of an amount, where it matters',
  },
  'most-bytes': {
    type: 'number',
    defaultDescription: '200 times its size, at least 1 GiB',
    describe: 'bound on a decompressed file',
  },
} as const satisfies Readonly<Record<string, CommandOption>>

export const mapOption = (file: string, roles: readonly string[]) =>
  ({ type: 'string', array: true, describe: `role=COLUMN,…: columns of ${file}: ${roles.join(', ')}` }) as const

export const eventRoles = ['at', 'account', 'resource', 'do', 'product', 'flavour', 'disk', 'diskType'] as const
export const priceRoles = ['kind', 'name', 'hourly', 'from', 'currency'] as const
export const invoiceRoles = [
  ...['account', 'month', 'amount', 'payable', 'charges', 'tax'],
  ...['debit', 'credit', 'side'],
  ...['resource', 'hour', 'product', 'kind', 'currency'],
] as const

/** Files given by their paths, as often as they are asked for. */
export interface TableFile {
  /** For messages. */
  readonly name: string
  /** What it is, where it is no CSV: `open` makes one of it. */
  readonly container?: 'json' | 'parquet' | undefined
  open(): AsyncIterable<Uint8Array>
}

/**
 * Opens a file, stdin (`-`), or a pattern of files that are read as one, decompressed where they are compressed; Parquet as CSV, and
 * JSON where the columns are known. Throws InputError where there is none, or something else.
 */
export async function tableFile(
  path: string,
  what: string,
  arguments_: Arguments,
  known?: KnownColumns,
): Promise<TableFile> {
  const isStdin = path === '-'
  const paths = isStdin ? [await stdinFile()] : filesOf([path])
  for (const each of paths) checkInputFile(each, what)
  const mostBytes = arguments_.count('most-bytes', 1, Number.MAX_SAFE_INTEGER)
  const name = isStdin ? STDIN : basename(path)
  const [container, ...others] = new Set(paths.map((each) => containerOf(each, known)))
  if (others.length > 0)
    throw new InputError(`the files of '${path}' are of several kinds`, 'name files of one kind', path)
  const of = (each: string): AsyncIterable<Uint8Array> =>
    opened(each, isStdin ? STDIN : basename(each), container, mostBytes, known)
  return { name, container, open: () => (paths.length === 1 ? of(paths[0]) : joined(paths, of)) }
}

function containerOf(path: string, known: KnownColumns | undefined): TableFile['container'] {
  const first = firstBytes(path, 4)
  if (Buffer.from(first).toString('latin1') === 'PAR1') return 'parquet'
  return known !== undefined && isJsonStart(firstOf(path)) ? 'json' : undefined
}

async function* opened(
  path: string,
  name: string,
  container: TableFile['container'],
  mostBytes: number | undefined,
  known: KnownColumns | undefined,
): AsyncGenerator<Uint8Array> {
  if (container === undefined) yield* logBytes(path, mostBytes).chunks
  else {
    const { csvOfJson, csvOfParquet } = await import('#scenarios/logs/as-csv.ts')
    if (container === 'parquet') yield* csvOfParquet(path, name)
    else yield* csvOfJson(name, logBytes(path, mostBytes).chunks, known ?? { roles: [] })
  }
}

/** Several files as one: each in UTF-8 and with the end of its last line. A header that comes again is left out by the reader. */
async function* joined(
  paths: readonly string[],
  open: (path: string) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (const path of paths) {
    let last = 10
    let isFirst = true
    for await (const bytes of utf8Of(open(path), undefined, () => {}, basename(path))) {
      const hasMark = isFirst && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
      isFirst = false
      if (bytes.length > 0) last = bytes[bytes.length - 1]
      yield hasMark ? bytes.subarray(3) : bytes
    }
    if (last !== 10) yield Buffer.from('\n')
  }
}

function choiceOf<A extends string>({ answers, option }: Choice<A>, arguments_: Arguments): A | undefined {
  const text = arguments_.filled(option, `write --${option} ${answers[0]}`)
  if (text === undefined) return undefined
  const found = answers.find((answer) => answer === text)
  if (found !== undefined) return found
  throw new InputError(`--${option} ${text} is none of its values`, `write one of ${answers.join(', ')}`)
}

/** What holds for all files. Throws InputError. */
export function askedConventions(arguments_: Arguments): AskedConventions {
  const zone = arguments_.filled('time-zone', 'write --time-zone +08:00')
  return {
    decimal: choiceOf(decimalSigns, arguments_),
    dates: choiceOf(dateOrders, arguments_),
    excess: choiceOf(excesses, arguments_),
    timeZone: zone === undefined ? undefined : zoneOf(zone),
  }
}

/** Of amounts that have a side, and of those that the file gives no name. */
export const sideOptions = {
  charged: {
    type: 'string',
    choices: chargedSides.answers,
    describe: 'the side on which charges are, where debits and credits do not show it',
  },
  'negative-credits': {
    type: 'string',
    choices: negativeCredits.answers,
    describe: 'what a negative amount in a column of credits is, where no row shows it',
  },
  figure: {
    type: 'string',
    choices: ['payable', 'charges'],
    defaultDescription: 'payable',
    describe: 'what amounts of bills are that the header does not call either',
  },
} as const satisfies Readonly<Record<string, CommandOption>>

/** What amounts of the invoices are. Throws InputError. */
export function askedSides(arguments_: Arguments): AskedSides & { readonly figure: 'payable' | 'charges' | undefined } {
  const figure = arguments_.filled('figure', 'write --figure charges')
  if (figure !== undefined && figure !== 'payable' && figure !== 'charges')
    throw new InputError(`--figure ${figure} is none of its values`, 'write one of payable, charges')
  return {
    charged: choiceOf(chargedSides, arguments_),
    negativeCredits: choiceOf(negativeCredits, arguments_),
    figure,
  }
}

/** What holds for the file that the command is about. Throws InputError. */
export const shapeOf = (arguments_: Arguments, option: string, roles: readonly string[]): TableOptions => ({
  map: mapFrom(arguments_, option, roles),
  delimiter: delimiterOf(arguments_.text('delimiter')),
  encoding: encodingOf(arguments_.text('encoding')),
})

/** The same where any column may be named: roles and others. */
export const columnOptions = (arguments_: Arguments, roles: readonly string[]): TableOptions => ({
  ...shapeOf(arguments_, 'map', [...roles, ...namesIn(arguments_.texts('map'))]),
})

const namesIn = (texts: readonly string[]): string[] =>
  texts.flatMap((text) => Array.from(text.matchAll(/(?:^|,)\s*([A-Za-z]+)=/g), ([, name]) => name))

export const mapFrom = (arguments_: Arguments, option: string, roles: readonly string[]): Record<string, string> =>
  Object.fromEntries(columnsOf(option, arguments_.texts(option), roles))

/** What is remarkable about how a file is written; undefined where nothing is. */
export function tableText(
  file: string,
  {
    encoding,
    delimiter,
    titles,
    repeated,
    container,
    twice = 0,
    ...facts
  }: TableFacts & { totals?: number; notes?: number },
): string | undefined {
  const { totals = 0, notes = 0 } = facts
  const count = (value: number, one: string, many: string) => `${grouped(String(value))} ${value === 1 ? one : many}`
  const found = [
    ...(container === undefined ? [] : [container === 'json' ? 'JSON' : 'Parquet']),
    ...(delimiter === ',' ? [] : [`${delimiterName(delimiter)} between fields`]),
    ...(encoding === 'utf-8' ? [] : [encoding]),
    ...(titles === 0 ? [] : [`${count(titles, 'line', 'lines')} above the header`]),
    ...(repeated === 0 ? [] : [`header ${count(repeated, 'more time', 'more times')}`]),
    ...(twice === 0
      ? []
      : [`${count(twice, 'time', 'times')} in an hour that clocks show twice, of which the first is meant`]),
    ...(totals === 0 ? [] : [`${count(totals, 'total that agrees', 'totals that agree')}`]),
    ...(notes === 0 ? [] : [`${count(notes, 'line', 'lines')} without amounts`]),
  ]
  return found.length === 0 ? undefined : `${file}: ${found.join(', ')}`
}
