import { exp, expm1 } from '../../mathematics/exponential.ts'
import { log, log1p } from '../../mathematics/logarithm.ts'
import { normalCdf, normalQuantile } from '../../mathematics/normal.ts'
import { aboveZero, type Distribution, demand } from '../variate.ts'

/** By mean and standard deviation of the quantity itself, or by those of its logarithm (mu, sigma). */
export type Lognormal = { mean: number; sd: number } | { mu: number; sigma: number }

/** e to the power of a normal variate: quantities above 0 with a long right tail. */
export function lognormal(spec: Lognormal): Distribution {
  const { mu, sigma } = 'mu' in spec ? checkedLog(spec) : ofMoments(spec)
  const square = sigma * sigma
  const mean = exp(mu + square / 2)
  return {
    mean,
    variance: mean * mean * expm1(square),
    sample: (stream) => exp(mu + sigma * normalQuantile(aboveZero(stream.next()))),
    quantile: (p) => exp(mu + sigma * normalQuantile(p)),
    cdf: (x) => (x <= 0 ? 0 : normalCdf((log(x) - mu) / sigma)),
  }
}

function checkedLog({ mu, sigma }: { mu: number; sigma: number }): { mu: number; sigma: number } {
  demand(Number.isFinite(mu), 'lognormal: mu', mu, 'give a finite number')
  demand(sigma > 0 && sigma < Infinity, 'lognormal: sigma', sigma, 'give a finite number above 0, or use constant')
  return { mu, sigma }
}

function ofMoments({ mean, sd }: { mean: number; sd: number }): { mu: number; sigma: number } {
  demand(mean > 0 && mean < Infinity, 'lognormal: mean', mean, 'give a finite number above 0')
  demand(sd > 0 && sd < Infinity, 'lognormal: sd', sd, 'give a finite number above 0, or use constant')
  const variation = sd / mean
  const square = log1p(variation * variation)
  return { mu: log(mean) - square / 2, sigma: Math.sqrt(square) }
}
