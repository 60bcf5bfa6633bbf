/**
 * Correlated inputs: variates of any distributions with given correlations, by a normal copula (NORTA; M. C. Cario and B. L. Nelson,
 * "Modeling and generating random vectors with arbitrary marginal distributions and correlation matrix", 1997).
 */

import { exp } from '../mathematics/exponential.ts'
import { normalCdf, normalQuantile } from '../mathematics/normal.ts'
import { sin } from '../mathematics/trigonometry.ts'
import type { Stream } from './streams.ts'
import { aboveZero, type Distribution, demand } from './variate.ts'

/**
 * Of what the correlations are: `pearson`, of the variates themselves; `spearman`, of their ranks; `normal`, of the normal
 * variates behind them.
 */
export type CorrelationKind = 'pearson' | 'spearman' | 'normal'

export class CorrelatedInputs {
  private readonly distributions: readonly Distribution[]
  /** Lower triangle of the Cholesky factor, row by row. */
  private readonly factor: readonly (readonly number[])[]
  private readonly normals: Float64Array

  /**
   * @param correlations a symmetric matrix with ones on its diagonal
   * @throws ParameterError when a correlation cannot be had with these distributions, or all of them not together
   */
  constructor(
    distributions: readonly Distribution[],
    correlations: readonly (readonly number[])[],
    kind: CorrelationKind = 'pearson',
  ) {
    const n = distributions.length
    demand(correlations.length === n, 'correlations', correlations.length, `give ${n} rows, one for each distribution`)
    correlations.forEach((row, i) => {
      const fit = row.length === n && row[i] === 1 && row.every((r, j) => r >= -1 && r <= 1 && r === correlations[j][i])
      demand(
        fit,
        `correlations: row ${i}`,
        row,
        'give a symmetric matrix of numbers from -1 to 1 with ones on its diagonal',
      )
    })
    this.distributions = distributions
    this.normals = new Float64Array(n)
    const coefficients = kind === 'pearson' ? distributions.map(hermite) : []
    const behind = correlations.map((row, i) =>
      row.map((r, j) => {
        if (i === j || kind === 'normal') return r
        return kind === 'spearman'
          ? 2 * sin((Math.PI / 6) * r)
          : solved(coefficients[i], coefficients[j], r, `${i} and ${j}`)
      }),
    )
    this.factor = cholesky(behind)
  }

  /** One vector of variates, into `into` (made when left out); one draw of the stream for each law, in order. */
  sample(stream: Stream, into: Float64Array = new Float64Array(this.distributions.length)): Float64Array {
    const { distributions, factor, normals } = this
    for (let i = 0; i < distributions.length; i++) normals[i] = normalQuantile(aboveZero(stream.next()))
    for (let i = 0; i < distributions.length; i++) {
      let z = 0
      for (let j = 0; j <= i; j++) z += factor[i][j] * normals[j]
      into[i] = variate(distributions[i], z)
    }
    return into
  }
}

const MOST = 1 - 2 ** -53

/** The value of a law at a normal variate, from the nearer tail. */
function variate(distribution: Distribution, z: number): number {
  if (z > 0 && distribution.upperQuantile) return distribution.upperQuantile(normalCdf(-z))
  return distribution.quantile(Math.min(normalCdf(z), MOST))
}

/** Terms of the series, and the grid of normal variates on which they are integrated. */
const TERMS = 60
const REACH = 8.5
const STEP = 1 / 32

/**
 * Coefficients of a law in normalised Hermite polynomials of the normal variate behind it, scaled by its deviation: the
 * correlation of two such variates is the sum of a[k] b[k] r^k (F. G. Mehler 1866).
 */
function hermite(distribution: Distribution): Float64Array {
  const sums = new Float64Array(TERMS + 1)
  let squares = 0
  for (let z = -REACH; z <= REACH; z += STEP) {
    const weight = (exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * STEP
    const x = variate(distribution, z) - distribution.mean
    squares += x * x * weight
    let before = 0
    let value = 1
    for (let k = 0; k <= TERMS; k++) {
      sums[k] += x * value * weight
      const next = (z * value - Math.sqrt(k) * before) / Math.sqrt(k + 1)
      before = value
      value = next
    }
  }
  return sums.map((sum) => sum / Math.sqrt(squares))
}

function correlationOf(a: Float64Array, b: Float64Array, r: number): number {
  let sum = 0
  for (let k = TERMS; k >= 1; k--) sum = (sum + a[k] * b[k]) * r
  return sum
}

/** The correlation of the normal variates that gives the wanted one, by halving. */
function solved(a: Float64Array, b: Float64Array, wanted: number, which: string): number {
  if (wanted === 0) return 0
  let low = -1
  let high = 1
  const [least, most] = [correlationOf(a, b, low), correlationOf(a, b, high)]
  const hint = `distributions ${which} can have correlations from ${least.toFixed(3)} to ${most.toFixed(3)}`
  demand(wanted >= least && wanted <= most, 'correlation', wanted, hint)
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (correlationOf(a, b, middle) < wanted) low = middle
    else high = middle
  }
  return (low + high) / 2
}

function cholesky(matrix: readonly (readonly number[])[]): number[][] {
  const rows: number[][] = []
  matrix.forEach((row, i) => {
    const own: number[] = []
    for (let j = 0; j <= i; j++) {
      let rest = row[j]
      for (let k = 0; k < j; k++) rest -= own[k] * (j === i ? own[k] : rows[j][k])
      if (j < i) own.push(rows[j][j] > 0 ? rest / rows[j][j] : 0)
      else {
        demand(
          rest > -1e-12,
          `correlations: row ${i}`,
          row,
          'give consistent correlations (a positive definite matrix)',
        )
        own.push(Math.sqrt(Math.max(0, rest)))
      }
    }
    rows.push(own)
  })
  return rows
}
