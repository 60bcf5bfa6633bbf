/** What a scenario expects of demand, what runs draw of it, and intervals that are corrected by the difference. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectedRequests } from '#reports/capacity/expected-requests.ts'
import { RunRecord } from '#reports/record.ts'
import { controlledEstimate, controlsOf } from '#reports/sweep/controlled.ts'
import { type DemandControls, demandControls } from '#reports/sweep/demand-controls.ts'
import { type Asked, estimatesOf, momentsOf } from '#reports/sweep/estimates.ts'
import { controlledLines, demandOf, demandTable } from '#reports/sweep/pool-demand.ts'
import type { SweepResult } from '#reports/sweep/result.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { simulate } from '#sim/run/simulate.ts'

interface Parts {
  readonly load?: string
  readonly more?: string
  readonly buys?: string
  readonly events?: string
  readonly head?: string
  readonly pools?: string
}

const lives = 'lifetime: { exponential: { mean: 2h } }'
/** Two days from a Monday, in UTC. */
const scenarioOf = ({
  load = '{ poisson: { total: 10/h } }',
  more = '',
  buys,
  events = '[]',
  head = '',
  pools,
}: Parts) => `name: demand
question: How many requests?
start: 2024-01-01T00:00:00Z
duration: 2d
seed: 3
money: ignore
policies: { time.utcOffset: "+00:00" }
${head}
regions:
  - id: r
    zones:
      - { id: a, pools: ${pools ?? '[{ flavour: f, capacity: 30, provisioning: 0s }]'} }
      - { id: b, pools: [{ flavour: g, capacity: 30, provisioning: 0s }] }
sellers: [{ segment: isv }]
catalog: [{ id: A, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use }] }]
buyers:
  - segment: s
    count: 4
    load: ${load}
    ${more}
    buys: ${buys ?? `[{ product: A, specification: s, flavour: f, ${lives} }]`}
events: ${events}
`
const expectedOf = (parts: Parts) => expectedRequests(parseScenario(scenarioOf(parts), 'demand.yaml'))

const half = `[{ product: A, specification: s, flavour: f, weight: 3, ${lives} }, { product: A, specification: s, flavour: g, weight: 1, ${lives} }]`
const surge = '[{ at: 2024-01-02T00:00:00Z, demandSurge: { factor: 3, for: 12h } }]'
const busyDay = `[${Array.from({ length: 24 }, (_, hour) => (hour < 12 ? 1 : 3)).join(', ')}]`

test.each<[string, Parts, readonly number[]]>([
  ['a rate of the segment', {}, [480, 0]],
  ['a rate of each of four buyers', { load: '{ poisson: { perBuyer: 10/h } }' }, [1920, 0]],
  [
    'activity of mean 2 of each',
    { load: '{ poisson: { perBuyer: 10/h } }', more: 'activity: { exponential: { mean: 2 } }' },
    [3840, 0],
  ],
  ['activity moves no rate of a segment', { more: 'activity: { exponential: { mean: 2 } }' }, [480, 0]],
  ['lines by weight', { buys: half }, [360, 120]],
  ['batches of 1 to 3', { load: '{ poisson: { total: 10/h, batch: { discrete: { values: [1, 3] } } } }' }, [960, 0]],
  [
    'batches are at least 1, and halves are rounded up',
    { load: '{ poisson: { total: 10/h, batch: { discrete: { values: [0, 2.5] } } } }' },
    [960, 0],
  ],
  ['a surge that triples half a day', { events: surge }, [720, 0]],
  ['a profile has its mean rate over whole days', { load: `{ profile: { total: 10/h, day: ${busyDay} } }` }, [480, 0]],
  [
    'a surge in the quiet half of a day',
    { load: `{ profile: { total: 10/h, day: ${busyDay} } }`, events: surge },
    [600, 0],
  ],
  [
    'a spike of six hours',
    { load: '{ spike: { perBuyer: false, base: 10/h, peak: 20/h, at: 2024-01-01T06:00:00Z, for: 6h } }' },
    [540, 0],
  ],
  [
    'a ramp of a day, then level',
    { load: '{ stages: { perBuyer: false, steps: [{ to: 20/h, over: 1d }] } }' },
    [720, 0],
  ],
  ['from when figures count', { head: 'measureFrom: 12h' }, [360, 0]],
])('expected requests: %s', (_, parts, requests) => {
  for (const [place, { requests: found, unknown }] of expectedOf(parts).entries()) {
    expect(unknown).toBeNull()
    expect(found).toBeCloseTo(requests[place], 6)
  }
})

test.each<[string, Parts, string]>([
  ['the closed model', { load: '{ closed: { thinkTime: 1h } }' }, 'waits for the last one'],
  [
    'bursts',
    { load: '{ markov: { perBuyer: false, phases: [{ rate: 1/h, stay: 1h }, { rate: 9/h, stay: 1h }] } }' },
    'markov',
  ],
  ['gaps', { load: '{ renewal: { perBuyer: false, gap: { uniform: { min: 1min, max: 9min } } } }' }, 'in the long run'],
  ['retries', { more: 'habits: { retry: { probability: 0.5 } }' }, 'tried again (retry)'],
  ['churn', { more: 'habits: { churn: { refusal: 0.1 } }' }, 'churn'],
  ['word of mouth', { more: 'habits: { recommend: { probability: 0.1 } }' }, 'recommend'],
  ['buyers who join', { more: 'joins: { uniform: { min: 0h, max: 9h } }' }, 'join or leave'],
  ['buyers without a VPC', { more: 'account: { vpc: 0.5 }' }, 'VPC'],
  [
    'a choice of zones by room',
    { pools: '[{ flavour: f, capacity: 9 }, { flavour: g, capacity: 9 }]', buys: half },
    'another zone',
  ],
])('expected requests are not known: %s', (_, parts, why) => {
  const reasons = expectedOf(parts).map(({ unknown }) => unknown ?? '')
  expect(reasons.join('; ')).toContain(why)
})

