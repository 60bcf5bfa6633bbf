/** The checksum of what a record or ledger says of its run. Its readers take that as given, so a changed byte would pass. */
import { createHash } from 'node:crypto'
import { DamageError } from './damage-error.ts'

const KEY = 'checksum'

/** What an auditor takes as given. */
const covered = ['start', 'end', 'utcOffset', 'policies', 'scenario'] as const

/** SHA-256, hexadecimal. */
const checksumOf = (textOf: (key: string) => string | undefined): string =>
  createHash('sha256')
    .update(JSON.stringify(covered.map((key) => [key, textOf(key) ?? ''])))
    .digest('hex')

/** The rows of a `meta` table with their checksum. */
export const withChecksum = (meta: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  ...meta,
  [KEY]: checksumOf((key) => meta[key]),
})

/** @throws DamageError where the `meta` table of the database `path` is not as it was written, or lacks a row */
export function expectWholeMeta(path: string, meta: ReadonlyMap<string, string>): void {
  for (const key of covered)
    if (!meta.has(key)) throw new DamageError(path, `the record is damaged: its meta table lacks ${key}`)
  const written = meta.get(KEY)
  if (written !== undefined && written !== checksumOf((key) => meta.get(key)))
    throw new DamageError(path, 'the record is damaged: its meta table is not as it was written')
}
