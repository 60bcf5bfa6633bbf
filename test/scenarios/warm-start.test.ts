/** `warmStart` and `measureFrom`: what is refused, and what is warned of. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { readScenario } from '#scenarios/reader.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-warm-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** 40 servers a week of 21 days each: 120 in the long run. */
const text = `name: warm
start: 2024-01-01T00:00:00+08:00
end: 2024-09-01T00:00:00+08:00
regions: [{ id: r, zones: [{ id: z, pools: [{ flavour: f, capacity: 110, hourly: "0.1" }] }] }]
sellers: [{ segment: s, count: 1 }]
catalog: [{ id: im, kind: image, seller: s/1, category: infrastructure, specifications: [{ id: a, billing: pay-per-use, hourly: "0.01" }] }]
buyers:
  - segment: b
    count: 50
    wallet: { opening: "100000" }
    load: { poisson: { total: 40/week } }
    buys: [{ product: im, specification: a, flavour: f, lifetime: { exponential: { mean: 21d } } }]
`

async function messages(...sets: string[]): Promise<string[]> {
  const path = join(folder, 's.yaml')
  writeFileSync(path, text)
  try {
    const { warnings } = await readScenario(path, { sets })
    return warnings.map(({ code, path: at, what }) => `${code} ${at}: ${what}`)
  } catch (error) {
    if (!(error instanceof ScenarioErrors)) throw error
    return error.faults.map(({ path: at, what }) => `error ${at}: ${what}`)
  }
}

const filling = (units: string, share: number) => [
  `cold-start regions.r.zones.z.pools.f: pool z/f is still filling when figures begin to count: ${units} units are expected there, ${share} % of the 120 expected in the long run`,
]

test.each([
  [[], filling('0', 0)],
  // 1 - e^(-t / 21 d).
  [['measureFrom=21d'], filling('76', 63)],
  [['measureFrom=62d'], filling('114', 95)],
  [['measureFrom=2024-03-04T12:00:00+08:00'], []],
  [['measureFrom=64d'], []],
  [['warmStart=true'], []],
  [['warmStart=true', 'measureFrom=1d'], []],
  [['warmStart=false', 'measureFrom=64d'], []],
])('%j', async (sets, expected) => {
  expect(await messages(...sets)).toEqual(expected)
})

test.each([
  ['measureFrom=2023-12-31T00:00:00Z', 'error measureFrom: figures that count from an instant outside of the run'],
  ['measureFrom=300d', 'error measureFrom: figures that count from an instant outside of the run'],
  ['buyers.b.load={ closed: { thinkTime: 1d } }', 'error buyers.b.load: a warm start with the closed model'],
  [
    'buyers.b.habits={ stopStart: { probability: 0.1, after: 1d, pause: 1d } }',
    'error buyers.b.habits.stopStart: a warm start with servers that are stopped and started again',
  ],
  [
    'policies={ pool.whenFull: queue }',
    'error warmStart: a warm start of pool z/f, which is often full and lets orders wait',
  ],
])('a warm start with %s', async (set, fault) => {
  expect(await messages('warmStart=true', set)).toEqual([fault])
})

test('a pool that is hardly ever full may let orders wait', async () => {
  expect(
    await messages('warmStart=true', 'policies={ pool.whenFull: queue }', 'regions.r.zones.z.pools.f.capacity=160'),
  ).toEqual([])
})
