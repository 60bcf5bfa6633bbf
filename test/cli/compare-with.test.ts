/** A run with a second one next to it: made, audited, resumed and verified like the first. */
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { inThisProcess, newFolder, removeFolders } from './marketsim.ts'

const cwd = newFolder()
afterAll(removeFolders)
const right = readFileSync(new URL('../scenarios/tidepool.yaml', import.meta.url), 'utf8')
const compared = right.replace(
  '\nstart:',
  `
compareWith:
  small: { regions.nordic.zones.bergen-1.pools.m2.small.capacity: 1, policies.tax.percent: 5 }
answer:
  - when: "ecs.created > small: ecs.created"
    say: "{ecs.created} servers, {small: ecs.created} with one in Bergen: {ecs.created - small: ecs.created} more, {small: ecs.created - ecs.created} the other way."
  - when: "small: ecs.created >= 0"
    say: "No difference."
  - say: "{ecs.created} servers."
start:`,
)
const at = (...path: string[]) => join(cwd, ...path)
const json = (...path: string[]) => JSON.parse(readFileSync(at(...path), 'utf8'))
const words = ['-q', '--threads', '1', '-s', 'duration=2d', '-s', 'thresholds={}']

beforeAll(async () => {
  writeFileSync(at('x.yaml'), compared)
  const { code, stderr } = await inThisProcess(['run', 'x.yaml', ...words, '-o', 'both'], cwd)
  expect(code, stderr).toBe(exitCodes.done.code)
})

test('the answer uses figures of both runs, and the second one is whole', async () => {
  const [own, small] = [json('both/summary.json'), json('both/compare/small/summary.json')]
  const [a, b] = [own, small].map(({ figures }) => figures['ecs.created'].value)
  expect(b).toBeLessThan(a)
  expect(own.run.answer).toBe(`${a} servers, ${b} with one in Bergen: ${a - b} more, −${a - b} the other way.`)
  expect(small.run.answer).toBeUndefined()
  expect(small.figures['reconciliation.differences'].value).toBe(0)
  expect(small.figures['reconciliation.amounts'].value).toBeGreaterThan(100)
})

test('the second run is the one that --set makes, on the same seed', async () => {
  const sets = ['-s', 'regions.nordic.zones.bergen-1.pools.m2.small.capacity=1', '-s', 'policies.tax.percent=5']
  await inThisProcess(['run', 'x.yaml', ...words, ...sets, '--no-compare', '-o', 'alone'], cwd)
  const [small, alone] = [json('both/compare/small/manifest.json'), json('alone/manifest.json')]
  expect(small.digest).toBe(alone.digest)
  expect(small.scenario.sha256).toBe(alone.scenario.sha256)
  expect(json('both/manifest.json').comparisons).toEqual({ small: alone.digest })
})

test('--no-compare leaves it out, and the answer says what one run can say', () => {
  expect(existsSync(at('alone/compare'))).toBe(false)
  expect(json('alone/summary.json').run.answer).toMatch(/^\d+ servers\.$/)
  expect(json('alone/manifest.json').repeat).toMatch(/--no-compare$/)
})

test('report writes the same answer again', async () => {
  const before = readFileSync(at('both/summary.json'), 'utf8')
  for (const options of [[], ['--audit']]) {
    expect((await inThisProcess(['report', 'both', ...options], cwd)).code).toBe(0)
    expect(readFileSync(at('both/summary.json'), 'utf8')).toBe(before)
  }
})

test('verify verifies both, and names the one that is damaged or missing', async () => {
  const whole = await inThisProcess(['verify', 'both', '--json'], cwd)
  expect(whole.code).toBe(0)
  expect(JSON.parse(whole.stdout).comparisons.small.audit.differences).toBe(0)
  cpSync(at('both'), at('broken'), { recursive: true })
  writeFileSync(at('broken/compare/small/reconciliation.csv'), 'x')
  const broken = await inThisProcess(['verify', 'broken', '--files-only'], cwd)
  expect([broken.code, broken.stdout]).toEqual([5, expect.stringMatching(/compare\/small[\s\S]*reconciliation\.csv/)])
  rmSync(at('broken/compare'), { recursive: true })
  const gone = await inThisProcess(['verify', 'broken', '--files-only'], cwd)
  expect([gone.code, gone.stdout]).toEqual([5, expect.stringMatching(/compare\/small: this comparison is missing/)])
})

test('a run that stopped between the two makes only the one that is missing', async () => {
  const staging = at('both.partial-1')
  cpSync(at('both'), staging, { recursive: true })
  const { writeRequest } = await import('#cli/unfinished.ts')
  const { openScenario } = await import('#cli/scenario-file.ts')
  const sets = ['duration=2d', 'thresholds={}']
  const read = await openScenario(at('x.yaml'), sets)
  for (const name of ['manifest.json', 'summary.json', 'run.sqlite', 'columns', 'charts', 'tables'])
    rmSync(join(staging, name), { recursive: true })
  const request = { path: 'x.yaml', read, seed: '7', threads: 1, sets, target: 'both', force: true, quiet: true }
  writeRequest(staging, { ...request, repeat: 'run x.yaml', checkpointEvery: undefined, startedAt: 0 })
  const made = readFileSync(join(staging, 'compare/small/manifest.json'), 'utf8')
  renameSync(at('both'), at('first'))
  expect((await inThisProcess(['resume', 'both', '-q'], cwd)).code).toBe(0)
  expect(readFileSync(at('both/compare/small/manifest.json'), 'utf8')).toBe(made)
  expect(readFileSync(at('both/summary.json'), 'utf8')).toBe(readFileSync(at('first/summary.json'), 'utf8'))
})

describe('check', () => {
  test.each([
    ['small: { regions.nordic', 'small: { region.nordic', /compareWith\.small\.\S+: no .* in the scenario/],
    ['policies.tax.percent: 5 }', 'policies.tax.percent: 500 }', /compareWith\.small\.policies\.tax\.percent: found/],
    ['policies.tax.percent: 5 }', 'seed: 5 }', /compareWith\.small\.seed: seed in a comparison[\s\S]*remove seed/],
    ['{small: ecs.created}', '{smal: ecs.created}', /no run 'smal' to compare with[\s\S]*write small/],
    [
      '{small: ecs.created - ecs',
      '{small: revenue.gross - ecs',
      /revenue\.gross is in money, and ecs\.created in count/,
    ],
    ['compareWith:\n  small: {', 'compareWith:\n  big: {', /there is no run 'small'/],
  ])('%s as %s is an error at its place', async (instead, written, message) => {
    writeFileSync(at('wrong.yaml'), compared.replace(instead, written))
    const { code, stderr } = await inThisProcess(['check', 'wrong.yaml'], cwd)
    expect(code, stderr).toBe(exitCodes.badInput.code)
    expect(stderr).toMatch(message)
  })

  test('says what a run is compared with', async () => {
    const { stdout } = await inThisProcess(['check', 'x.yaml'], cwd)
    expect(stdout).toMatch(/compared +small: regions\.nordic\.zones\.bergen-1\.pools\.m2\.small\.capacity=1/)
  })
})
