import { existsSync, statSync } from 'node:fs'
import { grouped } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import type { Arguments, Command } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { meteringOptions, subscriptionsOption } from '../metering-input.ts'
import { intoFolder, type OutputFolder, outputOptions } from '../output-files.ts'
import { type Repriced, repricedJson, screenOf, writeRepriced } from '../repriced.ts'
import { endWith } from '../streams.ts'
import { eventRoles, mapOption } from '../table-options.ts'
import { stderrProgress, type TaskProgress } from '../task-progress.ts'
import { printable } from '../terminal.ts'

const SHOWN = 10

/** A run folder or a record, and not a log. */
const isRun = (path: string): boolean => existsSync(path) && (statSync(path).isDirectory() || path.endsWith('.sqlite'))

async function price(
  path: string,
  arguments_: Arguments,
  folder: OutputFolder | undefined,
  progress: TaskProgress,
): Promise<Repriced> {
  if (isRun(path)) {
    const { repriceRun } = await import('../reprice-run.ts')
    return repriceRun(path, arguments_, progress)
  }
  if (arguments_.text('scenario') !== undefined)
    throw new InputError('--scenario applies to runs only', 'remove it', path)
  const { repriceLog } = await import('../reprice-log.ts')
  return repriceLog(path, arguments_, folder, progress)
}

const count = (value: number): string => grouped(String(value))

/** What is wrong goes to stderr. */
function printProblems({ problems: { counts, first } }: Repriced, areInFile: boolean): void {
  const most = Math.max(counts.old, counts.new)
  if (most === 0) return
  const lines = [
    ...first.map(printable),
    ...(most > first.length ? [`… and more; ${areInFile ? 'problems.csv has' : '--out lists'} them all`] : []),
    `problems: ${count(counts.old)} by the old prices, ${count(counts.new)} by the new; the rest was rated`,
  ]
  process.stderr.write(`${lines.join('\n')}\n`)
}

/** Where the old side of a run is not what the run billed. */
function printDisagreements({ disagreements }: Repriced): void {
  if (disagreements.length === 0) return
  const lines = [
    ...disagreements.slice(0, SHOWN).map((text) => `old side differs: ${printable(text)}`),
    `${count(disagreements.length)} bills of the run are not what its own prices make; \`marketsim verify\` audits it`,
  ]
  process.stderr.write(`${lines.join('\n')}\n`)
}

function exitCodeOf({ disagreements, problems: { counts } }: Repriced): ExitCode {
  if (disagreements.length > 0) return exitCodes.difference.code
  return counts.old + counts.new > 0 ? exitCodes.badInput.code : exitCodes.done.code
}

async function execute(path: string, arguments_: Arguments): Promise<ExitCode> {
  const out = arguments_.filled('out', 'write --out and a folder')
  const progress = stderrProgress(arguments_.flag('quiet'))
  const { result, files } = await intoFolder(out, arguments_.flag('force'), async (folder) => {
    const repriced = await price(path, arguments_, folder, progress).finally(progress.end)
    if (folder !== undefined) await writeRepriced(repriced, folder)
    return repriced
  })
  const code = exitCodeOf(result)
  endWith(code)
  process.stdout.write(arguments_.flag('json') ? repricedJson(result, files) : screenOf(result, files))
  printProblems(result, files.length > 0)
  printDisagreements(result)
  return code
}

export const reprice: Command = {
  name: 'reprice',
  positionals: {
    what: {
      type: 'string',
      completes: 'history',
      stream: 'in',
      describe: 'a log as `meter` reads it: EVENTS.csv, or - for stdin; or a run folder',
    },
  },
  options: {
    from: {
      type: 'string',
      completes: 'log',
      describe: 'the old prices: PRICES.csv, or a rate card CARD.yaml',
    },
    ...meteringOptions,
    prices: { ...meteringOptions.prices, describe: 'the new prices, in the same form' },
    policy: {
      ...meteringOptions.policy,
      describe: 'key=value: a switch of the rulebook on both sides; may be repeated',
    },
    set: {
      type: 'string',
      array: true,
      completes: 'set',
      describe: 'on the new side: policies.KEY=VALUE, or of a run any price, path=value; may be repeated',
    },
    subscriptions: subscriptionsOption,
    scenario: {
      type: 'string',
      completes: 'scenario',
      defaultDescription: 'where the run found it',
      describe: 'the scenario of the run',
    },
    map: mapOption('EVENTS.csv', eventRoles),
    ...outputOptions('folder for reprice.html, reprice.json and the tables as CSV (default: print totals only)'),
    strict: { type: 'boolean', describe: 'stop at the first problem of the log' },
    json: { type: 'boolean', describe: 'print totals, sums and the largest changes as JSON' },
  },
  examples: [
    ['npm start -- reprice events.csv --from prices.csv --prices new.csv --out shadow', 'two price lists'],
    ['npm start -- reprice usage.csv --from card.yaml --prices new-card.yaml', 'two rate cards'],
    [
      'npm start -- reprice events.csv --prices prices.csv --set policies.image.whenStopped=free',
      'two versions of a rule',
    ],
  ],
  async execute(arguments_) {
    const path = arguments_.text('what')
    if (path === undefined)
      throw new InputError(
        'reprice needs a log or a run',
        'write `npm start -- reprice EVENTS.csv --from OLD.csv --prices NEW.csv`',
      )
    return execute(path, arguments_)
  },
}
