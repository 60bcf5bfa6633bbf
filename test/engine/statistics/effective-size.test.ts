import { expect, test } from 'vitest'
import { log } from '#engine/mathematics/logarithm.ts'
import { normalQuantile } from '#engine/mathematics/normal.ts'
import { type Stream, Streams } from '#engine/random/streams.ts'
import { batchMeans } from '#engine/statistics/batch-means.ts'
import { effectiveSize, TooFewObservations } from '#engine/statistics/effective-size.ts'
import { replicationDeletion } from '#engine/statistics/replication.ts'
import { steadyState } from '#engine/statistics/steady-state.ts'

const streams = new Streams('effective size')
const normal = (stream: Stream) => normalQuantile(stream.next() || 0.5)

function autoregressive(stream: Stream, factor: number, length: number, start = 0): Float64Array {
  let x = start
  return Float64Array.from({ length }, () => (x = factor * x + normal(stream)))
}

/** Waits of an M/M/1 queue that starts empty, in mean service times. */
function waits(stream: Stream, load: number, length: number): Float64Array {
  let wait = 0
  return Float64Array.from({ length }, () => {
    const now = wait
    const service = -log(1 - stream.next())
    const gap = -log(1 - stream.next()) / load
    wait = Math.max(0, wait + service - gap)
    return now
  })
}

// An autoregressive sequence of factor f is worth (1 - f) / (1 + f) of its length.
test.each([
  [0, 5000, 5000],
  [0.5, 5000, 5000 / 3],
  [0.9, 20_000, 20_000 / 19],
  [0.98, 50_000, 50_000 / 99],
  [0.98, 300_000, 300_000 / 99],
])('an autoregressive sequence of factor %s and length %s is worth about %s', (factor, length, expected) => {
  const run = autoregressive(streams.stream(`${factor}/${length}`), factor, length)
  const { count, effective } = effectiveSize([run])
  expect(count).toBe(length)
  expect(effective / expected).toBeGreaterThan(0.6)
  expect(effective / expected).toBeLessThan(1.7)
})

test('several runs show a correlation that is longer than each of them', () => {
  const stream = streams.stream('long')
  const runs = Array.from({ length: 20 }, () => autoregressive(stream, 0.999, 100, 30 * normal(stream)))
  expect(effectiveSize(runs).effective).toBeLessThan(20 * 3)
})

test('equal observations have no error to be narrow about', () => {
  expect(effectiveSize([new Float64Array(100).fill(7)])).toEqual({ count: 100, effective: 100 })
})

test('M/M/1 at load 0.9: a thousand waits, and five runs of 250, are refused in words by every estimate; of lower load they are not', () => {
  for (let i = 0; i < 20; i++) {
    const stream = streams.stream(`queue ${i}`)
    const runs = Array.from({ length: 5 }, () => waits(stream, 0.9, 1000))
    const short = runs.map((run) => run.slice(0, 250))
    expect(() => batchMeans(runs[0])).toThrow(TooFewObservations)
    expect(() => replicationDeletion(short)).toThrow(TooFewObservations)
    expect(() => steadyState(short)).toThrow(TooFewObservations)
    expect(() => steadyState(runs[0])).toThrow(TooFewObservations)
  }
  const runs = Array.from({ length: 5 }, (_, i) => waits(streams.stream(`calm ${i}`), 0.4, 5000))
  expect(replicationDeletion(runs).effective).toBeGreaterThan(1000)
  expect(batchMeans(runs[0]).effective).toBeGreaterThan(100)
  const stream = streams.stream('words')
  expect(() => batchMeans(autoregressive(stream, 0.99, 1000))).toThrow(
    /^batch means of 20 batches: 1000 correlated observations are equivalent to only \d+ independent ones, and at least 63 are needed .* make the run \d+ times as long or longer$/,
  )
  expect(batchMeans(autoregressive(stream, 0.99, 1000), 20, 0.95, false).count).toBe(20)
})

test('the interval widens for what a run may not have seen: by half where it is worth 180 observations', () => {
  const stream = streams.stream('unseen')
  const run = autoregressive(stream, 0.9, 6000)
  const checked = batchMeans(run)
  const plain = batchMeans(run, 20, 0.95, false)
  expect(checked.halfWidth / plain.halfWidth).toBeCloseTo(checked.effective / (checked.effective - 60), 9)
  expect(180 / (180 - 60)).toBe(1.5)
})

test('the steady state in one call: warm-up found and deleted, one run or several', () => {
  const stream = streams.stream('steady')
  const one = steadyState(autoregressive(stream, 0.5, 5000, 300))
  expect(one.discard).toBeGreaterThan(0)
  expect(Math.abs(one.mean)).toBeLessThan(4 * one.halfWidth)
  expect(one.count).toBe(20)
  const several = steadyState(Array.from({ length: 8 }, () => autoregressive(stream, 0.5, 1000, 300)))
  expect(several).toMatchObject({ count: 8, confidence: 0.95 })
  expect(several.low).toBeLessThan(several.high)
  const rising = Float64Array.from({ length: 1000 }, (_, i) => i)
  expect(() => steadyState(rising)).toThrow('the warm-up is not over')
})
