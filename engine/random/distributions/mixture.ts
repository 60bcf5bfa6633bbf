import { mixtureMoments } from '../moments.ts'
import { type Distribution, demand, survivalOf, upperQuantileOf } from '../variate.ts'
import { exponential } from './exponential.ts'

/**
 * One of several laws, each as often as its weight says. One draw: its first digits choose the part, the rest is inverted
 * there.
 */
export function mixture(parts: readonly { readonly weight: number; readonly of: Distribution }[]): Distribution {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0)
  const fit = parts.every(({ weight }) => weight >= 0) && total > 0 && total < Infinity
  demand(parts.length > 0, 'mixture: parts', [], 'give at least one')
  demand(
    fit,
    'mixture: weights',
    parts.map(({ weight }) => weight),
    'give finite numbers from 0 upwards, not all 0',
  )
  const components = parts
    .filter(({ weight }) => weight / total > 0)
    .map(({ weight, of }) => ({ weight: weight / total, of }))
  const last = components.length - 1
  const { mean, variance } = mixtureMoments(components)
  const cdf = (x: number) =>
    Math.min(
      1,
      components.reduce((sum, { weight, of }) => sum + weight * of.cdf(x), 0),
    )
  const survival = (x: number) => components.reduce((sum, { weight, of }) => sum + weight * survivalOf(of, x), 0)
  const marks = atomsOf(components.map(({ of }) => of))
  return {
    mean,
    variance,
    sample(stream) {
      let u = stream.next()
      let i = 0
      while (i < last && u >= components[i].weight) u -= components[i++].weight
      const p = Math.min(Math.max(u / components[i].weight, LEAST), MOST)
      return components[i].of.quantile(p)
    },
    quantile(p) {
      const ends = components.map(({ of }) => of.quantile(p))
      return least((x) => cdf(x) >= p, Math.min(...ends), Math.max(...ends), marks)
    },
    upperQuantile(q) {
      const ends = components.map(({ of }) => upperQuantileOf(of, q))
      return least((x) => survival(x) <= q, Math.min(...ends), Math.max(...ends), marks)
    },
    cdf,
    survival,
    whole: components.every(({ of }) => of.whole === true),
    atoms: components.every(({ of }) => of.atoms) ? marks : undefined,
    components,
  }
}

/** Ends of the draws of 53 bits, within a part: an unbounded law has no value at 0 and 1. */
const LEAST = 2 ** -54
const MOST = 1 - 2 ** -53

/** Exponential phases, one of which is taken: more variable than one exponential. */
export type Hyperexponential =
  | { readonly means: readonly number[]; readonly weights: readonly number[] }
  | { readonly mean: number; readonly scv: number }

/**
 * A mixture of exponentials, by the means and weights of its phases, or by its mean and its squared coefficient of
 * variation (1 or more): then two phases that contribute half of the mean each (balanced means; W. Whitt, Operations
 * Research 30, 1982).
 */
export function hyperexponential(spec: Hyperexponential): Distribution {
  if ('scv' in spec) return balanced(spec)
  const { means, weights } = spec
  demand(means.length > 0, 'hyperexponential: means', means, 'give at least one')
  demand(
    weights.length === means.length,
    'hyperexponential: weights',
    weights,
    `give as many as there are means (${means.length})`,
  )
  return mixture(means.map((mean, i) => ({ weight: weights[i], of: exponential({ mean }) })))
}

function balanced({ mean, scv }: { mean: number; scv: number }): Distribution {
  demand(scv >= 1 && scv <= 1e12, 'hyperexponential: scv', scv, 'give a number from 1 to 1e12, or use gamma below 1')
  const off = Math.sqrt((scv - 1) / (scv + 1))
  // The share of the slow phase is small: 1 / ((scv + 1) (1 + off)) instead of (1 - off) / 2, which would cancel.
  const slow = 1 / ((scv + 1) * (1 + off))
  const fast = 1 - slow
  return mixture([
    { weight: fast, of: exponential({ mean: mean / (2 * fast) }) },
    { weight: slow, of: exponential({ mean: mean / (2 * slow) }) },
  ])
}

/** The least x from `low` to `high` for which `holds`, by halving; a value of `marks` or a whole number where one is next to it. */
function least(holds: (x: number) => boolean, from: number, to: number, marks: readonly number[]): number {
  if (from === to || holds(from)) return from
  let low = from === -Infinity ? -Number.MAX_VALUE : from
  let high = to === Infinity ? Number.MAX_VALUE : to
  if (to === Infinity && !holds(high)) return Infinity
  for (let i = 0; i < 2200; i++) {
    // The middle of the exponents while the ends are far apart.
    const middle = low > 0 && high > 4 * low ? Math.sqrt(low) * Math.sqrt(high) : low / 2 + high / 2
    if (!(middle > low && middle < high)) break
    if (holds(middle)) high = middle
    else low = middle
    if (high - low <= 4e-16 * Math.abs(high)) break
  }
  const close = [Math.round(high), ...marks].filter((x) => Math.abs(x - high) <= 1e-12 * Math.abs(high) + 1e-300)
  return close.find((x) => holds(x)) ?? high
}

function atomsOf(distributions: readonly Distribution[]): number[] {
  return [...new Set(distributions.flatMap(({ atoms = [] }) => atoms))].sort((x, y) => x - y)
}
