import { existsSync, statSync } from 'node:fs'
import { grouped } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import { moneyText, payableText } from '#base/money.ts'
import type { Currency } from '#scenarios/currencies.ts'
import type { RatedHour } from '#sim/metering-log/hour-pricer.ts'
import type { RatedBill } from '#sim/metering-log/rate-log.ts'
import type { Arguments, Command } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { type FocusVersion, focusVersionOf, focusVersions } from '../focus-version.ts'
import {
  fromOption,
  isRateCard,
  type MeteringInput,
  meteringInput,
  meteringOptions,
  sentTwice,
  subscriptionsOption,
} from '../metering-input.ts'
import { intoFolder, type OutputFolder, outputOptions } from '../output-files.ts'
import { endWith } from '../streams.ts'
import { eventRoles, mapOption, tableText } from '../table-options.ts'
import { stderrProgress, type TaskProgress } from '../task-progress.ts'
import { printable } from '../terminal.ts'

const count = (value: number | bigint): string => grouped(String(value))

/** Rates the log and writes its files. */
async function rate(
  input: MeteringInput,
  strict: boolean,
  focusVersion: FocusVersion | undefined,
  folder: OutputFolder | undefined,
  progress: TaskProgress,
) {
  const { rateLog } = await import('#sim/metering-log/rate-log.ts')
  const { csvLine } = await import('#base/csv-text.ts')
  const { billLine, billsHead, HourLines, hoursHead, problemsHead } = await import('#sim/metering-log/hours-csv.ts')
  const focus =
    focusVersion !== undefined && folder !== undefined ? await focusFile(input, folder, focusVersion) : undefined
  const hours = focusVersion !== undefined ? undefined : folder?.file('hours.csv')
  const bills = focusVersion !== undefined ? undefined : folder?.file('bills.csv')
  const problems = folder?.file('problems.csv')
  hours?.write(hoursHead)
  bills?.write(billsHead)
  problems?.write(problemsHead)
  const lines = new HourLines(input.policies['time.utcOffset'])
  const amounts = { ecs: 0n, image: 0n, resources: 0n }
  const gathered = { ecs: 0, image: 0, resources: 0 }
  const rated = await rateLog({
    file: input.file,
    input: withProgress(input, progress),
    table: input.table,
    prices: input.prices,
    policies: input.policies,
    until: input.until,
    longestSpan: input.longestSpan,
    strict,
    onHour(hour) {
      hours?.write(lines.line(hour))
      focus?.hour(hour)
      const kind = hour.kind === 'ecs' || hour.kind === 'image' ? hour.kind : 'resources'
      const sum = gathered[kind] + hour.amount
      if (sum <= Number.MAX_SAFE_INTEGER) gathered[kind] = sum
      else {
        amounts[kind] += BigInt(gathered[kind])
        gathered[kind] = hour.amount
      }
    },
    onProblem: ({ line, kind, text }) => problems?.write(csvLine([String(line), kind, text])),
  })
  const total = { bills: 0, payable: 0n }
  for (const bill of rated.bills()) {
    bills?.write(billLine(bill, input.prices.currency.decimals))
    focus?.bill(bill)
    total.bills++
    total.payable += bill.payable
  }
  rated.close()
  amounts.ecs += BigInt(gathered.ecs)
  amounts.image += BigInt(gathered.image)
  amounts.resources += BigInt(gathered.resources)
  return { rated, amounts, ...total }
}

/** focus.csv instead of hours and bills. */
async function focusFile(input: MeteringInput, folder: OutputFolder, version: FocusVersion) {
  const { billCharges, focusHead, focusLine, hourCharge } = await import('#reports/exports/focus-rows.ts')
  const file = folder.file('focus.csv')
  file.write(focusHead(version))
  const offset = input.policies['time.utcOffset']
  const { code } = input.prices.currency
  return {
    hour: (hour: RatedHour) => file.write(focusLine(hourCharge(hour), code, offset, version)),
    bill(bill: RatedBill) {
      for (const charge of billCharges(bill, offset)) file.write(focusLine(charge, code, offset, version))
    },
  }
}

/** The bytes of the log, with the part that is read of a file that is not compressed. */
async function* withProgress(input: MeteringInput, progress: TaskProgress): AsyncIterable<Uint8Array> {
  const { path } = input
  const isPlain = existsSync(path) && !/\.(gz|zst|parquet)$/.test(path) && input.imported === undefined
  const size = isPlain ? statSync(path).size : 0
  let read = 0
  for await (const chunk of input.events()) {
    read += chunk.length
    if (size > 0) progress.show(Math.min(1, read / size), ['rating the log'])
    yield chunk
  }
}

