/** Whether the reports of a run, and what its manifest says of it, are those that its record gives. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { undamagedJson } from '#base/damage-error.ts'
import { type Damage, fileHash, MANIFEST_FILE } from '#reports/manifest-files.ts'
import { RunRecord } from '#reports/record.ts'
import { sortedLine } from '#reports/sorted-json.ts'
import { reportFiles, writeReports } from '#reports/write.ts'
import { policyKeys, policyRule } from '#scenarios/policies.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { RECORD_VERSION } from '#sim/record/build.ts'
import { namesIn } from './manifest.ts'

/** Amounts that were recomputed, and how many of them differ. */
interface Counted {
  readonly amounts: number
  readonly differences: number
}

const written: readonly string[] = Object.values(reportFiles)
const isReport = (file: string): boolean => written.includes(file.split('/')[0])

/**
 * Writes the reports of the run in `folder` again into `scratch`, an empty folder, and compares every file, and the manifest
 * with what the record, its summary and its audit say.
 */
export async function unlikeReports(folder: string, scratch: string, audited: Counted): Promise<Damage[]> {
  const record = new RunRecord(folder)
  let inManifest: Damage[]
  try {
    const { figures } = await writeReports(record, scratch, { threads: availableParallelism() })
    const [amounts, differences] = (['amounts', 'differences'] as const).map((of) =>
      Number(figures[`reconciliation.${of}`].value),
    )
    inManifest = unlikeManifest(folder, record, [audited, { amounts, differences }])
  } finally {
    record.close()
  }
  const due = namesIn(scratch)
  const foreign = namesIn(folder).filter((file) => isReport(file) && !due.includes(file))
  return [
    ...due
      .filter((file) => !isSame(join(folder, file), join(scratch, file)))
      .map((file) => ({
        file,
        what: existsSync(join(folder, file))
          ? 'it is not what the record gives'
          : 'it is missing, and the record gives it',
      })),
    ...inManifest,
    ...foreign.map((file) => ({ file, what: 'the record gives no such file' })),
  ]
}

const isSame = (file: string, other: string): boolean => existsSync(file) && fileHash(file) === fileHash(other)

/** What the manifest of a run says otherwise than its record. A run notes what its summary counts, `report --audit` what the audit does. */
function unlikeManifest(folder: string, record: RunRecord, counted: readonly Counted[]): Damage[] {
  const manifest = undamagedJson<Record<string, unknown>>(join(folder, MANIFEST_FILE))
  const { scenario, versions, reconciliation } = manifest as {
    scenario?: Record<string, unknown>
    versions?: Record<string, unknown>
    reconciliation?: Counted
  }
  const { name, question, policies } = record.meta.scenario as unknown as Scenario
  const [{ events }] = record.rows("SELECT value AS events FROM meta WHERE key = 'events'")
  const [{ settled }] = record.rows(
    "SELECT sum(repeats) AS settled FROM transactions WHERE kind = (SELECT id FROM words WHERE word = 'usage')",
  )
  const [{ metered }] = record.rows('SELECT sum(hours) AS metered FROM usage_spans')
  const inForce = policyKeys.map((key) => [key, { rule: policyRule(key), value: policies[key] }])
  const said: readonly (readonly [key: string, said: unknown, due: unknown])[] = [
    ['scenario.name', scenario?.name, name],
    ['scenario.question', scenario?.question, question],
    ['versions.record', versions?.record, RECORD_VERSION],
    ['policies', manifest.policies, Object.fromEntries(inForce)],
    ['events', manifest.events, Number(events)],
    ['marketEvents', manifest.marketEvents, Number(events) + Number(settled ?? 0) + Number(metered ?? 0)],
    [
      'reconciliation',
      reconciliation,
      counted.find(({ amounts }) => amounts === reconciliation?.amounts) ?? counted[0],
    ],
  ]
  return said
    .filter(([, is, due]) => textOf(is) !== textOf(due))
    .map(([key, is, due]) => ({
      file: MANIFEST_FILE,
      what: `its ${key} is ${textOf(is).slice(0, 100)}, and by the record it is ${textOf(due).slice(0, 100)}`,
    }))
}

const textOf = (value: unknown): string => (value === undefined ? 'missing' : sortedLine(value))
