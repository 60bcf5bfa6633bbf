import { beta, pert } from './distributions/beta.ts'
import { binomial } from './distributions/binomial.ts'
import { constant } from './distributions/constant.ts'
import { discrete } from './distributions/discrete.ts'
import { empirical } from './distributions/empirical.ts'
import { erlang } from './distributions/erlang.ts'
import { exponential } from './distributions/exponential.ts'
import { gamma } from './distributions/gamma.ts'
import { geometric } from './distributions/geometric.ts'
import { lognormal } from './distributions/lognormal.ts'
import { hyperexponential, mixture } from './distributions/mixture.ts'
import { normal } from './distributions/normal.ts'
import { pareto } from './distributions/pareto.ts'
import { poisson } from './distributions/poisson.ts'
import { triangular } from './distributions/triangular.ts'
import { type Bounds, truncated } from './distributions/truncated.ts'
import { uniform } from './distributions/uniform.ts'
import { weibull } from './distributions/weibull.ts'
import { zipf } from './distributions/zipf.ts'
import { type Distribution, demand } from './variate.ts'

export { type Distribution, ParameterError } from './variate.ts'

/** A distribution as plain data: one key, its name; numbers only (units are the caller's). */
export type DistributionSpec =
  | { [Name in keyof ParametersByName]: { readonly [K in Name]: ParametersByName[Name] } }[keyof ParametersByName]
  | { readonly truncated: { readonly of: DistributionSpec } & Bounds }
  | { readonly mixture: readonly { readonly weight: number; readonly of: DistributionSpec }[] }

type ParametersByName = { [Name in keyof typeof byName]: Readonly<Parameters<(typeof byName)[Name]>[0]> }

const byName = {
  constant,
  uniform,
  exponential,
  hyperexponential,
  erlang,
  gamma,
  weibull,
  lognormal,
  normal,
  triangular,
  pert,
  beta,
  pareto,
  empirical,
  discrete,
  zipf,
  poisson,
  geometric,
  binomial,
}

const known = [...Object.keys(byName), 'truncated', 'mixture'].join(', ')

/**
 * The distribution that a spec names: `distribution({ exponential: { mean: 5 } })`.
 * Throws ParameterError for an unknown name or parameters that no distribution has.
 */
export function distribution(spec: DistributionSpec): Distribution {
  if ('truncated' in spec) {
    const { of, ...bounds } = spec.truncated
    return truncated(distribution(of), bounds)
  }
  if ('mixture' in spec) return mixture(spec.mixture.map(({ weight, of }) => ({ weight, of: distribution(of) })))
  const names = Object.keys(spec)
  const [name] = names
  demand(names.length === 1 && Object.hasOwn(byName, name), 'distribution', spec, `give exactly one of ${known}`)
  const make = byName[name as keyof typeof byName] as (parameters: unknown) => Distribution
  return make((spec as Record<string, unknown>)[name])
}
