import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mser5 } from '#engine/statistics/mser5.ts'

/** The definition, word for word: averages of five, squared deviations over the square of what is left. */
function bySums(xs: readonly number[]): number {
  const z = Array.from({ length: Math.floor(xs.length / 5) }, (_, j) => sum(xs.slice(5 * j, 5 * j + 5)) / 5)
  let best = 0
  let least = Infinity
  for (let d = 0; d < z.length - 5; d++) {
    const rest = z.slice(d)
    const mean = sum(rest) / rest.length
    const marginal = sum(rest.map((x) => (x - mean) ** 2)) / rest.length ** 2
    if (marginal < least) {
      least = marginal
      best = 5 * d
    }
  }
  return best
}

const sum = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0)

/** A run of `length` observations that alternates around 100, after a start-up that rises to it. */
function rising(warmUp: number, length: number): number[] {
  return Array.from({ length }, (_, i) => (i < warmUp ? (100 * i) / warmUp : 100) + (i % 10 < 5 ? 1 : -1))
}

test('a step from 0 to 10 after 20 observations is cut exactly there', () => {
  const xs = Array.from({ length: 200 }, (_, i) => (i < 20 ? 0 : 10))
  expect(mser5(xs)).toEqual({ discard: 20, mean: 10, settled: true })
})

test('a step inside a batch costs the rest of its batch', () => {
  const xs = Array.from({ length: 200 }, (_, i) => (i < 22 ? 0 : 10))
  expect(mser5(xs)).toEqual({ discard: 25, mean: 10, settled: true })
})

test('a constant run is kept whole', () => {
  expect(mser5(new Array<number>(100).fill(7))).toEqual({ discard: 0, mean: 7, settled: true })
})

test('ten averages worked by hand: 9 1 0 2 1 0 2 1 0 2 lose the first', () => {
  // d = 0: 63.6 / 100 = 0.636; d = 1: 6 / 81 = 0.074; d = 2: 6 / 64 = 0.094; d = 3: 4.86 / 49 = 0.099; d = 4: 4 / 36.
  const z = [9, 1, 0, 2, 1, 0, 2, 1, 0, 2]
  expect(mser5(z.flatMap((x) => [x, x, x, x, x]))).toEqual({ discard: 5, mean: 1, settled: true })
})

test('a run that still rises at its end is called unsettled', () => {
  expect(mser5(rising(900, 1000)).settled).toBe(false)
  const long = mser5(rising(900, 4000))
  expect(long.settled).toBe(true)
  expect(long.discard).toBeGreaterThanOrEqual(850)
  expect(long.discard).toBeLessThanOrEqual(950)
})

test('fewer than 50 observations say nothing', () => {
  expect(() => mser5(new Float64Array(49))).toThrow('at least 50')
})

test('agrees with the definition', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 50, maxLength: 300 }), (xs) => {
      expect(mser5(xs).discard).toBe(bySums(xs))
    }),
  )
})
