/** What the manifest of a result says about its files, and whether they still are as it says. */
import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DamageError, undamagedJson } from '#base/damage-error.ts'
import { emptyExtent, extended, type FileExtent, readParts } from '#base/files.ts'
import { sortedJson } from './sorted-json.ts'

/** Written last; a folder that has it is a whole result. */
export const MANIFEST_FILE = 'manifest.json'

/** A file as the manifest lists it. */
export interface FileNote {
  readonly bytes: number
  readonly sha256: string
}

/** The parts of a manifest that say what belongs to it. Those of a run, a sweep and a load test have them. */
export interface Manifest {
  readonly program?: unknown
  readonly version?: unknown
  readonly kind?: unknown
  readonly seed?: unknown
  readonly digest?: unknown
  readonly versions?: Readonly<Record<string, unknown>>
  readonly marketEvents?: unknown
  readonly reconciliation?: { readonly amounts: number; readonly differences: number }
  readonly files?: Readonly<Record<string, Partial<FileNote>>>
  /** Digests of the runs that a run is compared with, by name. */
  readonly comparisons?: Readonly<Record<string, string>>
  readonly checksum?: unknown
}

/** Of manifests: 1 had no checksum of its own. */
export const MANIFEST_VERSION = 2

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The text of a manifest, with a checksum over everything else in it. */
export function manifestText(manifest: object): string {
  const content = { ...manifest, version: MANIFEST_VERSION }
  return sortedJson({ ...content, checksum: sha256(sortedJson(content)) })
}

/**
 * The manifest of a folder, undefined where there is none or it is not one of ours.
 * @throws DamageError if it is not JSON, or its checksum is another one
 */
export function manifestIn(folder: string): Manifest | undefined {
  const path = join(folder, MANIFEST_FILE)
  if (!existsSync(path)) return undefined
  const manifest = undamagedJson<Manifest | null>(path, 'restore the folder from a copy, or make the result again')
  if (manifest === null || manifest.program !== 'marketsim') return undefined
  const { checksum, ...content } = manifest
  const isWhole = manifest.version === 1 || checksum === sha256(sortedJson(content))
  if (isWhole) return manifest
  throw new DamageError(
    path,
    `${MANIFEST_FILE} is damaged: its checksum is another one`,
    'restore the folder from a copy, or make the result again',
  )
}

/** SHA-256 of a file, in hexadecimal. */
export const fileHash = (path: string): string => readWhole(path).sha256

/**
 * A file as a manifest lists it. `written` is what the program knows that it wrote.
 * @throws DamageError if the file has other content than that
 */
export function noteOf(path: string, written?: FileExtent): FileNote {
  const { sha256, extent } = readWhole(path)
  if (written !== undefined && (extent.bytes !== written.bytes || extent.crc !== written.crc))
    throw new DamageError(path, `${basename(path)} is damaged: it is not what was written`)
  return { bytes: extent.bytes, sha256 }
}

function readWhole(path: string): { readonly sha256: string; readonly extent: FileExtent } {
  const hash = createHash('sha256')
  let extent = emptyExtent
  readParts(path, (bytes) => {
    hash.update(bytes)
    extent = extended(extent, bytes)
  })
  return { sha256: hash.digest('hex'), extent }
}

export interface Damage {
  /** Path of the file below its folder. */
  readonly file: string
  readonly what: string
}

/** Every file of a folder that is not as its manifest lists it. Reads all of them. */
export const damagedFiles = (folder: string, files: Manifest['files'] = {}): Damage[] =>
  Object.entries(files).flatMap(([file, note]) => {
    const what = damageOf(join(folder, file), note)
    return what === undefined ? [] : [{ file, what }]
  })

/** How a file differs from what the manifest lists, or undefined. Reads all of it. */
export function damageOf(path: string, { bytes, sha256 }: Partial<FileNote>): string | undefined {
  if (!existsSync(path)) return `it is missing, and ${MANIFEST_FILE} lists it`
  const { size } = statSync(path)
  if (bytes !== undefined && size !== bytes) return `it has ${size} bytes, and ${MANIFEST_FILE} lists ${bytes}`
  if (sha256 !== undefined && fileHash(path) !== sha256) return `its SHA-256 is not the one that ${MANIFEST_FILE} lists`
  return undefined
}

/** What is wrong with the manifest of a folder and the files that it lists. Reads all of them. */
export function damagesOf(folder: string): DamageError[] {
  const { manifest, damage } = readManifest(folder)
  if (damage !== undefined) return [damage]
  return damagedFiles(folder, manifest?.files).map(
    ({ file, what }) => new DamageError(join(folder, file), `${file} is damaged: ${what}`),
  )
}

/** The manifest of a folder where it can be read, and what is wrong with it where it is damaged. */
export function readManifest(folder: string): {
  readonly manifest?: Manifest | undefined
  readonly damage?: DamageError
} {
  try {
    return { manifest: manifestIn(folder) }
  } catch (error) {
    if (error instanceof DamageError) return { damage: error }
    throw error
  }
}

/**
 * Makes sure that a file of a result folder is as its manifest lists it. A file in a folder without a manifest, such as a
 * run that is being made, and one that is not listed pass; so do all where the manifest is damaged, which `readManifest`
 * reports. @throws DamageError
 */
export function expectListed(
  folder: string,
  name: string,
  hint?: string,
  files = readManifest(folder).manifest?.files,
): void {
  if (files === undefined || !Object.hasOwn(files, name)) return
  const path = join(folder, name)
  const damage = damageOf(path, files[name])
  if (damage !== undefined) throw new DamageError(path, `${basename(name)} is damaged: ${damage}`, hint)
}
