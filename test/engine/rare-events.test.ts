import { expect, test } from 'vitest'
import { refusalRates } from '#engine/queueing/loss-system.ts'
import { distribution } from '#engine/random/distribution.ts'
import { Streams } from '#engine/random/streams.ts'
import { refusalProbability } from '#engine/rare-events/refusal-probability.ts'
import { SplittableLossSystem } from '#engine/rare-events/splittable-loss-system.ts'
import { pilotLevels, Splitting } from '#engine/rare-events/splitting.ts'
import { combinedRefusals, controlledMean, regressedMean } from '#engine/statistics/control-variates.ts'
import { erlangB } from './theory/formulas.ts'

const exponential = distribution({ exponential: { mean: 1 } })
const system = (capacity: number, seed = 'rare', life = exponential) =>
  new SplittableLossSystem({
    capacity,
    classes: [{ units: 1, rate: 5, life }],
    stream: new Streams(seed).stream('loss'),
  })

test('a refusal of one in 60 million is found by 40,000 requests', () => {
  const truth = erlangB(22, 5)
  expect(truth).toBeLessThan(2e-8)
  const { mean, halfWidth, requests, levels } = refusalProbability({
    model: system(22),
    ...{ top: 22, requests: 40_000, warmUp: 100 },
  })
  expect(requests).toBeLessThan(100_000)
  expect(levels.at(-1)?.level).toBe(22)
  expect(halfWidth / mean).toBeLessThan(1)
  expect(Math.abs(mean - truth)).toBeLessThan(2 * halfWidth)
})

test('the same seed gives the same probability, to the last bit', () => {
  const found = () => refusalProbability({ model: system(14), top: 14, requests: 10_000, warmUp: 100 })
  expect(found()).toEqual(found())
})

test('lognormal lives refuse as exponential ones do: the law of Erlang B is insensitive', () => {
  const life = distribution({ lognormal: { mean: 1, sd: 2 } })
  const { low, high } = refusalProbability({
    model: system(14, 'lognormal', life),
    ...{ top: 14, requests: 40_000, warmUp: 100 },
  })
  const truth = erlangB(14, 5)
  expect([low < 2 * truth, high > truth / 2]).toEqual([true, true])
})

test('requests of several units: as by Kaufman and Roberts', () => {
  const classes = [
    { units: 1, rate: 3, life: exponential },
    { units: 4, rate: 0.5, life: exponential },
  ]
  const model = new SplittableLossSystem({ capacity: 22, classes, stream: new Streams('units').stream('loss') })
  const { low, high } = refusalProbability({ model, top: 22, requests: 40_000, warmUp: 100 })
  const truth = refusalRates(
    classes.map(({ units, rate }) => ({ units, rate, load: rate })),
    22,
  )[22]
  expect([low < 2 * truth, high > truth / 2]).toEqual([true, true])
})

test('weights add up to the requests of the run itself', () => {
  const model = system(16)
  const { levels } = pilotLevels(model, { top: 16, counted: 3_000 })
  expect(levels.length).toBeGreaterThan(4)
  const { counted, effort } = new Splitting(model, levels).run(5_000)
  expect(effort).toBeGreaterThan(2 * counted)
  expect(Math.abs(counted / 5_000 - 1)).toBeLessThan(0.2)
})

test('a restored snapshot continues as it did; redrawn, it does not', () => {
  const model = system(8)
  const go = () => Array.from({ length: 20 }, () => [model.step(), model.now, model.level])
  go()
  const state = model.save()
  // Futures follow from the snapshot until new numbers are drawn: the next event is the same.
  const [next] = go()
  model.restore(state)
  expect(go()[0]).toEqual(next)
  model.restore(state)
  model.redraw()
  expect(model.level).toBe(state.level)
  expect(go()[0]).not.toEqual(next)
})

test('a model that never comes closer is an error', () => {
  const still = { level: 0, step: () => 'counted' as const, save: () => 0, restore: () => {}, redraw: () => {} }
  expect(() => refusalProbability({ model: still, top: 9, requests: 10, warmUp: 0 })).toThrow(
    'no way above level 0 was seen in 20000 events: give more requests',
  )
})

test('a control that is the figure itself leaves no variance; one without a relation costs little', () => {
  const noise = new Streams('control').stream('noise')
  const values = Array.from({ length: 50 }, () => noise.next())
  const perfect = controlledMean(
    values,
    values.map((each) => each - 0.5),
  )
  expect(perfect.mean).toBeCloseTo(0.5, 12)
  expect(perfect.halfWidth).toBeLessThan(1e-12)
  expect(
    controlledMean(
      values,
      values.map(() => noise.next() - 0.5),
    ).varianceRatio,
  ).toBeLessThan(1.2)
  expect(
    controlledMean(
      values,
      values.map(() => 0),
    ).varianceRatio,
  ).toBeCloseTo(1, 1)
  expect(() => controlledMean([1, 2], [0, 0])).toThrow(RangeError)
})

test('two controls: least squares, each degree of freedom counted, and a control twice is one', () => {
  const [a, b] = [
    [1, -2, 3, 0, -1, 4],
    [2, 1, 0, -3, 1, 1],
  ]
  const exact = a.map((each, run) => 7 + 2 * each - 5 * b[run])
  const found = regressedMean(exact, [a, b])
  expect(found.mean).toBeCloseTo(7, 12)
  expect(found.variance).toBeLessThan(1e-24)
  expect(found.freedom).toBe(3)
  const noisy = exact.map((each, run) => each + [1, -1, 1, 1, -1, -1][run])
  const twice = regressedMean(noisy, [a, b, a.map((each) => 3 * each)])
  expect(twice.freedom).toBe(3)
  expect(twice.mean).toBeCloseTo(regressedMean(noisy, [b, a]).mean, 12)
  expect(regressedMean(noisy, []).varianceRatio).toBeCloseTo(1, 12)
  expect(() => regressedMean([1, 2, 3, 4], [a, b])).toThrow(RangeError)
  expect(() => regressedMean([1, 2, 3, 4], [[0], [1]])).toThrow(RangeError)
})

test('direct and indirect refusals that agree have their common value', () => {
  // Ten requests an hour for two hours each on average, of which half are refused: 10 units in use.
  const runs = [48, 49, 50, 51, 52].map((refused) => ({ refused, time: 10, held: 200 - 2 * refused }))
  expect(combinedRefusals(runs, { rate: 10, life: 2 }).mean).toBeCloseTo(0.5, 12)
})
