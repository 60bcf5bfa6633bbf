/** Loss formulas and equilibrium laws against exact values. */
import { expect, test } from 'vitest'
import { drawPresent, type RequestClass, refusalRates } from '#engine/queueing/loss-system.ts'
import { type DistributionSpec, distribution } from '#engine/random/distribution.ts'
import { Equilibrium } from '#engine/random/equilibrium.ts'
import { Streams } from '#engine/random/streams.ts'
import { erlangB } from './theory/formulas.ts'

/** Every state that fits, by the product form itself. */
function byStates(classes: readonly RequestClass[], capacity: number): number {
  const states: { readonly busy: number; readonly weight: number }[] = []
  const visit = (index: number, busy: number, weight: number): void => {
    if (index === classes.length) {
      states.push({ busy, weight })
      return
    }
    const { units, load } = classes[index]
    let term = weight
    for (let count = 0; busy + count * units <= capacity; count++) {
      visit(index + 1, busy + count * units, term)
      term *= load / (count + 1)
    }
  }
  visit(0, 0, 1)
  const whole = states.reduce((sum, { weight }) => sum + weight, 0)
  const rate = classes.reduce((sum, each) => sum + each.rate, 0)
  return classes.reduce((sum, each) => {
    const blocked = states.reduce((part, { busy, weight }) => part + (busy + each.units > capacity ? weight : 0), 0)
    return sum + (each.rate / rate) * (blocked / whole)
  }, 0)
}

const mixed: RequestClass[] = [
  { units: 1, load: 3, rate: 6 },
  { units: 2, load: 1.5, rate: 1 },
  { units: 5, load: 0.4, rate: 0.5 },
]

test('Kaufman and Roberts: refusal rates are those of the product form over all states', () => {
  const rates = refusalRates(mixed, 14)
  for (let capacity = 0; capacity <= 14; capacity++) expect(rates[capacity]).toBeCloseTo(byStates(mixed, capacity), 12)
  const single = refusalRates([{ units: 1, load: 120, rate: 1 }], 110)
  expect(single[110]).toBeCloseTo(erlangB(110, 120), 12)
})

test('Kaufman and Roberts: loads of tens of thousands neither overflow nor lose their precision', () => {
  const rates = refusalRates([{ units: 1, load: 20_000, rate: 1 }], 20_100)
  expect(rates[20_100]).toBeCloseTo(erlangB(20_100, 20_000), 10)
})

test('who is present in the long run has the truncated product form', () => {
  const stream = new Streams('present').stream('draws')
  const draws = 40_000
  let [blockedOne, blockedFive, units] = [0, 0, 0]
  for (let draw = 0; draw < draws; draw++) {
    const busy = drawPresent(mixed, 8, stream).reduce((sum, count, index) => sum + count * mixed[index].units, 0)
    units += busy
    if (busy + 1 > 8) blockedOne++
    if (busy + 5 > 8) blockedFive++
  }
  const alone = (index: number) =>
    byStates(
      mixed.map((each, other) => ({ ...each, rate: other === index ? 1 : 0 })),
      8,
    )
  // Four standard errors.
  expect(Math.abs(blockedOne / draws - alone(0))).toBeLessThan(4 * Math.sqrt(0.25 / draws))
  expect(Math.abs(blockedFive / draws - alone(2))).toBeLessThan(4 * Math.sqrt(0.25 / draws))
  // Little's law: busy units are the loads that are admitted.
  const carried = mixed.reduce((sum, { units: each, load }, index) => sum + each * load * (1 - alone(index)), 0)
  expect(Math.abs(units / draws - carried)).toBeLessThan(4 * (2.5 / Math.sqrt(draws)))
})

const laws: Record<string, [DistributionSpec, mean: number, second: number]> = {
  exponential: [{ exponential: { mean: 5 } }, 5, 50],
  constant: [{ constant: 4 }, 4, 16],
  uniform: [{ uniform: { min: 2, max: 8 } }, 5, 28],
  lognormal: [{ lognormal: { mean: 10, sd: 20 } }, 10, 500],
}

test.each(Object.entries(laws))(
  '%s: what is left of a life under way has mean E[X²] / 2E[X]',
  (_, [spec, mean, second]) => {
    const law = new Equilibrium(distribution(spec))
    expect(law.mean / mean).toBeCloseTo(1, 3)
    expect(law.meanUpTo(1e12) / mean).toBeCloseTo(1, 3)
    const stream = new Streams('equilibrium').stream('lives')
    const draws = 20_000
    let [left, age, squares] = [0, 0, 0]
    for (let draw = 0; draw < draws; draw++) {
      const life = law.draw(stream)
      left += life.left
      age += life.age
      squares += life.left * life.left
    }
    const error = 5 * Math.sqrt(squares / draws / draws)
    expect(Math.abs(left / draws - second / (2 * mean))).toBeLessThan(error)
    expect(Math.abs(age / draws - second / (2 * mean))).toBeLessThan(error)
  },
)

test('what is there after a while: the part of the stationary mean that Little gives', () => {
  const law = new Equilibrium(distribution({ exponential: { mean: 21 } }))
  expect(law.meanUpTo(31) / 21).toBeCloseTo(1 - Math.exp(-31 / 21), 4)
})

/** Arrivals that come and go with the day, at twice the mean at noon. */
const daily = (ago: number) => 1 + Math.cos((2 * Math.PI * ago) / 24)
const surge = (ago: number) => (ago < 7 ? 5 : 1)

test.each([
  ['a day', daily],
  ['a surge', surge],
] as const)(
  'who is there where the rate changes with %s: few ages of the equilibrium law say what lives do',
  (_, rate) => {
    for (const [spec] of Object.values(laws)) {
      const law = new Equilibrium(distribution(spec))
      for (const time of [3, 31, Number.POSITIVE_INFINITY])
        expect(law.presentAbout(rate, time) / law.present(rate, time)).toBeCloseTo(1, 1.7)
    }
  },
)

test('who is there where the rate falls exponentially has a closed form', () => {
  // The integral of exp(-a / 10) exp(-a / 21) over ages below 31.
  const law = new Equilibrium(distribution({ exponential: { mean: 21 } }))
  const both = 1 / 10 + 1 / 21
  const exact = (1 - Math.exp(-31 * both)) / both
  const rate = (ago: number) => Math.exp(-ago / 10)
  expect(law.presentAbout(rate, 31) / exact).toBeCloseTo(1, 3)
  expect(law.present(rate, 31) / exact).toBeCloseTo(1, 3)
})
