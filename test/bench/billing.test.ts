import { expect, test } from 'vitest'
import { measure } from '../../bench/billing/measure.ts'
import { chosen, works } from '../../bench/billing/works.ts'
import { asJson, beside } from '../../bench/billing.ts'
import { compete, compiled, contests } from '../../bench/limit.ts'
import { countsOf, isOneHistory } from '../../bench/market.ts'
import { runMarket } from '../../bench/market-run.ts'
import { hasProgram } from '../house/programs.ts'

const SMALL = 200
const brief = { time: 1, iterations: 2 }

test('every bench of the billing core runs at a small size, and decimal.js gives the same answer', async () => {
  const all = []
  for (const work of works) all.push(await measure(work, SMALL, brief))
  for (const { digest } of all) expect(digest).toMatch(/^[0-9a-f]{8}$/)
  const peers = beside(all)
  expect(peers.length).toBe(5)
  for (const line of peers) expect(line).toContain('the same answer')
  expect(JSON.parse(asJson(all))).toHaveLength(works.length)
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
})

test('the C program gives the answers of the billing core', () => {
  if (!hasProgram('gcc')) return
  expect(compiled()).toBe(true)
  for (const { work, aim } of contests)
    for (const size of [SMALL, 5000]) {
      const [ours, c] = compete({ work, size, batches: 3, aim }, 1)
      expect(c).toMatchObject({ name: ours.name, subject: 'c', digest: ours.digest })
    }
})

test('a marketplace of a few buyers runs, and two threads give the history of one', async () => {
  const lines = [await runMarket(12, 1), await runMarket(12, 2)]
  expect(isOneHistory(lines)).toBe(true)
  expect(lines[0].events).toBeGreaterThan(100)
  expect(lines[0].recordMiB).toBeGreaterThan(0)
  expect(isOneHistory([lines[0], { ...lines[1], digest: 'another' }])).toBe(false)
})

test('sizes are written in thousands', () => {
  expect(countsOf('440,1k,100k', 'buyers')).toEqual([440, 1000, 100_000])
  expect(() => countsOf('many', 'buyers')).toThrow('--buyers many is no number; write --buyers 1k,10k')
})
