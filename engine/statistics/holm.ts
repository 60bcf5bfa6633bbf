/**
 * Many conclusions together: p-values adjusted so that the chance of any wrong conclusion among all of them stays at
 * the level, whatever their number and however they depend on one another.
 *
 * Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6
 * (1979). It holds under any dependence, so points that share their random numbers need no special care.
 */

/** `adjusted[i] <= level` where conclusion i may be drawn. Order is kept; never above 1. */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const order = [...pValues.keys()].sort((i, j) => pValues[i] - pValues[j] || i - j)
  const adjusted = new Array<number>(pValues.length)
  let largest = 0
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, pValues[index] * (pValues.length - rank)))
    adjusted[index] = largest
  }
  return adjusted
}
