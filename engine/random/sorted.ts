/** The greatest i with sorted[i] <= x, by halving; sorted[0] <= x. */
export function lastNotAbove(sorted: Float64Array, x: number): number {
  let low = 0
  let high = sorted.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (sorted[middle] <= x) low = middle
    else high = middle
  }
  return low
}
