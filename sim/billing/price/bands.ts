/** P-04: a table of bands, upper limits inclusive, the last one open. */

export interface Band {
  /** Inclusive, in whole 1e-8; null is the open band. */
  readonly upTo: bigint | null
  /** Whole 1e-10 of the currency. */
  readonly unit: bigint
}

/** The band a total falls in; the limit belongs to the lower band. */
export function bandOf(bands: readonly Band[], quantity: bigint): Band {
  let at = 0
  for (let upTo = bands[0].upTo; upTo !== null && quantity > upTo; upTo = bands[at].upTo) at++
  return bands[at]
}
