/** Figures of one run with a known mean: about normal, skewed, rare, in clusters. */
import { exp } from '#engine/mathematics/exponential.ts'
import { gammaQuantile } from '#engine/mathematics/gamma-quantile.ts'
import { log } from '#engine/mathematics/logarithm.ts'
import { normalQuantile } from '#engine/mathematics/normal.ts'
import type { FigureKind } from '#engine/statistics/run-mean.ts'

export interface SyntheticFigure {
  readonly name: string
  readonly kind: FigureKind
  readonly mean: number
  /** The value of a run, from a uniform number: equal numbers give equal ranks, which makes points correlated. */
  draw(u: number): number
}

export function poisson(mean: number, u: number): number {
  let [count, term] = [0, exp(-mean)]
  for (let sum = term; u > sum && count < 1e5; sum += term) term *= mean / ++count
  return count
}

/** Negative binomial by its own terms: mean `mean`, shape `shape`; the smaller the shape, the larger the clusters. */
export function negativeBinomial(mean: number, shape: number, u: number): number {
  const p = mean / (mean + shape)
  let [count, term] = [0, exp(shape * log(1 - p))]
  for (let sum = term; u > sum && count < 1e5; sum += term) {
    term *= ((count + shape) / (count + 1)) * p
    count++
  }
  return count
}

const amount = (name: string, mean: number, draw: (u: number) => number): SyntheticFigure => ({
  name,
  kind: 'amount',
  mean,
  draw,
})
const events = (name: string, mean: number, draw: (u: number) => number): SyntheticFigure => ({
  name,
  kind: 'events',
  mean,
  draw,
})

export const syntheticFigures: readonly SyntheticFigure[] = [
  amount('normal, cv 0.1', 100, (u) => 100 + 10 * normalQuantile(u)),
  amount('lognormal, sigma 0.5', exp(0.125), (u) => exp(0.5 * normalQuantile(u))),
  amount('lognormal, sigma 1', exp(0.5), (u) => exp(normalQuantile(u))),
  amount('exponential', 1, (u) => -log(u)),
  amount('gamma, shape 0.5', 0.5, (u) => gammaQuantile(0.5, u)),
  amount('gamma, shape 0.25', 0.25, (u) => gammaQuantile(0.25, u)),
  events('Poisson, 50 a run', 50, (u) => poisson(50, u)),
  events('Poisson, 2 a run', 2, (u) => poisson(2, u)),
  events('Poisson, 0.3 a run', 0.3, (u) => poisson(0.3, u)),
  events('one event in 2 % of runs', 0.02, (u) => (u < 0.02 ? 1 : 0)),
  events('one event in 30 % of runs', 0.3, (u) => (u < 0.3 ? 1 : 0)),
  events('clusters: 10 a run, geometric', 10, (u) => negativeBinomial(10, 1, u)),
  events('clusters: 2 a run, geometric', 2, (u) => negativeBinomial(2, 1, u)),
  events('clusters: 0.3 a run, shape 0.2', 0.3, (u) => negativeBinomial(0.3, 0.2, u)),
  events('floods: 10 a run, shape 0.5', 10, (u) => negativeBinomial(10, 0.5, u)),
  events('floods: 10 a run, shape 0.2', 10, (u) => negativeBinomial(10, 0.2, u)),
  events('floods: 100 a run, shape 0.5', 100, (u) => negativeBinomial(100, 0.5, u)),
  events('floods: 100 a run, shape 0.2', 100, (u) => negativeBinomial(100, 0.2, u)),
]
