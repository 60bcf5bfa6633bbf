import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { marketplace } from '../scenarios/marketplace.ts'
import { inThisProcess, marketsim, newFolder, removeFolders } from './marketsim.ts'

afterAll(removeFolders)
const cwd = newFolder()

describe('errors come with a hint and exit code 2', () => {
  test.each([
    ['rnu', /no command 'rnu'/, /did you mean run\?/],
    ['run', /needs a scenario/, /list/],
    ['run quickstart --sed 7', /no option --sed/, /did you mean --seed\?/],
    ['run quickstart --seed', /--seed has no value/, /write --seed/],
    ['run quickstart --seed 1 --seed 2', /given 2 times/, /once/],
    ['run quickstart --threads none', /must be a whole number from 1 to 256/, /--threads 1/],
    ['run quickstart --json=maybe', /--json takes no value \(got 'maybe'\)/, /remove it/],
    ['run quickstart extra', /'extra'/, /quotes/],
    ['run quikstart', /no scenario file 'quikstart'/, /did you mean quickstart\?/],
    ['check', /needs a scenario/, /check FILE/],
    ['report', /needs a run folder/, /report runs/],
    ['report nowhere', /no such run/, /name a folder/],
    ['sql nowhere', /needs a run folder and a query/, /select/],
    ['figures ecs.refusalRat', /no figure/, /did you mean ecs\.refusalRate\?/],
    ['init ../up', /invalid scenario name/, /my-region/],
    ['quote nowhere.ndjson', /no file 'nowhere.ndjson'/, /stdin/],
  ])('marketsim %s', async (words, what, hint) => {
    const { code, stdout, stderr } = await inThisProcess(words.split(' '))
    expect(stderr).toMatch(what)
    expect(stderr).toMatch(hint)
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(stdout).toBe('')
    expect(code).toBe(exitCodes.badInput.code)
  })
})

test('the launcher passes words on, and answers with the exit code', async () => {
  const { code, stdout, stderr } = await marketsim(['run', 'quickstart', '--sed', '7'], { cwd })
  expect([code, stdout]).toEqual([exitCodes.badInput.code, ''])
  expect(stderr).toBe('error: run has no option --sed\n  hint: did you mean --seed?\n')
})

test('all errors of a scenario are reported together', async () => {
  const file = join(cwd, 'broken.yaml')
  const text = readFileSync(new URL('../../scenarios/quickstart.yaml', import.meta.url), 'utf8')
  const broken = text.replace('hourly: "0.12"', 'hourly: cheap').replace('seed: 42', 'sead: 42')
  writeFileSync(file, broken.replace('"reconciliation.differences"', '"reconciliation.diferences"'))
  const { code, stdout, stderr } = await inThisProcess(['check', file])
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain('3 errors')
  expect(stderr).toMatch(/broken\.yaml:\d+:1: sead/)
  expect(stderr).toContain('reconciliation.differences')
})

test('a threshold with an unknown label or a wrong unit is an error on its line', async () => {
  const file = join(cwd, 'labels.yaml')
  const text = readFileSync(new URL('../../scenarios/quickstart.yaml', import.meta.url), 'utf8')
  writeFileSync(file, `${text}  "ecs.refused{pool=ap-9}": "== 0"\n  "orders.placed": "< 5min"\n`)
  const { code, stderr } = await inThisProcess(['check', file])
  expect(code).toBe(2)
  expect(stderr).toMatch(/labels\.yaml:\d+:3: thresholds\.ecs\.refused\{pool=ap-9\}: there is no pool 'ap-9'/)
  expect(stderr).toContain('ap-1a/c6.large')
  expect(stderr).toContain('orders.placed is not a time')
})

test('check gives a short account of what would run', async () => {
  const { code, stdout } = await inThisProcess(['check', 'quickstart', '--set', 'policies.grace.days=3'])
  expect(code).toBe(0)
  expect(stdout).toContain('440 buyers in 2 segments')
  expect(stdout).toContain('grace.days = 3 (A-04, default 15)')
})

