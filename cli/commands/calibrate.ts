import { basename, resolve } from 'node:path'
import { dayOf, formatInstant } from '#base/civil-time.ts'
import { grouped } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import { HOUR } from '#base/time.ts'
import type { HeldOutFigure } from '#reports/calibration/hold-out.ts'
import type { CalibrationPageInput } from '#reports/calibration/page.ts'
import type { Calibration, GroupFit } from '#scenarios/calibration/calibration.ts'
import { parameterText } from '#scenarios/calibration/scenario-text.ts'
import { calibrateFormats, formatOfLog, observe } from '../calibrate-log.ts'
import type { Arguments, Command } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { importSettings } from '../import-options.ts'
import { checkInputFile } from '../input-file.ts'
import { type LogFile, withLogFile } from '../log-file.ts'
import { intoFolder, type OutputFolder, outputOptions } from '../output-files.ts'
import { stderrProgress, type TaskProgress } from '../task-progress.ts'
import { printable } from '../terminal.ts'
import { importCommand } from './import.ts'

const SCENARIO = 'scenario.yaml'
const DEFAULT_SEEDS = 5
const MOST_SEEDS = 100

const count = (value: number): string => grouped(String(Math.round(value)))

interface Calibrated extends CalibrationPageInput {
  readonly scenario: string
  readonly rows: number
}

/** `25%` or `0.25` */
function shareOf(text: string): number {
  const match = /^(\d*\.?\d+)(%?)$/.exec(text)
  const value = match === null ? Number.NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1)
  if (value > 0 && value <= 0.8) return value
  throw new InputError(`--hold-out ${text} is not a share of the log up to 80 %`, 'write --hold-out 25%')
}

/** Orders of the log by civil day, from its first. */
function ordersByDay({ window, utcOffset, orders }: Calibration): number[] {
  const first = dayOf(window.start, utcOffset)
  const days: number[] = []
  for (const [hour, count] of orders.entries()) {
    const place = dayOf(window.start + hour * HOUR, utcOffset) - first
    days[place] = (days[place] ?? 0) + count
  }
  return Array.from(days, (value) => value ?? 0)
}

async function calibrated(
  file: LogFile,
  name: string,
  arguments_: Arguments,
  seeds: number,
  progress: TaskProgress,
): Promise<Calibrated> {
  const { calibrate } = await import('#scenarios/calibration/calibration.ts')
  const { calibratedScenario } = await import('#scenarios/calibration/scenario-text.ts')
  const { heldOutFigures } = await import('#reports/calibration/hold-out.ts')
  const { parseScenario } = await import('#scenarios/reader.ts')
  const heldOut = shareOf(arguments_.filled('hold-out', 'write --hold-out 25%') ?? '25%')
  const format = formatOfLog(file.path, arguments_.text('format'))
  const { settings, words } = await importSettings(format, file, 'scenario', arguments_)
  progress.show(0, ['reading the log'])
  const { observed, totals } = await observe(settings, heldOut)
  const calibration = calibrate(observed, settings.utcOffset)
  const notes = [`Fitted by marketsim to ${file.name} (${format.name}), SHA-256 ${totals.digest}:`]
  const command = words.join(' ').replace(`import ${format.name}`, 'calibrate')
  const scenario = calibratedScenario(name, calibration, [...notes, command])
  const read = parseScenario(scenario, SCENARIO)
  const { simulatedParts } = await import('../calibrate-runs.ts')
  const runs = seeds === 0 ? [] : await simulatedParts(read, calibration.window.split, seeds, progress)
  return {
    ...{ name: file.name, calibration, scenario, rows: totals.rows, runs },
    figures: runs.length < 2 ? [] : heldOutFigures(calibration.heldOut, runs, calibration.errors),
    ordersByDay: ordersByDay(calibration),
  }
}

async function write(result: Calibrated, folder: OutputFolder): Promise<void> {
  const { calibrationPage, calibrationTables } = await import('#reports/calibration/page.ts')
  const { tableCsv } = await import('#reports/report-table.ts')
  folder.file(SCENARIO).write(result.scenario)
  folder.file('calibration.json').write(json(result, []))
  for (const table of calibrationTables(result))
    folder.file(`${table.name}.csv`).write(tableCsv(table, result.calibration.utcOffset))
  folder.file('calibration.html').write(await calibrationPage(result))
}

