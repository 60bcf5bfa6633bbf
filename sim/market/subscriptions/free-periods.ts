/** Periods that were renewed for nothing (M-06): they earn nothing, and yet they are the period that runs. */
import type { Instant } from '#base/time.ts'

interface FreePeriod {
  readonly from: Instant
  readonly to: Instant
}

export class FreePeriods {
  #bySubscription = new Map<number, readonly FreePeriod[]>()

  /** A subscription (row) has such a period; those that are over by `now` are forgotten. */
  add(subscription: number, period: FreePeriod, now: Instant): void {
    const others = (this.#bySubscription.get(subscription) ?? []).filter(({ to }) => to > now)
    this.#bySubscription.set(subscription, [...others, period])
  }

  /** When the one that runs now began; `otherwise` where none does. */
  startOf(subscription: number, now: Instant, otherwise: Instant): Instant {
    const running = this.#bySubscription.get(subscription)?.find(({ from, to }) => from <= now && now < to)
    return running?.from ?? otherwise
  }

  remove(subscription: number): void {
    this.#bySubscription.delete(subscription)
  }

  save() {
    return [...this.#bySubscription]
  }

  restore(state: ReturnType<FreePeriods['save']>): void {
    this.#bySubscription = new Map(state)
  }
}
