/** How a cost grows with the size of what it is paid for. */

/** A cost below this, seconds of a processor, is mostly chance. */
const LEAST_SECONDS = 0.1

/**
 * The exponent b of cost = beginning + a x size^b between two sizes, `beginning` being what a command takes that has next
 * to nothing to do; null where the smaller size adds too little to it to say.
 */
export function exponentOf(
  small: readonly [size: number, cost: number],
  large: readonly [size: number, cost: number],
  beginning: number,
): number | null {
  const [before, after] = [small[1] - beginning, large[1] - beginning]
  if (before < LEAST_SECONDS || after < LEAST_SECONDS) return null
  return Math.log(after / before) / Math.log(large[0] / small[0])
}
