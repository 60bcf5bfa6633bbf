/** `sweep --select` as a person calls it: the cheapest capacity that keeps refusals low, and what it says where it cannot know. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { inThisProcess, newFolder, removeFolders } from './marketsim.ts'
import { poolScenario } from './select-scenario.ts'

const cwd = newFolder()
afterAll(removeFolders)
const here = async (...line: string[]) => {
  const ended = await inThisProcess(line, cwd)
  return { ...ended, stdout: ended.stdout.replace(/\s+/g, ' ') }
}
const json = (folder: string) => JSON.parse(readFileSync(join(cwd, folder, 'select.json'), 'utf8'))
const costs = 'z1/f: { owned: { units: 1, hourly: "0.2" }, leased: { hourly: "0.4" } }\n'
const words = ['sweep', 'pool.yaml', '-q', '--threads', '1', '-n', '6']
const choose = ['--select', 'capacity.cost', '--cost', 'costs.yaml', '--indifference', '5']

beforeAll(() => {
  writeFileSync(join(cwd, 'pool.yaml'), poolScenario)
  writeFileSync(join(cwd, 'costs.yaml'), costs)
})

test('the cheapest of those that keep the bound; results are stored and used again', async () => {
  const owned = 'pools.f.costs.owned.units=1,20'
  const line = [...words, ...choose, '-s', 'pools.f.capacity=60', '--vary', owned, '--keep', 'ecs.refusalRate < 5%']
  const { code, stdout, stderr } = await here(...line, '--results', 'kept', '-o', 'a')
  expect(code, stderr).toBe(exitCodes.done.code)
  expect(stdout).toMatch(
    /^units \d+ has the least capacity.cost of those that keep ecs.refusalRate < 5% \(95 % confidence; /,
  )
  expect(readdirSync(join(cwd, 'a')).sort()).toEqual(
    ['estimates.csv', 'manifest.json', 'runs.csv', 'select.html', 'select.json', 'use.csv'].sort(),
  )
  const { selection, runs, estimates, points } = json('a')
  expect(selection).toMatchObject({ end: 'selected', method: 'kn' })
  expect(selection.claims[selection.best]).toBe('kept')
  const means = estimates[0].map(({ interval }: { interval: { mean: number } }) => interval.mean)
  expect(points[selection.best].values).toEqual([points[means.indexOf(Math.min(...means))].values[0]])
  for (const ofPoint of runs)
    expect(ofPoint.map(({ seed }: { seed: string }) => seed).slice(0, 2)).toEqual(['1', '1-2'])
  const count = readdirSync(join(cwd, 'kept'), { recursive: true }).length
  expect((await here(...line, '--results', 'kept', '-o', 'b')).code).toBe(exitCodes.done.code)
  expect(readdirSync(join(cwd, 'kept'), { recursive: true })).toHaveLength(count)
  expect(readFileSync(join(cwd, 'b/select.json'), 'utf8')).toBe(readFileSync(join(cwd, 'a/select.json'), 'utf8'))
  expect(JSON.parse(readFileSync(join(cwd, 'a/manifest.json'), 'utf8')).repeat).toMatch(
    /--select capacity.cost --keep 'ecs.refusalRate < 5%' --method kn --indifference 5 --confidence 95% --most 400 --runs 6$/,
  )
})

test('shards make the first runs, and the selection finds them', async () => {
  const line = [...words, ...choose, '-s', 'pools.f.capacity=60', '--vary', 'pools.f.costs.owned.units=1,20']
  for (const shard of ['1/2', '2/2']) {
    const { code, stdout, stderr } = await here(...line, '--results', 'parts', '--shard', shard)
    expect(code, stderr).toBe(exitCodes.done.code)
    expect(stdout).toMatch(/: 6 runs, 0 of them found .* When all shards are done: .*--select .* --results parts/)
  }
  const made = readdirSync(join(cwd, 'parts'), { recursive: true }).length
  expect((await here(...line, '--results', 'parts', '-o', 'whole')).code).toBe(exitCodes.done.code)
  expect(readdirSync(join(cwd, 'parts'), { recursive: true })).toHaveLength(made)
})

test('a bound that no point keeps, and one that the runs cannot decide, are said', async () => {
  const vary = ['--vary', 'pools.f.capacity=1,2']
  const none = await here(...words, ...choose, ...vary, '--keep', 'ecs.refusalRate < 1%', '-o', 'none')
  expect(none.code).toBe(exitCodes.thresholdMissed.code)
  expect(none.stdout).toMatch(/^No point keeps ecs.refusalRate < 1% \(95 % confidence\)/)
  const few = [
    '--select',
    'revenue.gross',
    '--largest',
    '--indifference',
    '0.01',
    '--most',
    '10',
    '--method',
    'knockout',
  ]
  const noisy = await here(...words, ...few, '-s', 'duration=3h', '--vary', 'buyers.s.count=12,13', '-o', 'noisy')
  expect(noisy.code, noisy.stdout + noisy.stderr).toBe(exitCodes.incomplete.code)
  expect(noisy.stdout).toMatch(
    /^Undecided: count 12 and count 13 may have the largest revenue.gross; by the runs so far it is/,
  )
})

test.each<[readonly string[], RegExp]>([
  [['--select', 'capacity.cost', '--indifference', '5'], /--select needs at least two points/],
  [['--select', 'capacity.cost', '--vary', 'pools.f.capacity=1,2'], /needs to know which difference matters/],
  [
    ['--select', 'capacity.cost', '--vary', 'pools.f.capacity=1,2', '--indifference', '5%'],
    /is not a difference of the figure/,
  ],
  [['--select', 'nothing', '--vary', 'pools.f.capacity=1,2'], /--select nothing/],
  [[...choose, '--vary', 'pools.f.capacity=1,2', '--precision', '5%'], /--select does not go with --precision/],
  [[...choose, '--vary', 'pools.f.capacity=1,2', '--keep', 'ecs.refusalRate'], /is not a bound with/],
  [
    [...choose, '--vary', 'pools.f.capacity=1,2', '--keep', 'ecs.refusalRate < 1%', '--method', 'knockout'],
    /takes no bounds/,
  ],
  [['--keep', 'ecs.refusalRate < 1%'], /--keep goes with --select only/],
  [['--cost', 'pool.yaml'], /the scenario has no pool name/],
  [['--cost', 'none.yaml'], /none.yaml/],
])('%j is refused', async (line, reason) => {
  const { code, stderr } = await here(...words, ...line, '-o', 'refused')
  expect(stderr.replaceAll('\n', ' ')).toMatch(reason)
  expect(code).toBe(exitCodes.badInput.code)
  expect(existsSync(join(cwd, 'refused'))).toBe(false)
})
