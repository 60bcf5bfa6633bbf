/**
 * An amount in parts that are to each other as weights are, and that sum to it to the last digit. So a tax on an order follows its lines (M-07: it
 * is taxed on their sum, once), and what a day earned of an order follows what was bought with it.
 */

/**
 * The part of each weight (all in one unit, such as whole 1e-8) in an amount: up to and with each weight the part of the amount that the weights
 * make of all, truncated. Weights that are to keep their part whatever follows come first; without any weight the first has all.
 */
export function proportionalShares(weights: readonly bigint[], amount: bigint): bigint[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0n)
  if (whole === 0n) return weights.map((_, index) => (index === 0 ? amount : 0n))
  let [before, given] = [0n, 0n]
  return weights.map((weight) => {
    before += weight
    const upTo = (amount * before) / whole
    const share = upTo - given
    given = upTo
    return share
  })
}
