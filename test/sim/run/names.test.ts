/** Names that every object inherits, in every place where a file may choose one, from the scenario to the reports. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { compareRuns } from '#reports/compare/comparison.ts'
import { RunRecord } from '#reports/record.ts'
import type { Summary } from '#reports/summary.ts'
import { writeReports } from '#reports/write.ts'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { parseScenario, readScenario } from '#scenarios/reader.ts'
import { simulate } from '#sim/run/simulate.ts'

const root = mkdtempSync(join(tmpdir(), 'marketsim-names-'))
afterAll(() => rmSync(root, { recursive: true }))

const pool = (flavour: string) => `{ flavour: ${flavour}, capacity: 9, hourly: "0.1" }`

/** Two regions, of which the buyers live in the second only; `name` means the n-th name. */
const scenario = (name: (n: number) => string) => `
name: ${name(0)}
start: 2024-03-01T00:00:00+08:00
duration: 2d
regions:
  - { id: ${name(0)}, zones: [{ id: ${name(0)}, pools: [${pool(name(0))}, ${pool(name(1))}] }] }
  - { id: other, zones: [{ id: ${name(1)}, pools: [${pool(name(0))}, ${pool(name(1))}] }, { id: ${name(2)}, pools: [${pool(name(1))}] }] }
sellers: [{ segment: ${name(0)}, regions: { other: 1 } }, { segment: ${name(1)} }]
catalog:
  - id: ${name(0)}
    kind: image
    seller: ${name(0)}/1
    category: ${name(0)}
    specifications: [{ id: ${name(0)}, billing: pay-per-use, hourly: "0.05" }]
  - id: ${name(1)}
    kind: saas
    seller: ${name(1)}/1
    category: ${name(1)}
    specifications: [{ id: ${name(1)}, billing: monthly, plans: [{ months: 1, price: "10" }] }]
buyers:
  - segment: ${name(0)}
    regions: { other: 1 }
    wallet: { opening: "500" }
    load: { trace: { file: t.csv, origin: 2024-03-01T00:00:00+08:00, unit: h, columns: { at: constructor, quantity: toString, buyer: valueOf, lifetime: hasOwnProperty } } }
    buys: [{ product: ${name(0)}, specification: ${name(0)}, flavour: ${name(1)}, zones: { ${name(1)}: 1 } }]
  - segment: ${name(1)}
    count: 4
    regions: { other: 1 }
    wallet: { opening: "500" }
    load: { poisson: { total: 20/d } }
    unmet: { probability: 0.5, categories: { ${name(1)}: 1 } }
    channels: { category: 1, favourites: 1 }
    buys: [{ product: ${name(1)}, specification: ${name(1)} }]
events:
  - { at: 2024-03-01T12:00:00+08:00, demandSurge: { segment: ${name(1)}, for: 1h, factor: 2 } }
  - { at: 2024-03-01T13:00:00+08:00, outage: { zone: ${name(2)}, for: 1h } }
thresholds:
  "orders.placed{segment=${name(0)}}": "== 4"
  "orders.placed{product=${name(0)},region=other}": "== 4"
  "ecs.refusalRate{pool=${name(1)}/${name(1)}}": "== 0"
`

const csv =
  'constructor,toString,valueOf,hasOwnProperty\n1,1,__proto__,5\n2,1,constructor,5\n3,2,__proto__,1\n4,1,x,9\n'

async function made(folder: string, names: readonly string[]) {
  const place = mkdtempSync(join(root, `${folder}-`))
  writeFileSync(join(place, 't.csv'), csv)
  writeFileSync(
    join(place, 'x.yaml'),
    scenario((n) => names[n]),
  )
  const read = await readScenario(join(place, 'x.yaml'))
  const request = {
    scenario: read.scenario,
    traces: Object.fromEntries(read.traces),
    seed: '1',
    threads: 2,
    folder: place,
  }
  const { differences } = await simulate({ ...request, inThisThread: true })
  const record = new RunRecord(place)
  try {
    await writeReports(record, place)
    const homes = record.rows(
      'SELECT r.region, count(*) AS n FROM accounts a JOIN regions r ON r.id = a.region_id GROUP BY 1 ORDER BY 1',
    )
    const accounts = record.rows<{ name: string }>('SELECT name FROM accounts ORDER BY id').map(({ name }) => name)
    const summary = JSON.parse(readFileSync(join(place, 'summary.json'), 'utf8')) as Summary
    return { place, differences, homes, accounts, summary, page: readFileSync(join(place, 'report.html'), 'utf8') }
  } finally {
    record.close()
  }
}

