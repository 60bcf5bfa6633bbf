/** `rare`: the probability of a refusal that no run would see, exact or by splitting, and in words where the pool is no loss system. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { erlangB } from '../engine/theory/formulas.ts'
import { inThisProcess, newFolder, removeFolders } from './marketsim.ts'

const cwd = newFolder()
afterAll(removeFolders)
const here = (...line: string[]) => inThisProcess(['rare', 'pool.yaml', ...line], cwd)

beforeAll(() => {
  writeFileSync(
    join(cwd, 'pool.yaml'),
    `name: pool
question: How rarely does it refuse?
start: 2024-01-01T00:00:00+08:00
duration: 10d
seed: 12
money: ignore
regions: [{ id: r, zones: [{ id: z, pools: [{ flavour: f, capacity: 20, provisioning: 6min }, { flavour: g, capacity: 9 }] }] }]
sellers: [{ segment: isv }]
catalog: [{ id: A, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use }] }]
buyers:
  - segment: b
    count: 5
    load: { poisson: { total: 5/h } }
    buys: [{ product: A, specification: s, flavour: f, lifetime: { exponential: { mean: 54min } } }]
`,
  )
})

test('a constant load has an exact answer: Erlang B of the load, provisioning included', async () => {
  const { code, stdout } = await here('--pool', 'z/f', '--json')
  expect(code).toBe(exitCodes.done.code)
  const found = JSON.parse(stdout)
  expect(found).toMatchObject({ method: 'exact', capacity: 20, requestsPerHour: 5, requests: 0, pool: 'z/f' })
  expect(found.load).toBeCloseTo(5, 9)
  expect(found.probability / erlangB(20, 5)).toBeCloseTo(1, 9)
})

test('the screen says how often, by which model and method', async () => {
  const { stdout } = await here('--pool', 'z/f')
  expect(stdout).toMatch(/^Pool z\/f refuses 2\.\d\de-7 of its requests: about one in \d+ years\n/)
  expect(stdout).toContain('20 units, 5.00 erlangs and 5.00 requests an hour, in the long run')
  expect(stdout).toContain('exact (Erlang B')
})

const day = `[${Array.from({ length: 24 }, (_, hour) => (hour < 12 ? 0 : 2)).join(', ')}]`

test('simulated, the interval is near the exact answer; a load that varies over the day refuses more', async () => {
  const ask = async (...more: string[]) => {
    const { code, stdout, stderr } = await here('--pool', 'z/f', '--json', '--requests', '20000', ...more)
    expect(code, stderr).toBe(exitCodes.done.code)
    return JSON.parse(stdout)
  }
  const steady = await ask('--simulate')
  expect(steady).toMatchObject({ method: 'splitting', confidence: 0.95 })
  expect(steady.levels.length).toBeGreaterThan(3)
  // The seed is fixed: half of the probability is twice the half-width.
  expect(Math.abs(steady.probability / erlangB(20, 5) - 1)).toBeLessThan(0.6)
  const rhythm = await ask('-s', `buyers.b.load={ profile: { total: 5/h, day: ${day} } }`)
  expect(rhythm.probability).toBeGreaterThan(100 * erlangB(20, 5))
})

test.each<[string, string[], RegExp]>([
  ['no pool is named', [], /the scenario has 2 pools.*z\/f, z\/g/],
  ['a pool that is none', ['--pool', 'q'], /has no pool q/],
  ['a pool that no segment asks for', ['--pool', 'z/g'], /no segment asks for it/],
  ['a queue', ['--pool', 'z/f', '-s', 'policies.pool.whenFull=queue'], /orders wait where it is full/],
  ['retries', ['--pool', 'z/f', '-s', 'buyers.b.habits.retry.probability=0.5'], /tried again \(retry\)/],
  [
    'bursts',
    ['--pool', 'z/f', '-s', 'buyers.b.load={ markov: { perBuyer: false, phases: [{ rate: 1/h, stay: 1h }] } }'],
    /markov/,
  ],
  ['servers that fail', ['--pool', 'z/f', '-s', 'regions.r.zones.z.pools.f.failure=0.1'], /may fail/],
  ['stops', ['--pool', 'z/f', '-s', 'buyers.b.habits.stopStart.probability=0.1'], /stopStart/],
  ['batches', ['--pool', 'z/f', '-s', 'buyers.b.load={ poisson: { total: 5/h, batch: 2 } }'], /come together/],
  ['a precision that is none', ['--pool', 'z/f', '--simulate', '--precision', '5'], /not a percentage/],
])('refused in words: %s', async (_, line, words) => {
  const { code, stderr } = await here(...line)
  expect(code).toBe(exitCodes.badInput.code)
  expect(stderr.replace(/\s+/g, ' ')).toMatch(words)
})
