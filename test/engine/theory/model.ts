/**
 * What a model of the validation suite is: theory on one side, a simulation on the real kernel on the other, both
 * giving the same named quantities.
 *
 * The kernel's time is whole milliseconds. All models serve in about 1e6 ms, so that rounding a time to the millisecond
 * moves a mean by less than one part in a million, a thousand times less than the half-widths here.
 */

import { Streams } from '#engine/random/streams.ts'
import { covers, type Interval, meanInterval } from '#engine/statistics/confidence.ts'
import { Tally } from '#engine/statistics/tally.ts'

export type Quantities = Readonly<Record<string, number>>

export interface Model {
  readonly name: string
  /** Where the formulas come from. */
  readonly source: string
  theory(): Quantities
  /** One replication with about `size` arrivals. */
  simulate(size: number, streams: Streams): Quantities
}

/** Mean service time of most models, ms. */
export const SERVICE = 1e6

/** Key of the difference between the area under the number present and the sum of the times spent: exactly 0 ms. */
export const LITTLE = "Little's law, area - times"

export interface Effort {
  replications: number
  /** Arrivals in each replication. */
  size: number
  seed: string
  confidence: number
}

export interface Verdict {
  model: string
  quantity: string
  theory: number
  simulation: Interval
  covered: boolean
}

/** Runs independent replications and says, for each quantity, whether their interval covers the theory. */
export function judge(model: Model, effort: Effort): Verdict[] {
  const theory = model.theory()
  // Streams named after the model too: otherwise all models would share one fate of arrivals.
  const seed = `${effort.seed}/${model.name}`
  const tallies = new Map(Object.keys(theory).map((quantity) => [quantity, new Tally()]))
  for (let replication = 0; replication < effort.replications; replication++) {
    const measured = model.simulate(effort.size, new Streams(seed, replication))
    for (const [quantity, tally] of tallies) tally.add(measured[quantity])
  }
  return [...tallies].map(([quantity, tally]) => {
    const simulation = meanInterval(tally, effort.confidence)
    const expected = theory[quantity]
    return { model: model.name, quantity, theory: expected, simulation, covered: covers(simulation, expected) }
  })
}