test('check prints warnings with their place, and --strict makes them exit with 2', async () => {
  const file = join(cwd, 'old-log.yaml')
  writeFileSync(join(cwd, 'old-log.csv'), 't,life\n5,1\n9999,1\n')
  writeFileSync(
    file,
    marketplace
      .replace('    count: 400\n', '')
      .replace(', lifetime: { exponential: { mean: 9h } }', '')
      .replace(
        '{ poisson: { perBuyer: 3/week } }',
        '{ trace: { file: old-log.csv, origin: 2024-03-01T00:00:00+08:00, unit: h, columns: { at: t, lifetime: life } } }',
      ),
  )
  const { code, stdout, stderr } = await inThisProcess(['check', file])
  expect(code).toBe(0)
  expect(stdout).toContain('no errors, 2 warnings')
  expect(stderr).toMatch(/warning: .* \[unused-(pool|product|seller)\]/)
  expect(stderr).toMatch(
    /old-log\.csv:3:1: warning: 1 of 2 orders .* \[trace-after-end\]\n(.*\n)+ +hint: end the run after/,
  )
  expect((await inThisProcess(['check', file, '--strict'])).code).toBe(2)
  expect((await inThisProcess(['check', 'quickstart', '--strict'])).code).toBe(0)
})

test('--help and --version everywhere, with the exit codes', async () => {
  const { code, stdout, stderr } = await marketsim(['--help'], { cwd })
  expect(code).toBe(0)
  expect(stderr).toBe('')
  for (const command of ['run', 'check', 'report', 'list', 'init', 'schema', 'figures', 'sql', 'quote', 'completion'])
    expect(stdout).toContain(`marketsim ${command}`)
  for (const { code: number } of Object.values(exitCodes)) expect(stdout).toMatch(new RegExp(`^ +${number}  `, 'm'))
  expect((await inThisProcess(['run', '--help'], cwd)).stdout).toContain('--threads')
  expect((await inThisProcess(['--version'], cwd)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('init writes a scenario in which nothing is wrong, and never over a file', async () => {
  const first = await inThisProcess(['init', 'my-region'], cwd)
  expect(first.code).toBe(0)
  const checked = await inThisProcess(['check', 'my-region.yaml'], cwd)
  expect(checked.stderr).toBe('')
  expect(checked.code).toBe(0)
  const again = await inThisProcess(['init', 'my-region'], cwd)
  expect(again.code).toBe(2)
  expect(again.stderr).toContain('already exists')
})

test('schema, list and figures print what they say and nothing else', async () => {
  const schema = await inThisProcess(['schema'])
  expect(schema.stdout).toBe(readFileSync(new URL('../../scenarios/scenario.schema.json', import.meta.url), 'utf8'))
  const list = await inThisProcess(['list', '--json'])
  expect(JSON.parse(list.stdout).map(({ name }: { name: string }) => name)).toContain('quickstart')
  const figures = await inThisProcess(['figures', '--json'])
  expect(JSON.parse(figures.stdout).map(({ name }: { name: string }) => name)).toContain('ecs.meteredSeconds')
})

test('quote answers from stdin; a wrong request is answered too, and the exit code says so', async () => {
  const input = '{"id":"1","op":"month-total","lines":["1.005"]}\nnonsense\n'
  const { code, stdout } = await inThisProcess(['quote', '-'], cwd, {}, input)
  expect(stdout.trim().split('\n')).toHaveLength(2)
  expect(code).toBe(2)
})

test('completion prints a script', async () => {
  const { code, stdout } = await inThisProcess(['completion'], cwd)
  expect(code).toBe(0)
  expect(stdout).toContain('marketsim')
})

test('nothing of all this wrote a run', () => {
  expect(existsSync(join(cwd, 'runs'))).toBe(false)
})
