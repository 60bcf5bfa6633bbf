/** What identifies the result of a run: everything that it follows from, and nothing else. */
import { createHash } from 'node:crypto'
import { SUMMARY_VERSION } from '#reports/summary.ts'
import type { Threshold } from '#scenarios/sections/thresholds.ts'
import { RECORD_VERSION } from '#sim/record/build.ts'
import { marketsimVersion } from '../versions.ts'
import { programDigest } from './program-digest.ts'

/** Programs that differ in any of these may differ in what they compute. */
export interface ProgramVersions {
  readonly marketsim: string
  /** Of the source files that compute a run. */
  readonly program: string
  readonly record: number
  readonly figures: number
}

export const programVersions = (): ProgramVersions => ({
  marketsim: marketsimVersion(),
  program: programDigest(),
  record: RECORD_VERSION,
  figures: SUMMARY_VERSION,
})

/** `0.1.0 (program 0123456789abcdef, record 4, figures 7)`. */
export const versionText = ({ marketsim, program, record, figures }: ProgramVersions): string =>
  `${marketsim} (program ${program}, record ${record}, figures ${figures})`

/** The premises of one run of a sweep. */
export interface RunPremises {
  /** SHA-256 of the resolved scenario and its traces. */
  readonly scenario: string
  readonly seed: string
  /** What is measured, in order: the name of a figure and its filter. */
  readonly figures: readonly string[]
  readonly versions: ProgramVersions
}

/** A figure without its bound, which changes no measurement: `ecs.refusalRate{pool=ap-1a}`. */
export function figureText({ figure, filter }: Pick<Threshold, 'figure' | 'filter'>): string {
  const labels = Object.entries(filter)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => `${label}=${value}`)
  return labels.length === 0 ? figure : `${figure}{${labels.join(',')}}`
}

export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** SHA-256 in hex of the premises: two runs with the same key have the same result. */
export function runKey({ scenario, seed, figures, versions }: RunPremises): string {
  const { marketsim, program, record, figures: catalogue } = versions
  return sha256(JSON.stringify([scenario, seed, figures, [marketsim, program, record, catalogue]]))
}
