/** Positive times, some of which are cut off: of those it is known only that they are longer. */
import { log } from '../mathematics/logarithm.ts'

export interface Lifetime {
  /** Above 0. */
  readonly time: number
  /** False: it was still running after this time (right-censored). */
  readonly ended: boolean
}

/** Lifetimes as estimators read them, sorted by time. */
export interface Lifetimes {
  readonly times: Float64Array
  /** 1: ended; 0: cut off. */
  readonly ended: Uint8Array
  readonly logs: Float64Array
  /** How many ended. */
  readonly deaths: number
}

/** Throws RangeError for a time that is not above 0. */
export function lifetimesOf(lives: readonly Lifetime[]): Lifetimes {
  const wrong = lives.find(({ time }) => !(time > 0 && time < Infinity))
  if (wrong !== undefined) throw new RangeError(`a lifetime of ${wrong.time}`)
  // What ended at a time comes before what was cut off then.
  const sorted = lives.toSorted((a, b) => a.time - b.time || Number(b.ended) - Number(a.ended))
  const times = Float64Array.from(sorted, ({ time }) => time)
  return {
    times,
    ended: Uint8Array.from(sorted, ({ ended }) => (ended ? 1 : 0)),
    logs: times.map((time) => log(time)),
    deaths: sorted.reduce((count, { ended }) => count + (ended ? 1 : 0), 0),
  }
}
