import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { refreshManifest } from '#cli/manifest.ts'
import { rewriteColumn } from '../sim/record/rewritten-column.ts'
import {
  copyOfSharedRun,
  type Ended,
  inThisProcess,
  newFolder,
  removeFolders,
  sharedRun,
  short,
  tiny,
  withoutWarnings,
} from './marketsim.ts'

const cwd = newFolder()
const here = (...words: string[]) => inThisProcess(words, cwd)
const read = (...path: string[]): string => readFileSync(join(cwd, ...path), 'utf8')
let first: Ended

beforeAll(async () => {
  first = await sharedRun()
  await copyOfSharedRun(join(cwd, 'runs/quickstart-42'))
})
afterAll(removeFolders)

test('without a command the first scenario runs; it ends with a summary that fits one screen, and nothing else on stdout', () => {
  expect(withoutWarnings(first.stderr)).toBe('')
  expect(first.code).toBe(exitCodes.done.code)
  const lines = first.stdout.trimEnd().split('\n')
  expect(lines.length).toBeLessThanOrEqual(23)
  for (const line of lines) expect([...line].length, line).toBeLessThanOrEqual(80)
  expect(first.stdout).toMatch(/^reconciliation: [\d,]+ amounts, 0 differences$/m)
  expect(first.stdout).toContain('ecs.meteredSeconds')
  expect(first.stdout).toContain('runs/quickstart-42/')
  expect(first.stdout).not.toContain('\u001b')
})

test('the run folder holds what the manifest says, to the byte', () => {
  const manifest = JSON.parse(read('runs/quickstart-42/manifest.json'))
  expect(manifest.program).toBe('marketsim')
  expect(manifest.seed).toBe('42')
  expect(manifest.policies['grace.days']).toEqual({ rule: 'A-04', value: 15 })
  expect(manifest.repeat).toContain('--seed 42 --set end=2024-03-03T00:00:00+08:00')
  expect(manifest.digest).toMatch(/^[0-9a-f]{32}$/)
  for (const name of ['run.sqlite', 'summary.json', 'reconciliation.csv', 'report.html', 'charts/orders.vl.json'])
    expect(Object.keys(manifest.files)).toContain(name)
  for (const [name, { sha256 }] of Object.entries<{ sha256: string }>(manifest.files)) {
    const bytes = readFileSync(join(cwd, 'runs/quickstart-42', name))
    expect(createHash('sha256').update(bytes).digest('hex'), name).toBe(sha256)
  }
  expect(readdirSync(join(cwd, 'runs'))).toEqual(['quickstart-42'])
})

test('report writes the same bytes from the record', async () => {
  const files = ['summary.json', 'reconciliation.csv', 'report.html', 'charts/revenue.vl.json']
  const before = files.map((file) => read('runs/quickstart-42', file))
  writeFileSync(join(cwd, 'runs/quickstart-42/report.html'), 'spoilt')
  expect((await here('report', 'runs/quickstart-42')).code).toBe(0)
  expect(files.map((file) => read('runs/quickstart-42', file))).toEqual(before)
})

function copiedRun(name: string): string {
  cpSync(join(cwd, 'runs/quickstart-42'), join(cwd, name), { recursive: true })
  return name
}

/** A copy of the first run whose record says something else, with every checksum made again. */
async function tamperedRun(name: string, sql: string): Promise<string> {
  copiedRun(name)
  const record = new Sqlite(join(cwd, name, 'run.sqlite'))
  record.exec(sql)
  record.close()
  await refreshManifest(join(cwd, name))
  return name
}

test('report --audit recomputes a record: tampered amounts are reported and end with exit code 3', async () => {
  const run = copiedRun('tampered')
  rewriteColumn(join(cwd, run, 'run.sqlite'), 'usage_spans', 'amount', (amount, row) => amount + (row === 4 ? 1n : 0n))
  await refreshManifest(join(cwd, run))
  const { code, stderr } = await here('report', run, '--audit')
  expect(stderr).toMatch(/^the auditor found \d+ different amounts?/)
  expect(code).toBe(exitCodes.difference.code)
  const manifest = JSON.parse(read(run, 'manifest.json'))
  expect(manifest.reconciliation.differences).toBeGreaterThan(0)
  expect(read(run, 'report.html')).toMatch(/<h3>Differences: [1-9]/)
  const record = createHash('sha256')
    .update(readFileSync(join(cwd, run, 'run.sqlite')))
    .digest('hex')
  expect(manifest.files['run.sqlite'].sha256).toBe(record)
  expect((await here('report', run)).code).toBe(exitCodes.difference.code)
})

