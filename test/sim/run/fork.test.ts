/** A history that is kept up to an instant and continued with more events is the history of the scenario that has them. */
import { cpSync, rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Changes, changesAt } from '#scenarios/changes-at.ts'
import { readAgain, readScenario, scenarioData } from '#scenarios/reader.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { live, liveUntil, type RunRequest } from '#sim/run/simulate.ts'
import { often } from '../../house/effort.ts'
import { changeablePolicies, policyValues } from '../../swarm/policy-values.ts'
import { newRunFolder, removeRunFolders } from './checkpointed-run.ts'
import { simulated } from './inline-run.ts'

afterAll(removeRunFolders)
const path = 'scenarios/every-rule.yaml'
const at = '2023-05-03T10:15:00+08:00'
const span = ['duration=', `end=2023-05-${often('05', '30')}T00:00:00+08:00`]
const read = await readScenario(path, { sets: span })
const data = scenarioData(read.source, path, span)

const requestOf = (scenario: Scenario, folder: string, threads = 1) => ({
  ...{ scenario, traces: {}, seed: scenario.seed, threads, folder },
  recovery: { folder: `${folder}/unfinished` },
})
const digestOf = async (request: RunRequest): Promise<string> => {
  const { digest } = await live(request)
  rmSync(request.folder, { recursive: true })
  return digest
}
const kept = newRunFolder()
let keptAt = 0
beforeAll(async () => {
  keptAt = await liveUntil(requestOf(read.scenario, kept, 2), Date.parse(at))
})
/** The digest of the history that is kept, continued as a scenario says. */
const continued = (scenario: Scenario, threads = 1): Promise<string> => {
  const folder = newRunFolder()
  cpSync(kept, folder, { recursive: true })
  return digestOf(requestOf(scenario, folder, threads))
}
const fromTheStart = (scenario: Scenario) => digestOf(requestOf(scenario, newRunFolder()))

test('the checkpoint is the last one before the instant; without changes the history is the same, also if it ends there', async () => {
  expect(Date.parse(at) - keptAt).toBeGreaterThanOrEqual(0)
  expect(Date.parse(at) - keptAt).toBeLessThan(2 * read.scenario.messageDelay)
  expect(await continued(read.scenario, 2)).toBe(await fromTheStart(read.scenario))
  const short = { ...read.scenario, end: Date.parse(at) }
  expect(await continued(short)).toBe(await fromTheStart(short))
})

/** Policies that a fork refuses: they are looked at ahead. */
const foreseen = ['settlement.platformFee']
const policies = changeablePolicies.filter((key) => !foreseen.includes(key))
const cases: Changes[] = [
  {
    sets: ['policies.grace.days=1', 'policies.retention.days=2', 'zones.ap-1a.pools.c6.large.hourly=0.2'],
    events: ['outage: { zone: ap-1a, for: 5h, breaks: 0.5 }', 'sellerStrike: { for: 2d }'],
    seed: 'another',
  },
  ...often([], policies).flatMap((key) =>
    policyValues[key].slice(0, 2).map((value) => ({ sets: [`policies.${key}=${JSON.stringify(value)}`], events: [] })),
  ),
]

test.each(cases)(
  'continued with $sets and $events it is the run with the same events from its start',
  async (change) => {
    const { scenario } = readAgain(read, path, { sets: [...span, ...changesAt(data, at, change)] })
    expect(await continued(scenario)).toBe(await fromTheStart(scenario))
  },
)

test('E-02: an order that is larger than the pool waits for planned capacity, and not for an unforeseen one', async () => {
  const text = (foreseen: string) => `
name: larger
start: 2024-01-01T00:00:00Z
duration: 2d
policies: { pool.whenFull: queue }
regions: [{ id: r1, zones: [{ id: z1, pools: [{ flavour: f, capacity: 2, hourly: "1", patience: 30d }] }] }]
sellers: [{ segment: isv }]
catalog: [{ id: image, kind: image, seller: isv/1, category: c, specifications: [{ id: h, billing: pay-per-use, hourly: "0.1" }] }]
buyers:
  - { segment: s, count: 1, wallet: { opening: 900 }, load: { poisson: { total: 1/h } }, buys: [{ product: image, specification: h, flavour: f, quantity: { constant: 4 }, lifetime: 1h }] }
events: [{ at: 2024-01-02T00:00:00Z, capacityChange: { zone: z1, flavour: f, capacity: 4${foreseen} } }]
`
  const refusedBefore = (foreseen: string) =>
    simulated(text(foreseen), ({ ask }) =>
      ask(`SELECT COUNT(*) FROM refusals WHERE at < ${Date.parse('2024-01-02T00:00:00Z')}`),
    )
  expect(await refusedBefore('')).toBe(0)
  expect(await refusedBefore(', foreseen: false')).toBeGreaterThan(5)
})
