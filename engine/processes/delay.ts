import { type Host, Waitable, type Waiter } from './waitable.ts'

/** Lets time pass: `yield hold(5)`, in the model's unit. */
export function hold(duration: number): number {
  return duration
}

/** A delay as one branch of a condition. */
export class Delay extends Waitable<number> {
  private readonly duration: number

  /** @param duration in the model's unit */
  constructor(duration: number) {
    super()
    this.duration = duration
  }

  begin(waiter: Waiter, host: Host): void {
    host.claimDelay(waiter, host.time.ticks(this.duration))
  }

  abandon(waiter: Waiter, host: Host): void {
    host.giveUp(waiter)
  }

  describe(): string {
    return `${this.duration} of time`
  }
}
