/** How many operations stages ask for by an instant, as a sum that need not be whole, and the instant of a sum. */
import { perMs, type Stage } from './rate.ts'

interface Piece {
  /** Ms from the start, and ms that it lasts. */
  readonly from: number
  readonly lasts: number
  /** Operations a ms at its begin, and by how much that grows a ms. */
  readonly rate: number
  readonly slope: number
  /** Operations before it, and its own. */
  readonly before: number
  readonly own: number
}

export class ExpectedArrivals {
  readonly #pieces: readonly Piece[]
  readonly duration: number
  /** Operations of all stages. */
  readonly total: number

  constructor(stages: readonly Stage[]) {
    const pieces: Piece[] = []
    let [from, before] = [0, 0]
    for (const stage of stages) {
      const [rate, end, lasts] = [perMs(stage), perMs(stage.to ?? stage), stage.duration]
      // A rate that is held as its own quotient, so that whole numbers stay whole.
      const own = stage.to === undefined ? (lasts * stage.count) / stage.perMs : ((rate + end) * lasts) / 2
      pieces.push({ from, lasts, rate, slope: (end - rate) / lasts, before, own })
      from += lasts
      before += own
    }
    this.#pieces = pieces
    this.duration = from
    this.total = before
  }

  /** Ms from the start at which `sum` operations were asked for; Infinity where it is never that many. */
  reach(sum: number): number {
    for (const { from, lasts, rate, slope, before, own } of this.#pieces) {
      if (sum >= before + own) continue
      const left = Math.max(0, sum - before)
      // The root of rate t + slope t^2 / 2 = left, in the form that loses no digits.
      const time = (2 * left) / (rate + Math.sqrt(Math.max(0, rate * rate + 2 * slope * left)))
      return from + (left === 0 ? 0 : Math.min(time, lasts))
    }
    return Number.POSITIVE_INFINITY
  }
}
