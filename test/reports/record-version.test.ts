/** A record of another version of marketsim is refused, and said how to make it again. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { RunRecord } from '#reports/record.ts'
import type { RecordError } from '#reports/record-error.ts'
import { RECORD_VERSION } from '#sim/record/build.ts'

function refused(version: number, manifest?: string): { what: string; hint: string } {
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-version-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const database = new Sqlite(join(folder, 'run.sqlite'))
  database.pragma(`user_version = ${version}`)
  database.close()
  if (manifest !== undefined) writeFileSync(join(folder, 'manifest.json'), manifest)
  try {
    new RunRecord(folder).close()
  } catch (error) {
    const { message, hint } = error as RecordError
    return { what: message, hint: String(hint) }
  }
  throw new Error(`a record of version ${version} was opened`)
}

const both = `this record is of version 2, and this marketsim reads version ${RECORD_VERSION}`

test.each([
  [
    'with its manifest',
    '{ "repeat": "marketsim run quickstart --seed 7" }',
    'make it again: marketsim run quickstart --seed 7',
  ],
  ['without', undefined, 'run its scenario again'],
  ['with half a manifest', '{ "repeat": ', 'run its scenario again'],
])('an older record %s', (_name, manifest, hint) => {
  const { what, hint: said } = refused(2, manifest)
  expect(what).toContain(both)
  expect(said).toBe(hint)
})

test('a database that is no record is called one', () => {
  expect(refused(0)).toMatchObject({
    what: expect.stringContaining('this is not a record of a run'),
    hint: 'name a folder that `marketsim run` wrote',
  })
})
