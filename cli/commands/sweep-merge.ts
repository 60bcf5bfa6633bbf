import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { InputError } from '#base/input-error.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import type { Arguments, Command } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { ResultFolder } from '../results/result-folder.ts'
import { programVersions, versionText } from '../results/run-key.ts'
import { claimRunFolder } from '../run-folder.ts'
import { runsFolder } from '../settings.ts'
import { quoted } from '../shell.ts'
import { endWith } from '../streams.ts'
import { writeSweep } from '../sweep/make-sweep.ts'
import { gatherRuns, type MissingRun, missingLines } from '../sweep/merge.ts'
import { resultOf, type SweepPlan } from '../sweep/plan.ts'
import { readPlans } from '../sweep/plan-file.ts'
import { printable } from '../terminal.ts'
import { printSweep } from './sweep.ts'

/** Lines of missing runs on the screen; `--json` has all of them. */
const SHOWN = 20

/** The sweep to merge: the only one, or the one that was named. Throws InputError. */
function planIn(folders: readonly string[], wanted: string | undefined): SweepPlan {
  const plans = new Map(folders.flatMap((folder) => [...readPlans(folder)]))
  const listed = [...plans].map(
    ([id, { name, points, runs, seed }]) => `${id} (${name}, ${points.length} points of ${runs} runs, seed ${seed})`,
  )
  if (plans.size === 0)
    throw new InputError(
      'there are no results of a sweep in these folders',
      'name folders that `sweep --results` has written',
      folders.join(' '),
    )
  if (wanted !== undefined) {
    const plan = plans.get(wanted)
    if (plan !== undefined) return plan
    throw new InputError(`there is no sweep ${wanted} in these folders`, `there are ${listed.join(', ')}`)
  }
  if (plans.size > 1)
    throw new InputError(
      `these folders have results of ${plans.size} sweeps`,
      `add --sweep and one of ${listed.join(', ')}`,
    )
  return [...plans.values()][0]
}

function foldersOf(arguments_: Arguments): readonly string[] {
  const folders = arguments_.texts('folders')
  if (folders.length === 0)
    throw new InputError(
      'sweep merge needs folders of results',
      'write `npm start -- sweep merge DIR`, and more folders',
    )
  for (const folder of folders)
    if (!existsSync(folder))
      throw new InputError('there is no such folder', 'name folders that `sweep --results` has written', folder)
  return folders
}

export const sweepMerge: Command = {
  name: 'sweep merge',
  positionals: {
    folders: {
      type: 'string',
      array: true,
      completes: 'folder',
      describe: 'folders of results, as `sweep --results` writes them',
    },
  },
  options: {
    sweep: { type: 'string', describe: 'which sweep, by its ID, where the folders have results of several' },
    out: { type: 'string', completes: 'folder', defaultDescription: 'runs/NAME-sweep', describe: "the sweep's folder" },
    force: { type: 'boolean', describe: 'replace an earlier sweep in that folder' },
    json: { type: 'boolean', describe: 'print the estimates, or what is missing, as JSON' },
  },
  examples: [
    ['npm start -- sweep merge shared', 'the result of shards that wrote into one folder'],
    ['npm start -- sweep merge a b c', 'of shards whose folders were copied here'],
  ],
  async execute(arguments_) {
    const folders = foldersOf(arguments_)
    const plan = planIn(folders, arguments_.filled('sweep', 'write --sweep and an ID'))
    const target = arguments_.filled('out', 'write --out and a folder') ?? join(runsFolder(), `${plan.name}-sweep`)
    const json = arguments_.flag('json')
    const { runs, missing } = gatherRuns(
      plan,
      folders.map((folder) => new ResultFolder(folder)),
    )
    if (missing.length > 0) return incomplete(plan, missing, folders[0], json)
    const result = resultOf(plan, runs)
    const folder = claimRunFolder(target, arguments_.flag('force'))
    try {
      await writeSweep(folder, plan, result)
    } catch (error) {
      folder.discard()
      throw error
    }
    return printSweep({ json, target, seed: plan.seed, path: plan.path, sets: plan.sets }, result)
  },
}

function incomplete(plan: SweepPlan, missing: readonly MissingRun[], results: string, json: boolean): ExitCode {
  const { code } = exitCodes.incomplete
  endWith(code)
  if (json) {
    process.stdout.write(sortedJson({ missing: missing.map((run) => ({ ...run, sets: plan.points[run.point].sets })) }))
    return code
  }
  const lines = missingLines(plan, missing)
  const isOther = versionText(plan.versions) !== versionText(programVersions())
  const text = [
    `incomplete: ${missing.length} ${missing.length === 1 ? 'run is' : 'runs are'} missing, so nothing was written`,
    ...lines.slice(0, SHOWN).map((line) => `  ${printable(line)}`),
    ...(lines.length > SHOWN ? [`  … and runs of ${lines.length - SHOWN} more points (--json lists all)`] : []),
    `  hint: start their shards again, or \`${plan.repeat} --results ${quoted(results)}\`; runs that are there are not made again`,
    ...(isOther
      ? [`  This is another program than the one of the results, marketsim ${versionText(plan.versions)}`]
      : []),
  ]
  process.stderr.write(`${text.join('\n')}\n`)
  return code
}
