/**
 * A load of the example service at the command line: exit codes, errors that are found, a service that ends during the load,
 * and a search for its knee.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import type { LoadSummary } from '#reports/load-test/summary.ts'
import { readScenario } from '#scenarios/reader.ts'
import type { WorldSpec } from '#sim/world/world.ts'
import { type RunningService, type ServiceOptions, startService } from '../../examples/metering-service/server.ts'
import { inThisProcess, newFolder, removeFolders } from '../cli/marketsim.ts'

const day = 'end=2024-03-02T00:00:00+08:00'
const quickstart = new URL('../../scenarios/quickstart.yaml', import.meta.url).pathname
const running: RunningService[] = []
let spec: WorldSpec

beforeAll(async () => {
  const { scenario } = await readScenario(quickstart, { sets: [day] })
  spec = { scenario, traces: {} }
})
afterEach(async () => {
  for (const service of running.splice(0)) await service.close()
})
afterAll(removeFolders)

async function started(options: Partial<ServiceOptions> = {}): Promise<RunningService> {
  const service = await startService({ spec, port: 0, ...options })
  running.push(service)
  return service
}

const cwd = newFolder()
const short = ['--rate', '5k/s', '--duration', '200ms']
const load = (...words: string[]) => inThisProcess(['load', 'quickstart', '--set', day, '--quiet', ...words], cwd)

test('a right service ends with 0, a missed threshold with 4, a wrong bill with 3, none with 74', async () => {
  const { url } = await started()
  const held = await load(...short, '--target', url, '--threshold', 'done==1000', '--json', '--out', 'held')
  const summary = JSON.parse(held.stdout) as LoadSummary
  expect(summary).toMatchObject({
    complete: true,
    audit: { differences: 0 },
    service: { requests: expect.any(Number) },
  })
  expect([0, 4]).toContain(held.code)
  expect(held.code === 4).toBe(!summary.load.reached)
  expect(readdirSync(join(cwd, 'held'))).toContain('service')
  expect(readFileSync(join(cwd, 'held/load.html'), 'utf8')).toContain('✓ bills of the service')
  const wrong = await started({ errors: { dropEvery: 300 } })
  const differs = await load(...short, '--target', wrong.url)
  expect(differs.code).toBe(exitCodes.difference.code)
  expect(differs.stdout).toMatch(/^Bills +\d+ agree, [1-3] differ/m)
  expect(differs.stdout).toMatch(/differs: \w{8}\//)
  const missed = await load(...short, '--target', url, '--threshold', 'latency.p99<1us')
  expect([missed.code, missed.stdout]).toEqual([4, expect.stringMatching(/✗ latency\.p99<1us/)])
  const nowhere = await load(...short, '--target', 'http://127.0.0.1:1')
  expect([nowhere.code, nowhere.stderr]).toEqual([74, expect.stringMatching(/no metering service answers/)])
})

test('a service that is gone after the load ends with 74, and what was measured is kept', async () => {
  const { url, close } = await started({ interfere: (request) => (request === 2 ? void close() : undefined) })
  const { code, stdout } = await load(...short, '--target', url, '--retries', '1', '--out', 'gone')
  expect(code).toBe(exitCodes.diskFailed.code)
  expect(stdout).toMatch(/^Bills +NOT READ: no metering service answers/m)
  const summary = JSON.parse(readFileSync(join(cwd, 'gone/summary.json'), 'utf8')) as LoadSummary
  expect(summary.service?.answers).toHaveProperty('ECONNREFUSED')
  expect(summary.operations.all.due).toBe(1_000)
})

test('a scenario that meters nothing has no event, and one of other products is refused in the words of the service', async () => {
  const { url } = await started()
  const nothing = ['--set', 'buyers.start-ups.count=0', '--set', 'buyers.companies.count=0']
  const none = await load(...short, '--target', url, ...nothing)
  expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/nothing happens|no hour is metered|count/)])
  const { scenario } = await readScenario(quickstart.replace('quickstart', 'renewal-cliff'), {})
  const elsewhere = await started({ spec: { scenario, traces: {} } })
  const other = await load(...short, '--target', elsewhere.url)
  expect(other.stdout).toMatch(/first refusal 400: .*nothing is called/)
  expect(other.code).toBe(4)
})

test('a search for the knee of a service ends with an interval or says why not, and every trial has its own bills', async () => {
  const { url } = await started()
  const search = ['--find-knee', '--target', 'dropped==0', '--backlog', '2', '--batch', '10', '--connections', '1']
  const { stdout, code } = await load('--target', url, ...search, '--duration', '30ms', '--rate', '200/s', '--json')
  const summary = JSON.parse(stdout) as LoadSummary
  expect([0, 4, 6]).toContain(code)
  expect(summary.knee?.trials.length).toBeGreaterThan(2)
  expect(summary.knee?.trials.filter(({ why }) => why.includes('differences'))).toEqual([])
})

test.each([
  ['drops every 1,000th event', { dropEvery: 1_000 }, /Q-02|missing/],
  ['counts every 500th event twice', { doubleEvery: 500 }, /U-09/],
  ['rounds charges to cents', { roundTo: 2 }, /M-02/],
])('a service that %s ends with 3, and the line is named', async (name, errors, rule) => {
  const { url } = await started({ errors })
  const { code } = await load('--rate', '5k/s', '--duration', '1s', '--target', url, '--out', name)
  expect(code).toBe(exitCodes.difference.code)
  const differences = readFileSync(join(cwd, name, 'service/differences.csv'), 'utf8')
  expect(differences).toMatch(rule)
  expect(differences).toMatch(/,i-\d+(\+\d+)?,2024-03-0/)
})
