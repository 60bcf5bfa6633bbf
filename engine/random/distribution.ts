import { constant } from './distributions/constant.ts'
import { discrete } from './distributions/discrete.ts'
import { exponential } from './distributions/exponential.ts'
import { uniform } from './distributions/uniform.ts'
import { type Distribution, demand } from './variate.ts'

export { type Distribution, ParameterFault } from './variate.ts'

/** A distribution as plain data: one key, its name; numbers only (units are the caller's). */
export type DistributionSpec = { [Name in keyof Laws]: { readonly [K in Name]: Laws[Name] } }[keyof Laws]

type Laws = { [Name in keyof typeof byName]: Readonly<Parameters<(typeof byName)[Name]>[0]> }

const byName = { constant, discrete, exponential, uniform }

/**
 * The distribution that a spec names: `distribution({ exponential: { mean: 5 } })`.
 * Throws ParameterFault for an unknown name or parameters that no distribution has.
 */
export function distribution(spec: DistributionSpec): Distribution {
  const names = Object.keys(spec)
  const [name] = names
  const known = Object.keys(byName).join(', ')
  demand(names.length === 1 && Object.hasOwn(byName, name), 'distribution', spec, `give exactly one of ${known}`)
  const make = byName[name as keyof typeof byName] as (parameters: unknown) => Distribution
  return make((spec as Record<string, unknown>)[name])
}