test('runs draw what is expected on average, whatever they refuse; lives too', async () => {
  const text = scenarioOf({
    load: `{ profile: { perBuyer: 4/h, day: ${busyDay}, batch: { discrete: { values: [1, 2] } } } }`,
    more: 'activity: { uniform: { min: 0.5, max: 1.5 } }',
    buys: half,
    events: surge,
    pools: '[{ flavour: f, capacity: 20, provisioning: 0s }]',
  })
  const scenario = parseScenario(text, 'demand.yaml')
  const runs: DemandControls[][] = []
  for (let run = 0; run < 3; run++) {
    const folder = mkdtempSync(join(tmpdir(), 'marketsim-demand-'))
    await simulate({ scenario, traces: {}, seed: String(run), threads: 1, folder, inThisThread: true })
    const record = new RunRecord(folder)
    runs.push(demandControls(record, scenario))
    record.close()
    rmSync(folder, { recursive: true })
  }
  for (const { pool, expected, requests, expectedLife, life } of demandOf([runs])) {
    // Activity is drawn once for each of the four buyers: the mean of three runs varies by 8 % of what is expected.
    expect(Math.abs(requests / Number(expected) - 1), pool).toBeLessThan(0.25)
    expect(Math.abs(Number(life) / Number(expectedLife) - 1), pool).toBeLessThan(0.15)
  }
})

/** Runs whose refusals follow their requests exactly. */
const drawn = [-9, 4, 7, -2, 0, 3, -5, 8, -1, 6].map((more, run) => ({ more, longer: ((run * 7) % 5) - 2 }))
const demand = drawn.map(({ more, longer }): DemandControls[] => [
  {
    ...{ pool: 'a/f', requests: 100 + more, expected: 100, unknown: null },
    ...{ servers: 90, lives: 900 + longer, expectedLives: 900 },
  },
  { ...{ pool: 'b/f', requests: 5, expected: null, unknown: 'why' }, ...{ servers: 0, lives: 0, expectedLives: 0 } },
])
const figure: Asked = { text: 'x{pool=a} < 3', unit: 'hours', kind: 'amount', bound: null }
const values = drawn.map(({ more, longer }, run) => ({ top: 20 + more / 5 + longer / 2 + (run % 2) / 100, bottom: 1 }))

test('what the runs had more than expected is taken off', () => {
  const [[{ interval, controlled }]] = estimatesOf([figure], [[values]], [demand])
  expect(controlled?.controls).toEqual(['requests', 'lives'])
  expect(controlled?.interval.mean).toBeCloseTo(20, 1)
  expect(controlled?.width).toBeLessThan(0.05)
  expect(interval.high - interval.low).toBeGreaterThan(1)
})

test('what is taken off decides: a verdict and a change that the plain runs leave open', () => {
  const bounded = { ...figure, bound: { op: '<', value: 20.4 } } as const
  const more = values.map(({ top, bottom }, run) => ({ top: top * 1.1 + drawn[run].more / 8, bottom }))
  const by = (known: DemandControls[][][]) => estimatesOf([bounded], [[values, more]], known)[0]
  const [[plain, changed], [corrected, known]] = [by([]), by([demand, demand])]
  expect([plain.verdict, corrected.verdict]).toEqual(['undecided', 'kept'])
  expect(known.difference?.halfWidth).toBeLessThan(0.1 * Number(changed.difference?.halfWidth))
  expect(known.difference?.mean).toBeCloseTo(2, 1)
})

test('nothing is corrected without knowledge, with fewer than ten runs, or where a run had nothing to measure', () => {
  const at = (text: string, of: typeof values, by: DemandControls[][]) =>
    estimatesOf([{ ...figure, text }], [[of]], [by])[0][0].controlled
  expect(at('x{pool=b}', values, demand)).toBeNull()
  // Lives alone say too little of runs whose requests are not known.
  const onlyLives = demand.map((pools) => pools.map((pool) => ({ ...pool, expected: null, unknown: 'why' })))
  expect(at('x{pool=a}', values, onlyLives)).toBeNull()
  expect(at('x', values.slice(0, 9), demand.slice(0, 9))).toBeNull()
  expect(estimatesOf([figure], [[[...values.slice(0, 9), null]]], [demand])[0][0].controlled).toBeNull()
  expect(estimatesOf([figure], [[values]])[0][0].controlled).toBeNull()
  const moments = momentsOf('amount', values)
  const plain = { mean: 0, low: 0, high: 0, confidence: 0.95, count: 10 }
  expect(controlledEstimate(moments, values, controlsOf(demand, undefined), plain)?.controls).toHaveLength(2)
})

test('screen and page say what is known and what it brought', () => {
  const result = { estimates: estimatesOf([figure], [[values]], [demand]), demand: demandOf([demand]) }
  const [line, unknown] = controlledLines(result)
  expect(line).toMatch(/^\[ \] corrected by the expected requests and lives: intervals 0\.0\d times as wide$/)
  expect(unknown).toBe('the requests to expect of b/f are not known: why')
  const table = demandTable({ ...result, points: [{ label: '84' }], paths: ['capacity'] } as unknown as SweepResult)
  expect(table.rows[0].slice(0, 4)).toEqual(['84', 'a/f', 100, 101.1])
  expect(controlledLines({ estimates: [], demand: [] })).toEqual([])
})
