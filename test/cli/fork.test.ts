/** One history up to an instant, and futures that continue it: each is the run of a scenario with the same events. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { filesOf } from '#cli/manifest.ts'
import { type Manifest, manifestIn, manifestText } from '#reports/manifest-files.ts'
import { inThisProcess, newFolder, removeFolders } from './marketsim.ts'

const cwd = newFolder()
afterAll(removeFolders)
const at = (...path: string[]) => join(cwd, ...path)
const words = ['-q', '--threads', '1']
const scenario = ['x.yaml', '-s', 'duration=16h', '-s', 'thresholds={}', ...words]
const until = '2025-01-06T07:20:00+01:00'
const call = (...line: string[]) => inThisProcess(line, cwd)

/** What a run wrote, without what depends on the machine and the command. */
const written = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(at(folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => !/^(manifest\.json|fork)/.test(name) && statSync(at(folder, name)).isFile())
      .map((name) => [name, readFileSync(at(folder, name)).toString('base64')]),
  )

beforeAll(async () => {
  const right = readFileSync(new URL('../scenarios/tidepool.yaml', import.meta.url), 'utf8')
  writeFileSync(at('x.yaml'), right)
  const { code, stderr } = await call('run', ...scenario, '--until', until, '-o', 'until')
  expect(code, stderr).toBe(exitCodes.done.code)
  await call('run', ...scenario, '-o', 'whole')
})

test('a run until an instant ends there, and is verified like any other', async () => {
  const { stdout, code } = await call('verify', 'until', '--json')
  expect(code).toBe(exitCodes.done.code)
  expect(JSON.parse(stdout).record.digest).toBe(manifestIn(at('until'))?.digest)
  const { run } = JSON.parse(readFileSync(at('until', 'summary.json'), 'utf8'))
  expect(Date.parse(run.end)).toBe(Date.parse(until))
})

test('a fork without changes is the run that was never interrupted, to the byte', async () => {
  const { code, stderr } = await call('fork', 'until', ...words, '-o', 'same')
  expect(code, stderr).toBe(exitCodes.done.code)
  expect(written('same')).toEqual(written('whole'))
  expect(manifestIn(at('same'))?.digest).toBe(manifestIn(at('whole'))?.digest)
})

test('a fork with changes is the run of the scenario with the same events, audited, verified and compared', async () => {
  const changes = [
    ['-s', 'policies.tax.percent=9'],
    ['-s', 'regions.nordic.zones.bergen-1.pools.m2.small.capacity=1'],
    ['--event', 'outage: { zone: bergen-1, for: 3h }'],
    ['--event', 'capacityChange: { zone: bergen-1, flavour: m2.large, capacity: 9 }'],
    ['--seed', '9'],
  ].flat()
  const later = '2025-01-06T10:00:00+01:00'
  const { code, stderr } = await call('fork', 'until', '--at', later, ...changes, ...words, '-o', 'other')
  expect(code, stderr).toBe(exitCodes.done.code)
  const events = [
    `{ at: ${later}, policyChange: { tax.percent: 9 } }`,
    `{ at: ${later}, capacityChange: { zone: bergen-1, flavour: m2.small, capacity: 1, foreseen: false } }`,
    `{ at: ${later}, outage: { zone: bergen-1, for: 3h } }`,
    `{ at: ${later}, capacityChange: { zone: bergen-1, flavour: m2.large, capacity: 9, foreseen: false } }`,
    `{ at: ${later}, newSeed: { seed: 9 } }`,
  ]
  const sets = events.flatMap((event, index) => ['-s', `events.${index}=${event}`])
  await call('run', ...scenario, ...sets, '-o', 'planned')
  expect(written('other')).toEqual(written('planned'))
  expect(manifestIn(at('other'))?.digest).not.toBe(manifestIn(at('whole'))?.digest)
  expect(manifestIn(at('other'))?.reconciliation).toMatchObject({ differences: 0 })
  expect((await call('verify', 'other')).code).toBe(exitCodes.done.code)
  expect((await call('compare', 'same', 'other', '-o', 'compared')).code).toBe(exitCodes.done.code)
})

test.each<[readonly string[], RegExp]>([
  [
    ['-s', 'policies.settlement.lag=2h'],
    /policies.settlement.lag cannot change at 2025-01-06T07:20:00\+01:00: the lag/,
  ],
  [['-s', 'policies.settlement.platformFee=9'], /the share of an earlier sale already follows/],
  [['-s', 'seed=7'], /seed cannot change at \S+: write --seed S/],
  [['-s', 'duration=9d'], /was simulated for this end/],
  [['-s', 'policies.grace.days=x'], /expected a number/],
  [['-s', 'nothing=1'], /no nothing in the scenario/],
  [['-s', 'policies.grace.days'], /is no path=value/],
  [['-s', 'regions.nordic.name=x'], /no event of a scenario changes it/],
  [['--event', 'demandSurge: { for: 1d, factor: 2 }'], /arrivals after that instant were drawn before it/],
  [['--event', 'outage'], /is no event/],
  [['--event', '{ at: 2025-01-06T00:00:00+01:00, outage: { zone: bergen-1, for: 1h } }'], /is before the fork at/],
  [['--at', '1h'], /is before 2025-01-06T07:20:00\+01:00, up to which the history is kept/],
  [['--at', '9d'], /is not within the run/],
  [['--at', 'soon'], /is neither an instant nor a duration/],
])('a fork with %j is refused, with the reason', async (line, reason) => {
  const { code, stderr } = await call('fork', 'until', '-o', 'refused', ...line)
  expect(stderr.replaceAll('\n', ' ')).toMatch(reason)
  expect(code).toBe(exitCodes.badInput.code)
  expect(existsSync(at('refused'))).toBe(false)
})

test('a run without a history, and options that do not fit, are refused', async () => {
  expect((await call('fork', 'until', '-o', 'until')).stderr).toMatch(/a fork cannot replace until/)
  expect((await call('fork', 'whole')).stderr).toMatch(/keeps no history to continue from/)
  expect((await call('fork', 'nowhere')).code).toBe(exitCodes.badInput.code)
  expect((await call('fork')).stderr).toMatch(/fork needs the folder of a run/)
  const both = await call('run', ...scenario, '--until', '9h', '--checkpoint-every', '6h', '-o', 'both')
  expect(both.stderr).toMatch(/--until and --checkpoint-every are given together/)
  const early = await call('run', ...scenario, '-s', 'measureFrom=9h', '--until', '5h', '-o', 'both')
  expect(early.stderr).toMatch(/is not after measureFrom/)
  expect(existsSync(at('both'))).toBe(false)
})

test('a history of another program is refused, and a damaged one is damage', async () => {
  const path = at('until', 'fork', 'history.bin')
  const kept = readFileSync(path)
  const manifest = readFileSync(at('until', 'manifest.json'))
  writeFileSync(path, serialize({ ...deserialize(kept), program: 'another' }))
  expect((await call('fork', 'until', '-o', 'no')).code).toBe(exitCodes.damaged.code)
  const { checksum: _, ...rest } = manifestIn(at('until')) as Manifest
  writeFileSync(at('until', 'manifest.json'), manifestText({ ...rest, files: filesOf(at('until')) }))
  const { code, stderr } = await call('fork', 'until', '-o', 'no')
  expect(code).toBe(exitCodes.badInput.code)
  expect(stderr).toMatch(/this history was made by marketsim \S+ \(program another\)/)
  writeFileSync(path, kept)
  writeFileSync(at('until', 'manifest.json'), manifest)
})
