import { exp } from '../../mathematics/exponential.ts'
import { log, log1p } from '../../mathematics/logarithm.ts'
import { normalCdf, normalQuantile } from '../../mathematics/normal.ts'
import { aboveZero, type Distribution, demand, demandMean, varianceOf } from '../variate.ts'

/** By mean and standard deviation of the quantity itself, or by those of its logarithm (mu, sigma). */
export type Lognormal = { mean: number; sd: number } | { mu: number; sigma: number }

/** e to the power of a normal variate: quantities above 0 with a long right tail. */
export function lognormal(spec: Lognormal): Distribution {
  const { mu, sigma } = 'mu' in spec ? checkedLog(spec) : ofMoments(spec)
  const square = sigma * sigma
  const mean = 'mean' in spec ? spec.mean : exp(mu + square / 2)
  demandMean(mean, 'lognormal:', spec)
  demand(exp(mu) >= LEAST, 'lognormal:', spec, 'give less spread: half of the values would be 0 as float64')
  return {
    mean,
    variance: 'sd' in spec ? spec.sd * spec.sd : varianceOf(mean, square),
    sample: (stream) => exp(mu + sigma * normalQuantile(aboveZero(stream.next()))),
    quantile: (p) => exp(mu + sigma * normalQuantile(p)),
    cdf: (x) => (x <= 0 ? 0 : normalCdf((log(x) - mu) / sigma)),
    survival: (x) => (x <= 0 ? 1 : normalCdf((mu - log(x)) / sigma)),
    upperQuantile: (q) => exp(mu - sigma * normalQuantile(q)),
  }
}

const LEAST = 2 ** -1022

function checkedLog({ mu, sigma }: { mu: number; sigma: number }): { mu: number; sigma: number } {
  demand(Number.isFinite(mu), 'lognormal: mu', mu, 'give a finite number')
  demand(sigma > 0 && sigma < Infinity, 'lognormal: sigma', sigma, 'give a finite number above 0, or use constant')
  return { mu, sigma }
}

function ofMoments({ mean, sd }: { mean: number; sd: number }): { mu: number; sigma: number } {
  demand(mean > 0 && mean < Infinity, 'lognormal: mean', mean, 'give a finite number above 0')
  demand(sd > 0 && sd < Infinity, 'lognormal: sd', sd, 'give a finite number above 0, or use constant')
  const variation = sd / mean
  demand(variation > 0 && variation < Infinity, 'lognormal: sd / mean', variation, 'give less extreme parameters')
  const square = variation < 1e150 ? log1p(variation * variation) : 2 * log(variation)
  // The square of a tiny variation is no float64, and its root is the variation itself.
  return { mu: log(mean) - square / 2, sigma: variation < 1e-150 ? variation : Math.sqrt(square) }
}
