import { expect, test } from 'vitest'
import { Streams } from '#engine/random/streams.ts'
import { judge, LITTLE } from './model.ts'
import { drawCustomers, recursion, simulated } from './models/lindley.ts'
import { models, moderate } from './registry.ts'

test.each(models.map((model) => [model.name, model] as const))('theory is in its interval: %s', (_, model) => {
  const verdicts = judge(model, moderate)
  const missed = verdicts.filter((verdict) => !verdict.covered)
  expect(missed).toEqual([])
  // An interval as wide as the truth itself would prove nothing; the thorough form has narrower ones.
  const relative = verdicts.map(({ theory, simulation }) => (theory === 0 ? 0 : simulation.halfWidth / theory))
  expect(Math.max(...relative)).toBeLessThan(0.75)
})

test("Little's law holds in every model exactly, in every run: area under the number present = sum of the times", () => {
  for (const model of models.filter((each) => LITTLE in each.theory())) {
    for (const size of [50, 51, 400]) expect(model.simulate(size, new Streams('little', size))[LITTLE]).toBe(0)
  }
})

test("Lindley's recursion gives every wait of a G/G/1 queue to the millisecond", () => {
  for (let replication = 0; replication < 5; replication++) {
    const { gaps, services } = drawCustomers(20_000, new Streams('lindley', replication))
    const waits = recursion(gaps, services)
    expect(simulated(gaps, services)).toEqual({ waits, little: 0 })
    expect(waits.filter((wait) => wait > 0).length).toBeGreaterThan(10_000)
  }
})

test('the same seed gives the same numbers, another one others', () => {
  const [model] = models
  const first = model.simulate(500, new Streams('a'))
  expect(model.simulate(500, new Streams('a'))).toEqual(first)
  expect(model.simulate(500, new Streams('b'))).not.toEqual(first)
})
