/** How often `size` claims something false of values whose truth is known, however often it looks. */
import { exp } from '#engine/mathematics/exponential.ts'
import { log } from '#engine/mathematics/logarithm.ts'
import { normalQuantile } from '#engine/mathematics/normal.ts'
import { Streams } from '#engine/random/streams.ts'
import { type LeastValue, LeastValueSearch } from '#engine/statistics/least-value.ts'
import type { FigureKind } from '#engine/statistics/run-mean.ts'
import { judgedValue } from '#reports/size/judged.ts'
import { momentsByPoint } from '#reports/sweep/estimates.ts'
import type { Measured } from '#reports/sweep/measured.ts'
import type { Effort, Outcome } from './experiment.ts'
import { type LossSystem, lossRun, refusedShare, total } from './loss-system.ts'
import { negativeBinomial, poisson } from './synthetic-figures.ts'

const MOST = 200

interface Range {
  readonly kind: FigureKind
  readonly size: number
  readonly limit: number
  /** The true mean at a value. */
  mean(value: number): number
  /** Run `run` at a value; the same random numbers at every value. */
  draw(value: number, run: number): Measured
}

/** Searches the least value of a range whose mean is below the limit. */
function searched({ kind, size, limit, draw }: Range): LeastValue & { readonly made: number } {
  const bounds = [{ text: '', unit: 'count', kind, bound: { op: '<', value: limit } }] as const
  const runs = new Map<number, Measured[]>()
  const search = new LeastValueSearch({
    size,
    confidence: 0.95,
    mostRuns: MOST,
    judge(value) {
      const others = [...runs].filter(([other]) => other !== value).map(([, measured]) => measured)
      return judgedValue(bounds, [momentsByPoint({ kind }, [runs.get(value)!, ...others])[0]])
    },
  })
  for (let wanted = search.next(); wanted.length > 0; wanted = search.next()) {
    for (const { value, runs: count } of wanted) {
      const made = runs.get(value) ?? []
      for (let run = made.length; run < count; run++) made.push(draw(value, run))
      runs.set(value, made)
    }
    search.finished(wanted)
  }
  return { ...search.result(), made: [...runs.values()].reduce((sum, { length }) => sum + length, 0) }
}

function outcomeOf(cell: string, tries: number, rangeOf: (repetition: number) => Range): Outcome {
  let [wrong, found, runs] = [0, 0, 0]
  for (let repetition = 0; repetition < tries; repetition++) {
    const range = rangeOf(repetition)
    const { end, kept, missed, made } = searched(range)
    const isWrong =
      (kept !== null && range.mean(kept) >= range.limit) || (missed !== null && range.mean(missed) < range.limit)
    if (isWrong) wrong++
    if (end === 'found') found++
    runs += made
  }
  const note = `decided in ${((100 * found) / tries).toFixed(0)} %; ${(runs / tries).toFixed(0)} runs`
  return { experiment: 'sizes', cell, happened: wrong, tries, least: 0, most: 0.05, note }
}

/** A Poisson number; a large mean, where a value is far from the limit, by the normal distribution. */
const counted = (mean: number, u: number): number =>
  mean < 300 ? poisson(mean, u) : Math.max(0, Math.round(mean + Math.sqrt(mean) * normalQuantile(u)))

/** Figures whose mean is to be `mean`, by a uniform number. */
const figures: readonly { name: string; kind: FigureKind; limit: number; draw(mean: number, u: number): number }[] = [
  { name: 'normal, cv 0.1', kind: 'amount', limit: 1, draw: (mean, u) => mean * (1 + 0.1 * normalQuantile(u)) },
  { name: 'lognormal, sigma 1', kind: 'amount', limit: 1, draw: (mean, u) => mean * exp(normalQuantile(u) - 0.5) },
  { name: 'exponential', kind: 'amount', limit: 1, draw: (mean, u) => -mean * log(u) },
  { name: 'Poisson, 20 a run', kind: 'events', limit: 20, draw: counted },
  { name: 'Poisson, 0.5 a run', kind: 'events', limit: 0.5, draw: counted },
  {
    name: 'clusters: 10 a run, geometric',
    kind: 'events',
    limit: 10,
    draw: (mean, u) => negativeBinomial(mean, 1, u),
  },
]

/**
 * Sixteen values whose mean falls by a part with each: one of them has the limit itself as its mean, so that its "kept" is
 * false and as hard to avoid as can be; or the limit is in the middle between two.
 */
export function falselySized({ sweeps, seed }: Effort): Outcome[] {
  const synthetic = figures.flatMap(({ name, kind, limit, draw }) =>
    [
      { fall: 0.1, root: 8, what: 'a value at the limit' },
      { fall: 0.5, root: 8.5, what: 'the limit between two' },
    ].map(({ fall, root, what }) => {
      const cell = `${name}; ${100 * fall} % a value, ${what}`
      return outcomeOf(cell, sweeps, (repetition) => {
        const stream = new Streams(`${seed}/sizes/${cell}`, repetition).stream('figure')
        const uniforms = Array.from({ length: MOST }, () => stream.next() || 2 ** -54)
        // At the root the mean is the limit to the last bit.
        const mean = (value: number) => limit * exp(log(1 - fall) * (value - root))
        const measured = (value: number, run: number) => ({ top: draw(mean(value), uniforms[run]), bottom: 1 })
        return { kind, size: 16, limit, mean, draw: measured }
      })
    }),
  )
  return [
    ...synthetic,
    sizedLoss({ sweeps: Math.ceil(sweeps / 4), seed }, 0.02),
    sizedLoss({ sweeps: Math.ceil(sweeps / 4), seed }, null),
  ]
}

/** Capacities of a loss system, 12 erlangs for a day from empty; limit null is the exact share of 17 servers. */
function sizedLoss({ sweeps, seed }: Pick<Effort, 'sweeps' | 'seed'>, given: number | null): Outcome {
  const systemOf = (value: number): LossSystem => ({ capacity: 10 + value, requests: 12, life: 1, hours: 24 })
  const truth = Array.from({ length: 16 }, (_, value) => refusedShare(systemOf(value)))
  const limit = given ?? truth[7]
  const cell = `loss system, 12 erlangs, 10 to 25 servers, limit ${given === null ? 'that of 17 servers' : `${100 * given} %`}`
  return outcomeOf(cell, sweeps, (repetition) => ({
    ...{ kind: 'event-share', size: truth.length, limit },
    mean: (value) => truth[value],
    draw(value, run) {
      const made = lossRun(systemOf(value), `${seed}/sizes/${repetition}`, run)
      return { top: total(made.refusals), bottom: total(made.requests) }
    },
  }))
}
