/** Buyers of a segment at home in one cell, of whom one comes: each as likely as its weight says. */
import type { Stream } from '#engine/random/streams.ts'
import type { Row } from '../cell/table.ts'

export class Members {
  readonly #accounts: Int32Array
  /** Sums of the weights up to each; null where all are alike. */
  readonly #sums: Float64Array | null

  constructor(accounts: readonly Row<'accounts'>[], weights: Float64Array) {
    this.#accounts = Int32Array.from(accounts)
    const areAlike = weights.every((weight) => weight === weights[0]) && weights[0] > 0
    this.#sums = areAlike ? null : runningSums(weights)
  }

  /** One draw. Where all weights are 0, all are alike. */
  draw(stream: Stream): Row<'accounts'> {
    const accounts = this.#accounts
    const sums = this.#sums
    const whole = sums === null ? 0 : sums[sums.length - 1]
    if (sums === null || whole === 0) return accounts[stream.below(accounts.length)]
    const place = stream.next() * whole
    let [low, high] = [0, sums.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle] > place) high = middle
      else low = middle + 1
    }
    return accounts[low]
  }
}

function runningSums(weights: Float64Array): Float64Array {
  let sum = 0
  return weights.map((weight) => (sum += weight))
}
