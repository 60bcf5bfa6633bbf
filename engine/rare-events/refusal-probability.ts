/** The probability that a request is refused, however rare, with its interval: batches of one run with splitting. */
import { type Interval, interval } from '../statistics/confidence.ts'
import { contributions } from '../statistics/run-mean.ts'
import { studentTQuantile } from '../statistics/student-t.ts'
import { Tally } from '../statistics/tally.ts'
import { pilotLevels, Splitting, type SplittingLevel, type SplittingModel } from './splitting.ts'

export interface RefusalOptions<State> {
  readonly model: SplittingModel<State>
  /** The level at which requests are refused: the capacity. */
  readonly top: number
  /** Requests in all, about, those of pilots and of continuations included. */
  readonly requests: number
  /** Requests before the state counts, about ten mean lives of the system. */
  readonly warmUp: number
  /** Stops when the half-width is at most this part of the probability; default 0, never. */
  readonly relative?: number
  readonly confidence?: number
}

export interface RefusalProbability extends Interval {
  /** Requests simulated in all. */
  readonly requests: number
  readonly levels: readonly SplittingLevel[]
}

const BATCHES = 40
/** Of all requests, those that each pilot run makes itself: with continuations it is many times as many. */
const PILOT_SHARE = 1 / 400
const LEAST_PILOT = 1_000

/**
 * Batches are those of the run itself, with all its continuations, so that they are about independent; their ratio of sums
 * has the variance of the ratio estimator (Cochran 1977, 6.3).
 * @throws RangeError when no request was refused in any continuation: give more requests
 */
export function refusalProbability<State>(options: RefusalOptions<State>): RefusalProbability {
  const { model, top, requests, warmUp, relative = 0, confidence = 0.95 } = options
  let effort = new Splitting(model, []).run(warmUp).effort
  const pilotSize = Math.max(LEAST_PILOT, Math.round(requests * PILOT_SHARE))
  const pilot = pilotLevels(model, { top, counted: pilotSize })
  effort += pilot.effort
  const splitting = new Splitting(model, pilot.levels)
  // One request of the run itself costs several with its continuations: a first batch measures how many.
  const tried = splitting.run(pilotSize)
  effort += tried.effort
  // Half of the requests count in any case, however many the pilots took.
  const left = Math.max(requests - effort, requests / 2)
  const size = Math.max(1, Math.floor((left / BATCHES) * (pilotSize / tried.effort)))
  const rare: number[] = []
  const counted: number[] = []
  for (let batch = 0; batch < BATCHES; batch++) {
    const counts = splitting.run(size)
    rare.push(counts.rare)
    counted.push(counts.counted)
    effort += counts.effort
    if (relative > 0 && batch >= BATCHES / 2 && isWithin(intervalOf(rare, counted, confidence), relative)) break
  }
  if (rare.every((each) => each === 0))
    throw new RangeError(
      `no request was refused in ${effort} simulated ones with ${pilot.levels.length} levels: give more`,
    )
  return { ...intervalOf(rare, counted, confidence), requests: effort, levels: pilot.levels }
}

const isWithin = ({ mean, halfWidth }: Interval, relative: number): boolean => mean > 0 && halfWidth <= relative * mean

function intervalOf(rare: readonly number[], counted: readonly number[], confidence: number): Interval {
  const tally = new Tally()
  for (const each of contributions(rare, counted)) tally.add(each)
  const half = studentTQuantile((1 + confidence) / 2, tally.count - 1) * Math.sqrt(tally.variance / tally.count)
  return interval(tally.mean, half, confidence, tally.count)
}
