import { expect, test } from 'vitest'
import { normalQuantile } from '#engine/statistics/normal.ts'

// With 40 digits (mpmath), of the binary number next to the decimal one written here.
const quantiles: [p: number, z: number][] = [
  [0.5000001, 2.506628273311648e-7],
  [0.51, 0.025068908258711057],
  [0.6, 0.2533471031357997],
  [0.75, 0.6744897501960817],
  [0.9, 1.2815515655446006],
  [0.925, 1.4395314709384561],
  [0.9250001, 1.4395321773759004],
  [0.95, 1.6448536269514722],
  [0.975, 1.9599639845400538],
  [0.99, 2.3263478740408408],
  [0.995, 2.5758293035489004],
  [0.999, 3.090232306167813],
  [0.9995, 3.290526731491926],
  [0.9999, 3.7190164854557084],
  [1e-5, -4.264890793922825],
  [1e-8, -5.612001244174789],
  [1e-10, -6.361340902404057],
  [2e-11, -6.604077590405634],
  [1e-12, -7.034483825301132],
  [1e-20, -9.262340089798407],
  [1e-100, -21.273453560965326],
  [1e-300, -37.0470962993612],
]

test.each(quantiles)('z of probability %s is %s', (p, z) => {
  expect(Math.abs(normalQuantile(p) / z - 1)).toBeLessThan(1e-14)
})

test('the distribution is symmetric around 0', () => {
  expect(normalQuantile(0.5)).toBe(0)
  for (const p of [2 ** -4, 2 ** -7, 2 ** -20, 2 ** -45]) expect(normalQuantile(1 - p)).toBe(-normalQuantile(p))
})

test.each([0, 1, -0.1, NaN])('probability %s is refused', (p) => {
  expect(() => normalQuantile(p)).toThrow(RangeError)
})
