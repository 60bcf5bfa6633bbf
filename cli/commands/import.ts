import { basename, resolve } from 'node:path'
import { formatInstant } from '#base/civil-time.ts'
import { decimalText, grouped } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import { dateOrders } from '#scenarios/logs/conventions.ts'
import type { LogFormat } from '#scenarios/logs/formats.ts'
import { formatNames, logFormats } from '#scenarios/logs/formats.ts'
import { timeUnits } from '#scenarios/logs/log-times.ts'
import type { LogSettings, LogTotals } from '#scenarios/logs/read-log.ts'
import { ENDLESS, isRole, roles } from '#scenarios/logs/usage.ts'
import { COST_DECIMALS } from '#scenarios/logs/usage-reader.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { importSettings } from '../import-options.ts'
import { filesOf, STDIN, withLogFile } from '../log-file.ts'
import { intoFolder, type OutputFolder, outputOptions } from '../output-files.ts'
import { printable } from '../terminal.ts'

const count = (value: number): string => grouped(String(value))
const seconds = (ms: bigint): string => grouped(decimalText(ms, 3, 3))
/** Unit-ms in billionths as seconds, to the millisecond where that is exact. */
const unitSeconds = (billionths: bigint): string => grouped(decimalText(billionths, 12, 3))

/** A trace larger than this cannot be read by a scenario. */
const LARGEST_TRACE = 256 * 1024 * 1024

interface Imported {
  readonly totals: LogTotals
  readonly traceBytes: number
}

async function write(
  settings: LogSettings,
  kind: 'scenario' | 'events',
  name: string,
  folder: OutputFolder,
  words: readonly string[],
): Promise<Imported> {
  const { csvField, csvLine } = await import('#base/csv-text.ts')
  const { readLog } = await import('#scenarios/logs/read-log.ts')
  const { LogScenario, traceHead } = await import('#scenarios/logs/log-scenario.ts')
  const { LogEvents, eventsHead, skippedHead } = await import('#scenarios/logs/log-events.ts')
  const plain = /^[\w.-]+$/
  const field = (text: string): string => (plain.test(text) && !text.startsWith('-') ? text : csvField(text))
  const scenario = new LogScenario(field)
  const events = new LogEvents(settings.utcOffset, settings.format.isUnique === true, field)
  const out = folder.file(kind === 'scenario' ? 'trace.csv' : 'events.csv')
  out.write(kind === 'scenario' ? traceHead : eventsHead)
  const skipped = folder.file('skipped.csv')
  skipped.write(skippedHead)
  let traceBytes = 0
  const totals = await readLog(settings, {
    use(usage, copies) {
      const text = kind === 'scenario' ? scenario.line(usage, copies) : events.lines(usage, copies)
      traceBytes += text.length
      out.write(text)
    },
    skipped: (line, reason, detail) => skipped.write(csvLine([String(line), reason, detail])),
  })
  if (totals.written === 0)
    throw new InputError(
      `no row of the log is a use that is taken: ${reasonsText(totals)}`,
      'check format, --map and options',
      settings.file,
    )
  if (kind === 'scenario') {
    const notes = [`Imported from ${settings.file} (${settings.format.name}), SHA-256 ${totals.digest}:`, ...words]
    const text = scenario.text(name, totals.first, totals.last, settings.utcOffset, notes)
    folder.file('scenario.yaml').write(text)
  }
  folder.file('import.json').write(`${JSON.stringify(manifest(settings, totals, kind, words), null, 2)}\n`)
  return { totals, traceBytes }
}

const reasonsText = ({ skipped, leftOut }: LogTotals): string =>
  [...skipped, ...leftOut].map(([reason, rows]) => `${count(rows)} ${reason}`).join(', ')