const columns = 'columns/cell-0/usage_spans.parquet'
test.each<[string, (file: string) => void]>([
  ['missing', (file) => rmSync(file)],
  ['cut off', (file) => truncateSync(file, 700)],
  ['altered', (file) => writeFileSync(file, readFileSync(file).fill(0, 300, 310))],
])('a column file that is %s ends a command that reads it with exit code 5', async (damage, spoil) => {
  const run = copiedRun(`columns-${damage.replace(' ', '-')}`)
  spoil(join(cwd, run, columns))
  for (const words of [
    ['sql', run, 'select count(*) from usage_spans'],
    ['report', run],
    ['report', run, '--audit'],
  ]) {
    const { code, stderr } = await here(...words)
    expect(code, stderr).toBe(exitCodes.damaged.code)
    expect(stderr).toMatch(/^error: usage_spans\.parquet is damaged, the file: it is missing|its (end|checksum): /)
    expect(stderr).toContain(`where: ${join(run, columns)}`)
  }
  expect((await here('sql', run, 'select count(*) as n from orders')).stdout).toMatch(/^n\n\d+\n$/)
})

test('sql shows tables of column files and their views next to the others', async () => {
  const asked = async (query: string) => (await here('sql', 'runs/quickstart-42', query)).stdout.trim().split('\n')
  const names = await asked("select name from sqlite_schema where type in ('table', 'view')")
  for (const name of ['orders', 'postings', 'v_postings', 'balances', 'bills']) expect(names).toContain(name)
  expect(names).not.toContain('column_files')
  const [, total] = await asked('select sum(balance) from balances')
  expect(total).toBe('0')
  expect(await asked('select kind from V_Transactions group by kind')).toContain('opening')
})

test('export --format sqlite writes one file that has every table, as the commands show them', async () => {
  const { code } = await here('export', 'runs/quickstart-42', '--format', 'sqlite', '--out', 'one')
  expect(code).toBe(0)
  const file = join('one', 'record.sqlite')
  for (const query of [
    'select * from usage_spans order by rowid',
    'select * from v_postings limit 50',
    'select * from transactions where account = 3',
    // Of these, the columns that are named are read, and no others.
    'select count(*) from postings',
    'select sum(amount), sum(AMOUNT * 2), sum(amount_high) from postings',
    'select p.ledger, count(*), max(p.amount) from postings p join transactions t on t.id = p.transaction_id where t.account = 3 group by 1',
    'select count(*) from transactions natural join transactions',
    "select count(*) from sqlite_schema where type <> 'index' and name not like 'sqlite_%'",
  ]) {
    const [bare, whole] = [await here('sql', 'runs/quickstart-42', query), await here('sql', file, query)]
    expect(whole.stdout, query).toBe(bare.stdout)
  }
  const again = await here('export', 'runs/quickstart-42', '--format', 'sqlite', '--out', 'one')
  expect(again.stderr).toContain('this file exists')
})

test('export --format log prints the command that rates it, as a shell reads it', async () => {
  const { stdout } = await here('export', 'runs/quickstart-42', '--format', 'log', '--out', "my 'use")
  const command =
    stdout
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^.*? meter /, '') ?? ''
  const words = execFileSync('sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' })
    .trim()
    .split('\n')
  const { code, stdout: rated, stderr } = await here('meter', ...words, '--out', 'rated')
  expect(code, stderr).toBe(exitCodes.done.code)
  expect(rated).toContain('bills')
  const sorted = (...path: string[]) =>
    read(...path)
      .trim()
      .split('\n')
      .sort()
  expect(sorted('rated', 'bills.csv')).toEqual(sorted("my 'use", 'bills.csv'))
})

test('a failed report leaves the earlier one unchanged, and no other files', async () => {
  const run = await tamperedRun('broken', "UPDATE meta SET value = '{}' WHERE key = 'scenario'")
  const before = read(run, 'report.html')
  const { code, stderr } = await here('report', run)
  expect(code).toBe(exitCodes.ourFault.code)
  expect(stderr).toContain('internal error of marketsim; please report it')
  expect(stderr).toMatch(/TypeError.*\n\s+at .*\nreplay: \S+ \S+ report broken\n$/s)
  expect(read(run, 'report.html')).toBe(before)
  expect(readdirSync(cwd).filter((name) => name.startsWith('broken'))).toEqual(['broken'])
  const damaged = await tamperedRun('damaged', 'PRAGMA user_version = 99')
  const refused = await here('report', damaged)
  expect(refused.code).toBe(exitCodes.badInput.code)
  expect(refused.stderr).toContain('of version 99')
})

