/** The knee where trials say by how much they kept the target. How often intervals cover is measured by `npm run theory`. */
import { expect, test } from 'vitest'
import { log } from '#engine/mathematics/logarithm.ts'
import { MeasuredBelief } from '#sim/load-test/measured-belief.ts'
import { faster, type MeasuredService, quiet, searchMeasured, shallow, steep, unsteady } from './measured-service.ts'

test('before any trial the knee may be anywhere; trials that measure what is allowed say that it is there', () => {
  const belief = new MeasuredBelief()
  const [low, high] = belief.quantiles([0.05, 0.95])
  expect(low).toBeLessThan(10)
  expect(high).toBeGreaterThan(1e6)
  for (const rate of [10_000, 40_000, 20_000])
    for (let trial = 0; trial < 4; trial++) belief.add(rate, log(rate / 20_000))
  const [from, middle, to] = belief.quantiles([0.05, 0.5, 0.95])
  expect(middle).toBeGreaterThan(19_000)
  expect(middle).toBeLessThan(21_000)
  expect(to / from).toBeLessThan(1.1)
})

test.each<[string, number, number]>([
  ['8 times the bound says as much as 4.1 times', log(8), log(4.1)],
  ['a tenth of the bound says as much as a third', log(0.1), log(0.34)],
])('excesses are censored: %s', (_, one, other) => {
  const [of, same] = [one, other].map((excess) => {
    const belief = new MeasuredBelief()
    for (const [rate, measured] of [
      [1_000, -0.5],
      [4_000, excess],
      [2_000, 0.1],
    ])
      belief.add(rate, measured)
    return belief.quantiles([0.1, 0.5, 0.9])
  })
  expect(of).toEqual(same)
})

test('one stall moves the knee little', () => {
  const belief = new MeasuredBelief()
  for (let trial = 0; trial < 8; trial++)
    for (const rate of [40_000, 50_000, 62_500]) belief.add(rate, log(rate / 50_000))
  const [before] = belief.quantiles([0.5])
  belief.add(40_000, 3)
  const [after] = belief.quantiles([0.5])
  expect(Math.abs(log(after / before))).toBeLessThan(0.03)
})

test('a machine that became faster is followed: old trials count less than new ones', () => {
  const belief = new MeasuredBelief()
  const rounds = (knee: number, count: number) => {
    for (let trial = 0; trial < count; trial++)
      for (const rate of [40_000, 50_000, 62_500]) belief.add(rate, 4 * log(rate / knee))
  }
  rounds(50_000, 6)
  expect(belief.drifting).toBeLessThan(0.1)
  rounds(62_500, 6)
  const [low, middle, high] = belief.quantiles([0.025, 0.5, 0.975])
  expect(Math.abs(log(middle / 62_500))).toBeLessThan(0.03)
  expect([low < 62_500, high > 62_500]).toEqual([true, true])
  expect(belief.drifting).toBeGreaterThan(0.9)
})

test.each<[string, MeasuredService]>([
  ['an idle machine', quiet],
  ['a machine that becomes faster', faster],
  ['a knee that is sharp above', steep],
])('searches find the knee: %s', async (name, service) => {
  for (let seed = 0; seed < 2; seed++) {
    const { knee, found } = await searchMeasured(service, `${name}/${seed}`)
    expect(found.verdict).toBe('found')
    expect(Math.abs(log(Math.sqrt((found.low ?? 0) * (found.high ?? 0)) / knee))).toBeLessThan(0.13)
    expect(found.high).toBeLessThanOrEqual((found.low ?? 0) * 1.25)
  }
})

test('on a machine that changes its speed by a fifth a search settles for a wider interval, or says that it is too noisy', async () => {
  for (let seed = 0; seed < 4; seed++) {
    const { found } = await searchMeasured(unsteady, `unsteady/${seed}`)
    expect(found.trials.length).toBeLessThanOrEqual(40)
    if (found.verdict === 'found') expect(found.high).toBeLessThanOrEqual((found.low ?? 0) * 1.4)
    else expect(found).toMatchObject({ verdict: 'noisy', low: null })
  }
})

test('where noise hides the slope it is too noisy to tell', async () => {
  for (let seed = 0; seed < 2; seed++)
    expect((await searchMeasured(shallow, `shallow/${seed}`)).found).toMatchObject({ verdict: 'noisy', low: null })
})