/** What was read and how, for programs. */
const manifest = (settings: LogSettings, totals: LogTotals, kind: string, words: readonly string[]) => ({
  format: settings.format.name,
  file: settings.file,
  ...((settings.parts ?? []).length === 0 ? {} : { parts: (settings.parts ?? []).map((part) => basename(part)) }),
  sha256: totals.digest,
  compression: totals.compression,
  encoding: totals.encoding,
  delimiter: totals.delimiter,
  decimal: settings.decimal ?? null,
  dates: settings.dates ?? null,
  titles: totals.titles,
  timeUnit: totals.unit,
  origin: formatInstant(totals.origin, settings.utcOffset),
  originFrom: totals.originFrom,
  options: words.slice(1),
  rows: totals.rows,
  read: totals.read,
  unitSeconds: decimalText(totals.readUnitMs, 12),
  costs: Object.fromEntries([...totals.costs].map(([currency, cost]) => [currency, decimalText(cost, COST_DECIMALS)])),
  skipped: Object.fromEntries(totals.skipped),
  leftOut: Object.fromEntries(totals.leftOut),
  twice: totals.twice,
  unreadableCosts: totals.unreadableCosts,
  written: {
    as: kind,
    orders: totals.written,
    servers: totals.servers,
    endless: totals.endless,
    accounts: totals.accounts.size,
    serverSeconds: decimalText(totals.serverMs.total, 3),
    first: formatInstant(totals.first, settings.utcOffset),
    last: formatInstant(totals.last, settings.utcOffset),
  },
})

