/** How people draw: whether something happens, and how long it takes, in bounds whatever the tail of its distribution. */
import { type Distribution, type DistributionSpec, distribution } from '#engine/random/distribution.ts'
import type { Stream } from '#engine/random/streams.ts'
import { LONGEST_MS } from '#scenarios/time-text.ts'

/**
 * A law whose draws are no longer than the longest duration. A class, so that V8 sees one kind of object wherever people
 * draw; everything but the draw is the law's own, and is asked for when it is needed.
 */
class BoundedDistribution implements Distribution {
  readonly #distribution: Distribution

  constructor(dist: Distribution) {
    this.#distribution = dist
  }

  sample(stream: Stream): number {
    return Math.min(LONGEST_MS, this.#distribution.sample(stream))
  }

  quantile(p: number): number {
    return this.#distribution.quantile(p)
  }

  cdf(x: number): number {
    return this.#distribution.cdf(x)
  }

  get mean() {
    return this.#distribution.mean
  }

  get variance() {
    return this.#distribution.variance
  }

  get survival() {
    return this.#distribution.survival?.bind(this.#distribution)
  }

  get upperQuantile() {
    return this.#distribution.upperQuantile?.bind(this.#distribution)
  }

  get whole() {
    return this.#distribution.whole
  }

  get atoms() {
    return this.#distribution.atoms
  }

  get kinks() {
    return this.#distribution.kinks
  }

  get components() {
    return this.#distribution.components
  }
}

/** The law of a duration, ms. What is drawn longer than the longest duration lasts as long as that. */
export const durationDistribution = (spec: DistributionSpec): Distribution =>
  new BoundedDistribution(distribution(spec))

/** A duration drawn from its law, whole ms and never below 0. */
export const drawDuration = (dist: Distribution, stream: Stream): number => Math.max(0, Math.round(dist.sample(stream)))

/** Whether something of this probability happens. A probability of 0 draws nothing; `stream` is asked for only to draw. */
export const happens = (probability: number, stream: () => Stream): boolean =>
  probability > 0 && stream().next() < probability
