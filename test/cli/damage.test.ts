/** Damage of what marketsim wrote ends with exit code 5, whatever is damaged and whichever command finds it. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { DamageError } from '#base/damage-error.ts'
import { InputError } from '#base/input-error.ts'
import { exitCodes } from '#cli/exit-codes.ts'
import { Replayable, report } from '#cli/failure.ts'
import { described, revived } from '#engine/cells/thrown.ts'
import { Digest } from '#engine/digest.ts'
import { RunError } from '#engine/runs/run-error.ts'
import { dictionary } from '#sim/market/words.ts'
import { FactLog } from '#sim/record/fact-log.ts'
import { writeFixtureRecord } from '../reports/fixture-record.ts'
import { inThisProcess } from './marketsim.ts'

const cwd = mkdtempSync(join(tmpdir(), 'marketsim-damage-'))
const whole = join(cwd, 'whole')

/** A small run folder: a record and what names it one. */
beforeAll(() => {
  mkdirSync(whole)
  writeFixtureRecord(join(whole, 'run.sqlite'))
  writeFileSync(
    join(whole, 'manifest.json'),
    '{ "program": "marketsim", "version": 1, "files": { "run.sqlite": {} } }\n',
  )
})

afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const changed = (sql: string) => (folder: string) => {
  const database = new Sqlite(join(folder, 'run.sqlite'))
  database.exec(sql)
  database.close()
}

const zeroed = (from: number, to?: number) => (folder: string) => {
  const file = join(folder, 'run.sqlite')
  writeFileSync(file, readFileSync(file).fill(0, from, to))
}

const all = 'select t.name, c.name from sqlite_schema t, pragma_table_info(t.name) c'

test.each<[string, (folder: string) => void, string[]]>([
  ['bytes that are not a database', (run) => writeFileSync(join(run, 'run.sqlite'), Buffer.alloc(9_000, 'x')), ['sql']],
  ['an empty record', (run) => truncateSync(join(run, 'run.sqlite'), 0), ['sql']],
  ['a record cut short', (run) => truncateSync(join(run, 'run.sqlite'), 50_000), ['sql']],
  ['a record whose pages are zeros', zeroed(40_960), ['sql']],
  [
    'a record whose pages are zeros, on reading its rows',
    zeroed(4096 * 20),
    ['export', '--format', 'csv', '--out', join(cwd, 'books')],
  ],
  ['a record whose pages are zeros, on auditing it', zeroed(4096 * 20), ['report', '--audit']],
  ['a record without a table', changed('DROP TABLE refusals'), ['report']],
  ['a record without a column', changed('ALTER TABLE refusals RENAME COLUMN lost TO gone'), ['sql']],
  ['a record without meta data', changed('DROP TABLE meta'), ['sql']],
  ['a record without one of its meta data', changed("DELETE FROM meta WHERE key = 'digest'"), ['sql']],
  ['policies that are not JSON', changed("UPDATE meta SET value = '{' WHERE key = 'policies'"), ['sql']],
  ['a record that is gone', (run) => rmSync(join(run, 'run.sqlite')), ['report']],
  ['half a manifest', (run) => writeFileSync(join(run, 'manifest.json'), '{ "program": "mark'), ['report']],
  ['half a summary', (run) => writeFileSync(join(run, 'summary.json'), '{ "version"'), ['compare', whole]],
])('%s', async (name, damage, [command, ...rest]) => {
  const run = join(cwd, name.replaceAll(' ', '-'))
  cpSync(whole, run, { recursive: true })
  damage(run)
  const words = command === 'sql' ? [command, run, all] : [command, run, ...rest]
  const { code, stderr } = await inThisProcess(words, cwd)
  expect(stderr).toMatch(/^error: .*(damaged|missing)/)
  expect(stderr).toMatch(/\n {2}where: .*\n {2}hint: .*\n$/)
  expect(code).toBe(exitCodes.damaged.code)
})

test('the request of an interrupted run', async () => {
  const staging = join(cwd, 'request.partial-1')
  mkdirSync(join(staging, 'unfinished'), { recursive: true })
  writeFileSync(join(staging, 'unfinished/request.bin'), 'no request')
  const { code, stderr } = await inThisProcess(['resume', staging], cwd)
  expect(stderr).toMatch(/^error: the request of the interrupted run is damaged/)
  expect(code).toBe(exitCodes.damaged.code)
})

test('facts of a cell that end before its checkpoint', () => {
  const log = new FactLog(join(cwd, 'facts'), new Digest(), dictionary)
  expect(() => log.restore({ bytes: 800, facts: 10, crc: 0 })).toThrow(DamageError)
  log.close()
})

const damage = new DamageError('runs/a/run.sqlite', 'the record is damaged: a page is lost')
const task = { pointIndex: 0, replication: 0, seed: '1' } as ConstructorParameters<typeof RunError>[0]

/** An error of SQLite has a code that is not among its enumerable properties. */
const full = new Sqlite.SqliteError('database or disk is full', 'SQLITE_FULL')

/** What a worker thread throws, as its parent gets it. */
const thrownInThread = (): Promise<unknown> =>
  new Promise((resolve) => {
    const url = new URL('../../base/damage-error.ts', import.meta.url).href
    const code = `import('${url}').then(({ DamageError }) => { throw new DamageError('a', 'it is damaged') })`
    new Worker(code, { eval: true }).on('error', resolve)
  })

test.each<[string, unknown, keyof typeof exitCodes]>([
  ['damage', damage, 'damaged'],
  ['damage while a run is made', new Replayable(damage, 'npm start -- run x'), 'damaged'],
  ['damage in a cell, or in a run of a sweep', new RunError(task, described(damage)), 'damaged'],
  ['damage that another cell sent', revived(described(damage)), 'damaged'],
  ['a disk that failed a run of a sweep', new RunError(task, described(full)), 'diskFailed'],
  ['input that is wrong', new InputError('no', 'yes'), 'badInput'],
  ['a disk that fails', Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_READ' }), 'diskFailed'],
  [
    'a file that SQLite opened for reading alone',
    new Sqlite.SqliteError('attempt to write a readonly database', 'SQLITE_READONLY_DIRECTORY'),
    'diskFailed',
  ],
  ['any other error', new TypeError('the record is damaged'), 'ourFault'],
])('exit code: %s', async (_, error, expected) => {
  const { stderr, code } = await written(() => report(error, 'npm start -- report x'))
  expect(code).toBe(exitCodes[expected].code)
  if (expected === 'damaged') expect(stderr).toContain('where: runs/a/run.sqlite')
})

test('exit code: damage in a thread', async () => {
  const error = await thrownInThread()
  expect((await written(() => report(error, ''))).code).toBe(exitCodes.damaged.code)
})

async function written(call: () => number): Promise<{ code: number; stderr: string }> {
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
  const code = call()
  const stderr = spy.mock.calls.map(([text]) => String(text)).join('')
  spy.mockRestore()
  return { code, stderr }
}
