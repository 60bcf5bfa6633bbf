/** `reprice RUN --set …`: a finished run under other prices or pricing rules, where its history does not depend on them. */
import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { grouped } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import { type Manifest, manifestIn } from '#reports/manifest-files.ts'
import { RunRecord } from '#reports/record.ts'
import { type PricedRun, priceRun } from '#reports/reprice/priced-run.ts'
import { RepricedRecord } from '#reports/reprice/repriced-record.ts'
import { changedSettings, reasonAgainst } from '#reports/reprice/settings.ts'
import type { ReadScenario } from '#scenarios/reader.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Arguments } from './command.ts'
import { meteringOptions } from './metering-input.ts'
import type { Repriced } from './repriced.ts'
import { openScenario, scenarioPath } from './scenario-file.ts'
import { commandLine } from './shell.ts'
import type { TaskProgress } from './task-progress.ts'

/** What of a list is shown in an error. */
const SHOWN = 8

interface RunManifest extends Manifest {
  readonly scenario?: {
    readonly file: string
    readonly name: string
    readonly sets: readonly string[]
    readonly sha256: string
  }
}

const few = (lines: readonly string[]): string[] => [
  ...lines.slice(0, SHOWN),
  ...(lines.length > SHOWN ? [`and ${lines.length - SHOWN} more`] : []),
]

/** Throws InputError for options of logs. */
function refuseOptionsOfLogs(arguments_: Arguments): void {
  const ofLogs = [...Object.keys(meteringOptions), 'from', 'map', 'strict']
  const given = ofLogs.find((name) => arguments_.texts(name).length > 0)
  if (given !== undefined)
    throw new InputError(
      `--${given} does not apply to a run: its scenario has its prices and rules`,
      'change them with --set, such as --set policies.tax.percent=20',
    )
}

/** The scenario of the run, as it was run. Throws InputError where the file is not there, or is another one by now. */
async function scenarioOf(folder: string, arguments_: Arguments) {
  const manifest = manifestIn(folder) as RunManifest | undefined
  const made = manifest?.scenario
  if (made === undefined)
    throw new InputError(
      'this folder has no manifest.json of a run, which names its scenario',
      'name a folder that `marketsim run` wrote',
      folder,
    )
  const asked = arguments_.filled('scenario', 'write --scenario FILE')
  const kept = join(folder, 'scenario.yaml')
  const file = asked ?? (existsSync(kept) ? kept : made.file)
  if (asked === undefined && !existsSync(file))
    throw new InputError(
      `the scenario of this run is not at ${file}`,
      'name it with --scenario FILE, or call this where the run was made',
      folder,
    )
  const path = await scenarioPath(file)
  const read = await openScenario(path, made.sets)
  if (read.hash !== made.sha256)
    throw new InputError(
      'this scenario is not the one of the run: it says something else by now',
      'name a copy of what was run with --scenario FILE',
      path,
    )
  return { path, sets: made.sets, read }
}

/** The scenario with other settings. Throws InputError with each reason where they would make another history. */
async function otherScenario(
  own: { path: string; sets: readonly string[]; read: ReadScenario },
  sets: readonly string[],
) {
  const other = await openScenario(own.path, [...own.sets, ...sets])
  const changed = changedSettings(own.read.scenario, other.scenario)
  const reasons = changed.flatMap((setting) => {
    const reason = reasonAgainst(setting)
    return reason === undefined ? [] : [`${setting.path}: ${reason}`]
  })
  if (reasons.length > 0)
    throw new InputError(
      ['with these settings the run would have another history', ...few(reasons)].join('\n  '),
      `run it with them, and compare the runs: ${commandLine(['run', own.path, ...[...own.sets, ...sets].flatMap((set) => ['--set', set])])}`,
    )
  return other
}

/** Throws InputError where amounts of the record cannot be computed again. */
function refuseUnpriced({ unpriced, unexplainedHours }: PricedRun, path: string): void {
  if (unpriced.length === 0 && unexplainedHours === 0) return
  const lines = [
    ...few(unpriced.map(({ order, why }) => `order ${order}: ${why}`)),
    ...(unexplainedHours > 0
      ? [`${grouped(String(unexplainedHours))} hours of use have another price than the scenario`]
      : []),
  ]
  throw new InputError(
    ['amounts of this run cannot be computed again with these settings', ...lines].join('\n  '),
    'leave out the setting that does this, or run the scenario with it and compare the runs',
    path,
  )
}

/** What of a scenario would answer to prices, if it were run with them. */
function reactionsOf({ buyers, money }: Scenario): string[] {
  if (money === 'ignore') return []
  const elastic = buyers.filter(({ habits }) => (habits.elasticity ?? 0) !== 0).map(({ segment }) => segment)
  return [
    ...(elastic.length > 0
      ? [`the demand of ${elastic.join(', ')} depends on prices (elasticity); here it is what it was`]
      : []),
    'the history is the same: balances are not computed again, and no other account falls into arrears',
  ]
}

/** Prices a run twice. Throws InputError. */
export async function repriceRun(path: string, arguments_: Arguments, progress: TaskProgress): Promise<Repriced> {
  refuseOptionsOfLogs(arguments_)
  const sets = arguments_.texts('set')
  if (sets.length === 0)
    throw new InputError(
      'nothing to change about this run',
      'write --set policies.KEY=VALUE or --set catalog.…=PRICE',
      path,
    )
  const old = new RunRecord(path)
  try {
    const folder = path.endsWith('.sqlite') ? dirname(path) : path
    const own = await scenarioOf(folder, arguments_)
    const other = await otherScenario(own, sets)
    progress.show(0, ['pricing the run twice'])
    const now = new RepricedRecord(path, other.scenario, other.traces)
    try {
      const made = priceRun(old, now)
      refuseUnpriced(made, path)
      const { meta } = old
      return {
        about: `${basename(resolve(folder))} (${meta.name}, seed ${meta.seed})`,
        old: 'as it was run',
        new: sets.join(', '),
        read: `${grouped(String(made.bills))} bills`,
        groups: made.difference.groups(),
        decimals: { [meta.currency]: meta.decimals },
        notes: reactionsOf(own.read.scenario),
        problems: { counts: { old: 0, new: 0 }, first: [] },
        disagreements: made.disagreements,
        utcOffset: meta.utcOffset,
      }
    } finally {
      now.close()
    }
  } finally {
    old.close()
  }
}