const groupJson = ({ flavour, zone, product, orders, isPooled, correlation, lifetime }: GroupFit) => ({
  ...{ flavour, zone, product, orders, isPooled, correlation },
  lifetimes: lifetime.lives,
  cutOff: lifetime.cutOff,
  family: lifetime.isEmpirical ? 'empirical' : lifetime.fits[0].name,
  distance: lifetime.distance,
  fits: lifetime.fits.map(({ name, parameters, aic }) => ({ name, parameters, aic })),
})

function json({ calibration, figures, runs, rows }: Calibrated, files: readonly string[]): string {
  const { window, utcOffset, arrivals, accounts, batches, groups, fitted, heldOut, leftOut } = calibration
  const at = (instant: number): string => formatInstant(instant, utcOffset)
  const report = {
    rows,
    from: at(window.start),
    heldOutFrom: at(window.split),
    until: at(window.end),
    arrivals: {
      ...{
        profile: arrivals.profile,
        weights: arrivals.weights,
        hourly: arrivals.hourly,
        hourlyError: arrivals.hourlyError,
      },
      ...{ trendPerHour: arrivals.trend, trendError: arrivals.trendError, dispersion: arrivals.dispersion },
      models: arrivals.models,
    },
    accounts: { ...accounts, shape: Number.isFinite(accounts.shape) ? accounts.shape : null },
    batches: Object.fromEntries(batches),
    errors: calibration.errors,
    groups: groups.map(groupJson),
    leftOut,
    fitted,
    heldOut,
    simulated: runs.map(({ seed, totals }) => ({ seed, ...totals })),
    figures,
    files,
  }
  return `${JSON.stringify(report, null, 2)}\n`
}

const shown = (value: number): string => (value < 100 ? value.toFixed(1) : count(value))

function figureLine({ name, log, mean, low, high, distance, isWithin }: HeldOutFigure): string {
  const percent = distance === null ? '' : `${distance < 0 ? '-' : '+'}${Math.abs(distance * 100).toFixed(1)} %`
  return `  ${name.padEnd(37)}${shown(log).padStart(9)}${shown(mean).padStart(10)}${`${shown(low)} .. ${shown(high)}`.padStart(20)}${percent.padStart(10)}${isWithin ? '' : ' *'}`
}

function lifetimeLine({ flavour, zone, product, orders, lifetime, isPooled }: GroupFit): string {
  const name = [flavour, product, zone].filter((text) => text !== '').join(', ') || 'all'
  const [best] = lifetime.fits
  const family = lifetime.isEmpirical ? 'empirical' : best.name
  const parameters = best.parameters.map((parameter) => parameterText(parameter)).join(', ')
  return `Lifetime   ${printable(name)} (${count(orders)} orders): ${family}${lifetime.isEmpirical ? `, as ${best.name} is ${(lifetime.distance * 100).toFixed(0)} % away` : `, ${parameters}`}${isPooled ? ', of all kinds' : ''}`
}

