/** How often a sweep says something false of figures whose truth is known. */
import { normalCdf, normalQuantile } from '#engine/mathematics/normal.ts'
import { type Stream, Streams } from '#engine/random/streams.ts'
import { runInterval, runMoments } from '#engine/statistics/run-mean.ts'
import { isPreciseMean, nextRuns } from '#engine/statistics/run-precision.ts'
import { type Asked, differencesOf, sweepVerdicts, type Values } from '#reports/sweep/estimates.ts'
import type { Measured } from '#reports/sweep/measured.ts'
import type { Effort, Outcome } from './experiment.ts'
import { type LossSystem, lossRun, refusedShare, total } from './loss-system.ts'
import { type SyntheticFigure, syntheticFigures } from './synthetic-figures.ts'

const uniform = (stream: Stream): number => stream.next() || 2 ** -54
const askedOf = ({ name, kind }: Pick<SyntheticFigure, 'name' | 'kind'>, limit: number): Asked => ({
  text: name,
  unit: 'count',
  kind,
  bound: { op: '<', value: limit },
})

/** Runs by point: each point's numbers share the part `correlation` of their variance, as common random numbers do. */
function points(figure: SyntheticFigure, stream: Stream, count: number, runs: number, correlation: number): Values[] {
  const shared = Array.from({ length: runs }, () => normalQuantile(uniform(stream)))
  const [common, own] = [Math.sqrt(correlation), Math.sqrt(1 - correlation)]
  return Array.from({ length: count }, () =>
    shared.map((z): Measured => {
      const u = correlation === 0 ? uniform(stream) : normalCdf(common * z + own * normalQuantile(uniform(stream)))
      return { top: figure.draw(u), bottom: 1 }
    }),
  )
}

const grid = [
  { runs: 3, points: 8, correlation: 0 },
  { runs: 10, points: 1, correlation: 0 },
  { runs: 10, points: 8, correlation: 0 },
  { runs: 10, points: 8, correlation: 0.7 },
  { runs: 30, points: 20, correlation: 0 },
] as const

/** The mean of every point is the limit itself, so that each "kept" is false: the hardest case. */
export function falselyKept({ sweeps, seed }: Effort): Outcome[] {
  return syntheticFigures.flatMap((figure) =>
    grid.map(({ runs, points: count, correlation }) => {
      const cell = `${figure.name}; ${count} ${count === 1 ? 'point' : 'points'} of ${runs} runs${correlation === 0 ? '' : ', correlated'}`
      let happened = 0
      for (let sweep = 0; sweep < sweeps; sweep++) {
        const stream = new Streams(`${seed}/${cell}`, sweep).stream('figure')
        const verdicts = sweepVerdicts(
          [askedOf(figure, figure.mean)],
          [points(figure, stream, count, runs, correlation)],
        )
        if (verdicts[0].includes('kept')) happened++
      }
      return { experiment: 'kept', cell, happened, tries: sweeps, least: 0, most: 0.05, note: '' }
    }),
  )
}