type Rated = Awaited<ReturnType<typeof rate>>

/** Everything that was charged. */
const chargedOf = ({ amounts: { ecs, image, resources } }: Rated): bigint => ecs + image + resources

/** Lines of cloud resources (E-09). */
const resourceLines = ({ rated }: Rated): number =>
  Object.entries(rated.totals.hours).reduce(
    (sum, [kind, lines]) => (kind === 'ecs' || kind === 'image' ? sum : sum + lines),
    0,
  )

/** Amounts are exact decimal text. */
function totalsJson(all: Rated, { code, decimals }: Currency, files: readonly string[]): string {
  const { rated, amounts, bills, payable } = all
  const { rows, resources, totals, problems } = rated
  const of = (kind: 'ecs' | 'image') => ({
    lines: totals.hours[kind],
    seconds: totals.seconds[kind],
    amount: moneyText(amounts[kind]),
  })
  const report = {
    rows,
    read: rated.facts,
    events: totals.events,
    resources,
    servers: of('ecs'),
    images: of('image'),
    cloudResources: { lines: resourceLines(all), amount: moneyText(amounts.resources) },
    bills: {
      count: bills,
      currency: code,
      charged: moneyText(chargedOf(all)),
      payable: payableText(payable, decimals),
    },
    repeats: totals.repeats,
    unrated: totals.unrated,
    problems: { total: problems.total, counts: problems.counts },
    files,
  }
  return `${JSON.stringify(report, (_, value) => (typeof value === 'bigint' ? String(value) : value), 2)}\n`
}

