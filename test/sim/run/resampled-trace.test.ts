import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { Streams } from '#engine/random/streams.ts'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { readScenario } from '#scenarios/reader.ts'
import { resampled } from '#sim/people/load/resampled.ts'
import { openRecord } from '#sim/record/open-record.ts'
import { live, simulate } from '#sim/run/simulate.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const folder = mkdtempSync(join(tmpdir(), 'marketsim-resample-'))
afterAll(() => rmSync(folder, { recursive: true }))

const streamOf = (seed: string) => {
  const streams = new Streams(seed)
  return (buyer: number) => streams.fresh(`resample/${buyer}`)
}

test('every block of a run is a whole block of the trace, at its place, in order of time', () => {
  const line = fc.tuple(fc.integer({ min: 0, max: 5 * DAY - 1 }), fc.integer({ min: 0, max: 2 }))
  fc.assert(
    fc.property(fc.array(line, { maxLength: 60 }), fc.constantFrom('all', 'buyer'), fc.string(), (lines, by, seed) => {
      const sorted = lines.toSorted(([a], [b]) => a - b)
      const trace = {
        at: Float64Array.from(sorted, ([at]) => at),
        buyer: Int32Array.from(sorted, ([, buyer]) => buyer),
      }
      // Four whole days and a half; what is in the half is drawn from nowhere.
      const span = { start: 0, end: 4.5 * DAY }
      const placed = resampled(trace, { block: 'day', by: by as 'all' | 'buyer' }, span, streamOf(seed))
      expect([...placed.at]).toEqual([...placed.at].toSorted((a, b) => a - b))
      const sources = new Map<string, Map<number, number>>()
      placed.lines.forEach((index, place) => {
        const shift = placed.at[place] - trace.at[index]
        expect(Math.abs(shift) % DAY).toBe(0)
        expect(placed.at[place]).toBeLessThan(span.end)
        const block = `${Math.floor(placed.at[place] / DAY)}/${by === 'all' ? '' : trace.buyer[index]}`
        const from = Math.floor(trace.at[index] / DAY)
        expect(from).toBeLessThan(4)
        const known = sources.get(block) ?? new Map<number, number>()
        sources.set(block, known.set(from, (known.get(from) ?? 0) + 1))
      })
      for (const [block, from] of sources) {
        expect(from.size, block).toBe(1)
        const [[source, count]] = from
        const [day, who] = block.split('/')
        const inBlock = sorted.filter(
          ([at, buyer]) =>
            Math.floor(at / DAY) === source &&
            (who === '' || Number(who) === buyer) &&
            at % DAY < span.end - Number(day) * DAY,
        )
        expect(count).toBe(inBlock.length)
      }
    }),
  )
})

test('each block is drawn about equally often', () => {
  const trace = { at: Float64Array.from({ length: 10 }, (_, day) => day * DAY), buyer: new Int32Array(10) }
  const drawn = new Array(10).fill(0)
  for (let seed = 0; seed < 200; seed++)
    for (const line of resampled(trace, { block: 'day', by: 'all' }, { start: 0, end: 10 * DAY }, streamOf(`${seed}`))
      .lines)
      drawn[line]++
  // 200 of each, with a deviation of 13.4.
  for (const count of drawn) expect(Math.abs(count - 200)).toBeLessThan(5 * 13.4)
})

const text = (trace: string, days = 4) => `
name: replay
start: 2024-01-01T00:00:00Z
duration: ${days}d
policies: { time.utcOffset: Z }
money: ignore
partition: zone
regions: [{ id: r1, zones: [{ id: z1, pools: [{ flavour: f, capacity: 50 }] }, { id: z2, pools: [{ flavour: f, capacity: 50 }] }] }]
sellers: [{ segment: isv }]
catalog: [{ id: image, kind: image, seller: isv/1, category: c, specifications: [{ id: h, billing: pay-per-use }] }]
buyers:
  - segment: s
    load: { trace: { file: t.csv, origin: 2024-01-01T00:00:00Z, unit: h, columns: { at: t, lifetime: life, buyer: who }${trace} } }
    buys: [{ product: image, specification: h, flavour: f }]
`
/** On day n, 5 n orders. */
const csv = ['t,life,who']
for (let day = 0; day < 4; day++)
  for (let order = 0; order < 5 * day; order++) csv.push(`${24 * day + order / 2},1,b${order % 6}`)

async function read(trace: string, days?: number) {
  writeFileSync(join(folder, 't.csv'), `${csv.join('\n')}\n`)
  writeFileSync(join(folder, 'x.yaml'), text(trace, days))
  return readScenario(join(folder, 'x.yaml'))
}

async function ordersByDay(trace: string, seed: string): Promise<number[]> {
  const { scenario, traces } = await read(trace)
  const run = mkdtempSync(join(folder, 'run-'))
  const request = { scenario, traces: Object.fromEntries(traces), seed, threads: 1, folder: run, inThisThread: true }
  const { record, differences } = await simulate(request)
  expect(differences).toBe(0)
  const database = openRecord(record)
  const found = database
    .prepare(`SELECT (at - ${scenario.start}) / ${DAY} AS day, COUNT(*) AS orders FROM orders GROUP BY 1`)
    .all()
  database.close()
  const byDay = new Map((found as { day: number; orders: number }[]).map(({ day, orders }) => [day, orders]))
  return [0, 1, 2, 3].map((day) => byDay.get(day) ?? 0)
}

test('a replay is the same for every seed; in blocks each day of a run is some day of the trace, whatever the cells', async () => {
  expect(await ordersByDay('', '1')).toEqual([0, 5, 10, 15])
  expect(await ordersByDay('', '2')).toEqual([0, 5, 10, 15])
  const seeds = ['1', '2', '3']
  const drawn = await Promise.all(seeds.map((seed) => ordersByDay(', resample: { block: day }', seed)))
  for (const day of drawn.flat()) expect([0, 5, 10, 15]).toContain(day)
  expect(new Set(drawn.map(String)).size).toBeGreaterThan(1)
  const mixed = await ordersByDay(', resample: { block: day, by: buyer }', '1')
  expect(mixed.some((day) => day % 5 !== 0)).toBe(true)
})

test('its history does not depend on threads, and a run of fewer than two blocks is refused', async () => {
  const { scenario, traces } = await read(', resample: { block: day }')
  const digests = []
  for (const threads of [1, 2])
    digests.push(
      (
        await live({
          scenario,
          traces: Object.fromEntries(traces),
          seed: '5',
          threads,
          folder: mkdtempSync(join(folder, 'run-')),
        })
      ).digest,
    )
  expect(digests[0]).toBe(digests[1])
  await expect(read(', resample: { block: week }', 13)).rejects.toThrow(ScenarioErrors)
  await expect(read(', resample: { block: week }', 14)).resolves.toBeDefined()
})
