/**
 * M-07: an order is taxed on the sum of its lines, once. What of that tax is a line's follows the lines: in proportion to what
 * they come to, so that the shares add up to the tax to the last digit.
 */

/**
 * The share of each line (whole 1e-8, before tax) in a tax on all of them: up to and with each line the part of the tax that
 * its lines make of the whole, truncated. Lines that are to keep their share whatever follows come first.
 */
export function taxShares(lines: readonly bigint[], tax: bigint): bigint[] {
  const whole = lines.reduce((sum, amount) => sum + amount, 0n)
  if (whole === 0n) return lines.map((_, index) => (index === 0 ? tax : 0n))
  let [before, given] = [0n, 0n]
  return lines.map((amount) => {
    before += amount
    const upTo = (tax * before) / whole
    const share = upTo - given
    given = upTo
    return share
  })
}
