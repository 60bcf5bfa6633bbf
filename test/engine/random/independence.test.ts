import { expect, test } from 'vitest'
import { Streams } from '#engine/random/streams.ts'
import { chiSquareScore } from './goodness.ts'

const BUYERS = 2000
const DRAWS = 400
const KINDS = ['arrivals', 'lifetimes'] as const

/** Draws of streams whose names differ by a digit or a word, each less the mean of 1/2. */
const draws = KINDS.map((kind) => {
  const streams = new Streams('1')
  return Array.from({ length: BUYERS }, (_, i) => {
    const stream = streams.stream(`buyer/${i}/${kind}`)
    return Float64Array.from({ length: DRAWS }, () => stream.next() - 0.5)
  })
})

/** Correlation of n pairs times sqrt(n): standard normal where they are independent. */
function score(pairs: Iterable<readonly [Float64Array, Float64Array]>, lag = 0): number {
  let sum = 0
  let n = 0
  for (const [a, b] of pairs) {
    for (let i = 0; i + lag < DRAWS; i++) sum += a[i] * b[i + lag]
    n += DRAWS - lag
  }
  return (sum / n) * 12 * Math.sqrt(n)
}

const [arrivals, lifetimes] = draws

test('all draws of 2,000 neighbouring streams are uniform, in one dimension and in pairs', () => {
  for (const kind of draws) {
    const single = new Array<number>(1000).fill(0)
    const double = new Array<number>(1024).fill(0)
    for (const stream of kind) {
      for (let i = 0; i < DRAWS; i++) single[Math.floor((stream[i] + 0.5) * 1000)]++
      for (let i = 0; i < DRAWS; i += 2) {
        double[Math.floor((stream[i] + 0.5) * 32) * 32 + Math.floor((stream[i + 1] + 0.5) * 32)]++
      }
    }
    expect(Math.abs(chiSquareScore(single, new Array(1000).fill((BUYERS * DRAWS) / 1000)))).toBeLessThan(6)
    expect(Math.abs(chiSquareScore(double, new Array(1024).fill((BUYERS * DRAWS) / 2048)))).toBeLessThan(6)
  }
})

test('the first draws of the streams are uniform, and each in turn is too', () => {
  for (const kind of draws) {
    for (let i = 0; i < 20; i++) {
      const found = new Array<number>(50).fill(0)
      for (const stream of kind) found[Math.floor((stream[i] + 0.5) * 50)]++
      expect(Math.abs(chiSquareScore(found, new Array(50).fill(BUYERS / 50)))).toBeLessThan(6)
    }
  }
})

test('neighbours (1, 2, 10 and 100 apart) and kinds are not correlated, at lags 0 to 3', () => {
  for (let lag = 0; lag <= 3; lag++) {
    for (const apart of [1, 2, 10, 100]) {
      const neighbours = arrivals.slice(apart).map((stream, i) => [arrivals[i], stream] as const)
      expect(Math.abs(score(neighbours, lag)), `${apart} apart, lag ${lag}`).toBeLessThan(5)
    }
    const kinds = arrivals.map((stream, i) => [stream, lifetimes[i]] as const)
    expect(Math.abs(score(kinds, lag)), `kinds, lag ${lag}`).toBeLessThan(5)
    const own = arrivals.map((stream) => [stream, stream] as const)
    if (lag > 0) expect(Math.abs(score(own, lag)), `with itself, lag ${lag}`).toBeLessThan(5)
  }
})

test('of two million pairs of streams none is correlated beyond chance', () => {
  // The largest of 2e6 standard normals is near 5.2; sample correlations of 400 draws have slightly lighter tails.
  let largest = 0
  let squares = 0
  let pairs = 0
  for (let a = 0; a < BUYERS; a++) {
    for (let b = a + 1; b < BUYERS; b++) {
      const x = arrivals[a]
      const y = arrivals[b]
      let sum = 0
      for (let i = 0; i < 100; i++) sum += x[i] * y[i]
      const normal = (sum / 100) * 12 * 10
      largest = Math.max(largest, Math.abs(normal))
      squares += normal * normal
      pairs++
    }
  }
  expect(pairs).toBe(1_999_000)
  expect(largest).toBeLessThan(7)
  expect(squares / pairs).toBeGreaterThan(0.99)
  expect(squares / pairs).toBeLessThan(1.01)
})

test('replications and seeds that follow one another are not correlated', () => {
  const first = (seed: string, replication: number) => {
    const stream = new Streams(seed, replication).stream('demand')
    return Float64Array.from({ length: DRAWS }, () => stream.next() - 0.5)
  }
  const replications = Array.from({ length: 500 }, (_, i) => first('1', i))
  const seeds = Array.from({ length: 500 }, (_, i) => first(`${i}`, 0))
  for (const family of [replications, seeds]) {
    const next = family.slice(1).map((stream, i) => [family[i], stream] as const)
    expect(Math.abs(score(next))).toBeLessThan(5)
  }
})