function printTotals(
  all: Rated,
  file: string,
  { code, decimals }: Currency,
  files: readonly string[],
  imported: string | undefined,
): void {
  const { rated, amounts, bills, payable } = all
  const { rows, resources, totals } = rated
  const read = tableText(file, rated.facts)
  const lines = [
    ...(read === undefined ? [] : [`Read       ${read}`]),
    ...(imported === undefined ? [] : [`Read       ${imported}`]),
    `Log        ${count(rows)} rows, ${count(totals.events)} events of ${count(resources)} resources`,
    `Servers    ${count(totals.hours.ecs)} lines, ${count(totals.seconds.ecs)} seconds, ${grouped(moneyText(amounts.ecs))}`,
    `Images     ${count(totals.hours.image)} lines, ${count(totals.seconds.image)} seconds used, ${grouped(moneyText(amounts.image))}`,
    ...(resourceLines(all) > 0
      ? [`Resources  ${count(resourceLines(all))} lines of cloud resources, ${grouped(moneyText(amounts.resources))}`]
      : []),
    `Bills      ${count(bills)}, ${grouped(moneyText(chargedOf(all)))} charged, ${grouped(payableText(payable, decimals))} ${code} payable`,
    ...(totals.repeats > 0 ? [`Dropped    ${sentTwice(totals.repeats)} (U-09)`] : []),
    ...(totals.unrated > 0 ? [`Unrated    lines of use without a price: ${count(totals.unrated)}`] : []),
    ...(files.length > 0 ? [`Written    ${files.join(', ')}`] : []),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** Problems go to stderr: the first ones, and how many of each kind there are. */
async function printProblems(file: string, { rated: { problems } }: Rated, areInFile: boolean): Promise<void> {
  const { problemKinds, problemTexts } = await import('#sim/metering-log/problems.ts')
  if (problems.total === 0) return
  const kinds = problemKinds.filter((kind) => problems.counts[kind] > 0)
  const rest = problems.total - problems.first.length
  const lines = [
    ...problems.first.map(({ line, text }) => `${file}, line ${line}: ${printable(text)}`),
    ...(rest > 0 ? [`… and ${count(rest)} more; ${areInFile ? 'problems.csv has' : '--out lists'} them all`] : []),
    `${count(problems.total)} ${problems.total === 1 ? 'problem' : 'problems'}: ${kinds.map((kind) => `${count(problems.counts[kind])} ${problemTexts[kind]}`).join(', ')}; the rest was rated`,
  ]
  process.stderr.write(`${lines.join('\n')}\n`)
}

async function execute(
  input: MeteringInput,
  strict: boolean,
  focusVersion: FocusVersion | undefined,
  out: string | undefined,
  force: boolean,
  json: boolean,
  progress: TaskProgress,
): Promise<ExitCode> {
  const { FirstProblem } = await import('#sim/metering-log/problems.ts')
  try {
    const { result, files } = await intoFolder(out, force, (folder) =>
      rate(input, strict, focusVersion, folder, progress),
    ).finally(progress.end)
    const code = result.rated.problems.total > 0 ? exitCodes.badInput.code : exitCodes.done.code
    endWith(code)
    if (json) process.stdout.write(totalsJson(result, input.prices.currency, files))
    else printTotals(result, input.file, input.prices.currency, files, input.imported?.())
    await printProblems(input.file, result, files.length > 0)
    return code
  } catch (error) {
    if (!(error instanceof FirstProblem)) throw error
    throw new InputError(
      `the first problem stops (--strict): ${error.problem.text}`,
      'correct the line, or remove --strict and rate the rest',
      `${input.path}, line ${error.problem.line}`,
    )
  }
}

/** The version of FOCUS; undefined for CSV. Throws InputError for a format that is none. */
function focusAsked(arguments_: Arguments): FocusVersion | undefined {
  const format = arguments_.filled('format', 'write --format focus') ?? 'csv'
  if (format === 'focus') return focusVersionOf(arguments_)
  if (format === 'csv' && arguments_.text('focus-version') === undefined) return undefined
  if (format === 'csv')
    throw new InputError('--focus-version is of --format focus', 'add --format focus, or leave --focus-version out')
  throw new InputError(`there is no format '${format}'`, 'write --format csv or --format focus')
}

export const meter: Command = {
  name: 'meter',
  positionals: {
    events: {
      type: 'string',
      completes: 'log',
      stream: 'in',
      describe:
        'EVENTS.csv, or - for stdin: at,account,resource,do,product,flavour,disk,diskType; with CARD.yaml any usage events',
    },
  },
  options: {
    map: mapOption('EVENTS.csv', eventRoles),
    from: fromOption('--map'),
    ...meteringOptions,
    subscriptions: subscriptionsOption,
    'first-bill': {
      type: 'string',
      describe: 'with CARD.yaml: the first month whose bills are written, such as 2024-05 (default: all)',
    },
    ...outputOptions('folder for hours.csv, bills.csv and problems.csv (default: print totals only)'),
    format: { type: 'string', describe: 'csv: hours.csv and bills.csv; focus: focus.csv (default: csv)' },
    'focus-version': { type: 'string', choices: focusVersions, describe: 'with focus: the version (default: 1.2)' },
    strict: { type: 'boolean', describe: 'stop at the first problem of the log' },
    json: { type: 'boolean', describe: 'print the totals as JSON' },
  },
  examples: [
    ['npm start -- meter events.csv --prices prices.csv --out rated', 'hours.csv and bills.csv'],
    ['npm start -- meter events.csv --prices prices.csv --policy image.whenStopped=free', 'a different rule'],
    ['npm start -- meter usage.csv --prices card.yaml --out rated', 'usage of any metric, by a rate card'],
    [
      'npm start -- meter usage.csv --prices card.yaml --subscriptions subscriptions.csv --first-bill 2024-05 --out may',
      'a month of a vendor: subscriptions next to usage',
    ],
  ],
  async execute(arguments_) {
    const path = arguments_.text('events')
    if (path === undefined)
      throw new InputError('meter needs a log', 'write `npm start -- meter EVENTS.csv --prices PRICES.csv`')
    if (isRateCard(arguments_.text('prices'))) {
      const { meterUsage } = await import('../meter-usage.ts')
      return meterUsage(path, arguments_, focusAsked(arguments_))
    }
    const ofCard = ['subscriptions', 'first-bill'].find((option) => arguments_.text(option) !== undefined)
    if (ofCard !== undefined)
      throw new InputError(
        `--${ofCard} is of a rate card, and --prices names a list of the prices of servers`,
        'write --prices CARD.yaml',
      )
    const out = arguments_.filled('out', 'write --out and a folder')
    const focusVersion = focusAsked(arguments_)
    const input = await meteringInput('meter', path, arguments_)
    return execute(
      input,
      arguments_.flag('strict'),
      focusVersion,
      out,
      arguments_.flag('force'),
      arguments_.flag('json'),
      stderrProgress(arguments_.flag('quiet')),
    )
  },
}