function print(settings: LogSettings, { totals, traceBytes }: Imported, kind: string, files: readonly string[]): void {
  const found = [
    ...[totals.compression, totals.encoding, totals.delimiter].filter((each) => each !== null),
    ...(settings.decimal === 'comma' ? ['decimal comma'] : []),
    ...(totals.titles > 0
      ? [`${count(totals.titles)} ${totals.titles === 1 ? 'line' : 'lines'} above the header`]
      : []),
  ]
  const sum = (reasons: ReadonlyMap<string, number>) => [...reasons.values()].reduce((a, b) => a + b, 0)
  const list = (reasons: ReadonlyMap<string, number>) =>
    `${count(sum(reasons))} rows: ${[...reasons].map(([reason, rows]) => `${count(rows)} ${printable(reason)}`).join(', ')}`
  const at = (instant: number) => formatInstant(instant, settings.utcOffset)
  const costs = [...totals.costs].map(([currency, cost]) =>
    `${grouped(decimalText(cost, COST_DECIMALS, 2))} ${currency}`.trim(),
  )
  const lines = [
    `Log        ${count(totals.rows)} rows (${found.length > 0 ? found.join(', ') : 'parquet'}), ${count(totals.read)} read, ${unitSeconds(totals.readUnitMs)} unit-seconds`,
    ...(costs.length > 0 ? [`Costs      ${costs.join(', ')}`] : []),
    ...(totals.unreadableCosts > 0 ? [`Costs      of ${count(totals.unreadableCosts)} rows cannot be read`] : []),
    ...(totals.guessed > 0
      ? [`Units      lifetimes are in ${totals.unit}, as times are by their digits: --lifetime-unit sets another`]
      : []),
    ...(totals.skipped.size > 0 ? [`Skipped    ${list(totals.skipped)}`] : []),
    ...(totals.leftOut.size > 0 ? [`Left out   ${list(totals.leftOut)}`] : []),
    ...(totals.rounded > 0 ? [`Rounded    ${count(totals.rounded)} times to the millisecond`] : []),
    ...(totals.twice > 0
      ? [`Twice      times in an hour that clocks show twice: ${count(totals.twice)}; the first is meant`]
      : []),
    ...(totals.raised > 0 ? [`Raised     ${count(totals.raised)} quantities to whole servers`] : []),
    ...(totals.endless > 0
      ? [`Endless    ${count(totals.endless)} uses without an end: they last until the run ends`]
      : []),
    ...(totals.originFrom === 'none' && settings.format.isRelative
      ? [`Origin     time 0 is ${at(totals.origin)}, because the log does not say; --origin sets it`]
      : []),
    `Taken      ${count(totals.written)} orders of ${count(totals.servers)} servers by ${count(totals.accounts.size)} accounts, ${seconds(totals.serverMs.total)} server-seconds, ${at(totals.first)} to ${at(totals.last)}`,
    ...checkLines(settings, totals, kind, files),
    `Written    ${files.join(', ')}`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  if (kind === 'scenario' && traceBytes > LARGEST_TRACE)
    process.stderr.write(
      `trace.csv has ${count(traceBytes)} bytes, and a scenario reads at most ${count(LARGEST_TRACE)}: shorten it with --from and --until, --accounts or --scale\n`,
    )
}

const decompressors = { gzip: 'gzip -dc', zstd: 'zstd -dc', zip: 'unzip -p' } as const

/** Commands that compute the same totals from the files. */
function checkLines({ path, file }: LogSettings, totals: LogTotals, kind: string, files: readonly string[]): string[] {
  const quoted = (name: string) => (/^[\w./+-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`)
  const { compression } = totals
  const { awk } = totals
  const isPlain = awk !== null && !/^utf-16/.test(totals.encoding ?? '')
  const from = compression === null ? '' : `${decompressors[compression]} ${quoted(path)} | `
  const input = compression === null ? ` ${quoted(path)}` : ''
  return [
    ...(isPlain && file !== STDIN ? [`Check      ${from}${awk}${input}`] : []),
    ...(kind === 'scenario'
      ? [
          `Check      awk -F, 'NR > 1 { n++; ${totals.endless === 0 ? '' : `if ($2 != ${ENDLESS}) `}s += $2 * $3 } END { printf "%d %.3f\\n", n, s / 1000 }' ${quoted(files[0] ?? '')}`,
        ]
      : []),
  ]
}

function formatOf(word: string | undefined): LogFormat {
  if (word !== undefined) return logFormats[word]
  throw new InputError(
    'import needs a format and a log',
    `write \`npm start -- import FORMAT FILE --out DIR\`; formats: ${formatNames.join(', ')}`,
  )
}

const roleList = Object.keys(roles).filter(isRole).join(', ')

export const importCommand: Command = {
  name: 'import',
  positionals: {
    format: { type: 'string', choices: formatNames, describe: 'the format of the log' },
    logs: {
      type: 'string',
      array: true,
      completes: 'log',
      stream: 'in',
      describe:
        'the log, or - for stdin; several files, or a pattern in quotes, are read as one log; .gz, .zst and .zip as they are',
    },
  },
  options: {
    ...outputOptions('folder to write into'),
    as: {
      type: 'string',
      choices: ['scenario', 'events'],
      defaultDescription: 'scenario',
      describe: 'scenario: a scenario and its trace; events: a log for meter',
    },
    map: {
      type: 'string',
      array: true,
      describe: `role=COLUMN,…: columns by name or number; COLUMN+COLUMN joins two. Roles: ${roleList}`,
    },
    'no-header': { type: 'boolean', describe: 'csv: the first line is data; columns are numbers' },
    delimiter: {
      type: 'string',
      defaultDescription: 'found in the first line',
      describe: 'csv: the character between fields, or tab',
    },
    decimal: { type: 'string', choices: ['point', 'comma'], describe: 'csv: the decimal sign, where no row shows it' },
    dates: {
      type: 'string',
      choices: dateOrders.answers,
      describe: 'csv: the order of dates in numbers, where no row shows it',
    },
    'decimal-comma': { type: 'boolean', describe: 'the same as --decimal comma' },
    encoding: {
      type: 'string',
      defaultDescription: 'detected',
      describe: 'utf-8, utf-16le, utf-16be or latin-1',
    },
    unit: {
      type: 'string',
      choices: Object.keys(timeUnits),
      defaultDescription: 'by format, or by number of digits',
      describe: 'unit of times',
    },
    'lifetime-unit': {
      type: 'string',
      choices: Object.keys(timeUnits),
      defaultDescription: 'as --unit',
      describe: 'unit of lifetimes and waits',
    },
    origin: { type: 'string', describe: 'the instant of time 0' },
    'time-zone': {
      type: 'string',
      defaultDescription: '+00:00',
      describe: 'UTC offset or place of times without an offset, and of the output: +08:00, Europe/Berlin',
    },
    begins: {
      type: 'string',
      choices: ['requested', 'started'],
      defaultDescription: 'requested; started for events',
      describe: 'whether a use begins when asked for or after its wait',
    },
    'units-per-server': {
      type: 'string',
      defaultDescription: '1',
      describe: 'units of the quantity that make one server; a fraction becomes a whole one',
    },
    from: { type: 'string', describe: 'take uses that begin at this instant or later' },
    until: { type: 'string', describe: 'take uses that begin before this instant' },
    skip: { type: 'string', array: true, describe: 'leave rows out: "status=5", "run<60"; may be repeated' },
    scale: {
      type: 'string',
      defaultDescription: '1',
      describe: 'take each use so often on average: 0.1 thins, 3 repeats',
    },
    accounts: { type: 'string', describe: 'share of the accounts to take: 10%' },
    seed: { type: 'string', defaultDescription: '1', describe: 'of --scale and --accounts' },
    shift: { type: 'string', describe: 'move all uses in time: 7d, or -7d' },
    pseudonyms: { type: 'boolean', describe: 'replace accounts and resources by stable hashes' },
    'pseudonym-key': {
      type: 'string',
      describe: 'secret text for --pseudonyms, without which known names cannot be hashed and compared',
    },
    'most-bytes': {
      type: 'string',
      defaultDescription: '200 times its file, at least 1 GiB',
      describe: 'bound on the decompressed log',
    },
    json: { type: 'boolean', describe: 'print what import.json says, and the files' },
    strict: { type: 'boolean', describe: 'stop at the first row that cannot be read' },
  },
  examples: [
    ['npm start -- import swf SDSC-BLUE.swf.gz --out blue', 'then: npm start -- run blue/scenario.yaml'],
    ["npm start -- import google 'task_events/part-*.csv.gz' --out google", 'parts of one trace'],
    ['npm start -- import csv jobs.csv --map at=start,end=stop,account=team --out jobs', 'any CSV'],
  ],
  async execute(arguments_) {
    const format = formatOf(arguments_.text('format'))
    const [path, ...parts] = filesOf(arguments_.texts('logs'))
    if (path === undefined)
      throw new InputError('import needs a log', `write \`npm start -- import ${format.name} FILE --out DIR\``)
    const out = arguments_.filled('out', 'write --out and a folder')
    if (out === undefined) throw new InputError('import needs a folder to write into', 'write --out and a folder')
    const kind = arguments_.text('as') === 'events' ? 'events' : 'scenario'
    const name =
      basename(resolve(out))
        .replace(/[^A-Za-z0-9._-]+/g, '-')
        .replace(/^[^A-Za-z0-9]+/, '') || format.name
    const { settings, words, result, files } = await withLogFile(path, async (file) => {
      const { settings, words } = await importSettings(format, { ...file, parts }, kind, arguments_)
      const written = await intoFolder(out, arguments_.flag('force'), async (folder) => {
        if (folder === undefined) throw new Error('a folder was named')
        return write(settings, kind, name, folder, words)
      })
      return { settings, words, ...written }
    })
    if (arguments_.flag('json'))
      process.stdout.write(`${JSON.stringify({ ...manifest(settings, result.totals, kind, words), files }, null, 2)}\n`)
    else if (!arguments_.flag('quiet')) print(settings, result, kind, files)
    return exitCodes.done.code
  },
}
