/** Laws of durations as people draw from them: in bounds, whatever the tail of the law. */
import { type Distribution, type DistributionSpec, distribution } from '#engine/random/distribution.ts'
import type { Stream } from '#engine/random/streams.ts'
import { LONGEST_MS } from '#scenarios/time.ts'

/** The law of a duration, ms. What is drawn longer than the longest duration lasts as long as that. */
export function durationLaw(spec: DistributionSpec): Distribution {
  const law = distribution(spec)
  // Not a copy: a mean may be a getter that takes its time.
  return Object.assign(Object.create(law), { sample: (stream: Stream) => Math.min(LONGEST_MS, law.sample(stream)) })
}
