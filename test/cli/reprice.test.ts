/** `reprice` at the command line: the example of docs/finance.md, files, rules on one side, and what it refuses. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { manifestText, noteOf } from '#reports/manifest-files.ts'
import { copyOfSharedRun, inThisProcess, newFolder, removeFolders, sharedRun } from './marketsim.ts'

const page = readFileSync(new URL('../../docs/finance.md', import.meta.url), 'utf8')
let cwd: string
const call = (...words: string[]) => inThisProcess(words, cwd)
const read = (path: string) => readFileSync(join(cwd, path), 'utf8')

/** An indented file of the page, by its first line, the first time or the one after a heading. */
function fileOf(first: string, after: string): string {
  const lines = page.slice(page.indexOf(after)).split('\n')
  const from = lines.indexOf(`    ${first}`)
  const length = lines.slice(from).findIndex((line) => !line.startsWith('    '))
  return `${lines
    .slice(from, from + length)
    .map((line) => line.slice(4))
    .join('\n')}\n`
}

const section = '## `reprice`'

beforeAll(() => {
  cwd = newFolder()
  const files = {
    'events.csv': fileOf('at,account,resource,do,product,flavour', '## `meter`'),
    'prices.csv': fileOf('kind,name,hourly,from', '## `meter`'),
    'new.csv': fileOf('kind,name,hourly,from', section),
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
})

afterAll(removeFolders)

test('the example of docs/finance.md prints what the page says, and writes the files', async () => {
  const { code, stdout, stderr } = await call(
    'reprice',
    ...'events.csv --from prices.csv --prices new.csv --out shadow'.split(' '),
  )
  const [, shown] =
    /```console\n\$ npm start -- reprice [^\n]*\n([\s\S]*?)```/.exec(page.slice(page.indexOf(section))) ?? []
  expect(stdout + stderr).toBe(shown)
  expect(code).toBe(exitCodes.badInput.code)
  expect(readdirSync(join(cwd, 'shadow')).sort()).toEqual([
    ...['accounts.csv', 'bills.csv', 'lines.csv', 'months.csv', 'problems.csv', 'products.csv'],
    ...['reprice.html', 'reprice.json', 'rules.csv'],
  ])
  expect(read('shadow/accounts.csv')).toBe(
    'account,currency,old,new,difference\nacme,USD,0.45,0.47,0.02\nzeta,USD,0.06,0.11,0.05\ntotal,USD,0.51,0.58,0.07\n',
  )
  expect(read('shadow/problems.csv')).toMatch(/^side,line,kind,problem\nold,7,product,"?i-2: product web-stak/)
  expect(read('shadow/reprice.html')).toContain('Who pays more and who pays less, USD')
  const json = JSON.parse(read('shadow/reprice.json'))
  expect(json.totals[0]).toMatchObject({ old: '0.51', new: '0.58', difference: '0.07' })
  expect(json.problems).toEqual({ old: 1, new: 0 })
})

test('--set changes a rule on the new side, --policy on both; without --from the prices are the same', async () => {
  const words = ['reprice', 'events.csv', '--prices', 'new.csv', '-j']
  const free = JSON.parse((await call(...words, '--set', 'policies.image.whenStopped=free')).stdout)
  expect(free).toMatchObject({ old: 'new.csv, image.whenStopped=billed', new: 'new.csv, image.whenStopped=free' })
  expect(free.totals[0]).toMatchObject({ old: '0.58', new: '0.52', difference: '-0.06' })
  const taxed = ['--policy', 'tax.percent=10', '--set', 'policies.tax.percent=20']
  const both = JSON.parse((await call(...words, ...taxed)).stdout)
  expect(both).toMatchObject({ old: 'new.csv, tax.percent=10', new: 'new.csv, tax.percent=20' })
})

test('a log from stdin is read twice', async () => {
  const words = ['reprice', '-', '--from', 'new.csv', '--prices', 'new.csv']
  const { code, stdout } = await inThisProcess(words, cwd, {}, read('events.csv'))
  expect(code).toBe(0)
  expect(stdout).toContain('payable                               0.58          0.58         0.00\n')
  expect(stdout).toContain('Unchanged: 2\n')
})

test.each([
  ['nothing to compare with', ['--prices', 'new.csv'], /--from OLD.csv, or --set policies/],
  ['no new prices', ['--from', 'new.csv'], /needs the new prices/],
  [
    'a list and a rate card',
    ['--from', 'card.yaml', '--prices', 'new.csv'],
    /write two lists \(CSV\) or two rate cards/,
  ],
  ['a price as a setting', ['--prices', 'new.csv', '--set', 'catalog.A.hourly=1'], /a log has no scenario/],
  [
    'a setting that is none',
    ['--prices', 'new.csv', '--set', 'policies.image.whenStoped=free'],
    /did you mean image.whenStopped/,
  ],
  ['two currencies', ['--from', 'new.csv', '--prices', 'yen.csv'], /amounts of two currencies have no difference/],
  [
    'the first problem with --strict',
    ['--from', 'prices.csv', '--prices', 'new.csv', '--strict'],
    /where: events.csv, line 7/,
  ],
])('refuses %s', async (_, words, says) => {
  writeFileSync(join(cwd, 'yen.csv'), 'kind,name,hourly,currency\necs,c6.large,12,JPY\n')
  const { code, stdout, stderr } = await call('reprice', 'events.csv', ...words, '--out', 'refused')
  expect([code, stdout]).toEqual([exitCodes.badInput.code, ''])
  expect(stderr).toMatch(says)
  expect(readdirSync(cwd)).not.toContain('refused')
})

test('a run: other prices to the cent, refused settings with reasons, and exit code 3 where its bills are others', async () => {
  await copyOfSharedRun(join(cwd, 'run'))
  const words = ['reprice', 'run', '--scenario', 'quickstart']
  const { code, stdout } = await call(...words, '--set', 'policies.tax.percent=10', '--out', 'taxed')
  expect(code).toBe(0)
  expect(stdout).toContain('old: as it was run\nnew: policies.tax.percent=10\n')
  expect(stdout).toMatch(/\n {2}M-07 tax +0\.00 +[\d.,]+ +\+[\d.,]+\n/)
  expect(read('taxed/lines.csv')).toContain(',tax,,M-07,')
  const refused = await call(...words, '--set', 'policies.grace.days=2', '--set', 'buyers.companies.count=4')
  expect([refused.code, refused.stdout]).toEqual([exitCodes.badInput.code, ''])
  expect(refused.stderr).toContain('buyers.1.count: who buys what and when is the history itself')
  expect(refused.stderr).toMatch(/hint: run it with them, and compare the runs: .*--set buyers.companies.count=4/)
  const path = join(cwd, 'run/run.sqlite')
  const database = new Sqlite(path)
  database.exec('UPDATE bills SET payable = payable + 1000000 WHERE rowid = (SELECT min(rowid) FROM bills)')
  database.close()
  const manifest = JSON.parse(read('run/manifest.json'))
  const files = { ...manifest.files, 'run.sqlite': noteOf(path) }
  writeFileSync(join(cwd, 'run/manifest.json'), manifestText({ ...manifest, checksum: undefined, files }))
  const other = await call(...words, '--set', 'policies.tax.percent=10')
  expect(other.code, other.stderr).toBe(exitCodes.difference.code)
  expect(other.stderr).toMatch(/^old side differs: .* payable; the run billed .* payable\n1 bills of the run are not/m)
})

test.each([
  ['options of logs', ['--prices', 'new.csv', '--set', 'policies.tax.percent=1'], /--prices does not apply to a run/],
  ['nothing to change', [], /nothing to change about this run/],
  [
    'another scenario',
    ['--scenario', 'pricing-rule-change', '--set', 'policies.tax.percent=1'],
    /is not the one of the run/,
  ],
])('refuses of a run: %s', async (_, words, says) => {
  const { folder } = await sharedRun()
  const { code, stderr } = await call('reprice', join(folder, 'runs/quickstart-42'), ...words)
  expect(code).toBe(exitCodes.badInput.code)
  expect(stderr).toMatch(says)
})
