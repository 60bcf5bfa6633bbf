import { expect, test } from 'vitest'
import { resampledEstimates } from '#reports/sweep/bootstrap.ts'
import type { Asked } from '#reports/sweep/estimates.ts'

const asked = (value: number): Asked => ({
  ...{ text: 'x < 10', unit: 'units', kind: 'amount' },
  bound: { op: '<', value },
})
const runs = (count: number) => Array.from({ length: count }, (_, run) => ({ top: run + 1, bottom: 1 }))

test.each([
  [10, 1, 10],
  [40, 1, 40],
  [100, 2, 99],
  [400, 10, 391],
])('%i resamples: from the %i. to the %i., which does not shrink with their number', (count, low, high) => {
  const [[{ interval }]] = resampledEstimates([asked(1e6)], [[runs(count)]])
  expect(interval).toMatchObject({ low, high, count })
})

test.each<[number, number, string]>([
  [40, 41, 'kept'],
  [40, 40, 'undecided'],
  [40, 1, 'missed'],
  [39, 1e6, 'undecided'],
])('of %i resamples below 1 to that number, a bound of %d is %s', (count, bound, verdict) => {
  const [[estimate]] = resampledEstimates([asked(bound)], [[runs(count)]])
  expect(estimate.verdict).toBe(verdict)
  expect(estimate.needed).toBe(count < 40 ? 40 : null)
})
