/**
 * A trace whose blocks of time are drawn with replacement, so that a replay has seeds: days or weeks of the recorded use, each as
 * likely as any other, in random order. What happened within a block stays together.
 *
 * Source: E. Carlstein, "The use of subseries values for estimating the variance of a general statistic from a stationary
 * sequence", Annals of Statistics 14 (1986): blocks that do not overlap.
 */
import { DAY } from '#base/time.ts'
import type { Stream } from '#engine/random/streams.ts'
import type { LoadOf } from '#scenarios/sections/load.ts'
import type { Trace } from '#scenarios/trace.ts'

/** Lines of a trace in order of time, and when each is placed, ms since the epoch. */
export interface Placed {
  readonly lines: Int32Array
  readonly at: Float64Array
}

export type Resample = NonNullable<LoadOf<'trace'>['resample']>

/** Milliseconds of a block. */
export const blockMs = ({ block }: Resample): number => ({ day: DAY, week: 7 * DAY })[block]

/**
 * Draws the blocks of a run from the whole blocks of the trace between `start` and `end` (ms). With `by: buyer` each buyer has blocks
 * of their own, else all have the same.
 * @param streamOf a stream of its own for each buyer (by number in the trace), or for all (-1)
 */
export function resampled(
  { at, buyer }: Pick<Trace, 'at' | 'buyer'>,
  resample: Resample,
  { start, end }: { readonly start: number; readonly end: number },
  streamOf: (buyer: number) => Stream,
): Placed {
  const length = blockMs(resample)
  const whole = Math.floor((end - start) / length)
  const blocks = Math.ceil((end - start) / length)
  const isByBuyer = resample.by === 'buyer'
  /** Lines by who and block. */
  const groups = new Map<number, number[][]>()
  at.forEach((time, line) => {
    const who = isByBuyer ? buyer[line] : -1
    const block = Math.floor((time - start) / length)
    if (block >= whole) return
    let lines = groups.get(who)
    if (lines === undefined) groups.set(who, (lines = Array.from({ length: whole }, () => [])))
    lines[block].push(line)
  })
  const placed: [at: number, line: number][] = []
  for (const who of [...groups.keys()].sort((a, b) => a - b)) {
    const stream = streamOf(who)
    const lines = groups.get(who) as number[][]
    for (let block = 0; block < blocks; block++) {
      const from = stream.below(whole)
      for (const line of lines[from]) {
        const time = at[line] + (block - from) * length
        if (time < end) placed.push([time, line])
      }
    }
  }
  placed.sort(([atA, a], [atB, b]) => atA - atB || a - b)
  return { lines: Int32Array.from(placed, ([, line]) => line), at: Float64Array.from(placed, ([time]) => time) }
}
