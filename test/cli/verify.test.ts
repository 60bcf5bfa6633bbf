/** What a run wrote is verified when it is read: by `verify` every file, by other commands those that they read. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DamageError } from '#base/damage-error.ts'
import { exitCodes } from '#cli/exit-codes.ts'
import { refreshManifest } from '#cli/manifest.ts'
import { damageOf, MANIFEST_FILE, manifestIn, manifestText } from '#reports/manifest-files.ts'
import { rewriteColumn } from '../sim/record/rewritten-column.ts'
import { copyOfSharedRun, inThisProcess, newFolder, removeFolders } from './marketsim.ts'

const cwd = newFolder()
const here = (...words: string[]) => inThisProcess(words, cwd)
const whole = join(cwd, 'whole')
beforeAll(() => copyOfSharedRun(whole))
afterAll(removeFolders)

let copies = 0
function copied(): string {
  const run = join(cwd, `run-${++copies}`)
  cpSync(whole, run, { recursive: true })
  return run
}

const flipBit = (file: string, bit: number): void => {
  const bytes = readFileSync(file)
  bytes[(bit >> 3) % bytes.length] ^= 1 << (bit & 7)
  writeFileSync(file, bytes)
}

test('a whole run: every file, the record and every amount', async () => {
  const { code, stdout } = await here('verify', whole)
  expect(stdout).toMatch(/^files +(\d+) of \1 are as manifest\.json lists them$/m)
  expect(stdout).toMatch(/^audit +[\d,]+ amounts, 0 differences$/m)
  expect(stdout).toMatch(/^verdict +whole, and the auditor agrees with every amount$/m)
  expect(code).toBe(exitCodes.done.code)
})

test('--json; --files-only reads the files alone; a file that is not listed is named, and is no damage', async () => {
  const run = copied()
  writeFileSync(join(run, 'notes.txt'), 'mine')
  const { code, stdout } = await here('verify', run, '--files-only', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ damage: [], unlisted: ['notes.txt'], audit: null })
  expect(code).toBe(exitCodes.done.code)
})

const files = ['run.sqlite', 'columns/cell-0/usage_spans.parquet', 'summary.json', 'report.html', MANIFEST_FILE]
test.each<[string, (run: string) => void, string]>([
  ...files.map((file): [string, (run: string) => void, string] => [
    `a bit of ${file}`,
    (run) => flipBit(join(run, file), 54_321),
    file,
  ]),
  ['a page of the record in the place of another', (run) => misdirect(join(run, 'run.sqlite')), 'run.sqlite'],
  [
    'the end of a table of the report',
    (run) => truncateSync(join(run, 'reconciliation.csv'), 100),
    'reconciliation.csv',
  ],
  ['a chart', (run) => rmSync(join(run, 'charts/orders.vl.json')), 'charts/orders.vl.json'],
  ['an amount of the record', (run) => tamper(run), 'run.sqlite'],
  [
    'another digest in the manifest, with its checksum',
    (run) => reseal(run, { digest: '0'.repeat(32) }),
    MANIFEST_FILE,
  ],
  ['another seed in the manifest, with its checksum', (run) => reseal(run, { seed: '41' }), MANIFEST_FILE],
])('damage is found: %s', async (_, damage, file) => {
  const run = copied()
  damage(run)
  const { code, stdout, stderr } = await here('verify', run, '--files-only')
  expect(stdout + stderr).toContain(file)
  expect(code).toBe(exitCodes.damaged.code)
})

/** Writes one page of a SQLite file over another of the same kind, as a disk does that misses its place. */
function misdirect(file: string): void {
  const bytes = readFileSync(file)
  const page = bytes.readUInt16BE(16) || 65_536
  const leaves = Array.from({ length: bytes.length / page }, (_, at) => at).filter(
    (at) => bytes[at * page] === 13 && at > 0,
  )
  bytes.copy(bytes, leaves[4] * page, leaves[9] * page, (leaves[9] + 1) * page)
  writeFileSync(file, bytes)
}

