import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { InputError } from '#base/input-error.ts'
import type { Comparison } from '#reports/compare/comparison.ts'
import type { MovedFigure } from '#reports/compare/differences.ts'
import type { ReportTable } from '#reports/report-table.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { intoFolder } from '../output-files.ts'
import { runsFolder } from '../settings.ts'
import { cut, padded, printable, widthOf } from '../terminal.ts'

/** Lines on the screen; the page has them all. */
const LINES = 14
const PAGE = 'compare.html'

/** The figures that moved most, those beyond chance first. */
function largest(figures: readonly MovedFigure[], relative: (figure: MovedFigure) => number | null): MovedFigure[] {
  const size = (figure: MovedFigure) => Math.abs(relative(figure) ?? Number.POSITIVE_INFINITY)
  return figures
    .filter(({ label, change }) => label === '' && change !== 'same')
    .sort(
      (x, y) =>
        Number(y.interval?.significant ?? false) - Number(x.interval?.significant ?? false) ||
        size(y) - size(x) ||
        (x.figure < y.figure ? -1 : 1),
    )
}

async function screen(comparison: Comparison, width: number): Promise<string> {
  const { conversionText } = await import('#reports/compare/currencies.ts')
  const { relative } = await import('#reports/compare/differences.ts')
  const { shownFigureValue } = await import('#reports/compare/tables.ts')
  const moved = largest(comparison.figures, relative)
  const rows = moved.slice(0, LINES).map((each) => {
    const change = relative(each)
    const percent = change === null ? each.change : `${change < 0 ? '−' : '+'}${Math.abs(change * 100).toFixed(1)} %`
    const { interval } = each
    const mark = interval?.significant === true ? ' *' : ''
    const shown = (side: 'a' | 'b'): string =>
      `${each.converted === side ? '≈ ' : ''}${shownFigureValue(each.unit, each[side])}`
    return { figure: each.figure, a: shown('a'), b: shown('b'), percent, mark }
  })
  // Large amounts widen their columns: no two of them touch.
  const names = rows.reduce((most, { figure }) => Math.max(most, figure.length + 1), 30)
  const wide = rows.reduce((most, { a, b }) => Math.max(most, a.length + 2, b.length + 2), 17)
  const line = (figure: string, a: string, b: string, change: string): string =>
    `${padded(figure, names)}${a.padStart(wide)}${b.padStart(wide)}${change.padStart(12)}`
  const lines = rows.map(({ figure, a, b, percent, mark }) => `${line(figure, a, b, percent)}${mark}`)
  const head = line('Figure', 'A', 'B', 'change')
  const rest = moved.length - LINES
  const pairs = comparison.seeds.length
  return [
    `A ${printable(comparison.a.folder)}, B ${printable(comparison.b.folder)}: ${pairs === 1 ? 'one run each' : `${pairs} pairs of runs`}`,
    ...(moved.length === 0 ? ['no figure changed'] : [head, ...lines]),
    ...(rest > 0 ? [`… and ${rest} more figures`] : []),
    ...(comparison.conversion === undefined ? [] : [`≈ ${conversionText(comparison.conversion)}`]),
    ...(pairs > 1 ? ['* beyond chance: the paired 95 % interval excludes 0'] : []),
  ]
    .map((line) => cut(line, width))
    .join('\n')
}

/** Throws InputError when it holds anything that no comparison wrote. */
function checkFolder(folder: string): void {
  if (!existsSync(folder)) return
  if (!statSync(folder).isDirectory()) throw new InputError('this is not a folder', 'choose another with --out', folder)
  if (readdirSync(folder).length > 0 && !existsSync(join(folder, PAGE)))
    throw new InputError('this folder is not empty and has no comparison', 'choose another with --out', folder)
}

async function write(folder: string, comparison: Comparison, tables: readonly ReportTable[]): Promise<void> {
  const { comparisonPage } = await import('#reports/compare/page.ts')
  const { tableCsv } = await import('#reports/report-table.ts')
  const page = await comparisonPage(comparison, tables)
  checkFolder(folder)
  await intoFolder(folder, true, async (output) => {
    output?.file(PAGE).write(page)
    for (const table of tables) output?.file(`${table.name}.csv`).write(tableCsv(table, comparison.a.meta.utcOffset))
  })
}

export const compare: Command = {
  name: 'compare',
  positionals: {
    a: { type: 'string', completes: 'run', describe: 'a run folder, or a folder of runs of several seeds' },
    b: { type: 'string', completes: 'run', describe: 'the run folder, or folder of runs, to compare it with' },
  },
  options: {
    out: {
      type: 'string',
      completes: 'folder',
      defaultDescription: 'runs/A-vs-B',
      describe: 'folder for the page and the tables',
    },
    rate: {
      type: 'string',
      describe: 'EUR=1.08: if the runs have two currencies, one EUR is 1.08 of the other',
    },
    json: { type: 'boolean', describe: 'print every figure of both sides as JSON' },
  },
  examples: [['npm start -- compare runs/base-42 runs/larger-42', 'the same seed: the effect of the change']],
  async execute(arguments_) {
    const [a, b] = [arguments_.text('a'), arguments_.text('b')]
    if (a === undefined || b === undefined)
      throw new InputError('compare needs two runs', 'write `npm start -- compare runs/A-42 runs/B-42`')
    const { compareRuns } = await import('#reports/compare/comparison.ts')
    const { parseRate } = await import('#reports/compare/currencies.ts')
    const { comparisonTables } = await import('#reports/compare/tables.ts')
    const rate = arguments_.filled('rate', 'write --rate EUR=1.08')
    const comparison = compareRuns(a, b, rate === undefined ? undefined : parseRate(rate))
    const folder = arguments_.filled('out', 'write --out and a folder') ?? defaultOut(a, b)
    await write(folder, comparison, comparisonTables(comparison))
    if (arguments_.flag('json')) process.stdout.write(sortedJson(comparison.figures))
    else if (!arguments_.flag('quiet'))
      process.stdout.write(
        `${await screen(comparison, widthOf(process.stdout))}\nWritten ${folder}/${PAGE} and its tables\n`,
      )
    return exitCodes.done.code
  },
}

const defaultOut = (a: string, b: string): string =>
  join(runsFolder(), `${basename(a)}-vs-${basename(b)}`.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 160))
