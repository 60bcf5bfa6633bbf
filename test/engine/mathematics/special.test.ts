import { describe, expect, test } from 'vitest'
import { erf, erfc } from '#engine/mathematics/error-function.ts'
import { incompleteGamma, lgamma } from '#engine/mathematics/gamma.ts'
import { gammaQuantile } from '#engine/mathematics/gamma-quantile.ts'
import { normalCdf, normalQuantile } from '#engine/mathematics/normal.ts'

/** Expected values were computed with 40 digits. */
function near(actual: number, expected: number, tolerance: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance * Math.max(Math.abs(expected), 1e-300))
}

test.each([
  [1e-10, 1.1283791670955126e-10, 0.999999999887162, 1.000000000112838],
  [0.1, 0.1124629160182849, 0.887537083981715, 1.1124629160182848],
  [0.5, 0.5204998778130465, 0.4795001221869535, 1.5204998778130465],
  [0.69, 0.6708400622350777, 0.32915993776492225, 1.6708400622350776],
  [0.71, 0.6846655502174442, 0.31533444978255576, 1.6846655502174444],
  [1, 0.8427007929497149, 0.15729920705028513, 1.8427007929497148],
  [2, 0.9953222650189527, 0.004677734981047266, 1.9953222650189528],
  [3.5, 0.9999992569016276, 7.430983723414128e-7, 1.9999992569016276],
  [5, 0.9999999999984626, 1.537459794428035e-12, 1.9999999999984626],
  [26, 1, 5.663192408856143e-296, 2],
  [30, 1, 0, 2],
])('erf and erfc at %d', (x, inner, outer, mirrored) => {
  near(erf(x), inner, 1e-15)
  near(erf(-x), -inner, 1e-15)
  near(erfc(x), outer, 1e-15)
  near(erfc(-x), mirrored, 1e-15)
})

test.each([
  [1e-300, -37.0470962993612],
  [1e-20, -9.262340089798407],
  [1e-5, -4.264890793922825],
  [0.01, -2.326347874040841],
  [0.07, -1.4757910281791706],
  [0.075, -1.439531470938456],
  [0.3, -0.5244005127080408],
  [0.5, 0],
  [0.6, 0.2533471031357997],
  [0.925, 1.4395314709384561],
  [0.99, 2.3263478740408408],
])('normal quantile of %d', (p, z) => {
  near(normalQuantile(p), z, 1e-15)
  near(normalCdf(z), p, 1e-12)
})

test('the normal quantile and its distribution function at the ends', () => {
  expect([0, 1, -0.1, 1.1, NaN].map(normalQuantile)).toEqual([-Infinity, Infinity, NaN, NaN, NaN])
  expect([-Infinity, -40, 0, 40, Infinity, NaN].map(normalCdf)).toEqual([0, 0, 0.5, 1, 1, NaN])
})

test.each([
  [1e-5, 11.512919692895826],
  [0.1, 2.252712651734206],
  [0.5, 0.5723649429247001],
  [1.1, -0.049872441259839764],
  [1.9, -0.03898427592308336],
  [2.5, 0.2846828704729192],
  [3.7, 1.428072326665388],
  [9.99, 12.779315214350193],
  [10, 12.801827480081469],
  [25.5, 56.389167643719944],
  [1000.25, 5906.9472682711175],
  [1e10, 220258509288.81058],
  [-0.5, 1.2655121234846454],
  [-2.3, 0.36956666345500805],
])('lgamma(%d)', (x, expected) => {
  near(lgamma(x), expected, 5e-14)
})

test('lgamma at its poles and zeros', () => {
  expect([0, -1, -7, 1, 2].map(lgamma)).toEqual([Infinity, Infinity, Infinity, 0, 0])
})

describe.each([
  [0.1, 0.05, 0.7755386354510305, 0.22446136454896942],
  [0.5, 0.5, 0.6826894921370859, 0.3173105078629141],
  [1, 2, 0.8646647167633873, 0.1353352832366127],
  [2.5, 0.1, 0.0008861387888124426, 0.9991138612111875],
  [2.5, 9, 0.9970535954121197, 0.0029464045878802906],
  [30, 10, 2.5099512015279076e-7, 0.9999997490048799],
  [30, 31, 0.5953478209656109, 0.4046521790343891],
  [30, 80, 0.9999999999509677, 4.903229555810753e-11],
  [1000, 950, 0.05505468623073803, 0.9449453137692619],
  [1000, 1100, 0.99894067674607, 0.0010593232539299773],
  [1e5, 1e5, 0.5004205221103651, 0.4995794778896348],
])('incomplete gamma of shape %d at %d', (a, x, lower, upper) => {
  test('both tails', () => {
    const found = incompleteGamma(a, x)
    near(found.lower, lower, 1e-12)
    near(found.upper, upper, 1e-12)
  })

  test('the quantile leads back', () => {
    if (upper > 1e-9) near(gammaQuantile(a, lower), x, 1e-10)
  })
})

test('incomplete gamma at the ends, and a shape that none has', () => {
  expect(incompleteGamma(2, 0)).toMatchObject({ lower: 0, upper: 1 })
  expect(incompleteGamma(2, Infinity)).toMatchObject({ lower: 1, upper: 0 })
  expect([0, 1, 2].map((p) => gammaQuantile(2, p))).toEqual([0, Infinity, NaN])
  expect(() => incompleteGamma(0, 1)).toThrow('shape must be > 0')
})
