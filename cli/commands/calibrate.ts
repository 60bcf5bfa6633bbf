import { basename, resolve } from 'node:path'
import { dayOf } from '#base/civil-time.ts'
import { InputError } from '#base/input-error.ts'
import { HOUR } from '#base/time.ts'
import type { Calibration } from '#scenarios/calibration/calibration.ts'
import { calibrateFormats, formatOfLog, observe } from '../calibrate-log.ts'
import { type Calibrated, calibrationJson, calibrationScreen } from '../calibrate-text.ts'
import type { Arguments, Command } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { importSettings } from '../import-options.ts'
import { checkInputFile } from '../input-file.ts'
import { filesOf, type LogFile, withLogFile } from '../log-file.ts'
import { intoFolder, type OutputFolder, outputOptions } from '../output-files.ts'
import { stderrProgress, type TaskProgress } from '../task-progress.ts'
import { importCommand } from './import.ts'

const SCENARIO = 'scenario.yaml'
const DEFAULT_SEEDS = 5
const MOST_SEEDS = 100

/** `25%` or `0.25` */
function shareOf(text: string): number {
  const match = /^(\d*\.?\d+)(%?)$/.exec(text)
  const value = match === null ? Number.NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1)
  if (value > 0 && value <= 0.8) return value
  throw new InputError(`--hold-out ${text} is not a share of the log up to 80 %`, 'write --hold-out 25%')
}

/** Orders of the log by civil day, from its first. */
function ordersByDay(calibrations: readonly Calibration[]): number[] {
  const [{ window, utcOffset }] = calibrations
  const first = dayOf(window.start, utcOffset)
  const days: number[] = []
  for (const { orders } of calibrations)
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
  const { sumOfErrors } = await import('#scenarios/calibration/fit-errors.ts')
  const { calibratedScenario, segmentIds } = await import('#scenarios/calibration/scenario-text.ts')
  const { heldOutFigures, segmentFigures } = await import('#reports/calibration/hold-out.ts')
  const { parseScenario } = await import('#scenarios/reader.ts')
  const heldOut = shareOf(arguments_.filled('hold-out', 'write --hold-out 25%') ?? '25%')
  const segmentBy = arguments_.filled('segment-by', 'write --segment-by and a column')
  const format = formatOfLog(file.path, arguments_.text('format'))
  const { settings: asked, words } = await importSettings(format, file, 'fit', arguments_)
  const map = segmentBy === undefined ? asked.map : { ...asked.map, segment: [segmentBy] }
  const settings = { ...asked, map }
  progress.show(0, ['reading the log'])
  const { segments, whole, totals, skipped } = await observe(settings, heldOut)
  progress.show(0, ['fitting'])
  const calibrations = segments.map(({ observed, name: of }) => calibrate(observed, settings.utcOffset, of))
  const notes = [`Fitted by marketsim to ${file.name} (${format.name}), SHA-256 ${totals.digest}:`]
  const named = arguments_.text('format') === undefined ? '' : ` --format ${format.name}`
  const command = words.join(' ').replace(`import ${format.name}`, `calibrate${named}`)
  const scenario = calibratedScenario(name, calibrations, [...notes, command])
  const read = parseScenario(scenario, SCENARIO)
  const { simulatedParts } = await import('../calibrate-runs.ts')
  const [{ window }] = calibrations
  const runs = seeds === 0 ? [] : await simulatedParts(read, window.split, seeds, progress)
  const errors = sumOfErrors(
    calibrations.map((each) => each.errors),
    calibrations.map((each) => each.fitted),
  )
  return {
    ...{ name: file.name, calibrations, scenario, log: { totals, skipped }, runs, ...whole },
    values: segments.map(({ values }) => values),
    figures:
      runs.length < 2
        ? []
        : [
            ...heldOutFigures(whole.heldOut, runs, errors),
            ...(calibrations.length === 1
              ? []
              : segmentIds(calibrations).flatMap((id, index) =>
                  segmentFigures(id, calibrations[index].heldOut, runs, calibrations[index].errors),
                )),
          ],
    ordersByDay: ordersByDay(calibrations),
  }
}

async function write(result: Calibrated, folder: OutputFolder): Promise<void> {
  const { calibrationPage, calibrationTables } = await import('#reports/calibration/page.ts')
  const { tableCsv } = await import('#reports/report-table.ts')
  const { utcOffset } = result.calibrations[0]
  folder.file(SCENARIO).write(result.scenario)
  folder.file('calibration.json').write(calibrationJson(result, []))
  for (const table of calibrationTables(result)) folder.file(`${table.name}.csv`).write(tableCsv(table, utcOffset))
  const { skipped } = result.log
  if (skipped.length > 0) {
    const { csvLines } = await import('#base/csv-text.ts')
    const { skippedHead } = await import('#scenarios/logs/log-events.ts')
    folder.file('skipped.csv').write(`${skippedHead}${csvLines(skipped.map((row) => row.map(String)))}`)
  }
  folder.file('calibration.html').write(await calibrationPage(result))
}

const { as: _, out: __, force: ___, json: ____, ...logOptions } = importCommand.options

export const calibrate: Command = {
  name: 'calibrate',
  positionals: {
    log: {
      type: 'string',
      completes: 'log',
      stream: 'in',
      describe:
        'a log of requests or uses: trace.csv, events.csv, or any format of `import`; a pattern in quotes for several files; - for stdin',
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
    'segment-by': {
      type: 'string',
      describe: 'column whose values are segments of buyers, each with a fit of its own',
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
    const [first, ...parts] = filesOf([path])
    if (first !== '-') checkInputFile(first, 'a log of requests or uses', true)
    const name =
      basename(resolve(out ?? basename(path, '.csv')))
        .replace(/[^A-Za-z0-9._-]+/g, '-')
        .replace(/^[^A-Za-z0-9]+/, '') || 'calibrated'
    const progress = stderrProgress(arguments_.flag('quiet'))
    const { result, files } = await withLogFile(first, (file) =>
      intoFolder(out, arguments_.flag('force'), async (folder) => {
        const made = await calibrated({ ...file, parts }, name, arguments_, seeds, progress).finally(progress.end)
        if (folder !== undefined) await write(made, folder)
        return made
      }),
    )
    if (arguments_.flag('json')) process.stdout.write(calibrationJson(result, files))
    else if (!arguments_.flag('quiet') || out === undefined) process.stdout.write(calibrationScreen(result, files))
    return exitCodes.done.code
  },
}
