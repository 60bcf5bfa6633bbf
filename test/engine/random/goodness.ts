/** Limit of sqrt(n) D at significance 1e-6 (Kolmogorov): sqrt(-ln(5e-7) / 2). A right sampler does not reach it. */
const KOLMOGOROV = 2.7

/** Kolmogorov-Smirnov: sqrt(n) times the largest distance, as a share of its limit; the limit is safe with ties. */
export function distance(draws: Float64Array, cdf: (x: number) => number): number {
  const sorted = draws.slice().sort()
  const n = sorted.length
  let largest = 0
  for (let i = 0, first = 0; i < n; i++) {
    if (i + 1 < n && sorted[i + 1] === sorted[i]) continue
    const theory = cdf(sorted[i])
    // Below a lone value of a continuous law the empirical step begins at first / n.
    if (first === i) largest = Math.max(largest, theory - first / n - jump(cdf, sorted[i]))
    largest = Math.max(largest, Math.abs((i + 1) / n - theory))
    first = i + 1
  }
  return (largest * Math.sqrt(n)) / KOLMOGOROV
}

/** What a discrete law gains at x itself. */
function jump(cdf: (x: number) => number, x: number): number {
  return cdf(x) - cdf(x - Math.abs(x) * 1e-15 - 1e-300)
}

/** Chi-square of counts against expectations, as standard deviations from its mean. */
export function chiSquareScore(counts: readonly number[], expected: readonly number[]): number {
  const statistic = counts.reduce((sum, count, i) => sum + (count - expected[i]) ** 2 / expected[i], 0)
  const freedom = counts.length - 1
  return (statistic - freedom) / Math.sqrt(2 * freedom)
}
