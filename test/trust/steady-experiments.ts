/** How often intervals of a steady state cover the truth, or are refused: correlated runs, and queues under a heavy load. */
import { log } from '#engine/mathematics/logarithm.ts'
import { normalQuantile } from '#engine/mathematics/normal.ts'
import { type Stream, Streams } from '#engine/random/streams.ts'
import { covers } from '#engine/statistics/confidence.ts'
import { TooFewObservations } from '#engine/statistics/effective-size.ts'
import { steadyState } from '#engine/statistics/steady-state.ts'
import type { Effort, Outcome } from './experiment.ts'

/** x = factor x + noise, from far off: mean 0. */
function autoregressive(stream: Stream, length: number, factor: number): Float64Array {
  let x = 10
  return Float64Array.from({ length }, () => (x = factor * x + normalQuantile(stream.next() || 0.5)))
}

/** Waits of an M/M/1 queue from empty, in mean service times, by Lindley's recursion: mean load / (1 - load). */
function waits(stream: Stream, length: number, load: number): Float64Array {
  let wait = 0
  return Float64Array.from({ length }, () => {
    const now = wait
    wait = Math.max(0, wait - log(1 - stream.next()) + log(1 - stream.next()) / load)
    return now
  })
}

interface Cell {
  readonly name: string
  readonly runs: number
  readonly lengths: readonly number[]
  readonly truth: number
  readonly draw: (stream: Stream, length: number) => Float64Array
}

const cells: readonly Cell[] = [
  { name: 'AR(0.9), ten runs', runs: 10, lengths: [500, 1_000], truth: 0, draw: (s, n) => autoregressive(s, n, 0.9) },
  { name: 'AR(0.9), one run', runs: 1, lengths: [1_000, 5_000], truth: 0, draw: (s, n) => autoregressive(s, n, 0.9) },
  { name: 'M/M/1, load 0.5, one run', runs: 1, lengths: [3_000, 10_000], truth: 1, draw: (s, n) => waits(s, n, 0.5) },
  {
    ...{ name: 'M/M/1, load 0.9, one run', runs: 1, truth: 9 },
    ...{ lengths: [10_000, 15_000, 30_000, 60_000, 120_000], draw: (s: Stream, n: number) => waits(s, n, 0.9) },
  },
  {
    ...{ name: 'M/M/1, load 0.9, ten runs', runs: 10, truth: 9 },
    ...{ lengths: [3_000, 10_000, 30_000], draw: (s: Stream, n: number) => waits(s, n, 0.9) },
  },
]

/** Promised: at least 93 % of the intervals that are given cover the truth; what is too short is refused in words. */
export function steadyStates({ sweeps, seed }: Effort): Outcome[] {
  return cells.flatMap(({ name, runs, lengths, truth, draw }) =>
    lengths.map((length) => {
      const cell = `${name} of ${length.toLocaleString('en')}`
      // What draws most is repeated less.
      const tries = runs * length > 60_000 ? Math.ceil(sweeps / 4) : 2 * sweeps
      let [given, held, width] = [0, 0, 0]
      for (let repetition = 0; repetition < tries; repetition++) {
        const streams = new Streams(`${seed}/steady/${cell}`, repetition)
        const all = Array.from({ length: runs }, (_, run) => draw(streams.stream(`run ${run}`), length))
        try {
          const found = steadyState(runs === 1 ? all[0] : all)
          given++
          if (covers(found, truth)) held++
          width += found.halfWidth
        } catch (error) {
          if (!(error instanceof TooFewObservations)) throw error
        }
      }
      const share = (100 * given) / tries
      const note =
        given === 0 ? 'all refused' : `given in ${share.toFixed(1)} %, ± ${(width / given).toPrecision(2)} on average`
      return { experiment: 'steady', cell, happened: held, tries: given, least: 0.93, most: 1, note }
    }),
  )
}
