import { log } from '../../mathematics/logarithm.ts'
import type { Stream } from '../streams.ts'
import { demand } from '../variate.ts'
import { ContinuousArrivals } from './continuous.ts'
import type { RateFunction, RateIntegral } from './rate.ts'
import { integralOf } from './renewal.ts'

/** A state of the environment in which arrivals come at a rate of its own. */
export interface Phase {
  /** Arrivals per ms, 0 or more. */
  readonly rate: number
  /** Mean time that it lasts, ms. */
  readonly stay: number
  /** Weights of the phases that may follow, in the order of all phases; left out, the next in turn. */
  readonly next?: readonly number[]
}

/**
 * Poisson arrivals whose rate is switched by a Markov chain: bursts and lulls (MMPP; W. Fischer, K. Meier-Hellstern,
 * Performance Evaluation 18, 1993). Two phases, one of rate 0, are an interrupted Poisson process. Changes of phase are drawn
 * from a stream of their own, so that other rates leave them where they are.
 */
export class MarkovModulatedArrivals extends ContinuousArrivals {
  private readonly phases: readonly Phase[]
  private readonly changes: Stream
  private readonly pace: RateIntegral | null
  private phase: number
  /** When the phase ends, ms. */
  private until: number

  /** From `start` in ms on, in phase `first`. `pace` is a factor on the rates of all phases over time. */
  constructor(
    phases: readonly Phase[],
    start: number,
    stream: Stream,
    changes: Stream,
    first = 0,
    pace: RateFunction | null = null,
  ) {
    demand(phases.length > 0, 'markov-modulated arrivals: phases', phases.length, 'give at least one')
    phases.forEach(({ rate, stay, next }, i) => {
      const where = `markov-modulated arrivals: phase ${i}:`
      demand(rate >= 0 && rate < Infinity, `${where} rate`, rate, 'give a finite number from 0 upwards')
      demand(stay > 0 && stay < Infinity, `${where} stay`, stay, 'give a finite number of ms above 0')
      if (next === undefined) return
      const fit =
        next.length === phases.length && next.every((weight) => weight >= 0) && next.some((weight) => weight > 0)
      demand(fit, `${where} next`, next, `give ${phases.length} weights from 0 upwards, not all 0`)
    })
    const some = phases.some(({ rate }) => rate > 0)
    demand(
      Number.isInteger(first) && first >= 0 && first < phases.length,
      'markov-modulated arrivals: first',
      first,
      `give a phase from 0 to ${phases.length - 1}`,
    )
    super(some ? start : Infinity, stream)
    this.phases = phases
    this.changes = changes
    this.pace = integralOf(pace, 'markov-modulated arrivals: pace')
    this.phase = first
    this.until = start + this.stay()
  }

  override save(): readonly number[] {
    return [...super.save(), this.phase, this.until]
  }

  override restore([at, phase, until]: readonly number[]): void {
    super.restore([at])
    this.phase = phase
    this.until = until
  }

  protected override after(last: number): number {
    let t = last
    // What is left of an exponential gap at the end of a phase is carried into the next.
    let left = -log(1 - this.stream.next())
    for (;;) {
      const { rate } = this.phases[this.phase]
      const { pace } = this
      const expected = rate * (pace === null ? this.until - t : pace.between(t, this.until))
      if (rate > 0 && left <= expected) return pace === null ? t + left / rate : pace.reach(t, left / rate)
      left -= expected
      t = this.until
      this.phase = this.following()
      this.until = t + this.stay()
    }
  }

  private stay(): number {
    return -this.phases[this.phase].stay * log(1 - this.changes.next())
  }

  private following(): number {
    const { next } = this.phases[this.phase]
    if (next === undefined) return (this.phase + 1) % this.phases.length
    let u = this.changes.next() * next.reduce((sum, weight) => sum + weight, 0)
    const last = next.findLastIndex((weight) => weight > 0)
    for (let i = 0; i < last; i++) {
      if (u < next[i]) return i
      u -= next[i]
    }
    return last
  }
}

/** Arrivals per ms in the long run: the rates weighted with the time spent in each phase. */
export function meanRate(phases: readonly Phase[]): number {
  const n = phases.length
  const share = (from: number, to: number) => {
    const { next } = phases[from]
    if (next === undefined) return (from + 1) % n === to ? 1 : 0
    return next[to] / next.reduce((sum, weight) => sum + weight, 0)
  }
  // Visits by the power method on the lazy chain, which forgets where it began.
  let visits = phases.map(() => 1 / n)
  for (let round = 0; round < 10_000; round++) {
    visits = visits.map(
      (own, to) => own / 2 + visits.reduce((sum, visit, from) => sum + visit * share(from, to), 0) / 2,
    )
  }
  const time = phases.map(({ stay }, i) => visits[i] * stay)
  return phases.reduce((sum, { rate }, i) => sum + rate * time[i], 0) / time.reduce((sum, x) => sum + x, 0)
}