function screen({ name, calibration, figures, runs, rows }: Calibrated, files: readonly string[]): string {
  const { window, utcOffset, arrivals, accounts, batches, groups } = calibration
  const weekly = Math.exp(arrivals.trend * 168) - 1
  const visits = [...batches.values()].reduce((sum, often) => sum + often, 0)
  const several = [...batches].reduce((sum, [size, often]) => sum + (size > 1 ? often : 0), 0)
  const lines = [
    `Log        ${printable(name)}: ${count(rows)} rows; fitted from ${formatInstant(window.start, utcOffset)} to ${formatInstant(window.split, utcOffset)}`,
    `Arrivals   ${arrivals.hourly.toPrecision(4)} ± ${(1.96 * arrivals.hourlyError).toPrecision(2)} visits an hour, profile: ${arrivals.profile}${arrivals.hasTrend ? `, ${(weekly * 100).toFixed(1)} % a week` : ', no clear trend'}; ${arrivals.dispersion.toFixed(1)} times the variance of Poisson counts`,
    `Batches    ${several === 0 ? 'each visit is one order' : `${count(several)} of ${count(visits)} visits have several orders`}`,
    `Accounts   ${count(accounts.seen)} came, about ${count(accounts.size)} exist; rates ${Number.isFinite(accounts.shape) ? `differ (gamma, shape ${accounts.shape.toPrecision(3)})` : 'are alike'}${accounts.churned > 0 ? `; ${(accounts.churned * 100).toFixed(0)} % left` : ''}${accounts.joined > 0 ? `; ${(accounts.joined * 100).toFixed(0)} % came later` : ''}`,
    ...groups.slice(0, 4).map(lifetimeLine),
    ...(groups.length > 4 ? [`           … and ${groups.length - 4} more kinds`] : []),
    ...(figures.length === 0
      ? []
      : [
          `Held out from ${formatInstant(window.split, utcOffset)}`.padEnd(39) +
            `${'log'.padStart(9)}${'simulated'.padStart(10)}${'95 % interval'.padStart(20)}${'distance'.padStart(10)}`,
          ...figures.map(figureLine),
          ...(figures.some(({ isWithin }) => !isWithin)
            ? [`  * the log is outside of what ${runs.length} runs and the errors of the fit vary by`]
            : []),
        ]),
    ...(files.length > 0 ? [`Written    ${files.join(', ')}`] : []),
  ]
  return `${lines.join('\n')}\n`
}

const { as: _, out: __, force: ___, json: ____, ...logOptions } = importCommand.options

export const calibrate: Command = {
  name: 'calibrate',
  positionals: {
    log: {
      type: 'string',
      completes: 'log',
      stream: 'in',
      describe: 'a log of requests or uses: trace.csv, events.csv, or any format of `import`; - for stdin',
    },
  },
  options: {
    ...outputOptions('folder for scenario.yaml, calibration.html, calibration.json and tables'),
    format: {
      type: 'string',
      choices: calibrateFormats,
      defaultDescription: 'by the name or the first line',
      describe: 'format of the log',
    },
    'hold-out': {
      type: 'string',
      defaultDescription: '25%',
      describe: 'last share of the log that nothing is fitted to',
    },
    seeds: {
      type: 'number',
      defaultDescription: String(DEFAULT_SEEDS),
      describe: 'runs that are compared with what is held out; 0 for none',
    },
    ...logOptions,
    json: { type: 'boolean', describe: 'print what calibration.json says, and the files' },
  },
  examples: [
    ['npm start -- calibrate blue/trace.csv --out fitted', 'then: npm start -- run fitted/scenario.yaml'],
    [
      'npm start -- calibrate SDSC-BLUE.swf.gz --time-zone=-08:00 --out fitted',
      'a log of the archive, in its civil time',
    ],
  ],
  async execute(arguments_): Promise<ExitCode> {
    const path = arguments_.text('log')
    if (path === undefined)
      throw new InputError('calibrate needs a log', 'write `npm start -- calibrate LOG --out DIR`')
    const out = arguments_.filled('out', 'write --out and a folder')
    const seeds = arguments_.count('seeds', 0, MOST_SEEDS) ?? DEFAULT_SEEDS
    if (seeds === 1) throw new InputError('--seeds 1 has no interval', 'write 2 or more, or 0 for no runs')
    if (path !== '-') checkInputFile(path, 'a log of requests or uses')
    const name =
      basename(resolve(out ?? basename(path, '.csv')))
        .replace(/[^A-Za-z0-9._-]+/g, '-')
        .replace(/^[^A-Za-z0-9]+/, '') || 'calibrated'
    const progress = stderrProgress(arguments_.flag('quiet'))
    const { result, files } = await withLogFile(path, (file) =>
      intoFolder(out, arguments_.flag('force'), async (folder) => {
        const made = await calibrated(file, name, arguments_, seeds, progress).finally(progress.end)
        if (folder !== undefined) await write(made, folder)
        return made
      }),
    )
    if (arguments_.flag('json')) process.stdout.write(json(result, files))
    else if (!arguments_.flag('quiet') || out === undefined) process.stdout.write(screen(result, files))
    return exitCodes.done.code
  },
}
