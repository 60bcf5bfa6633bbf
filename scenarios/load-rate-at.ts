/** The rate of a load shape at any instant, also before the run: what a warm start and an expected occupancy go by. */
import { HOUR } from '#base/time.ts'
import { meanRate } from '#engine/random/arrivals/markov-modulated.ts'
import type { DistributionSpec } from '#engine/random/distribution.ts'
import { distribution } from '#engine/random/distribution.ts'
import type { Scenario } from './schema.ts'
import type { BuyerSegment } from './sections/buyers.ts'
import type { Load } from './sections/load.ts'

/** 1970 began on a Thursday, three days into the week. */
const FIRST_HOUR = 72

/** Shapes whose arrivals are random, with a rate that the scenario says for every instant. */
export type RandomLoad = Exclude<Load, { kind: 'trace' | 'closed' }>

export interface KnownRate {
  /** Arrivals a millisecond at an instant: of each buyer (`load.perBuyer`) or of the whole segment. */
  readonly at: (instant: number) => number
  /** It never exceeds this. */
  readonly most: number
  readonly isConstant: boolean
}

const perMs = ({ count, perMs: span }: { readonly count: number; readonly perMs: number }): number => count / span

/** The rate without planned surges; of gaps and of phases that in the long run. Before `start` a load in stages has the rate at which its first stage begins. */
function plainRate(load: RandomLoad, start: number, utcOffset: number): KnownRate {
  switch (load.kind) {
    case 'poisson':
      return { at: () => perMs(load.rate), most: perMs(load.rate), isConstant: true }
    case 'profile': {
      const rate = perMs(load.rate)
      const hour = (instant: number) => (((Math.floor((instant + utcOffset) / HOUR) + FIRST_HOUR) % 168) + 168) % 168
      const { weights } = load
      const most = rate * Math.max(...weights)
      return { at: (instant) => rate * weights[hour(instant)], most, isConstant: weights.every((each) => each === 1) }
    }
    case 'renewal': {
      const rate = 1 / distribution(load.gap).mean
      return { at: () => rate, most: rate, isConstant: true }
    }
    case 'markov': {
      const rate = meanRate(
        load.phases.map(({ rate, stay, next }) => ({ rate: perMs(rate), stay, ...(next === null ? {} : { next }) })),
      )
      return { at: () => rate, most: rate, isConstant: true }
    }
    case 'spike': {
      const [base, peak] = [perMs(load.base), perMs(load.peak)]
      const at = (instant: number) => (instant >= load.at && instant < load.at + load.for ? peak : base)
      return { at, most: Math.max(base, peak), isConstant: base === peak }
    }
    case 'stages': {
      const steps = load.steps.map(({ from, to, over }) => ({ from: perMs(from), to: perMs(to), over }))
      const at = (instant: number) => {
        let begins = start
        if (instant < start) return steps[0].from
        for (const { from, to, over } of steps) {
          if (instant < begins + over) return from + ((to - from) * (instant - begins)) / over
          begins += over
        }
        return steps[steps.length - 1].to
      }
      const rates = steps.flatMap(({ from, to }) => [from, to])
      return { at, most: Math.max(...rates), isConstant: rates.every((rate) => rate === rates[0]) }
    }
  }
}

/** Points of a distribution at which its mean is taken. */
const POINTS = 256

/** Mean purchases that come together. */
function meanBatch(batch: DistributionSpec | null): number {
  if (batch === null) return 1
  const { quantile } = distribution(batch)
  let sum = 0
  for (let point = 0; point < POINTS; point++) sum += Math.max(1, Math.round(quantile((point + 0.5) / POINTS)))
  return sum / POINTS
}

type Coming = Pick<BuyerSegment, 'segment' | 'activity' | 'joins' | 'stays'>

/** The part of a segment's buyers that are there at an instant; null where all always are. */
function presenceAt({ joins, stays }: Coming, start: number): ((instant: number) => number) | null {
  if (joins === null && stays === null) return null
  const join = joins === null ? null : distribution(joins)
  const stay = stays === null ? null : distribution(stays)
  const points = join === null ? 1 : POINTS
  const joined = Array.from({ length: points }, (_, point) =>
    join === null ? 0 : Math.max(0, join.quantile((point + 0.5) / points)),
  )
  return (instant) =>
    joined.reduce((sum, after) => {
      const age = instant - start - after
      return age < 0 ? sum : sum + (stay === null ? 1 : 1 - stay.cdf(age))
    }, 0) / points
}

/** Purchases of a segment over time: with batches, the activity of its buyers, who is there, and the surges planned for it. */
export function rateAt(
  scenario: Pick<Scenario, 'start' | 'policies' | 'events'>,
  segment: Coming,
  load: RandomLoad,
): KnownRate {
  const { start, policies } = scenario
  const activity = load.perBuyer && segment.activity !== null ? distribution(segment.activity).mean : 1
  const plain = scaled(plainRate(load, start, policies['time.utcOffset']), meanBatch(load.batch) * activity)
  const present = presenceAt(segment, start)
  const coming: KnownRate =
    present === null
      ? plain
      : { at: (instant) => plain.at(instant) * present(instant), most: plain.most, isConstant: false }
  return surged(scenario, segment.segment, coming)
}

const scaled = (rate: KnownRate, factor: number): KnownRate =>
  factor === 1 ? rate : { ...rate, at: (instant) => rate.at(instant) * factor, most: rate.most * factor }

function surged({ events }: Pick<Scenario, 'events'>, segment: string, plain: KnownRate): KnownRate {
  const surges = events.flatMap((event) =>
    event.kind === 'demandSurge' && (event.segment === null || event.segment === segment)
      ? [{ from: event.at, to: event.at + event.for, factor: event.factor }]
      : [],
  )
  if (surges.length === 0) return plain
  const factor = (instant: number) =>
    surges.reduce((product, { from, to, factor: by }) => (from <= instant && instant < to ? product * by : product), 1)
  const most = plain.most * surges.reduce((product, { factor: by }) => product * Math.max(1, by), 1)
  return { at: (instant) => plain.at(instant) * factor(instant), most, isConstant: false }
}
