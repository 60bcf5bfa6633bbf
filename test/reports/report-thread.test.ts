/** Reports of a large record are made on two threads: the same bytes, and the same errors. */
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { DamageError } from '#base/damage-error.ts'
import { RunRecord } from '#reports/record.ts'
import { writeReports } from '#reports/write.ts'
import { shortRun } from './short-run.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-report-thread-'))
const run = await shortRun(['end=2024-03-03T00:00:00+08:00'])
afterAll(() => {
  run.remove()
  rmSync(folder, { recursive: true })
})

/** The files of a folder with their texts. */
const filesOf = (place: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(place, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((file) => [file.slice(place.length), readFileSync(file, 'utf8')]),
  )

async function reported(place: string, threads: number): Promise<{ files: Record<string, string>; isAlone: boolean }> {
  const to = mkdtempSync(join(folder, 'reports-'))
  const record = new RunRecord(place)
  try {
    await writeReports(record, to, { threads, manyBytes: 1 })
    return { files: filesOf(to), isAlone: record.isMade('booked') }
  } finally {
    record.close()
  }
}

test('two threads write the same files as one, which makes the books alone', async () => {
  const [alone, both] = [await reported(run.folder, 1), await reported(run.folder, 2)]
  expect(Object.keys(both.files).sort()).toEqual(Object.keys(alone.files).sort())
  for (const [file, text] of Object.entries(alone.files)) expect(both.files[file] === text, file).toBe(true)
  expect([alone.isAlone, both.isAlone]).toEqual([true, false])
})

test('damage that the second thread finds is reported as damage', async () => {
  const damaged = join(folder, 'damaged')
  mkdirSync(damaged)
  copyFileSync(run.record.path, join(damaged, 'run.sqlite'))
  cpSync(join(run.folder, 'columns'), join(damaged, 'columns'), { recursive: true })
  const file = join(damaged, 'columns/cell-0/ledger_months.parquet')
  const bytes = readFileSync(file)
  bytes[100] ^= 1
  writeFileSync(file, bytes)
  const error = await reported(damaged, 2).catch((error: unknown) => error)
  expect(DamageError.in(error)?.where).toBe(file)
})
