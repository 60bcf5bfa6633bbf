import { afterAll, expect, test } from 'vitest'
import { measure } from '../../../bench/billing/measure.ts'
import { chosen, works } from '../../../bench/billing/works.ts'
import { asJson, peerLines } from '../../../bench/billing.ts'
import { machineHere, watchWeather } from '../../../bench/compare/machine.ts'
import { Workshop } from '../../../bench/compare/workshop.ts'
import { codeOf, compete, compiledLimit, contests } from '../../../bench/limit.ts'
import { isOneHistory, marketOf } from '../../../bench/market.ts'
import { runMarket } from '../../../bench/market-run.ts'
import { countsOf } from '../../../bench/options.ts'
import { hasProgram } from '../../house/programs.ts'

const shop = new Workshop()
afterAll(() => shop.remove())

const SMALL = 200
const brief = { time: 1, iterations: 2 }

test('every bench of the billing core runs at a small size, and decimal.js gives the same result', async () => {
  const all = []
  for (const work of works) all.push(await measure(work, SMALL, brief))
  for (const { digest } of all) expect(digest).toMatch(/^[0-9a-f]{8}$/)
  const peers = peerLines(all)
  expect(peers.length).toBe(5)
  for (const line of peers) expect(line).toContain('the same result')
  const { works: messages, machine } = JSON.parse(asJson(all, machineHere(), watchWeather()()))
  expect(messages).toHaveLength(works.length)
  expect(machine.node).toBe(process.version)
})

test('an answer does not change from one time to the next', () => {
  for (const { work, subject, start } of works) {
    const digests = [0, 1].map(() => {
      const running = start(SMALL)
      running.batch()
      const digest = running.digest()
      running.end?.()
      return digest
    })
    expect({ work, subject, digest: digests[1] }).toEqual({ work, subject, digest: digests[0] })
  }
})

test('works are chosen by their names or the beginnings of them', () => {
  expect(chosen('price,rating').map(({ work }) => work)).toEqual([
    'price/linear',
    'price/linear',
    'price/tiered',
    'price/tiered',
    'price/volume',
    'price/volume',
    'rating',
    'rating',
  ])
  expect(chosen(undefined)).toBe(works)
  expect(() => chosen('prise')).toThrow("there is no benchmark 'prise'")
})

test('JavaScript, WebAssembly and C give the same answers', async () => {
  if (!hasProgram('gcc')) return
  const program = (await compiledLimit(shop)) ?? ''
  expect(program).not.toBe('')
  for (const contest of contests)
    for (const size of [SMALL, 5000]) {
      const outcomes = compete(program, { ...contest, size, batches: 3 }, 1)
      expect(outcomes.map(({ subject }) => subject)).toEqual(['javascript', 'webassembly', 'c'])
      expect(new Set(outcomes.map(({ digest }) => digest)).size).toBe(1)
    }
})

test.each([
  ['within the aim', 1.05, '1', 0],
  ['beyond the aim', 1.06, '1', 4],
  ['different result, and beyond the aim', 1.06, '2', 3],
] as const)('next to C, %s: WebAssembly takes %d times, answer %s, exit code %d', (_name, ns, digest, code) => {
  const outcomes = [
    { name: 'hour-sweep', subject: 'javascript', nsPerOp: 2, digest: '1' },
    { name: 'hour-sweep', subject: 'webassembly', nsPerOp: ns, digest },
    { name: 'hour-sweep', subject: 'c', nsPerOp: 1, digest: '1' },
  ] as const
  expect(codeOf([{ outcomes, aim: 1.05 }])).toBe(code)
})

test('a marketplace of a few buyers runs, and two threads give the history of one', async () => {
  const market = await marketOf(12)
  const lines = [await runMarket(market, 1), await runMarket(market, 2)]
  expect(isOneHistory(lines)).toBe(true)
  expect(lines[0].events).toBeGreaterThan(100)
  expect(lines[0].recordMiB).toBeGreaterThan(0)
  for (const { phases, cpuSeconds, wholeCpuSeconds, bytesPerFact } of lines) {
    const parts = Object.values(phases)
    expect(Object.keys(phases)).toEqual(['simulating', 'recording', 'auditing', 'reporting'])
    for (const { peakMiB } of parts) expect(peakMiB).toBeGreaterThan(0)
    const sum = parts.reduce((all, part) => all + part.cpuSeconds, 0)
    expect(wholeCpuSeconds).toBeCloseTo(sum)
    expect(cpuSeconds).toBeCloseTo(phases.simulating.cpuSeconds + phases.recording.cpuSeconds)
    expect(cpuSeconds).toBeGreaterThan(0)
    expect(bytesPerFact).toBeGreaterThan(1)
  }
  expect(isOneHistory([lines[0], { ...lines[1], digest: 'another' }])).toBe(false)
})

test('sizes are written in thousands', () => {
  expect(countsOf('440,1k,100k', 'buyers', '1k,10k')).toEqual([440, 1000, 100_000])
  expect(() => countsOf('many', 'buyers', '1k,10k')).toThrow('--buyers many is not a number; write --buyers 1k,10k')
})
