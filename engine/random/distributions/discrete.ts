import { moments } from '../moments.ts'
import { lastNotAbove } from '../sorted.ts'
import { type Distribution, demand } from '../variate.ts'

/**
 * One of `values`, as often as its weight says (equal weights when left out). By Walker's alias method in Vose's
 * form (IEEE Trans. Software Eng. 17(9), 1991): one draw and one comparison, however many values there are.
 */
export function discrete(spec: { values: readonly number[]; weights?: readonly number[] }): Distribution {
  const { values } = spec
  const weights = spec.weights ?? values.map(() => 1)
  const total = checked(values, weights)
  const n = values.length
  const { mean, variance } = moments(values, weights)
  const { share, alias } = aliasTable(weights, total)
  const order = values.map((_, i) => i).sort((i, j) => values[i] - values[j])
  const sorted = Float64Array.from(order, (i) => values[i])
  let running = 0
  const cumulative = order.map((i) => (running += weights[i]) / total)
  cumulative[n - 1] = 1
  return {
    mean,
    variance,
    atoms: [...new Set(sorted)],
    sample(stream) {
      const u = stream.next() * n
      const i = Math.floor(u)
      return values[u - i < share[i] ? i : alias[i]]
    },
    quantile: (p) => sorted[cumulative.findIndex((c) => c >= p)],
    cdf: (x) => (x < sorted[0] ? 0 : cumulative[lastNotAbove(sorted, x)]),
  }
}

function checked(values: readonly number[], weights: readonly number[]): number {
  demand(
    values.length > 0 && values.every(Number.isFinite),
    'discrete: values',
    values,
    'give at least one, all finite',
  )
  const hint = `give as many as there are values (${values.length})`
  demand(weights.length === values.length, 'discrete: weights', weights, hint)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const positive = weights.every((weight) => weight >= 0) && total > 0 && total < Infinity
  demand(positive, 'discrete: weights', weights, 'give finite numbers from 0 upwards, not all 0')
  return total
}

/** Columns of equal height 1: `share` of column i belongs to value i, the rest to value alias[i]. */
function aliasTable(weights: readonly number[], total: number): { share: Float64Array; alias: Int32Array } {
  const n = weights.length
  const share = Float64Array.from(weights, (weight) => (weight / total) * n)
  const alias = Int32Array.from(weights, (_, i) => i)
  const small: number[] = []
  const large: number[] = []
  share.forEach((s, i) => {
    if (s < 1) small.push(i)
    else large.push(i)
  })
  while (small.length > 0 && large.length > 0) {
    const less = small.pop()!
    const more = large[large.length - 1]
    alias[less] = more
    share[more] = share[more] + share[less] - 1
    if (share[more] < 1) small.push(large.pop()!)
  }
  // What is left missed 1 by rounding only.
  for (const i of [...small, ...large]) share[i] = 1
  return { share, alias }
}
