import { type Host, Waitable, type Waiter } from './waitable.ts'

class Passivation extends Waitable<unknown> {
  begin(waiter: Waiter, host: Host): void {
    host.setPassive(waiter.process, waiter)
  }

  abandon(waiter: Waiter, host: Host): void {
    host.setPassive(waiter.process, null)
  }

  describe(): string {
    return 'activate()'
  }
}

/** Waits until another process calls `activate(value)` on the process; returns that value. */
export function passivate(): Waitable<unknown> {
  return new Passivation()
}
