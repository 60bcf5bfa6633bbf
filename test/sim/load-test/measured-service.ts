/** Services of a test's own, whose trials say by how much they kept or missed the target. */
import { exp } from '#engine/mathematics/exponential.ts'
import { log } from '#engine/mathematics/logarithm.ts'
import { normalQuantile } from '#engine/mathematics/normal.ts'
import { Streams } from '#engine/random/streams.ts'
import { findKnee, type Knee, type KneeOptions, type Trial } from '#sim/load-test/knee.ts'

export interface MeasuredService {
  /** How fast ln(measured) rises with ln(rate) before the knee and after it. */
  readonly before: number
  readonly after: number
  /** By how much a rate far below the knee keeps the target at most, as a logarithm. */
  readonly floor: number
  /** Standard deviation of ln(measured) from trial to trial. */
  readonly noise: number
  /** Share of trials that something stalled: they measure 4.5 times as much. */
  readonly stalls: number
  /** By how much ln(knee) rises in each trial, as on a machine that becomes faster. */
  readonly trend?: number
  /** By how much ln(knee) falls and rises again, each time after ten trials on average, as where the clock's speed changes. */
  readonly steps?: number
}

/** Measured by `load` on one machine: p99 rises from 6 to 15 ms while the rate rises by 70 %. */
export const disk: MeasuredService = { before: 1.7, after: 1.7, floor: 0.5, noise: 0.3, stalls: 0 }
export const steep: MeasuredService = { before: 1.7, after: 8, floor: 0.5, noise: 0.3, stalls: 0.05 }
export const quiet: MeasuredService = { before: 3, after: 10, floor: 1.5, noise: 0.1, stalls: 0.05 }
export const faster: MeasuredService = { ...quiet, trend: 0.008 }
export const unsteady: MeasuredService = { ...quiet, steps: 0.2 }
/** Where work piles up: p99 passes 50 ms within a few percent of the rate, and reaches seconds 20 % above it. */
export const saturated: MeasuredService = { before: 6, after: 40, floor: 1.5, noise: 0.2, stalls: 0.05 }
export const shallow: MeasuredService = { before: 0.5, after: 0.5, floor: 0.3, noise: 0.5, stalls: 0.1 }

export const measuredOptions: KneeOptions = {
  from: 1_000,
  most: 1e7,
  precision: 0.25,
  settles: { precision: 0.4, from: 25 },
  confirmations: 3,
  trials: 40,
}

const STEP_CHANCE = 0.1

/** Far above the knee work piles up, whatever the slope. */
const OVERLOAD = log(2)

/** One search for a knee that the seed draws; where it moves, the knee of the last trial. */
export async function searchMeasured(
  { before, after, floor, noise, stalls, trend = 0, steps = 0 }: MeasuredService,
  seed: string,
): Promise<{ knee: number; found: Knee<Trial> }> {
  const stream = new Streams('measured').stream(seed)
  const normal = () => normalQuantile(0.0001 + stream.next() * 0.9998)
  let knee = 65_000 * exp(0.3 * normal())
  let isSlow = false
  const probe = async (rate: number): Promise<Trial> => {
    knee *= exp(trend)
    if (steps > 0 && stream.next() < STEP_CHANCE) {
      knee *= exp(isSlow ? steps : -steps)
      isSlow = !isSlow
    }
    const distance = log(rate / knee)
    const mean = distance < 0 ? Math.max(-floor, before * distance) : distance > OVERLOAD ? 5 : after * distance
    const excess = mean + noise * normal() + (stream.next() < stalls ? 1.5 : 0)
    return { rate, held: excess < 0, excess, disturbed: false }
  }
  const found = await findKnee(probe, measuredOptions)
  return { knee, found }
}