/** The sweep of a planner: eight capacities of one loss system under common random numbers. */
export function falselyKeptCapacity({ sweeps, seed }: Effort): Outcome[] {
  const systems = [
    { requests: 12, capacities: [16, 18, 20, 22, 24, 26, 28, 30] },
    { requests: 100, capacities: [100, 105, 110, 115, 120, 125, 130, 135] },
  ]
  const limits = [0.005, 0.0004, 0.00009]
  return systems.flatMap(({ requests, capacities }) => {
    const systemOf = (capacity: number): LossSystem => ({ capacity, requests, life: 1, hours: 48 })
    const truth = capacities.map((capacity) => refusedShare(systemOf(capacity)))
    const wrong = limits.map(() => 0)
    const decided = limits.map(() => 0)
    // A large system costs ten times as much and has as many points.
    const tries = requests > 50 ? Math.ceil(sweeps / 4) : sweeps
    for (let sweep = 0; sweep < tries; sweep++) {
      const measured = capacities.map((capacity) =>
        Array.from({ length: 10 }, (_, run): Measured => {
          const made = lossRun(systemOf(capacity), `${seed}/capacity/${requests}/${sweep}`, run)
          // As the pool's own use says: see reports/sweep/measured.ts.
          const cluster = Math.min(
            20,
            Math.max(4, 1 / (1 - Math.min(0.99, (requests + 1.6 * Math.sqrt(requests)) / capacity))),
          )
          return { top: total(made.refusals), bottom: total(made.requests), cluster }
        }),
      )
      for (const [index, limit] of limits.entries()) {
        const [verdicts] = sweepVerdicts([askedOf({ name: 'refusals', kind: 'event-share' }, limit)], [measured])
        if (verdicts.some((verdict, point) => verdict === 'kept' && truth[point] >= limit)) wrong[index]++
        if (verdicts.includes('kept')) decided[index]++
      }
    }
    return limits.map((limit, index) => ({
      experiment: 'capacity',
      cell: `${requests} erlangs, limit ${Number((100 * limit).toPrecision(3))} %`,
      happened: wrong[index],
      tries,
      least: 0,
      most: 0.05,
      note: `some capacity kept in ${((100 * decided[index]) / tries).toFixed(0)} %`,
    }))
  })
}

/** Ten points that are the same but for chance: any mark of a change beyond chance is false. */
export function falselyMarked({ sweeps, seed }: Effort): Outcome[] {
  return syntheticFigures.flatMap((figure) =>
    [3, 10].map((runs) => {
      const cell = `${figure.name}; 10 points of ${runs} runs`
      let happened = 0
      for (let sweep = 0; sweep < sweeps; sweep++) {
        const stream = new Streams(`${seed}/marks/${cell}`, sweep).stream('figure')
        const [differences] = differencesOf([{ ...figure, text: figure.name }], [points(figure, stream, 10, runs, 0)])
        if (differences.some((difference) => difference?.significant === true)) happened++
      }
      return { experiment: 'marks', cell, happened, tries: sweeps, least: 0, most: 0.05, note: '' }
    }),
  )
}

/** `--precision`: whether the interval at which it stops holds the mean, and whether rare figures stop it immediately. */
export function stopped({ sweeps, seed }: Effort): Outcome[] {
  const chosen = [
    'normal, cv 0.1',
    'lognormal, sigma 0.5',
    'exponential',
    'Poisson, 50 a run',
    'one event in 2 % of runs',
  ]
  return syntheticFigures
    .filter(({ name }) => chosen.includes(name))
    .flatMap((figure) =>
      [0.05, 0.2].map((relative) => {
        const cell = `${figure.name}; precision ${100 * relative} %`
        let [covered, precise, made] = [0, 0, 0]
        for (let sweep = 0; sweep < sweeps; sweep++) {
          const stream = new Streams(`${seed}/stopping/${cell}`, sweep).stream('figure')
          const tops: number[] = []
          const moments = () =>
            runMoments(
              figure.kind,
              tops,
              tops.map(() => 1),
            )
          let reached = false
          for (let more = 10; more > 0 && !reached; more = nextRuns(tops.length, 400)) {
            for (let run = 0; run < more; run++) tops.push(figure.draw(uniform(stream)))
            reached = isPreciseMean(moments(), relative)
          }
          const { low, high } = runInterval(moments())
          if (low <= figure.mean && figure.mean <= high) covered++
          if (reached) precise++
          made += tops.length
        }
        return {
          experiment: 'stopping',
          cell,
          happened: covered,
          tries: sweeps,
          least: 0.93,
          most: 1,
          note: `${(made / sweeps).toFixed(0)} runs; precise in ${((100 * precise) / sweeps).toFixed(0)} %`,
        }
      }),
    )
}
