/** The results of a sweep gathered from folders: equal where they meet, complete, and in canonical order. */

import type { ResultFolder } from '../results/result-folder.ts'
import { mustBeEqual } from '../results/result-store.ts'
import { runKey } from '../results/run-key.ts'
import { storedRun } from '../results/stored-run.ts'
import { type OneRun, seedOf } from './one-run.ts'
import { moreRuns, premisesOf, type SweepPlan } from './plan.ts'

export interface MissingRun {
  readonly point: number
  readonly replication: number
  readonly seed: string
}

export interface Gathered {
  /** By point and replication; with gaps where runs are missing. */
  readonly runs: OneRun[][]
  /** By point, then by replication. */
  readonly missing: readonly MissingRun[]
}

/**
 * Reads every run of a plan. With a precision, more runs are asked for as a single process would, as long as those before are
 * there. @throws ResultConflict where two folders have different results of one run, DamageError where one is damaged
 */
export function gatherRuns(plan: SweepPlan, folders: readonly ResultFolder[]): Gathered {
  const missing: MissingRun[] = []
  const runs = plan.points.map((_, point) => {
    const made: OneRun[] = []
    for (let asked = plan.runs; made.length < asked; ) {
      for (let replication = made.length; replication < asked; replication++) {
        const run = found(plan, folders, point, replication)
        if (run === undefined) missing.push({ point, replication, seed: seedOf(plan.seed, replication) })
        else made[replication] = run
      }
      if (missing.at(-1)?.point === point) break
      asked += moreRuns(plan, made)
    }
    return made
  })
  return { runs, missing }
}

function found(
  plan: SweepPlan,
  folders: readonly ResultFolder[],
  point: number,
  replication: number,
): OneRun | undefined {
  const key = runKey(premisesOf(plan, point, replication))
  let first: { readonly text: string; readonly run: OneRun } | undefined
  for (const folder of folders) {
    const text = folder.findNow(key)
    if (text === undefined) continue
    // Before it is compared: a damaged result is no conflict.
    const run = storedRun(text, key, folder.pathOf(key))
    if (first === undefined) first = { text, run }
    else mustBeEqual(key, first.text, text, folder.pathOf(key))
  }
  return first?.run
}

/** Numbers from 1 as ranges: `1-3, 5`. */
export function rangesOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const number of numbers) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === number - 1) last[1] = number
    else ranges.push([number, number])
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ')
}

/** What is missing, a line for each point. */
export function missingLines({ points }: SweepPlan, missing: readonly MissingRun[]): string[] {
  const byPoint = Map.groupBy(missing, ({ point }) => point)
  return [...byPoint].map(([point, ofPoint]) => {
    const numbers = rangesOf(ofPoint.map(({ replication }) => replication + 1))
    const [{ seed: first }] = ofPoint
    const last = ofPoint.at(-1)?.seed
    const seeds = ofPoint.length === 1 ? `seed ${first}` : `seeds ${first} to ${last}`
    const { sets } = points[point]
    return `${sets.length === 0 ? '' : `${sets.join(' ')}: `}${ofPoint.length === 1 ? 'run' : 'runs'} ${numbers} (${seeds})`
  })
}
