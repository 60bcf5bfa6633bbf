/** Open model: a rate led in ramps from the start of the run; after the last its rate stays. */
import type { RateFunction } from '#engine/random/arrivals/rate.ts'
import { stagesRate } from '#engine/random/arrivals/stages.ts'
import type { LoadOf } from '#scenarios/sections/load.ts'
import { perMs } from './per-ms.ts'

export const stages = ({ steps }: LoadOf<'stages'>, start: number): RateFunction =>
  stagesRate(
    start,
    steps.map(({ from, to, over }) => ({ from: perMs(from), to: perMs(to), over })),
  )
