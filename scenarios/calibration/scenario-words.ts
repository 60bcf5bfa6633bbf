/** Numbers, distributions and names as a scenario writes them. */
import { DAY, HOUR, MINUTE, SECOND } from '#base/time.ts'
import type { FittedParameter } from '#engine/fitting/families.ts'
import { exp } from '#engine/mathematics/exponential.ts'
import type { DistributionSpec } from '#engine/random/distribution.ts'

/** So many digits at most. */
export const shortest = (value: number, digits = 5): string => String(Number(value.toPrecision(digits)))

/** A duration as a scenario writes it: whole seconds, or milliseconds where these are many of them. */
export function durationText(ms: number): string {
  if (ms < 100 * SECOND) return `${Math.max(1, Math.round(ms))}ms`
  return `${Math.round(ms / SECOND)}s`
}

/** A list in YAML. */
export const list = (values: readonly (number | string)[]): string => `[${values.join(', ')}]`

/** A distribution of durations as a scenario writes it. */
export function distributionText(spec: DistributionSpec): string {
  if ('constant' in spec) return durationText(spec.constant)
  if ('uniform' in spec)
    return `{ uniform: { min: ${durationText(spec.uniform.min)}, max: ${durationText(spec.uniform.max)} } }`
  if ('exponential' in spec) return `{ exponential: { mean: ${durationText(spec.exponential.mean)} } }`
  if ('gamma' in spec)
    return `{ gamma: { shape: ${shortest(spec.gamma.shape)}, mean: ${durationText(spec.gamma.mean)} } }`
  if ('weibull' in spec)
    return `{ weibull: { shape: ${shortest(spec.weibull.shape)}, scale: ${durationText(spec.weibull.scale)} } }`
  if ('pareto' in spec)
    return `{ pareto: { shape: ${shortest(spec.pareto.shape)}, min: ${durationText(spec.pareto.min)} } }`
  if ('lognormal' in spec && 'mu' in spec.lognormal) {
    const { mu, sigma } = spec.lognormal
    const mean = exp(mu + (sigma * sigma) / 2)
    return `{ lognormal: { mean: ${durationText(mean)}, sd: ${durationText(mean * Math.sqrt(exp(sigma * sigma) - 1))} } }`
  }
  if ('hyperexponential' in spec && 'means' in spec.hyperexponential) {
    const { means, weights } = spec.hyperexponential
    return `{ hyperexponential: { means: ${list(means.map(durationText))}, weights: ${list(weights.map((weight) => shortest(weight)))} } }`
  }
  if ('empirical' in spec) return `{ empirical: { values: ${list(spec.empirical.values.map(durationText))} } }`
  throw new Error(`no text for ${JSON.stringify(spec)}`)
}

/** Whole numbers by how often they came. */
export function countsText(counts: ReadonlyMap<number, number>): string {
  const sorted = [...counts].sort(([a], [b]) => a - b)
  if (sorted.length === 1) return String(sorted[0][0])
  return `{ discrete: { values: ${list(sorted.map(([value]) => value))}, weights: ${list(sorted.map(([, weight]) => weight))} } }`
}

export const quoted = (text: string): string => JSON.stringify(text)
/** An id as YAML: quoted where it could be read as a number, a date or a switch. */
export const flow = (text: string): string =>
  /^[A-Za-z]/.test(text) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text) ? text : quoted(text)

/** Parameters that are times, in ms. */
const times: ReadonlySet<string> = new Set(['value', 'mean', 'scale', 'min', 'max', 'fast mean', 'slow mean'])
const units = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'min'],
  [SECOND, 's'],
] as const

/** `shape 0.71 ± 0.02`, `mean 9.9 ± 0.6 h`: with the 95 % interval. The mean of a logarithm is shown as the median. */
export function parameterText({ name, value, standardError }: FittedParameter): string {
  const error = standardError === undefined ? undefined : 1.96 * standardError
  if (name === 'mu') {
    const median = exp(value)
    return parameterText({ name: 'median', value: median, standardError: standardError && median * standardError })
  }
  const isTime = times.has(name) || name === 'median'
  const [size, unit] = isTime ? (units.find(([ms]) => value >= 2 * ms) ?? [1, 'ms']) : [1, '']
  const shown = [shortest(value / size, 3), ...(error === undefined ? [] : ['±', shortest(error / size, 2)])]
  return [name, ...shown, ...(unit === '' ? [] : [unit])].join(' ')
}
