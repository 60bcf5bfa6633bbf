/** How often intervals of refusal probabilities cover the truth: splitting, and the combined estimator. */
import { distribution } from '#engine/random/distribution.ts'
import { Streams } from '#engine/random/streams.ts'
import { refusalProbability } from '#engine/rare-events/refusal-probability.ts'
import { SplittableLossSystem } from '#engine/rare-events/splittable-loss-system.ts'
import { combinedRefusals, type LossCounts } from '#engine/statistics/control-variates.ts'
import { erlangB } from '../engine/theory/formulas.ts'
import type { Effort, Outcome } from './experiment.ts'
import { refusedShare } from './loss-system.ts'

const LOAD = 5
/** A rhythm of ten mean lives, between half and one and a half times the load. */
const PERIOD = 10
const rhythm = { at: (time: number) => (1 + 0.5 * Math.sin((2 * Math.PI * time) / PERIOD)) / 1.5, most: 1 }

const lives = {
  exponential: distribution({ exponential: { mean: 1 } }),
  lognormal: distribution({ lognormal: { mean: 1, sd: 1.5 } }),
} as const

interface Cell {
  readonly name: string
  readonly capacity: number
  readonly life: keyof typeof lives
  readonly varies: boolean
}

const cells: readonly Cell[] = [
  { name: '5 erlangs on 12 servers', capacity: 12, life: 'exponential', varies: false },
  { name: '5 erlangs on 16 servers', capacity: 16, life: 'exponential', varies: false },
  { name: '5 erlangs on 16 servers, lognormal lives', capacity: 16, life: 'lognormal', varies: false },
  { name: '2.5 to 7.5 erlangs in a rhythm on 16 servers', capacity: 16, life: 'exponential', varies: true },
]

function systemOf({ capacity, life, varies }: Cell, seed: string, repetition: number): SplittableLossSystem {
  // A rate that varies is thinned from its most.
  const rate = varies ? 1.5 * LOAD : LOAD
  return new SplittableLossSystem({
    capacity,
    classes: [{ units: 1, rate, life: lives[life] }],
    ...(varies ? { factor: rhythm } : {}),
    stream: new Streams(seed, repetition).stream('loss'),
  })
}

/** Exact: Erlang B whatever the lives are (Sevastyanov 1957), or the forward equations over many periods. */
function truthOf({ capacity, varies }: Cell): number {
  if (!varies) return erlangB(capacity, LOAD)
  const share = (periods: number) => {
    const hours = periods * PERIOD
    const requests = (hour: number) => LOAD * 1.5 * rhythm.at(hour)
    return hours * refusedShare({ capacity, requests, mostRequests: 1.5 * LOAD, life: 1, hours })
  }
  // The first period begins empty: the second and third are in the steady state.
  return (share(3) - share(1)) / (2 * PERIOD)
}

const REQUESTS = 30_000

/** Promised: 93 to 97 % of the intervals of `refusalProbability` cover the truth. */
export function coveredRefusals({ sweeps, seed }: Effort): Outcome[] {
  return cells.map((cell) => {
    const truth = truthOf(cell)
    // The first is the cheapest, and all others are the same but for one thing.
    const tries = cell === cells[0] ? sweeps * 2 : Math.ceil(sweeps / 5)
    let [held, width] = [0, 0]
    for (let repetition = 0; repetition < tries; repetition++) {
      const model = systemOf(cell, `${seed}/splitting/${cell.name}`, repetition)
      const found = refusalProbability({ model, top: cell.capacity, requests: REQUESTS, warmUp: 100 })
      if (found.low <= truth && truth <= found.high) held++
      width += found.halfWidth / truth
    }
    const note = `${truth.toPrecision(3)} ± ${((100 * width) / tries).toFixed(0)} %`
    return { experiment: 'splitting', cell: cell.name, happened: held, tries, least: 0.93, most: 0.97, note }
  })
}

const COMBINED_RUNS = 20

/** Promised: 93 to 97 % of the intervals of `combinedRefusals`; their variance next to that of the direct estimator. */
export function coveredCombined({ sweeps, seed }: Effort): Outcome[] {
  return [3, 6, 10].map((capacity) => {
    const cell: Cell = { name: `5 erlangs on ${capacity} servers`, capacity, life: 'exponential', varies: false }
    const truth = truthOf(cell)
    let [held, ratio] = [0, 0]
    for (let repetition = 0; repetition < sweeps; repetition++) {
      const model = systemOf(cell, `${seed}/combined/${cell.name}`, repetition)
      const runs = Array.from({ length: COMBINED_RUNS }, () => lossCounts(model, 60))
      const { low, high, varianceRatio } = combinedRefusals(runs.slice(1), { rate: LOAD, life: 1 })
      if (low <= truth && truth <= high) held++
      ratio += varianceRatio
    }
    const note = `variance ${(ratio / sweeps).toFixed(2)} of that of the direct estimator`
    return { experiment: 'combined', cell: cell.name, happened: held, tries: sweeps, least: 0.93, most: 0.97, note }
  })
}

/** The next part of a run, of about this length. */
function lossCounts(model: SplittableLossSystem, length: number): LossCounts {
  const began = model.now
  let [refused, held] = [0, 0]
  while (model.now < began + length) {
    const [before, level] = [model.now, model.level]
    if (model.step() === 'rare') refused++
    held += level * (model.now - before)
  }
  return { refused, held, time: model.now - began }
}
