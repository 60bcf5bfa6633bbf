/** The experiments in small: the simulator against exact results, and conclusions that are known to be wrong are found. */
import { expect, test } from 'vitest'
import { isOutside, type Outcome } from './experiment.ts'
import { lossRun, refusedShare, total } from './loss-system.ts'
import { falselyKept, falselyMarked } from './sweep-experiments.ts'
import { syntheticFigures } from './synthetic-figures.ts'

test('a loss system from empty: 24 servers, 12 erlangs, 48 hours refuse 0.0738 %; 18 servers, 72 hours 2.57 %', () => {
  expect(refusedShare({ capacity: 24, requests: 12, life: 1, hours: 48 })).toBeCloseTo(0.000738, 6)
  expect(refusedShare({ capacity: 18, requests: 12, life: 1, hours: 72 })).toBeCloseTo(0.0257, 4)
})

test.each(['exponential', 'lognormal', 'constant'] as const)(
  'the simulator agrees with Erlang B for %s lives',
  (law) => {
    const system = { capacity: 8, requests: 8, life: 1, hours: 2_000, law }
    const runs = Array.from({ length: 6 }, (_, run) => lossRun(system, `erlang/${law}`, run))
    const share = (each: 'refusals' | 'requests') => runs.reduce((sum, run) => sum + total(run[each]), 0)
    // Erlang B of 8 erlangs on 8 servers is 0.2356; the spread of 96,000 requests in clusters is about 0.003.
    expect(Math.abs(share('refusals') / share('requests') - 0.2356)).toBeLessThan(0.012)
  },
)

test('draws have the means that they are judged by', () => {
  for (const { name, draw, mean } of syntheticFigures) {
    const points = 20_000
    let sum = 0
    for (let i = 0; i < points; i++) sum += draw((i + 0.5) / points)
    expect(Math.abs(sum / points / mean - 1), name).toBeLessThan(0.02)
  }
})

test('an outcome is outside of its promise only beyond chance', () => {
  const of = (happened: number, least: number, most: number): Outcome => ({
    ...{ experiment: '', cell: '', note: '', tries: 1000 },
    ...{ happened, least, most },
  })
  expect([of(70, 0, 0.05), of(76, 0, 0.05), of(0, 0, 0.05)].map(isOutside)).toEqual([false, true, false])
  expect([of(930, 0.94, 0.96), of(900, 0.94, 0.96), of(990, 0.94, 0.96)].map(isOutside)).toEqual([false, true, true])
})

test('few synthetic sweeps: no conclusion is wrong more often than it says', () => {
  const effort = { sweeps: 12, runs: 12, seed: 'small' }
  for (const experiment of [falselyKept, falselyMarked]) expect(experiment(effort).filter(isOutside)).toEqual([])
})
