/** How often intervals cover the truth: of a figure over runs, of a resampled log, and of the month in which a pool runs out. */
import { gammaQuantile } from '#engine/mathematics/gamma-quantile.ts'
import { log } from '#engine/mathematics/logarithm.ts'
import { normalQuantile } from '#engine/mathematics/normal.ts'
import { type Stream, Streams } from '#engine/random/streams.ts'
import { runInterval, runMoments } from '#engine/statistics/run-mean.ts'
import { resampledEstimates } from '#reports/sweep/bootstrap.ts'
import type { Asked } from '#reports/sweep/estimates.ts'
import type { Measured } from '#reports/sweep/measured.ts'
import { firstMissedOf } from '#reports/sweep/over-time.ts'
import { resampled } from '#sim/people/load/resampled.ts'
import type { Effort, Outcome } from './experiment.ts'
import { syntheticFigures } from './synthetic-figures.ts'

const uniform = (stream: Stream): number => stream.next() || 2 ** -54

/** Promised: at least 93 % of the intervals cover the mean; wider ones of skewed and rare figures cover more. */
export function runIntervals({ sweeps, seed }: Effort): Outcome[] {
  return syntheticFigures.flatMap((figure) =>
    [10, 30].map((runs) => {
      const cell = `${figure.name}; ${runs} runs`
      const tries = 2 * sweeps
      let [held, width, open] = [0, 0, 0]
      for (let sweep = 0; sweep < tries; sweep++) {
        const stream = new Streams(`${seed}/intervals/${cell}`, sweep).stream('figure')
        const tops = Array.from({ length: runs }, () => figure.draw(uniform(stream)))
        const moments = runMoments(
          figure.kind,
          tops,
          tops.map(() => 1),
        )
        const { low, high } = runInterval(moments)
        if (low <= figure.mean && figure.mean <= high) held++
        if (Number.isFinite(high)) width += (high - low) / figure.mean
        else open++
      }
      const mean = `width ${(width / (tries - open)).toPrecision(2)} of the mean`
      const note = open === 0 ? mean : `${mean}; no upper bound in ${((100 * open) / tries).toFixed(1)} %`
      return { experiment: 'intervals', cell, happened: held, tries, least: 0.93, most: 1, note }
    }),
  )
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Resamples of each log: the fewest that decide. */
const RESAMPLES = 40

interface Log {
  readonly at: Float64Array
  readonly life: Float64Array
  readonly buyer: Int32Array
}

/** A log of so many days with 36 requests a day on average; days differ by a factor of their own. */
function logOf(stream: Stream, days: number, shape: number): Log {
  const [at, life]: number[][] = [[], []]
  for (let day = 0; day < days; day++) {
    const rate = (36 * gammaQuantile(shape, uniform(stream))) / shape
    let time = (-log(uniform(stream)) / rate) * DAY
    for (; time < DAY; time += (-log(uniform(stream)) / rate) * DAY) {
      at.push(Math.floor(day * DAY + time))
      life.push(-log(uniform(stream)) * 2 * HOUR)
    }
  }
  return { at: Float64Array.from(at), life: Float64Array.from(life), buyer: new Int32Array(at.length) }
}

/** Requests and refusals of a pool with so many units that replays these lines of a log. */
function refusedIn({ life }: Log, lines: Int32Array, at: Float64Array, capacity: number): Measured {
  const ends: number[] = []
  let refused = 0
  for (const [place, line] of lines.entries()) {
    const now = at[place]
    for (let i = ends.length - 1; i >= 0; i--) if (ends[i] <= now) ends.splice(i, 1)
    if (ends.length === capacity) refused++
    else ends.push(now + life[line])
  }
  return { top: refused, bottom: lines.length }
}

const replayCells = [
  { days: 30, shape: 20, capacity: 5, least: 0.84 },
  { days: 60, shape: 20, capacity: 5, least: 0.93 },
  { days: 90, shape: 20, capacity: 5, least: 0.93 },
  { days: 30, shape: 3, capacity: 6, least: 0.84 },
  { days: 90, shape: 3, capacity: 6, least: 0.93 },
] as const

/** Promised: at least 93 % of what 95 % of the resamples are within covers the refusal rate of such days, from 60 days on. */
export function replays({ sweeps, seed }: Effort): Outcome[] {
  return replayCells.map(({ days, shape, capacity, least }) => {
    const cell = `${days} days, ${shape > 10 ? 'alike' : 'very different'}, ${capacity} units`
    const found: { low: number; high: number }[] = []
    let [refused, asked] = [0, 0]
    for (let repetition = 0; repetition < Math.ceil(sweeps / 2); repetition++) {
      const streams = new Streams(`${seed}/replays/${cell}`, repetition)
      const trace = logOf(streams.stream('log'), days, shape)
      const lines = Int32Array.from(trace.at.keys())
      const { top, bottom } = refusedIn(trace, lines, trace.at, capacity)
      refused += top
      asked += bottom
      const span = { start: 0, end: days * DAY }
      const runs = Array.from({ length: RESAMPLES }, (_, run) => {
        const blocks = streams.stream(`resample ${run}`)
        const placed = resampled(trace, { block: 'day', by: 'all' }, span, () => blocks)
        return refusedIn(trace, placed.lines, placed.at, capacity)
      })
      found.push(resampledEstimates([{ ...shareOfRequests, bound: null }], [[runs]])[0][0].interval)
    }
    const truth = refused / asked
    const happened = found.filter(({ low, high }) => low <= truth && truth <= high).length
    const width = found.reduce((sum, { low, high }) => sum + high - low, 0) / found.length / truth
    const note = `${(100 * truth).toFixed(1)} %, width ${width.toPrecision(2)} of it`
    return { experiment: 'replays', cell, happened, tries: found.length, least, most: 1, note }
  })
}

const shareOfRequests: Asked = { text: 'refused', unit: 'share', kind: 'event-share', bound: null }
const growing: Asked = { text: 'refused', unit: 'share', kind: 'share', bound: { op: '<', value: 0.01 } }

/** The share refused of 24 months whose load grows; runs differ by their growth, months by chance. */
function monthsOf(stream: Stream, spread: number): Record<string, string> {
  const growth = Math.exp(spread * normalQuantile(uniform(stream)))
  return Object.fromEntries(
    Array.from({ length: 24 }, (_, month) => {
      const level = 0.0006 * Math.exp(0.25 * growth * month + 0.3 * normalQuantile(uniform(stream)))
      return [
        `${2026 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`,
        `${Math.min(1_000_000, Math.round(1e6 * level))}/1000000`,
      ]
    }),
  )
}

/** Promised: at least 95 % of the intervals of the median first month hold the median of all runs that there could be. */
export function firstMonths({ sweeps, seed }: Effort): Outcome[] {
  return [0.2, 0.8].flatMap((spread) => {
    const many = new Streams(`${seed}/months/truth`).stream(`spread ${spread}`)
    const firsts = Array.from({ length: 4_000 }, () => firstMissedOf(growing, [monthsOf(many, spread)])?.median ?? '~')
    const truth = firsts.sort()[2_000]
    return [10, 30].map((runs) => {
      const cell = `growth that varies by ${100 * spread} %; ${runs} runs`
      let happened = 0
      let width = 0
      for (let sweep = 0; sweep < 2 * sweeps; sweep++) {
        const stream = new Streams(`${seed}/months/${cell}`, sweep).stream('runs')
        const found = firstMissedOf(
          growing,
          Array.from({ length: runs }, () => monthsOf(stream, spread)),
        )
        const [from, to] = (found?.interval ?? []).map((month) => month ?? '~')
        if (from <= truth && truth <= to) happened++
        width += monthNumber(to) - monthNumber(from)
      }
      const note = `${truth}; ${(width / 2 / sweeps).toFixed(1)} months wide`
      return { experiment: 'months', cell, happened, tries: 2 * sweeps, least: 0.95, most: 1, note }
    })
  })
}

/** Months since 2026; a run that never misses ends them. */
const monthNumber = (text: string): number =>
  text === '~' ? 24 : (Number(text.slice(0, 4)) - 2026) * 12 + Number(text.slice(5)) - 1
