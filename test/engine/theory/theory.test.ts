import { expect, test } from 'vitest'
import { Streams } from '#engine/random/streams.ts'
import { LITTLE } from './model.ts'
import { drawCustomers, recursion, simulated } from './models/lindley.ts'
import { models } from './registry.ts'

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