function tamper(run: string): void {
  const record = new Sqlite(join(run, 'run.sqlite'))
  record.exec('UPDATE order_lines SET amount = amount + 1 WHERE rowid = 1')
  record.close()
}

function reseal(run: string, change: object): void {
  const { checksum: _, ...content } = JSON.parse(readFileSync(join(run, MANIFEST_FILE), 'utf8'))
  writeFileSync(join(run, MANIFEST_FILE), manifestText({ ...content, ...change }))
}

test('amounts that were changed, with every checksum made again, are what the auditor finds: exit code 3', async () => {
  const run = copied()
  rewriteColumn(join(run, 'run.sqlite'), 'usage_spans', 'amount', (amount, row) => amount + (row === 4 ? 1n : 0n))
  await refreshManifest(run)
  const { code, stdout } = await here('verify', run)
  expect(stdout).toMatch(/^audit .* [1-9]\d* differences?$/m)
  expect(code).toBe(exitCodes.difference.code)
  expect(existsSync(join(run, 'run.sqlite'))).toBe(true)
})

test.each([
  ['report', []],
  ['report', ['--audit']],
  ['sql', ['select count(*) from orders']],
  ['export', ['--format', 'csv', '--out', 'books']],
  ['explain', ['account', 'start-ups/1']],
  ['trial-balance', []],
  ['compare', [whole]],
] as const)('%s %j refuses a record with one bit of an amount flipped, and writes nothing', async (command, rest) => {
  const run = copied()
  flipBit(join(run, 'run.sqlite'), readFileSync(join(run, 'run.sqlite')).length * 4)
  const { code, stdout, stderr } = await here(command, run, ...rest)
  expect(stderr).toMatch(/^error: run\.sqlite is damaged: its SHA-256/)
  expect(stderr).toContain(`where: ${join(run, 'run.sqlite')}`)
  expect([stdout, code]).toEqual(['', exitCodes.damaged.code])
  expect(existsSync(join(cwd, 'books'))).toBe(false)
})

test('a sweep and a load test are verified by their manifest; a folder without one is bad input', async () => {
  const folder = join(cwd, 'swept')
  mkdirSync(folder)
  writeFileSync(join(folder, 'sweep.json'), '{}\n')
  writeFileSync(join(folder, MANIFEST_FILE), manifestText({ program: 'marketsim', kind: 'sweep', files: {} }))
  await refreshManifest(folder)
  expect((await here('verify', folder)).code).toBe(exitCodes.done.code)
  writeFileSync(join(folder, 'sweep.json'), '[]\n')
  expect((await here('verify', folder)).code).toBe(exitCodes.damaged.code)
  rmSync(join(folder, MANIFEST_FILE))
  const { code, stderr } = await here('verify', folder)
  expect(stderr).toContain('no manifest.json of marketsim')
  expect(code).toBe(exitCodes.badInput.code)
})

test('no bit of a manifest or of a listed file can be flipped unseen', async () => {
  const folder = join(cwd, 'flipped')
  mkdirSync(folder)
  const [file, manifest] = ['facts.bin', MANIFEST_FILE].map((name) => join(folder, name))
  const bytes = Buffer.from(Array.from({ length: 997 }, (_, at) => (at * 37) & 255))
  writeFileSync(file, bytes)
  writeFileSync(manifest, manifestText({ program: 'marketsim', seed: '1', digest: 'd', files: {} }))
  await refreshManifest(folder)
  const text = readFileSync(manifest)
  const isSeen = (): boolean => {
    try {
      const note = manifestIn(folder)?.files?.['facts.bin']
      return note === undefined || damageOf(file, note) !== undefined
    } catch (error) {
      return error instanceof DamageError
    }
  }
  expect(isSeen()).toBe(false)
  const flips = fc.record({ inFile: fc.boolean(), bit: fc.nat(1_000_000) })
  fc.assert(
    fc.property(flips, ({ inFile, bit }) => {
      flipBit(inFile ? file : manifest, bit)
      const seen = isSeen()
      writeFileSync(file, bytes)
      writeFileSync(manifest, text)
      return seen
    }),
    { numRuns: 400 },
  )
})
