/** manifest.json: what a run was, what it wrote, and how to repeat it. Written last: with it a run is complete. */
import { readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { undamagedJson } from '#base/damage-error.ts'
import { type Written, writeWhole } from '#base/files.ts'
import { COMPARE, comparedFolder, comparedNames } from '#reports/compared-runs.ts'
import { type FileNote, MANIFEST_FILE, manifestText, noteOf } from '#reports/manifest-files.ts'
import { SUMMARY_VERSION } from '#reports/summary.ts'
import { policyKeys, policyRule } from '#scenarios/policies.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { RECORD_VERSION } from '#sim/record/build.ts'
import type { RunOutcome } from '#sim/run/outcome.ts'
import { type PhaseSeconds, paceOf } from './phase-clock.ts'
import { UNFINISHED } from './unfinished.ts'
import { marketsimVersion } from './versions.ts'

export interface ManifestFacts {
  readonly scenario: Scenario
  /** The scenario file as the caller named it, its overrides and the hash of what it says. */
  readonly file: string
  readonly sets: readonly string[]
  readonly hash: string
  readonly seed: string
  readonly threads: number
  readonly outcome: RunOutcome
  /** Files of the folder as they were written. */
  readonly written: Written
  /** The command that repeats the run. */
  readonly repeat: string
  /** Of the wall clock. */
  readonly seconds: PhaseSeconds
  readonly recordMiB: number
  readonly startedAt: Date
  /** Whether it was interrupted and resumed: `seconds` then count its last part only. */
  readonly resumed: boolean
}

/** Names of the files of a folder and its subfolders, sorted; the manifest itself is left out. */
export const namesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) =>
        !name.startsWith(MANIFEST_FILE) &&
        !name.startsWith(`${UNFINISHED}/`) &&
        // A comparison is a run with a manifest of its own.
        !name.startsWith(`${COMPARE}/`) &&
        statSync(join(folder, name)).isFile(),
    )
    .sort()

/**
 * The same files as a manifest lists them. Reads all of them.
 * @throws DamageError if one is not as it was written
 */
export const filesOf = (folder: string, written: Written = new Map()): Record<string, FileNote> =>
  Object.fromEntries(namesIn(folder).map((name) => [name, noteOf(join(folder, name), written.get(name))]))

/** The digest of each run that this one is compared with, by name; nothing without one. */
function comparisonsOf(folder: string): { comparisons?: Record<string, string> } {
  const digests = comparedNames(folder).map((name) => [
    name,
    undamagedJson<{ digest: string }>(join(comparedFolder(folder, name), MANIFEST_FILE)).digest,
  ])
  return digests.length === 0 ? {} : { comparisons: Object.fromEntries(digests) }
}

/** Writes the manifest of a complete run into its folder. */
export async function writeManifest(folder: string, facts: ManifestFacts): Promise<void> {
  const { scenario, outcome, seconds, recordMiB } = facts
  const manifest = {
    program: 'marketsim',
    scenario: {
      name: scenario.name,
      question: scenario.question,
      file: facts.file,
      sets: facts.sets,
      sha256: facts.hash,
    },
    seed: facts.seed,
    policies: Object.fromEntries(
      policyKeys.map((key) => [key, { rule: policyRule(key), value: scenario.policies[key] }]),
    ),
    versions: {
      marketsim: marketsimVersion(),
      node: process.versions.node,
      'better-sqlite3': createRequire(import.meta.url)('better-sqlite3/package.json').version,
      record: RECORD_VERSION,
      summary: SUMMARY_VERSION,
    },
    digest: outcome.digest,
    events: outcome.events,
    marketEvents: outcome.marketEvents,
    reconciliation: { amounts: outcome.amounts, differences: outcome.differences },
    repeat: facts.repeat,
    ...comparisonsOf(folder),
    files: filesOf(folder, facts.written),
    machine: {
      startedAt: facts.startedAt.toISOString(),
      seconds,
      recordMiB,
      resumed: facts.resumed,
      marketEventsPerSecond: facts.resumed ? null : paceOf(outcome.marketEvents, seconds),
      peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
      threads: facts.threads,
      processors: availableParallelism(),
      platform: `${process.platform}-${process.arch}`,
    },
  }
  writeWhole(folder, MANIFEST_FILE, manifestText(manifest))
}

/** After reports were written again, and perhaps audited: the manifest lists their files as they are now. */
export async function refreshManifest(
  folder: string,
  reconciliation?: { readonly amounts: number; readonly differences: number },
  written?: Written,
): Promise<void> {
  const path = join(folder, MANIFEST_FILE)
  const { checksum: _, ...manifest } = undamagedJson<{ checksum?: string }>(path)
  const content = { ...manifest, ...(reconciliation ? { reconciliation } : {}), files: filesOf(folder, written) }
  writeWhole(folder, MANIFEST_FILE, manifestText(content))
}
