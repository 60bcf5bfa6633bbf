/** Two runs, or two folders of runs, side by side. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { RECORD_FILE } from '../record.ts'
import { RecordError } from '../record-error.ts'
import { type ComparedRun, comparedRun } from './compared-run.ts'
import { type Conversion, conversionOf, converted, type Rate } from './currencies.ts'
import {
  type MovedFigure,
  movedAccounts,
  movedFigures,
  type PairedMean,
  pairedAccounts,
  pairedDays,
} from './differences.ts'
import { type Change, scenarioChanges } from './scenario-changes.ts'

/** So many accounts are named. */
const ACCOUNTS = 100

export interface Comparison {
  readonly a: ComparedRun
  readonly b: ComparedRun
  /** Pairs of runs; the seeds of each. */
  readonly seeds: readonly (readonly [string, string])[]
  /** Runs that have no counterpart of their seed. */
  readonly alone: readonly string[]
  readonly changes: readonly Change[]
  readonly figures: readonly MovedFigure[]
  /** Only of two single runs. */
  readonly days: readonly PairedMean[]
  readonly accounts: readonly PairedMean[]
  readonly movedAccounts: ReturnType<typeof movedAccounts>
  /** Which side's money was converted; undefined where both have one currency. */
  readonly conversion: Conversion | undefined
}

/** The run folders that a place names: itself, or every run folder in it. Throws RecordError where there is none. */
function runsIn(place: string): string[] {
  const hint = 'name a run folder, or a folder of run folders'
  if (!existsSync(place)) throw new RecordError(place, 'there is no such run', hint)
  if (!statSync(place).isDirectory() || existsSync(join(place, RECORD_FILE))) return [place]
  const runs = readdirSync(place)
    .sort()
    .map((name) => join(place, name))
    .filter((folder) => existsSync(join(folder, RECORD_FILE)) && !/\.partial-\d/.test(folder))
  if (runs.length === 0) throw new RecordError(place, 'this folder has no runs', hint)
  return runs
}

interface Paired {
  readonly pairs: readonly (readonly [ComparedRun, ComparedRun])[]
  readonly alone: readonly string[]
}

/** Runs of the same seed make a pair. Throws RecordError when a seed comes twice on one side, or none on both. */
function pairUp(a: readonly ComparedRun[], b: readonly ComparedRun[], place: string): Paired {
  const bySeed = (runs: readonly ComparedRun[]) => {
    const seeds = new Map<string, ComparedRun>()
    for (const run of runs) {
      if (seeds.has(run.meta.seed))
        throw new RecordError(run.folder, `two runs here have the seed ${run.meta.seed}`, 'keep one of them')
      seeds.set(run.meta.seed, run)
    }
    return seeds
  }
  const [left, right] = [bySeed(a), bySeed(b)]
  const pairs = [...left].flatMap(([seed, run]) => {
    const other = right.get(seed)
    return other === undefined ? [] : [[run, other] as const]
  })
  if (pairs.length === 0)
    throw new RecordError(place, 'no seed has a run on both sides', 'run both scenarios with the same seeds')
  const paired = new Set(pairs.flat())
  return { pairs, alone: [...a, ...b].filter((run) => !paired.has(run)).map(({ folder }) => folder) }
}

/**
 * Compares two runs, or the runs of two folders by their seeds. Throws RecordError where there is nothing to compare,
 * InputError for two currencies without a rate.
 */
export function compareRuns(placeA: string, placeB: string, rate?: Rate): Comparison {
  const [foldersA, foldersB] = [runsIn(placeA), runsIn(placeB)]
  const single = foldersA.length === 1 && foldersB.length === 1
  const read = [foldersA, foldersB].map((folders) => folders.map((folder) => comparedRun(folder, single)))
  const currencies = read.map((runs) => runs.map(({ meta }) => meta.currency))
  const conversion = conversionOf(currencies[0], currencies[1], rate)
  const [runsA, runsB] = read.map((runs, side) =>
    conversion?.side === (side === 0 ? 'a' : 'b') ? runs.map((run) => converted(run, conversion)) : runs,
  )
  const { pairs, alone }: Paired = single ? { pairs: [[runsA[0], runsB[0]]], alone: [] } : pairUp(runsA, runsB, placeB)
  const [a, b] = pairs[0]
  return {
    a,
    b,
    seeds: pairs.map(([left, right]) => [left.meta.seed, right.meta.seed]),
    alone,
    changes: scenarioChanges(a.meta.scenario, b.meta.scenario).filter(({ path }) => path !== 'seed'),
    figures: movedFigures(pairs, conversion?.side),
    days: single ? pairedDays(a, b) : [],
    accounts: single ? pairedAccounts(a, b) : [],
    movedAccounts: single ? movedAccounts(a, b, ACCOUNTS) : [],
    conversion,
  }
}
