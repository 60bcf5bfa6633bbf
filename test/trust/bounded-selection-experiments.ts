/**
 * How often `sweep --select` selects right: with bounds next to the objective, and OCBA, which promises nothing. Runs have an objective
 * and a figure with a bound, both normal and correlated, as the procedure of a selection sees them.
 */
import { normalQuantile } from '#engine/mathematics/normal.ts'
import { Streams } from '#engine/random/streams.ts'
import { type DesignRuns, type Method, nextStep, type ProcedureOptions } from '#reports/select/procedure.ts'
import { evidenceOf, momentsOf } from '#reports/sweep/estimates.ts'
import type { Effort, Outcome } from './experiment.ts'

/** Means in standard deviations of a run; the larger the better. A bound is kept where `slack` is above 0. */
interface Design {
  readonly mean: number
  readonly slack: number
}

/** Objective and slack of each run vary with this correlation; designs share this part of the variance (common random numbers). */
const CORRELATION = 0.5
const COMMON = 0.5

class NormalRuns implements DesignRuns {
  readonly #designs: readonly Design[]
  readonly #bounded: boolean
  readonly #normal: () => number
  readonly #common: [number, number][] = []
  readonly #values: number[][]
  readonly #slacks: number[][]

  constructor(designs: readonly Design[], bounded: boolean, seed: string, repetition: number) {
    const stream = new Streams(seed, repetition).stream('runs')
    this.#normal = () => normalQuantile(stream.next() || 2 ** -54)
    this.#designs = designs
    this.#bounded = bounded
    this.#values = designs.map(() => [])
    this.#slacks = designs.map(() => [])
  }

  readonly values = (design: number): readonly number[] => this.#values[design]

  readonly evidence = (design: number, runs: number) =>
    evidenceOf(
      momentsOf(
        'signed',
        this.#slacks[design].slice(0, runs).map((top) => ({ top, bottom: 1 })),
      ),
      { op: '>', value: 0 },
    )

  upTo(design: number, runs: number): void {
    while (this.#common.length < runs) this.#common.push(this.#pair())
    for (let run = this.#values[design].length; run < runs; run++) {
      const [own, shared] = [this.#pair(), this.#common[run]]
      const [value, slack] = own.map((each, at) => Math.sqrt(1 - COMMON) * each + Math.sqrt(COMMON) * shared[at])
      this.#values[design].push(this.#designs[design].mean + value)
      if (this.#bounded) this.#slacks[design].push(this.#designs[design].slack + slack)
    }
  }

  get made(): number {
    return this.#values.reduce((sum, { length }) => sum + length, 0)
  }

  #pair(): [number, number] {
    const first = this.#normal()
    return [first, CORRELATION * first + Math.sqrt(1 - CORRELATION * CORRELATION) * this.#normal()]
  }
}

const DELTA = 0.5
/** How far a design is from its bound in the slippage configuration. */
const MARGIN = 0.5

interface Cell {
  readonly name: string
  readonly method: Method
  readonly designs: number
  readonly bounded: boolean
  readonly mostRuns: number
}

const cells: readonly Cell[] = [
  { name: 'KN with a bound, 4 designs', method: 'kn', designs: 4, bounded: true, mostRuns: 400 },
  { name: 'KN with a bound, 10 designs', method: 'kn', designs: 10, bounded: true, mostRuns: 400 },
  { name: 'OCBA with a bound, 10 designs', method: 'ocba', designs: 10, bounded: true, mostRuns: 100 },
  { name: 'OCBA, 10 designs, 20 runs each on average', method: 'ocba', designs: 10, bounded: false, mostRuns: 20 },
  { name: 'OCBA, 10 designs, 50 runs each on average', method: 'ocba', designs: 10, bounded: false, mostRuns: 50 },
]

/** Half of the designs keep the bound in the slippage configuration, and those that miss it are better. */
function designsOf(
  { designs, bounded }: Cell,
  kind: 'slippage' | 'random means',
  seed: string,
  repetition: number,
): Design[] {
  const stream = new Streams(seed, repetition).stream('means')
  const normal = () => normalQuantile(stream.next() || 2 ** -54)
  const first = stream.below(designs)
  return Array.from({ length: designs }, (_, design) => {
    if (kind === 'random means') return { mean: normal(), slack: bounded ? normal() : 1 }
    const place = (design - first + designs) % designs
    const keeps = !bounded || place % 2 === 0
    return { mean: place === 0 ? DELTA : keeps ? 0 : 2 * DELTA, slack: keeps ? MARGIN : -MARGIN }
  })
}

/** Within the indifference of the best of those that keep the bound, and one of them. */
function isRight(designs: readonly Design[], chosen: number): boolean {
  const best = Math.max(...designs.filter(({ slack }) => slack > 0).map(({ mean }) => mean))
  return designs[chosen].slack > 0 && designs[chosen].mean > best - DELTA
}

/** Promised: at most 5 % of selections end with a design that is not right; others are right or say that they are undecided. */
export function boundedSelections({ sweeps, seed }: Effort): Outcome[] {
  return cells.flatMap((cell) =>
    (['slippage', 'random means'] as const).map((kind) => {
      const { name, method, designs: count, bounded, mostRuns } = cell
      const options: ProcedureOptions = {
        ...{ designs: count, method, indifference: DELTA, confidence: 0.95, firstRuns: 10, mostRuns, bounded },
      }
      let [right, wrong, made] = [0, 0, 0]
      for (let repetition = 0; repetition < sweeps; repetition++) {
        const designs = designsOf(cell, kind, `${seed}/bounded means/${name}/${kind}`, repetition)
        const runs = new NormalRuns(designs, bounded, `${seed}/bounded/${name}/${kind}`, repetition)
        let step = nextStep(options, runs)
        while ('wanted' in step) {
          for (const { design, runs: wanted } of step.wanted) runs.upTo(design, wanted)
          step = nextStep(options, runs)
        }
        made += runs.made
        // OCBA without a bound is judged by what it would select, since it always spends its budget.
        const chosen = step.end === 'selected' || (method === 'ocba' && !bounded) ? step.best : null
        if (chosen !== null && isRight(designs, chosen)) right++
        if (step.end === 'none' ? designs.some(({ slack }) => slack > 0) : chosen !== null && !isRight(designs, chosen))
          wrong++
      }
      const promised = method === 'kn'
      const note = `selected right in ${((100 * right) / sweeps).toFixed(1)} %; ${(made / sweeps / count).toFixed(0)} runs a design${promised ? '' : '; promises nothing'}`
      return {
        ...{ experiment: 'bounded', cell: `${name}, ${kind}`, happened: sweeps - wrong, tries: sweeps },
        ...{ least: promised ? 0.95 : 0, most: 1, note },
      }
    }),
  )
}
