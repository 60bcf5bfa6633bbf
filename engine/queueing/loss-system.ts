/**
 * Loss systems with requests of several units: each class requests `units` at random, all or none, and holds them for a
 * time of any law. The number of busy units has the law of J. S. Kaufman, "Blocking in a shared resource environment",
 * IEEE Trans. Commun. 29 (1981), and J. W. Roberts (1981): c q(c) = sum over classes of a b q(c - b).
 */
import type { Stream } from '../random/streams.ts'

export interface RequestClass {
  /** Units requested together; a whole number from 1. */
  readonly units: number
  /** Requests that would be there on average if none were refused: their rate times their mean holding time. */
  readonly load: number
  /** Requests a unit of time, in any unit: what the class weighs in a refusal rate. */
  readonly rate: number
}

/** Grows past this are scaled back, since only ratios matter. */
const LARGE = 1e250

/** Relative weights q(0) to q(`capacity`) of the number of busy units. */
export function busyWeights(classes: readonly RequestClass[], capacity: number): Float64Array {
  const weights = new Float64Array(capacity + 1)
  weights[0] = 1
  for (let busy = 1; busy <= capacity; busy++) {
    weights[busy] = nextWeight(classes, weights, busy)
    if (weights[busy] > LARGE) for (let each = 0; each <= busy; each++) weights[each] /= LARGE
  }
  return weights
}

function nextWeight(classes: readonly RequestClass[], weights: Float64Array, busy: number): number {
  let sum = 0
  for (const { units, load } of classes) if (units <= busy) sum += load * units * weights[busy - units]
  return sum / busy
}

/** The share of all requests that is refused at each capacity from 0 to `capacity`. */
export function refusalRates(classes: readonly RequestClass[], capacity: number): Float64Array {
  const rate = classes.reduce((sum, each) => sum + each.rate, 0)
  const rates = new Float64Array(capacity + 1)
  const weights = new Float64Array(capacity + 1)
  /** Sum of the weights up to each number of busy units. */
  const sums = new Float64Array(capacity + 1)
  for (let busy = 0; busy <= capacity; busy++) {
    weights[busy] = busy === 0 ? 1 : nextWeight(classes, weights, busy)
    sums[busy] = (busy === 0 ? 0 : sums[busy - 1]) + weights[busy]
    if (sums[busy] > LARGE)
      for (let each = 0; each <= busy; each++) {
        weights[each] /= LARGE
        sums[each] /= LARGE
      }
    let refused = 0
    for (const each of classes) {
      // Refused with fewer than its units free.
      const below = busy - each.units
      refused += each.rate * (below < 0 ? 1 : 1 - sums[below] / sums[busy])
    }
    rates[busy] = rate === 0 ? 0 : refused / rate
  }
  return rates
}

/**
 * Draws who is there in the long run: the numbers of the classes, of the product form truncated at `capacity`. The busy
 * units are drawn by their weights; then requests are taken out of them one by one, each class with the probability
 * a b q(c - b) / (c q(c)), which is the product form given the busy units. Draws once for each request and once more.
 */
export function drawPresent(classes: readonly RequestClass[], capacity: number, stream: Stream): number[] {
  const weights = busyWeights(classes, capacity)
  const present = classes.map(() => 0)
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  let left = stream.next() * whole
  let busy = 0
  while (busy < capacity && left >= weights[busy]) left -= weights[busy++]
  // Rounding may leave a little of the last weight; no state of weight 0 is possible.
  while (busy > 0 && weights[busy] === 0) busy--
  while (busy > 0) {
    let share = stream.next() * busy * weights[busy]
    let chosen = -1
    for (const [index, { units, load }] of classes.entries()) {
      if (units > busy || load === 0 || weights[busy - units] === 0) continue
      chosen = index
      const part = load * units * weights[busy - units]
      if (share < part) break
      share -= part
    }
    present[chosen]++
    busy -= classes[chosen].units
  }
  return present
}
