/**
 * Experiments on the conclusions that marketsim prints, as part of `npm run validate`. With `--write` their tables replace
 * those of docs/trust.md.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { boundedSelections } from './bounded-selection-experiments.ts'
import { comparedDays } from './compared-days-experiment.ts'
import { controlledIntervals } from './control-experiments.ts'
import { type Effort, type Experiment, isOutside, markdown, type Outcome } from './experiment.ts'
import { firstMonths, replays, runIntervals } from './interval-experiments.ts'
import { coveredCombined, coveredRefusals } from './refusal-experiments.ts'
import { selections } from './selection-experiments.ts'
import { singleRuns } from './single-run-experiments.ts'
import { falselySized } from './size-experiments.ts'
import { steadyStates } from './steady-experiments.ts'
import { falselyKept, falselyKeptCapacity, falselyMarked, stopped } from './sweep-experiments.ts'

/** By the name of the table in docs/trust.md. */
export const experiments: Readonly<Record<string, Experiment>> = {
  intervals: runIntervals,
  kept: falselyKept,
  capacity: falselyKeptCapacity,
  sizes: falselySized,
  splitting: coveredRefusals,
  combined: coveredCombined,
  controls: controlledIntervals,
  selection: selections,
  bounded: boundedSelections,
  marks: falselyMarked,
  stopping: stopped,
  steady: steadyStates,
  replays,
  months: firstMonths,
  single: singleRuns,
  days: comparedDays,
}

const page = new URL('../../docs/trust.md', import.meta.url)

/** Puts a table between its two marks. Throws where the page has none of that name. */
function replaced(text: string, name: string, table: string): string {
  const [begin, end] = [`<!-- ${name} -->\n`, `\n<!-- end of ${name} -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/trust.md has no table '${name}'`)
  return text.slice(0, from + begin.length) + table + text.slice(to)
}

export interface TrustOptions {
  readonly effort: Effort
  /** Only this experiment; undefined for all. */
  readonly only: string | undefined
  readonly write: boolean
  readonly print: (text: string) => void
}

/** Makes the experiments; returns the outcomes that differ significantly from what is promised. */
export function judgeTrust({ effort, only, write, print }: TrustOptions): Outcome[] {
  const outside: Outcome[] = []
  for (const [name, experiment] of Object.entries(experiments)) {
    if (only !== undefined && only !== name) continue
    const outcomes = experiment(effort)
    print(`${name}\n\n${markdown(outcomes)}\n`)
    outside.push(...outcomes.filter(isOutside))
    if (write) writeFileSync(page, replaced(readFileSync(page, 'utf8'), name, markdown(outcomes)))
  }
  return outside
}
