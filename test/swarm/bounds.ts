/**
 * Scenarios whose keys have values at their bounds: each that `check` lets through must run, and the auditor must agree.
 * A value is put in place of another one of the same sort; those that are refused are left out.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { parseScenario } from '#scenarios/reader.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { simulate } from '#sim/run/simulate.ts'
import { type Doc, yamlOf } from './read-doc.ts'

export type Path = readonly (string | number)[]

/** One value at a bound. */
export interface Extreme {
  readonly path: Path
  readonly value: unknown
}

const LONGEST = '3652500d'
/** Durations at both ends, and laws whose tails reach beyond every bound. */
const durations = ['0s', '1ms', LONGEST]
const durationLaws = [
  ...durations,
  { exponential: { mean: LONGEST } },
  { lognormal: { mean: '1ms', sd: LONGEST } },
  { weibull: { shape: 0.01, scale: LONGEST } },
  { gamma: { shape: 0.001, mean: LONGEST } },
  { normal: { mean: '0s', sd: LONGEST } },
  { uniform: { min: '0s', max: LONGEST } },
]
const counts = [
  0,
  1,
  1_000_000_000,
  { lognormal: { mean: 1, sd: 1_000_000_000 } },
  { weibull: { shape: 0.01, scale: 9 } },
]
/** Few arrivals, or the run would take its hour in real time; how many at most is a bound of its own. */
const rates = ['0/s', '0.000000001/week', '20/min']
const numbers = [0, 1e-9, 1, 2, 12, 100, 1_000_000, 1_000_000_000]
const instants = ['1970-01-01T00:00:00Z', '2024-02-29T23:59:59.999+14:00', '9999-12-31T23:59:59.999Z']

const laws = ['exponential', 'lognormal', 'gamma', 'erlang', 'weibull', 'normal', 'uniform', 'triangular', 'discrete']
const isLaw = (value: object): boolean =>
  [...laws, 'truncated', 'empirical', 'constant'].some((law) => Object.hasOwn(value, law))
const isDuration = (text: string): boolean => /^(\d+(ms|s|min|h|d|w))+$/.test(text)

/** Values at the bounds of what is here now. */
function extremesOf(value: unknown): readonly unknown[] {
  if (typeof value === 'boolean') return [!value]
  if (typeof value === 'number') return [...numbers, ...counts.filter((each) => typeof each === 'object')]
  if (typeof value === 'object') return JSON.stringify(value).match(/"\d+(ms|s|min|h|d|w)/) ? durationLaws : counts
  const text = String(value)
  if (isDuration(text)) return durationLaws
  if (/^[\d.]+\/[a-z]+$/.test(text)) return rates
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return instants
  if (/^[\d.]+$/.test(text)) return ['0', '0.00000001', '1']
  return []
}

/** Every value of a scenario that has bounds, with what may be in its place. */
export function extremesIn(value: unknown, path: Path = []): Extreme[] {
  if (typeof value === 'object' && value !== null && !isLaw(value)) {
    const steps: Path = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
    return steps.flatMap((step) => extremesIn((value as Record<string | number, unknown>)[step], [...path, step]))
  }
  const isFrame = ['start', 'end', 'duration', 'seed'].includes(String(path[0]))
  return isFrame || value === null ? [] : extremesOf(value).map((each) => ({ path, value: each }))
}

/** A copy with some values replaced. */
export function withExtremes(doc: Doc, extremes: readonly Extreme[]): Doc {
  const copy = structuredClone(doc)
  for (const { path, value } of extremes) {
    let at = copy as Record<string | number, unknown>
    for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>
    at[path[path.length - 1]] = value
  }
  return copy
}

/** The scenario of a document; null when `check` refuses it. */
export function readOrRefused(doc: Doc): Scenario | null {
  try {
    return parseScenario(yamlOf(doc), 'bounds.yaml')
  } catch (error) {
    if (error instanceof ScenarioErrors) return null
    throw error
  }
}

/** As many of the extremes as go together. */
export function fitting(doc: Doc, extremes: readonly Extreme[]): Extreme[] {
  const kept: Extreme[] = []
  for (const extreme of extremes) if (readOrRefused(withExtremes(doc, [...kept, extreme])) !== null) kept.push(extreme)
  return kept
}

/** Runs a scenario to its end; throws an error that names the promise it broke. */
export async function runAtBounds(scenario: Scenario): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-bounds-'))
  try {
    const { differences, amounts } = await simulate({
      scenario,
      traces: {},
      seed: scenario.seed,
      threads: 1,
      folder,
      inThisThread: true,
    })
    if (differences !== 0) throw new Error(`the auditor differs in ${differences} of ${amounts} amounts`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