test('sql answers in CSV and cannot write', async () => {
  const count = await here('sql', 'runs/quickstart-42', 'select count(*) as n from orders')
  const { figures } = JSON.parse(read('runs/quickstart-42/summary.json'))
  expect(count.stdout).toBe(`n\n${figures['orders.placed'].value}\n`)
  for (const query of [
    'delete from orders returning id',
    'drop table orders',
    'select nothing',
    'select 1; select 2',
  ]) {
    const refused = await here('sql', 'runs/quickstart-42', query)
    expect(refused.code, query).toBe(2)
    expect(refused.stderr).toContain('invalid query')
  }
})

test('an earlier run is never replaced unasked, and nothing that is no run is ever replaced', async () => {
  const refused = await here('run', 'quickstart', ...short)
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('has an earlier run')
  expect(refused.stderr).toContain('--force')
  mkdirSync(join(cwd, 'mine'))
  writeFileSync(join(cwd, 'mine/thesis.txt'), 'years of work')
  const foreign = await here('run', 'quickstart', ...short, '--out', 'mine', '--force')
  expect(foreign.code).toBe(2)
  expect(foreign.stderr).toContain('never replaced')
  expect(read('mine/thesis.txt')).toBe('years of work')
  copiedRun('again')
  writeFileSync(join(cwd, 'again/notes.txt'), 'what I saw')
  const noted = await here('run', 'quickstart', ...short, '--out', 'again', '--force')
  expect(noted.code).toBe(2)
  expect(noted.stderr).toContain('notes.txt')
  expect(read('again/notes.txt')).toBe('what I saw')
})

test('without a command the first scenario runs again in the same folder; a missed threshold ends with exit code 4, a complete run and JUnit XML', async () => {
  const thresholds =
    'thresholds={"orders.placed": "== 9999", "ecs.refusalRate{pool=ap-1a}": {test: "> 1", severity: warn}}'
  const { code, stdout } = await here(...tiny, '--set', thresholds, '--junit', 'tests.xml')
  expect(readdirSync(join(cwd, 'runs'))).toEqual(['quickstart-42'])
  expect(code).toBe(exitCodes.thresholdMissed.code)
  expect(stdout).toContain('✗ orders.placed == 9999, and it is')
  expect(read('tests.xml')).toContain('failures="1" skipped="1"')
  expect(JSON.parse(read('runs/quickstart-42/manifest.json')).scenario.sets).toContain(thresholds)
})

test('--junit - prints the XML alone', async () => {
  const words = ['run', 'quickstart', ...tiny, '--out', 'xml', '--quiet', '--junit', '-']
  const { code, stdout } = await here(...words)
  expect(code).toBe(exitCodes.done.code)
  expect(stdout).toMatch(/^<\?xml [\s\S]*<\/testsuites?>\n$/)
  const both = await here(...words, '--json')
  expect([both.code, both.stderr]).toEqual([2, expect.stringMatching(/--json and --junit - both print to stdout/)])
})

test('another seed is another history in another folder', async () => {
  const words = ['run', 'quickstart', ...tiny, '--seed', 'a b', '--quiet']
  expect((await here(...words)).code).toBe(0)
  expect((await here(...words, '--force', '--out', 'runs/quickstart-a_b')).code).toBe(0)
  const manifest = JSON.parse(read('runs/quickstart-a_b/manifest.json'))
  expect(manifest.repeat).toContain(`--seed 'a b'`)
  expect(manifest.digest).not.toBe(JSON.parse(read('runs/quickstart-42/manifest.json')).digest)
})

test('a folder that cannot be written is reported before anything runs', async () => {
  writeFileSync(join(cwd, 'file'), '')
  const below = await here('run', 'quickstart', ...short, '--out', 'file/run')
  expect(below.code).toBe(2)
  expect(below.stderr).toContain('cannot create a folder for the run')
  const file = await here('run', 'quickstart', ...short, '--out', 'file')
  expect(file.stderr).toContain('there is a file where the run folder should be')
  if (process.getuid?.() === 0) return
  mkdirSync(join(cwd, 'locked'))
  chmodSync(join(cwd, 'locked'), 0o500)
  const locked = await here('run', 'quickstart', ...short, '--out', 'locked/run')
  expect(locked.code).toBe(2)
})

test('colours come only when they are wanted', async () => {
  const call = (environment: Record<string, string>) => inThisProcess(['run', 'nosuch'], cwd, environment)
  expect((await call({})).stderr).not.toContain('\u001b')
  expect((await call({ FORCE_COLOR: '1' })).stderr).toContain('\u001b[31merror')
  expect((await call({ FORCE_COLOR: '1', NO_COLOR: '1' })).stderr).not.toContain('\u001b')
})
