/** Intervals from one run: what they are made of, and when there is none. Their coverage: test/trust. */
import { expect, test } from 'vitest'
import { clusteredShare, type SlottedRun } from '#engine/statistics/clustered-share.ts'
import { halvesDiffer, overlappingVariance, singleRunMean } from '#engine/statistics/overlapping-batches.ts'
import { wilson } from '#engine/statistics/wilson.ts'
import { slotsOf } from '#reports/sla/refusal-interval.ts'

/** 80 slots of 100 events; refusals as given, by slot. */
const run = (tops: (slot: number) => number, rest: Partial<SlottedRun> = {}): SlottedRun => ({
  tops: Array.from({ length: 80 }, (_, slot) => tops(slot)),
  bottoms: Array.from({ length: 80 }, () => 100),
  ...{ batch: 10, evenly: true, memories: 100, cluster: 4 },
  ...rest,
})

test('the variance of the sum of 1 2 3 4 about their mean, in windows of two: (4 + 0 + 4) / 3 x 2 / (1 - 1/2)', () => {
  expect(overlappingVariance([-1.5, -0.5, 0.5, 1.5], 2)).toBeCloseTo(((4 + 0 + 4) / 3) * 2 * 2, 12)
})

test('refusals in clusters have a wider interval than independent ones, round the same share', () => {
  // 80 refusals, one a slot, or all in every tenth slot at another place.
  const clustered = clusteredShare(run((slot) => ([3, 17, 21, 38, 44, 52, 69, 70].includes(slot) ? 10 : 0)))
  const single = wilson(80, 8000)
  if (clustered === null || !('low' in clustered)) throw new Error('no interval')
  expect(clustered.share).toBe(0.01)
  expect(clustered.method).toBe('batches')
  expect(clustered.low).toBeLessThan(single.low)
  expect(clustered.high).toBeGreaterThan(1.3 * single.high)
})

test('no refusal: at most three clusters, in what was requested', () => {
  const none = clusteredShare(run(() => 0))
  expect(none).toMatchObject({ share: 0, low: 0, method: 'exact' })
  if (none !== null && 'high' in none) expect(none.high).toBeCloseTo((4 * -Math.log(0.05)) / 8000, 12)
  const all = clusteredShare(run(() => 100))
  expect(all).toMatchObject({ share: 1, high: 1, method: 'exact' })
})

test.each<[string, SlottedRun, string]>([
  ['29 memories', run(() => 1, { memories: 29 }), 'too-short'],
  ['an unknown memory', run(() => 1, { memories: NaN }), 'too-short'],
  ['seven batches', run(() => 1, { batch: 80 / 7 }), 'too-short'],
  [
    'demand that goes up and down, in parts of days',
    {
      ...run(() => 1, { evenly: false }),
      bottoms: Array.from({ length: 80 }, (_, slot) => (slot % 40 < 20 ? 150 : 50)),
    },
    'uneven',
  ],
  ['refusals in the second half only', run((slot) => (slot < 40 ? 0 : 20 + (slot % 3))), 'halves-differ'],
])('%s: no interval', (_, slotted, method) => {
  expect(clusteredShare(slotted)).toMatchObject({ method })
  expect(clusteredShare(slotted)).not.toHaveProperty('low')
})

test('without any request there is no share', () => {
  expect(clusteredShare({ ...run(() => 0), bottoms: new Float64Array(80) })).toBeNull()
})

test('eighths of days, days and weeks', () => {
  const day = 86_400_000
  expect(slotsOf(3 * day)).toEqual({ slots: 192, batch: 24, evenly: false })
  expect(slotsOf(8 * day)).toEqual({ slots: 192, batch: 24, evenly: true })
  expect(slotsOf(14 * day)).toEqual({ slots: 336, batch: 24, evenly: true })
  // 60 days: weeks; 366 days: six weeks, 8.7 batches.
  expect(slotsOf(60 * day).slots).toBe(Math.round((60 / 7) * 24))
  expect(slotsOf(366 * day).slots).toBe(Math.round((366 / 42) * 24))
})

test('a mean of days: an interval where there are eight batches, values that vary, and halves that agree', () => {
  const days = Array.from({ length: 40 }, (_, day) => ((day * 7) % 5) - 2)
  const found = singleRunMean(days, 100)
  expect(found).toMatchObject({ mean: 0, method: 'batches' })
  if ('low' in found) expect(found.low).toBeCloseTo(-found.high, 12)
  expect(singleRunMean(days, 29).method).toBe('too-short')
  expect(singleRunMean(days.slice(0, 7), 100).method).toBe('too-short')
  expect(
    singleRunMean(
      days.map((_, day) => (day % 8 === 0 ? 1 : 0)),
      100,
    ).method,
  ).toBe('too-rare')
  expect(
    singleRunMean(
      days.map((value, day) => value + (day < 20 ? 0 : 5)),
      100,
    ).method,
  ).toBe('halves-differ')
  expect([halvesDiffer([1, 1, 1, 1, 2, 2, 2, 2]), halvesDiffer([1, 1, 1, 1, 1, 1, 1, 1])]).toEqual([true, false])
})
