/** Each claim of accuracy in engine/mathematics and engine/statistics, against 10,000 stored values of 113 bits each. */
import { expect, test } from 'vitest'
import { incompleteBeta, shareOf } from '#engine/mathematics/beta.ts'
import { betaQuantile } from '#engine/mathematics/beta-quantile.ts'
import { erf, erfc } from '#engine/mathematics/error-function.ts'
import { exp, expm1 } from '#engine/mathematics/exponential.ts'
import { gammaTerm, incompleteGamma, lgamma } from '#engine/mathematics/gamma.ts'
import { gammaQuantile } from '#engine/mathematics/gamma-quantile.ts'
import { log, log1p } from '#engine/mathematics/logarithm.ts'
import { normalCdf, normalQuantile } from '#engine/mathematics/normal.ts'
import { pow } from '#engine/mathematics/power.ts'
import { cos, sin } from '#engine/mathematics/trigonometry.ts'
import { studentTQuantile, studentTTail } from '#engine/statistics/student-t.ts'
import { domains, type FunctionName, POINTS, pointsOf } from './reference/domains.ts'
import { type Exact, relativeError, ulpsOff, valuesOf } from './reference/values.ts'

type Measure = (found: number, exact: Exact, point: readonly number[]) => number

/** lgamma has zeros on the left, where only the absolute error can be small. */
const mixedError: Measure = (found, exact, [x]) =>
  x > 0 ? relativeError(found, exact) : (Math.abs(found - exact.value) / (1 + Math.abs(exact.value))) * (1e-15 / 4e-15)

/** A small shape multiplies the rounding of ln p by 1 / shape. */
const quantileError: Measure = (found, exact, [shape]) => relativeError(found, exact) * Math.min(1, 100 * shape)

/** The function, what is measured, and the bound its docstring states. */
const claims: Record<FunctionName, [(...x: number[]) => number, Measure, number]> = {
  log: [log, ulpsOff, 1],
  log1p: [log1p, ulpsOff, 1],
  exp: [exp, ulpsOff, 1],
  expm1: [expm1, ulpsOff, 1.1],
  pow: [pow, ulpsOff, 1],
  sin: [sin, ulpsOff, 1],
  cos: [cos, ulpsOff, 1],
  erf: [erf, ulpsOff, 2],
  erfc: [erfc, relativeError, 1e-15],
  normalCdf: [normalCdf, relativeError, 1e-15],
  normalQuantile: [normalQuantile, relativeError, 1e-15],
  lgamma: [lgamma, mixedError, 1e-15],
  gammaTerm: [gammaTerm, relativeError, 1e-14],
  incompleteGammaLower: [(a, x) => incompleteGamma(a, x).lower, relativeError, 2e-14],
  incompleteGammaUpper: [(a, x) => incompleteGamma(a, x).upper, relativeError, 2e-14],
  gammaQuantile: [gammaQuantile, quantileError, 2e-14],
  incompleteBetaLower: [(a, b, x) => incompleteBeta(a, b, shareOf(x)).lower, relativeError, 1e-13],
  incompleteBetaUpper: [(a, b, x) => incompleteBeta(a, b, shareOf(x)).upper, relativeError, 1e-13],
  betaQuantile: [betaQuantile, relativeError, 1e-13],
  studentTTail: [studentTTail, relativeError, 2e-14],
  studentTQuantile: [studentTQuantile, relativeError, 2e-14],
}

test.each(Object.keys(domains) as FunctionName[])('%s is as accurate as it claims', (name) => {
  const [call, measure, bound] = claims[name]
  const exact = valuesOf(name)
  let worst = 0
  let at: readonly number[] = []
  let compared = 0
  pointsOf(name).forEach((point, i) => {
    // Results that float64 can only hold with fewer bits have bounds of their own.
    if (!(Math.abs(exact[i].value) > 1e-300 && Math.abs(exact[i].value) < Infinity)) return
    compared++
    const error = measure(call(...point), exact[i], point)
    if (!(error <= worst)) [worst, at] = [error, point]
  })
  expect(exact.length).toBe(POINTS)
  expect(compared).toBeGreaterThan(0.8 * POINTS)
  expect(worst, `at ${at.join(', ')}`).toBeLessThan(bound)
})

/** Where earlier versions were off by more than they claimed; values of 40 digits. */
test.each([
  ['pow', pow(0.7099033943224148, 1846.3237829043896), 1.8434924461413657e-275],
  ['normalCdf', normalCdf(-37), 5.725571222524577e-300],
  ['gammaQuantile', gammaQuantile(3853.76, 1.73e-10), 3476.8215973986444],
])('%s where it was once wrong', (_, found, expected) => {
  expect(Math.abs(found / expected - 1)).toBeLessThan(2e-15)
})

test('results too small for all bits of a float64 are off by less than 1e-322', () => {
  for (const [found, expected] of [
    [normalCdf(-38), 2.885428e-316],
    [normalCdf(-38.3), 3e-321],
    [erfc(26.7), 5.253110414e-312],
  ]) {
    expect(found).toBeGreaterThan(0)
    expect(Math.abs(found / expected - 1)).toBeLessThan(0.2)
  }
})

test('the far ends of Student’s t do not overflow', () => {
  // Cauchy: the tail is 1 / (pi t).
  expect(studentTTail(1e200, 1) * Math.PI * 1e200).toBeCloseTo(1, 14)
  expect(studentTQuantile(1e-200, 1) / (-1 / (Math.PI * 1e-200))).toBeCloseTo(1, 12)
  expect(studentTTail(1e30, 5000)).toBe(0)
  expect(studentTTail(Infinity, 3)).toBe(0)
})