const inherited = made('inherited', ['constructor', 'toString', 'hasOwnProperty'])

test('a run of inherited names: all buyers live where the file says, and the thresholds are met', async () => {
  const run = await inherited
  expect(run.differences).toBe(0)
  expect(run.homes).toEqual([{ region: 'other', n: 7n }])
  expect(run.accounts.slice(0, 3)).toEqual(['constructor/__proto__', 'constructor/constructor', 'constructor/x'])
  expect(run.summary.thresholds.map(({ text, passed }) => [text, passed])).toEqual(
    run.summary.thresholds.map(({ text }) => [text, true]),
  )
  expect(run.page).not.toContain('native code')
})

test('a comparison with a run of other names takes nothing from a prototype', async () => {
  const [a, b] = [await inherited, await made('plain', ['one', 'two', 'three'])]
  const { figures } = compareRuns(a.place, b.place)
  for (const { a: left, b: right, value } of figures)
    for (const side of [left, right])
      expect(side === null || ['number', 'string'].includes(typeof side), `${value}: ${String(side)}`).toBe(true)
})

test.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__', 'isPrototypeOf'])(
  'what is not called %s is not found under that name',
  (name) => {
    const plain = scenario((n) => ['one', 'two', 'three'][n]).replace(
      /load: \{ trace.*/,
      'load: { poisson: { total: 1/d } }',
    )
    const text = plain
      .replace('    regions: { other: 1 }\n', '    count: 1\n    regions: { other: 1 }\n')
      .replace('flavour: two, zones', 'flavour: two, lifetime: 1h, zones')
    expect(parseScenario(text, 'x.yaml').buyers).toHaveLength(2)
    const refused = (change: (text: string) => string): readonly string[] => {
      const changed = change(text)
      expect(changed, name).not.toBe(text)
      try {
        parseScenario(changed, 'x.yaml')
        return []
      } catch (error) {
        if (!(error instanceof ScenarioErrors)) throw error
        return error.faults.map(({ what }) => what)
      }
    }
    for (const change of [
      (each: string) => each.replace('regions: { other: 1 }', `regions: { ${name}: 1 }`),
      (each: string) => each.replace('zones: { two: 1 }', `zones: { ${name}: 1 }`),
      (each: string) => each.replace('product: one', `product: ${name}`),
      (each: string) => each.replace('specification: one', `specification: ${name}`),
      (each: string) => each.replace('seller: one/1', `seller: ${name}/1`),
      (each: string) => each.replace('flavour: two, lifetime', `flavour: ${name}, lifetime`),
      (each: string) => each.replace('segment: two, for', `segment: ${name}, for`),
      (each: string) => each.replace('zone: three, for', `zone: ${name}, for`),
      (each: string) => each.replace('duration: 2d', `duration: 2d\npolicies: { ${name}: 1 }`),
      (each: string) => each.replace('duration: 2d', `duration: 2d\n${name}: 1`),
      (each: string) => each.replace('poisson: { total: 1/d }', `${name}: {}`),
      (each: string) => each.replace('lifetime: 1h', `lifetime: { ${name}: 1h }`),
    ])
      expect(refused(change).length, change(text)).toBeGreaterThan(0)
    for (const set of [
      `a.${name}.b=1`,
      `${name}.b=1`,
      `policies.${name}=1`,
      `regions.${name}.id=1`,
      `buyers.one.${name}=1`,
    ])
      expect(() => parseScenario(text, 'x.yaml', { sets: [set] }), set).toThrow(ScenarioErrors)
    expect(Object.hasOwn(Object.prototype, 'b')).toBe(false)
  },
)
