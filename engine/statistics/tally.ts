/**
 * A tally of observations: count, mean, variance, least and greatest, in constant space and one pass.
 *
 * Source: B. P. Welford, "Note on a method for calculating corrected sums of squares and products", Technometrics 4
 * (1962); merge: T. F. Chan, G. H. Golub, R. J. LeVeque, "Updating formulae and a pairwise algorithm for computing
 * sample variances", COMPSTAT 1982. Both keep their digits where the sum of squares minus the square of the sum loses
 * them.
 */

/** `[count, mean, sum of squared deviations, min, max]`. */
export type TallyState = Float64Array

export class Tally {
  /** Observations so far. */
  count = 0
  /** Arithmetic mean; 0 when empty. */
  mean = 0
  /** Least observation; Infinity when empty. */
  min = Infinity
  /** Greatest observation; -Infinity when empty. */
  max = -Infinity
  private squares = 0

  /** Counts one observation, in its own unit. Allocates nothing. */
  add(x: number): void {
    const count = ++this.count
    const deviation = x - this.mean
    const mean = this.mean + deviation / count
    this.mean = mean
    this.squares += deviation * (x - mean)
    if (x < this.min) this.min = x
    if (x > this.max) this.max = x
  }

  /** Counts everything the other tally saw. Equal to one tally of both up to rounding; count, min and max exactly. */
  merge(other: Tally): void {
    if (other.count === 0) return
    if (this.count === 0) {
      this.restore(other.save())
      return
    }
    const count = this.count + other.count
    const deviation = other.mean - this.mean
    this.mean += (deviation * other.count) / count
    this.squares += other.squares + deviation * deviation * ((this.count * other.count) / count)
    this.count = count
    if (other.min < this.min) this.min = other.min
    if (other.max > this.max) this.max = other.max
  }

  /** Unbiased sample variance (divided by count - 1), in the square of the unit; 0 below two observations. */
  get variance(): number {
    return this.count < 2 ? 0 : this.squares / (this.count - 1)
  }

  get standardDeviation(): number {
    return Math.sqrt(this.variance)
  }

  /** Sum of the observations, as exact as the mean is. */
  get sum(): number {
    return this.mean * this.count
  }

  /** Forgets everything, e.g. at the end of a warm-up. */
  reset(): void {
    this.count = 0
    this.mean = 0
    this.min = Infinity
    this.max = -Infinity
    this.squares = 0
  }

  save(): TallyState {
    return Float64Array.of(this.count, this.mean, this.squares, this.min, this.max)
  }

  restore(state: TallyState): void {
    this.count = state[0]
    this.mean = state[1]
    this.squares = state[2]
    this.min = state[3]
    this.max = state[4]
  }
}
