import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readScenario } from '#scenarios/reader.ts'
import { surgedCopies } from '#sim/people/events/demand-surge.ts'
import { openRecord } from '#sim/record/open-record.ts'
import { simulate } from '#sim/run/simulate.ts'
import { marketplace } from '../../scenarios/marketplace.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-surge-'))
afterAll(() => rmSync(folder, { recursive: true }))
const start = Date.parse('2024-03-01T00:00:00+08:00')

/** A hundred orders, one every ten minutes, by turns of four buyers. */
const csv = ['t,life,who', ...Array.from({ length: 100 }, (_, line) => `${10 * line},5,b${line % 4}`)].join('\n')

async function surged(...surges: string[]) {
  writeFileSync(join(folder, 't.csv'), `${csv}\n`)
  const trace =
    '{ trace: { file: t.csv, origin: 2024-03-01T00:00:00+08:00, unit: min, columns: { at: t, lifetime: life, buyer: who } } }'
  const text = marketplace
    .replace('    count: 400\n', '')
    .replace('opening: 60', 'opening: 100000')
    .replace('{ poisson: { perBuyer: 3/week } }', trace)
    .replace(', lifetime: { exponential: { mean: 9h } }', '')
    .replace(/ {6}- \{ product: crm.*\n/, '')
    .replace('end: 2024-04-01T00:00:00+08:00', 'duration: 2d')
    .replace('events: []', `events: [${surges.join(', ')}]`)
  writeFileSync(join(folder, 'x.yaml'), text)
  return readScenario(join(folder, 'x.yaml'))
}

const surge = (factor: number, { at = '2024-03-01T00:00:00+08:00', length = '2d', segment = '' } = {}) =>
  `{ at: ${at}, demandSurge: { for: ${length}, factor: ${factor}${segment && `, segment: ${segment}`} } }`

const sum = (values: Uint32Array | null) => values?.reduce((total, each) => total + each, 0)

test.each([
  [[], undefined],
  [[surge(3)], 300],
  [[surge(1)], 100],
  [[surge(0)], 0],
  [[surge(0.5)], 50],
  [[surge(0.1)], 10],
  [[surge(2.25)], 225],
  [[surge(3), surge(0.5)], 150],
  // From 00:10 to 00:50 there are four lines; the one at the end of the surge is no longer in it.
  [[surge(10, { at: '2024-03-01T00:10:00+08:00', length: '40min' })], 96 + 40],
  [[surge(3, { segment: 'start-ups' })], 300],
])('%j: %s orders of a hundred lines', async (surges, orders) => {
  const { scenario, traces } = await surged(...surges)
  const trace = traces.get('start-ups')
  if (trace === undefined) throw new Error('no trace')
  const copies = surgedCopies(scenario, 'start-ups', trace.at)
  expect(sum(copies) ?? 0).toBeGreaterThanOrEqual((orders ?? 0) - 1)
  expect(sum(copies) ?? 0).toBeLessThanOrEqual((orders ?? 0) + 1)
  if (orders === undefined) expect(copies).toBeNull()
  if (copies !== null) expect(surgedCopies({ ...scenario, seed: 'other' }, 'start-ups', trace.at)).toEqual(copies)
})

test('thinning meets no period of the trace: each of four buyers in turn keeps half of its lines', async () => {
  const { scenario, traces } = await surged(surge(0.5))
  const trace = traces.get('start-ups')
  const copies = surgedCopies(scenario, 'start-ups', trace?.at ?? new Float64Array())
  const kept = [0, 0, 0, 0]
  copies?.forEach((each, line) => {
    kept[trace?.buyer[line] ?? 0] += each
  })
  for (const each of kept) expect(Math.abs(each - 12.5)).toBeLessThan(2)
})

test('a run places the lines of a surge, with the same history on any number of threads', async () => {
  const { scenario, traces } = await surged(surge(3, { at: '2024-03-01T00:00:00+08:00', length: '8h20min' }))
  const runs = await Promise.all(
    [1, 2].map(async (threads) => {
      const place = mkdtempSync(join(folder, 'run-'))
      const request = { scenario, traces: Object.fromEntries(traces), seed: '7', threads, folder: place }
      const { record, digest, differences } = await simulate({ ...request, inThisThread: true })
      const database = openRecord(record)
      const count = database.prepare('SELECT count(*) AS n, min(at) AS first FROM orders').get()
      database.close()
      return { digest, differences, count }
    }),
  )
  expect(runs[0]).toEqual(runs[1])
  expect(runs[0]).toMatchObject({ differences: 0, count: { n: 50 * 3 + 50, first: start } })
})
