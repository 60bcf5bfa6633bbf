import { formatInstant } from '#base/civil-time.ts'
import { InputError } from '#base/input-error.ts'
import type { Comparison } from '#reports/compare/comparison.ts'
import type { MovedFigure } from '#reports/compare/differences.ts'
import type { Divergence, ShownRow } from '#reports/diff/divergence.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { padded, printable } from '../terminal.ts'

/** Lines of a part on the screen; `--json` has all. */
const LINES = 12

const sideOf = { a: 'only in A', b: 'only in B' } as const

const rowText = ({ side, table, values }: ShownRow): string =>
  `  ${sideOf[side]}  ${table}: ${Object.entries(values)
    .map(([column, value]) => `${column} ${value}`)
    .join(', ')}`

/** At most `LINES` of them, and how many more there are. */
const most = (lines: readonly string[], what: string): string[] =>
  lines.length <= LINES ? [...lines] : [...lines.slice(0, LINES), `  … and ${lines.length - LINES} more ${what}`]

function screen(
  { a, first, tables, accounts, amounts }: Divergence,
  { changes }: Comparison,
  figures: readonly string[],
): string[] {
  const time = (instant: number) => formatInstant(instant, a.utcOffset)
  const changed = changes.map(
    ({ path, a: before, b: after }) => `  ${path}: ${before || 'nothing'} in A, ${after || 'nothing'} in B`,
  )
  const scenario = changed.length === 0 ? [] : ['The scenarios differ', ...most(changed, 'values')]
  if (first === null)
    return [
      ...scenario,
      tables.length === 0 ? 'The histories are the same' : 'The histories differ in sums of months only',
    ]
  return [
    ...scenario,
    `The histories are the same until ${time(first.at)}; the first difference:`,
    ...most(first.rows.map(rowText), 'rows'),
    `${padded('Rows that differ', 26)}${'only in A'.padStart(12)}${'only in B'.padStart(12)}  since`,
    ...tables.map(
      ({ table, onlyInA, onlyInB, at }) =>
        `  ${padded(table, 24)}${onlyInA.toLocaleString('en').padStart(12)}${onlyInB.toLocaleString('en').padStart(12)}  ${at === null ? 'by month' : time(at)}`,
    ),
    `Amounts differ since`,
    ...most(
      amounts.map(({ what, day }) => `  ${day}  ${what}`),
      'of them',
    ),
    `Accounts touched: ${accounts.length.toLocaleString('en')}`,
    ...most(
      accounts.map(({ account, at }) => `  ${time(at)}  ${account}`),
      'accounts',
    ),
    `Figures that differ: ${figures.length}`,
    ...most(figures, 'figures; `npm start -- compare` shows all'),
  ]
}

const totals = ({ figures }: Comparison): MovedFigure[] =>
  figures.filter(({ label, change }) => label === '' && change !== 'same')

export const diff: Command = {
  name: 'diff',
  positionals: {
    a: { type: 'string', completes: 'run', describe: 'a run folder' },
    b: { type: 'string', completes: 'run', describe: 'the run folder to compare it with' },
  },
  options: {
    json: { type: 'boolean', describe: 'print everything as JSON' },
  },
  examples: [
    ['npm start -- diff runs/quickstart-42 runs/quickstart-42-fork-pool.whenFull=queue', 'where two futures part'],
  ],
  async execute(arguments_) {
    const [a, b] = [arguments_.text('a'), arguments_.text('b')]
    if (a === undefined || b === undefined)
      throw new InputError('diff needs two runs', 'write `npm start -- diff runs/A-42 runs/B-42`')
    const { divergence } = await import('#reports/diff/divergence.ts')
    const { compareRuns } = await import('#reports/compare/comparison.ts')
    const { shownFigureValue } = await import('#reports/compare/tables.ts')
    const found = divergence(a, b)
    const comparison = compareRuns(a, b)
    const figures = totals(comparison)
    if (arguments_.flag('json')) {
      const { a: metaA, b: metaB, ...rest } = found
      const side = (folder: string, { seed, digest }: typeof metaA) => ({ folder, seed, digest })
      const isSame = metaA.digest === metaB.digest
      process.stdout.write(
        sortedJson({
          ...{ same: isSame, a: side(a, metaA), b: side(b, metaB), changes: comparison.changes, ...rest },
          figures: figures.map(({ figure, unit, a: before, b: after }) => ({ figure, unit, a: before, b: after })),
        }),
      )
      return exitCodes.done.code
    }
    const lines = figures.map(
      (each) =>
        `  ${padded(each.figure, 34)} ${shownFigureValue(each.unit, each.a)} in A, ${shownFigureValue(each.unit, each.b)} in B`,
    )
    const text = [`A ${printable(a)}, B ${printable(b)}`, ...screen(found, comparison, lines)]
    process.stdout.write(`${text.join('\n')}\n`)
    return exitCodes.done.code
  },
}
