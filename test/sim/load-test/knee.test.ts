import { expect, test } from 'vitest'
import { log } from '#engine/mathematics/logarithm.ts'
import { Streams } from '#engine/random/streams.ts'
import { findKnee } from '#sim/load-test/knee.ts'

/** Ms of work for an operation, and how many are tried at a rate. */
const WORK = 1
const OPERATIONS = 20_000
const TARGET = 10

/**
 * The rate at which 1 % wait longer than 9 ms. The tail of the wait is C exp(-a t), a the root of exp(a) - 1 = a / load,
 * C = (1 - load) / (load exp(a) - 1) (H. C. Tijms, "Stochastic Models", 1994): at load 0.772, a = 0.496 and C = 0.86.
 */
const KNEE = 772

/** The 99th percentile of the response of an M/D/1 station, by Lindley's recursion; another draw each time. */
function p99(rate: number, trial: number): number {
  const stream = new Streams('knee').stream(`${rate}/${trial}`)
  let wait = 0
  const responses = Float64Array.from({ length: OPERATIONS }, () => {
    const response = wait + WORK
    wait = Math.max(0, response + (log(1 - stream.next()) * 1_000) / rate)
    return response
  })
  return responses.sort()[Math.floor(OPERATIONS * 0.99)]
}

const options = { from: 50, most: 1e6, precision: 0.05, confirmations: 3 }

test('the knee of an M/D/1 station is found where its 99th percentile passes the target', async () => {
  let tried = 0
  const knee = await findKnee(async (rate) => ({ rate, held: p99(rate, tried++) < TARGET }), options)
  expect(knee.held).toBeGreaterThan(KNEE * 0.9)
  expect(knee.held).toBeLessThan(KNEE * 1.05)
  expect(knee.broke).toBeLessThanOrEqual((knee.held ?? 0) * 1.11)
  expect(knee.of).toBeGreaterThanOrEqual(3)
  expect(knee.holds).toBe(knee.of)
  expect(knee.sure).toBeGreaterThan(0.4)
  expect(knee.trials.length).toBeLessThan(25)
})

const upTo = (limit: number) => async (rate: number) => ({ rate, held: rate <= limit })

test.each([
  [1_000, 'from below', 50],
  [1_000, 'from above', 64_000],
  [3, 'at a few operations a second', 1],
])('a limit of %d a second is found %s', async (limit, _, from) => {
  const { held, broke } = await findKnee(upTo(limit), { ...options, from })
  expect(held).toBeLessThanOrEqual(limit)
  expect(held).toBeGreaterThan(limit / 1.06 - 1)
  expect(broke).toBeGreaterThan(limit)
})

test('where nothing holds there is no knee, and where all holds it is the highest rate', async () => {
  expect(await findKnee(upTo(0), options)).toMatchObject({ held: null, broke: 1, of: 0, sure: 0 })
  expect(await findKnee(upTo(1e9), { ...options, most: 5_000 })).toMatchObject({ held: 5_000, broke: null })
})

test('one bad moment does not end the search, and a rate that fails its confirmation is not the knee', async () => {
  let tried = 0
  const unlucky = await findKnee(async (rate) => ({ rate, held: rate <= 1_000 && tried++ !== 2 }), options)
  expect(unlucky.held).toBeGreaterThan(940)
  const seen = new Map<number, number>()
  const tiring = await findKnee(async (rate) => {
    seen.set(rate, (seen.get(rate) ?? 0) + 1)
    return { rate, held: rate <= 500 || (rate <= 1_000 && seen.get(rate) === 1) }
  }, options)
  expect(tiring.held).toBeLessThanOrEqual(500)
  expect(tiring.held).toBeGreaterThan(450)
})

test('a search that is stopped ends with what it knows', async () => {
  let tried = 0
  const knee = await findKnee(async (rate) => (tried++ < 3 ? { rate, held: true } : undefined), options)
  expect(knee.trials.map(({ rate }) => rate)).toEqual([50, 100, 200])
  expect(knee.held).toBe(200)
})
