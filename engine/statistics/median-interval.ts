/** A confidence interval of a median that assumes nothing of the distribution: two of the values in order. */

const SCALE_HALVINGS = 400
const SCALE = 2 ** SCALE_HALVINGS

/**
 * The place, from 1, of the lower end among `count` values in ascending order; the upper end has the same place from the other
 * side. The median of the distribution is between them with the confidence at least, whatever the distribution.
 *
 * Source: W. R. Thompson, "On confidence ranges for the median", Annals of Mathematical Statistics 7 (1936): the number of values
 * below the median is binomial with probability 1/2.
 * @returns null where so few values have no such interval (below 6 for 95 %)
 */
export function medianRank(count: number, confidence = 0.95): number | null {
  if (!Number.isInteger(count) || count < 0) throw new RangeError(`${count} values`)
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`confidence ${confidence} is not between 0 and 1`)
  // Probabilities in units of 2^-halvings, which grow with the terms: 2^-count itself is no float64 beyond a thousand values.
  let halvings = count
  let term = 1
  let below = 0
  let rank = 0
  for (let events = 0; 2 * (below + term) * 2 ** -halvings <= 1 - confidence; events++) {
    below += term
    rank = events + 1
    term = (term * (count - events)) / (events + 1)
    if (term < SCALE || halvings < SCALE_HALVINGS) continue
    term /= SCALE
    below /= SCALE
    halvings -= SCALE_HALVINGS
  }
  return rank === 0 ? null : rank
}
