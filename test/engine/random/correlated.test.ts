import { expect, test } from 'vitest'
import { CorrelatedInputs, type CorrelationKind } from '#engine/random/correlated.ts'
import { type DistributionSpec, distribution } from '#engine/random/distribution.ts'
import { Streams } from '#engine/random/streams.ts'
import { distance } from './goodness.ts'

const N = 20_000

function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const mean = (z: ArrayLike<number>) => Array.from(z).reduce((sum, value) => sum + value, 0) / z.length
  const [mx, my] = [mean(x), mean(y)]
  let [xx, yy, xy] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    xx += (x[i] - mx) ** 2
    yy += (y[i] - my) ** 2
    xy += (x[i] - mx) * (y[i] - my)
  }
  return xy / Math.sqrt(xx * yy)
}

const ranks = (x: Float64Array) => {
  const found = new Float64Array(x.length)
  Array.from(x.keys())
    .sort((i, j) => x[i] - x[j])
    .forEach((i, rank) => {
      found[i] = rank
    })
  return found
}

const specs: DistributionSpec[] = [
  { exponential: { mean: 3 } },
  { gamma: { shape: 2, mean: 5 } },
  { uniform: { min: 0, max: 1 } },
]
const laws = specs.map(distribution)
const matrix = [
  [1, 0.6, -0.4],
  [0.6, 1, 0.2],
  [-0.4, 0.2, 1],
]

test.each<CorrelationKind>(['pearson', 'spearman', 'normal'])('variates of three laws with %s correlations', (kind) => {
  const inputs = new CorrelatedInputs(laws, matrix, kind)
  const stream = new Streams('correlated').stream(kind)
  const columns = laws.map(() => new Float64Array(N))
  for (let i = 0; i < N; i++) {
    const row = inputs.sample(stream)
    for (const [j, column] of columns.entries()) column[i] = row[j]
  }
  for (const [j, column] of columns.entries()) expect(distance(column, laws[j].cdf)).toBeLessThan(1)
  if (kind === 'normal') return
  const seen = kind === 'pearson' ? columns : columns.map(ranks)
  for (const [i, j] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ]) {
    expect(Math.abs(pearson(seen[i], seen[j]) - matrix[i][j])).toBeLessThan(0.03)
  }
})

test('the correlation of two exponentials is at least 1 - pi^2 / 6', () => {
  const exponential = distribution({ exponential: { mean: 1 } })
  const pair = (r: number) => () =>
    new CorrelatedInputs(
      [exponential, exponential],
      [
        [1, r],
        [r, 1],
      ],
    )
  expect(pair(-0.64)).not.toThrow()
  expect(pair(-0.65)).toThrow('correlation -0.65: distributions 0 and 1 can have correlations from -0.645 to 1.000')
})

test('matrices that no variates have are refused', () => {
  const normal = distribution({ normal: { mean: 0, sd: 1 } })
  const make = (rows: number[][]) => () =>
    new CorrelatedInputs(
      rows.map(() => normal),
      rows,
      'normal',
    )
  expect(
    make([
      [1, 0.9, 0.9],
      [0.9, 1, -0.9],
      [0.9, -0.9, 1],
    ]),
  ).toThrow('consistent correlations')
  expect(
    make([
      [1, 0.5],
      [0.4, 1],
    ]),
  ).toThrow('symmetric matrix')
  expect(
    make([
      [1, 2],
      [2, 1],
    ]),
  ).toThrow('symmetric matrix')
})
