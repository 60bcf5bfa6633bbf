/** The rate of a load shape at any instant, also before the run: what a warm start and an expected occupancy go by. */
import { HOUR } from '#base/time.ts'
import type { Scenario } from './schema.ts'
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

/** The rate without planned surges. Before `start` a load in stages has the rate at which its first stage begins. */
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

/** The rate of a segment with the surges planned for it. */
export function rateAt(
  { start, policies, events }: Pick<Scenario, 'start' | 'policies' | 'events'>,
  segment: string,
  load: RandomLoad,
): KnownRate {
  const plain = plainRate(load, start, policies['time.utcOffset'])
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
