/** What `verify` finds out about a result folder: its files, its record, and whether the auditor agrees with it. */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DamageError } from '#base/damage-error.ts'
import { findDamage } from '#base/databases.ts'
import { InputError } from '#base/input-error.ts'
import { COMPARE, comparedFolder } from '#reports/compared-runs.ts'
import { type Damage, damagedFiles, MANIFEST_FILE, type Manifest, manifestIn } from '#reports/manifest-files.ts'
import { RECORD_FILE, RunRecord } from '#reports/record.ts'
import { namesIn } from './manifest.ts'
import { scratchFolder } from './supervision.ts'
import { marketsimVersion } from './versions.ts'

export interface Verified {
  /** Files that the manifest lists, and how many of them are as it lists them. */
  readonly files: { readonly listed: number; readonly whole: number }
  readonly damage: readonly Damage[]
  /** Files in the folder that the manifest does not list. */
  readonly unlisted: readonly string[]
  /** Of a run whose record can be read: its seed, and the digest of its history. */
  readonly record: { readonly seed: string; readonly digest: string } | null
  /** What the auditor found now. Null without a record, if it is damaged, or if it was not asked for. */
  readonly audit: { readonly amounts: number; readonly differences: number } | null
  /** The same of each run that it is compared with. */
  readonly comparisons: Readonly<Record<string, Verified>>
}

/** SQLite's own check of every page and index, then what a reader checks. @throws DamageError */
function readRecord(folder: string): NonNullable<Verified['record']> {
  const path = join(folder, RECORD_FILE)
  const found = findDamage(path)
  if (found !== undefined) throw new DamageError(path, `the record is damaged: ${found}`)
  const record = new RunRecord(folder)
  try {
    return { seed: record.meta.seed, digest: record.meta.digest }
  } finally {
    record.close()
  }
}

/** Runs of so many market events are run again, which takes some seconds. */
const MOST_REPEATED = 2_000_000

type Judged = Pick<Verified, 'audit'> & { readonly damage: readonly Damage[] }

/**
 * Audits a copy of the record, so that the run stays as it is. What the auditor takes as given, and reports, are made again
 * of the scenario and the record; a version of the program knows only what it writes itself.
 */
async function judged(folder: string, manifest: Manifest): Promise<Judged> {
  const { audit } = await import('#sim/audit/audit.ts')
  const { otherwiseAudited, unlikeItsScenario } = await import('#sim/run/expected-record.ts')
  const { unlikeReports } = await import('./rewritten-reports.ts')
  const path = join(folder, RECORD_FILE)
  const { path: scratch, remove } = scratchFolder('marketsim-verify-')
  const inRecord = (what: string): Damage => ({ file: RECORD_FILE, what })
  const made = (name: string): string => {
    mkdirSync(join(scratch, name))
    return join(scratch, name)
  }
  try {
    const isOurs = manifest.versions?.marketsim === marketsimVersion()
    const unlike = isOurs ? await unlikeItsScenario(path, made('given')) : []
    if (unlike.length > 0) return { damage: unlike.map(inRecord), audit: null }
    const copy = join(scratch, RECORD_FILE)
    copyFileSync(path, copy)
    const found = audit(copy, { columns: folder })
    if (found.differences > 0 || !isOurs) return { damage: [], audit: found }
    const isSmall = Number(manifest.marketEvents) <= MOST_REPEATED
    const damage = [
      ...otherwiseAudited(path, copy).map((table) => inRecord(`its table ${table} is not what the auditor finds`)),
      ...(await unlikeReports(folder, made('reports'), found)),
      ...(isSmall ? await unlikeItsScenario(path, made('again'), true) : []).map(inRecord),
    ]
    return { damage, audit: found }
  } finally {
    remove()
  }
}

/**
 * Verifies the folder of a run, a sweep or a load test: the checksum of its manifest, and size and SHA-256 of every file
 * listed there; of a run also the structure of its record, that it is the one of the manifest, and every amount.
 * @throws InputError where there is no such result; DamageError where the manifest is damaged
 */
export async function verified(folder: string, withAudit: boolean): Promise<Verified> {
  const comparisons: Record<string, Verified> = Object.create(null)
  const missing: Damage[] = []
  for (const [name, digest] of Object.entries(manifestIn(folder)?.comparisons ?? {})) {
    const path = comparedFolder(folder, name)
    if (!existsSync(join(path, MANIFEST_FILE))) {
      missing.push({ file: `${COMPARE}/${name}`, what: 'this comparison is missing' })
      continue
    }
    comparisons[name] = await verified(path, withAudit)
    const found = manifestIn(path)?.digest
    if (found !== digest)
      missing.push({
        file: `${COMPARE}/${name}`,
        what: `its digest is ${String(found)}, and ${MANIFEST_FILE} lists ${digest}`,
      })
  }
  const own = await verifiedAlone(folder, withAudit)
  return { ...own, damage: [...own.damage, ...missing], comparisons }
}

async function verifiedAlone(folder: string, withAudit: boolean): Promise<Omit<Verified, 'comparisons'>> {
  const manifest = manifestIn(folder)
  if (manifest?.files === undefined)
    throw new InputError(
      `this folder has no ${MANIFEST_FILE} of marketsim, so nothing says what belongs to it`,
      'name a folder that `marketsim run`, `sweep` or `load --out` wrote',
      folder,
    )
  const damage = damagedFiles(folder, manifest.files)
  const listed = Object.keys(manifest.files).length
  const files = { listed, whole: listed - damage.length }
  const unlisted = namesIn(folder).filter((file) => !Object.hasOwn(manifest.files!, file))
  const found = { files, damage, unlisted, record: null, audit: null }
  if (damage.length > 0 || manifest.kind !== undefined) return found
  try {
    const record = readRecord(folder)
    for (const key of ['seed', 'digest'] as const)
      if (String(manifest[key]) !== record[key])
        damage.push({
          file: MANIFEST_FILE,
          what: `its ${key} is ${manifest[key]}, and that of the record ${record[key]}`,
        })
    if (!withAudit || damage.length > 0) return { ...found, record }
    const { audit, damage: unlike } = await judged(folder, manifest)
    return { ...found, record, audit, damage: [...damage, ...unlike] }
  } catch (error) {
    const broken = DamageError.in(error)
    if (broken === undefined) throw error
    return { ...found, damage: [...damage, { file: RECORD_FILE, what: broken.message }] }
  }
}
