/** How people draw: whether something happens, and how long it takes, in bounds whatever the tail of its distribution. */
import { type Distribution, type DistributionSpec, distribution } from '#engine/random/distribution.ts'
import type { Stream } from '#engine/random/streams.ts'
import { LONGEST_MS } from '#scenarios/time-text.ts'

/**
 * A law whose draws are no longer than the longest duration. A class, so that V8 sees one kind of object wherever people
 * draw; everything but the draw is the law's own, and is asked for when it is needed.
 */
class BoundedLaw implements Distribution {
  readonly #law: Distribution

  constructor(law: Distribution) {
    this.#law = law
  }

  sample(stream: Stream): number {
    return Math.min(LONGEST_MS, this.#law.sample(stream))
  }

  quantile(p: number): number {
    return this.#law.quantile(p)
  }

  cdf(x: number): number {
    return this.#law.cdf(x)
  }

  get mean() {
    return this.#law.mean
  }

  get variance() {
    return this.#law.variance
  }

  get survival() {
    return this.#law.survival?.bind(this.#law)
  }

  get upperQuantile() {
    return this.#law.upperQuantile?.bind(this.#law)
  }

  get whole() {
    return this.#law.whole
  }

  get atoms() {
    return this.#law.atoms
  }

  get kinks() {
    return this.#law.kinks
  }

  get components() {
    return this.#law.components
  }
}

/** The law of a duration, ms. What is drawn longer than the longest duration lasts as long as that. */
export const durationLaw = (spec: DistributionSpec): Distribution => new BoundedLaw(distribution(spec))

/** A duration drawn from its law, whole ms and never below 0. */
export const drawDuration = (law: Distribution, stream: Stream): number => Math.max(0, Math.round(law.sample(stream)))

/** Whether something of this probability happens. A probability of 0 draws nothing; `stream` is asked for only to draw. */
export const happens = (probability: number, stream: () => Stream): boolean =>
  probability > 0 && stream().next() < probability
