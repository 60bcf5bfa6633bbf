import { expect, test } from 'vitest'
import type { Estimate } from '#reports/sweep/estimates.ts'
import { commonNumbersGain, commonNumbersLines } from '#reports/sweep/result.ts'

const withRatios = (...ratios: readonly (number | null)[]) => ({
  estimates: [
    ratios.map((varianceRatio) => ({ difference: varianceRatio === null ? null : { varianceRatio } }) as Estimate),
  ],
})

test.each([
  [[null], null, []],
  [[null, 0], null, []],
  [[null, 0.9], 1 / 0.9, []],
  [
    [null, 0.5, 0.25, 0.1],
    4,
    ['common random numbers: independent seeds would take 4.0 times the runs to know these changes as well'],
  ],
  [
    [null, 0.001],
    1000,
    ['common random numbers: independent seeds would take 1,000 times the runs to know these changes as well'],
  ],
] as const)('variance ratios %j are a gain of %s', (ratios, gain, lines) => {
  expect(commonNumbersGain(withRatios(...ratios))).toBe(gain)
  expect(commonNumbersLines(withRatios(...ratios))).toEqual(lines)
})
