/** The search for the knee, on stations and services of the test's own: what it finds, and when it says that it cannot. */
import { expect, test } from 'vitest'
import { exp } from '#engine/mathematics/exponential.ts'
import { log } from '#engine/mathematics/logarithm.ts'
import { normalQuantile } from '#engine/mathematics/normal.ts'
import { Streams } from '#engine/random/streams.ts'
import { findKnee, type KneeOptions, type KneeVerdict } from '#sim/load-test/knee.ts'

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

const options: KneeOptions = {
  from: 50,
  most: 1e7,
  precision: 0.1,
  settles: { precision: 0.2, from: 30 },
  confirmations: 3,
  trials: 40,
}

test('the knee of an M/D/1 station is found where its 99th percentile passes the target', async () => {
  let tried = 0
  const probe = async (rate: number) => ({ rate, held: p99(rate, tried++) < TARGET, disturbed: false })
  const { verdict, low, high, below, above, control, overload } = await findKnee(probe, options)
  expect(verdict).toBe('found')
  expect(low).toBeLessThan(KNEE)
  expect(high).toBeGreaterThan(KNEE)
  expect(high).toBeLessThanOrEqual((low ?? 0) * 1.1)
  // Confirmed from both sides, and by a control and an overload.
  expect(below.held).toBeGreaterThanOrEqual(3)
  expect(above.of - above.held).toBeGreaterThanOrEqual(3)
  expect(control).toMatchObject({ held: control.of })
  expect(overload).toMatchObject({ held: 0 })
})

/** A service whose knee moves from trial to trial, on a machine that stalls and that others use. */
interface Bed {
  readonly knee: number
  /** Standard deviation of the logarithm of the knee, and how much of it stays from trial to trial. */
  readonly drift?: number
  readonly stays?: number
  /** Share of trials that break since something stalled, at whatever rate. */
  readonly stalls?: number
  /** Share of trials during which others use the machine; the knee is then at 70 %. */
  readonly others?: number
}

async function search({ knee, drift = 0, stays = 0.5, stalls = 0, others = 0 }: Bed, seed: number, from = 1_000) {
  const stream = new Streams('search').stream(String(seed))
  let moved = 0
  const probe = async (rate: number) => {
    moved = stays * moved + Math.sqrt(1 - stays * stays) * drift * normalQuantile(0.0001 + stream.next() * 0.9998)
    const disturbed = stream.next() < others
    const holds = rate < knee * exp(moved) * (disturbed ? 0.7 : 1)
    return { rate, held: holds && stream.next() >= stalls, disturbed }
  }
  return findKnee(probe, { ...options, from })
}

const SEARCHES = 24

/** Least share of searches that find an interval, and most by which an end of one differs from the knee. */
test.each<[string, Bed, number, number]>([
  ['where nothing moves', { knee: 160_000 }, 1, 0.06],
  ['on an idle machine', { knee: 160_000, drift: 0.02, stalls: 0.05 }, 0.95, 0.11],
  ['that drifts by 4 % with stalls in every tenth trial', { knee: 160_000, drift: 0.04, stalls: 0.1 }, 0.75, 0.15],
  ['that others use now and then', { knee: 160_000, drift: 0.02, stalls: 0.05, others: 0.2 }, 0.7, 0.11],
])('%s searches find it, each within a few percent', async (_, bed, share, off) => {
  let found = 0
  for (let seed = 0; seed < SEARCHES; seed++) {
    const { verdict, low, high } = await search(bed, seed, seed % 2 === 0 ? 1_000 : 120_000)
    if (verdict !== 'found') {
      expect(verdict).toBe('noisy')
      continue
    }
    found++
    expect(Math.max((high ?? 0) / bed.knee, bed.knee / (low ?? 1)) - 1).toBeLessThan(off)
  }
  expect(found / SEARCHES).toBeGreaterThanOrEqual(share)
})

test.each<[string, Bed, RegExp]>([
  [
    'others use the machine all the time',
    { knee: 160_000, others: 0.9 },
    /other processes used the machine in [5-8] of the last/,
  ],
])('where %s it is too noisy', async (_, bed, why) => {
  for (let seed = 0; seed < 10; seed++) {
    const knee = await search(bed, seed)
    expect(knee).toMatchObject({ verdict: 'noisy', low: null, high: null })
    expect(knee.why).toMatch(why)
  }
})

test('where the knee is somewhere else each time, few searches are fooled', async () => {
  const verdicts: KneeVerdict[] = []
  for (let seed = 0; seed < 20; seed++)
    verdicts.push((await search({ knee: 160_000, drift: 0.5, stays: 0 }, seed)).verdict)
  expect(verdicts.filter((verdict) => verdict === 'found').length).toBeLessThanOrEqual(4)
})

test('where most trials break whatever the rate, no search finds an interval', async () => {
  for (let seed = 0; seed < 20; seed++)
    expect((await search({ knee: 160_000, stalls: 0.7 }, seed)).verdict).toMatch(/noisy|nothing/)
})

const upTo = (limit: number) => async (rate: number) => ({ rate, held: rate <= limit, disturbed: false })

test.each([
  [1_000, 'from below', 50],
  [1_000, 'from above', 64_000],
  [3, 'at a few operations a second', 1],
  [3, 'at a few operations a second, from far above', 1_000],
])('a limit of %d a second is found %s', async (limit, _, from) => {
  const { verdict, low, high } = await findKnee(upTo(limit), { ...options, from })
  expect(verdict).toBe('found')
  expect(low).toBeLessThanOrEqual(limit * 1.01)
  expect(high).toBeGreaterThanOrEqual(limit * 0.99)
  expect(high).toBeLessThanOrEqual((low ?? 0) * 1.1)
})

test.each<[KneeVerdict, number, number]>([
  ['nothing', 0, 1e7],
  ['beyond', 1e9, 5_000],
])('%s: a limit of %d with rates up to %d', async (verdict, limit, most) => {
  const knee = await findKnee(upTo(limit), { ...options, most })
  expect(knee).toMatchObject({ verdict, low: null, high: null })
})

test.each([50, 20_000, 150_000])('a search begins at %d a second, and doubles while that holds', async (from) => {
  const { trials } = await findKnee(upTo(from * 3), { ...options, from })
  expect(trials.slice(0, 3).map(({ rate }) => rate)).toEqual([from, from * 2, from * 4])
})

test('a search that is stopped ends with what it knows', async () => {
  let tried = 0
  const knee = await findKnee(
    async (rate) => (tried++ < 3 ? { rate, held: true, disturbed: false } : undefined),
    options,
  )
  expect(knee.trials.map(({ rate }) => rate)).toEqual([50, 100, 200])
  expect(knee).toMatchObject({ verdict: 'stopped', low: null, high: null })
})
