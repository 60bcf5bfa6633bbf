/** manifest.json: what a run was, what it wrote, and how to repeat it. Written last: with it a run is complete. */
import { createHash } from 'node:crypto'
import { createReadStream, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { undamagedJson } from '#base/damage-error.ts'
import { SUMMARY_VERSION, sortedJson } from '#reports/summary.ts'
import { policyKeys, policyRule } from '#scenarios/policies.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { RECORD_VERSION } from '#sim/record/build.ts'
import { writeWhole } from '#sim/run/checkpoint.ts'
import type { RunOutcome } from '#sim/run/outcome.ts'
import { type PhaseSeconds, paceOf } from './phase-clock.ts'
import { MANIFEST_FILE } from './run-folder.ts'
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
  /** The command that repeats the run. */
  readonly repeat: string
  /** Of the wall clock. */
  readonly seconds: PhaseSeconds
  readonly recordMiB: number
  readonly startedAt: Date
  /** Whether it was interrupted and resumed: `seconds` then count its last part only. */
  readonly resumed: boolean
}

interface FileNote {
  readonly bytes: number
  readonly sha256: string
}

/** Files of a folder and its subfolders, by relative path, sorted; the manifest itself is left out. */
export async function filesOf(folder: string): Promise<Record<string, FileNote>> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) =>
        !name.startsWith(MANIFEST_FILE) && !name.startsWith(`${UNFINISHED}/`) && statSync(join(folder, name)).isFile(),
    )
    .sort()
  const notes: [string, FileNote][] = []
  for (const name of names) {
    const hash = createHash('sha256')
    await pipeline(createReadStream(join(folder, name)), hash)
    notes.push([name, { bytes: statSync(join(folder, name)).size, sha256: hash.digest('hex') }])
  }
  return Object.fromEntries(notes)
}

/** Writes the manifest of a complete run into its folder. */
export async function writeManifest(folder: string, facts: ManifestFacts): Promise<void> {
  const { scenario, outcome, seconds, recordMiB } = facts
  const manifest = {
    program: 'marketsim',
    version: 1,
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
    files: await filesOf(folder),
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
  writeWhole(folder, MANIFEST_FILE, sortedJson(manifest))
}

/** After reports were written again, and perhaps audited: the manifest lists their files as they are now. */
export async function refreshManifest(
  folder: string,
  reconciliation?: { readonly amounts: number; readonly differences: number },
): Promise<void> {
  const path = join(folder, MANIFEST_FILE)
  const manifest = undamagedJson<object>(path)
  writeWhole(
    folder,
    MANIFEST_FILE,
    sortedJson({ ...manifest, ...(reconciliation ? { reconciliation } : {}), files: await filesOf(folder) }),
  )
}
