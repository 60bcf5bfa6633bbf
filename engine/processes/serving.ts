import type { Job, ProcessorSharing } from '../resources/processor-sharing.ts'
import { type Host, Waitable, type Waiter } from './waitable.ts'

class Serving extends Waitable<number> {
  private readonly processor: ProcessorSharing
  private readonly work: number
  private job: Job = -1

  constructor(processor: ProcessorSharing, work: number) {
    super()
    this.processor = processor
    this.work = work
  }

  begin(waiter: Waiter, host: Host): void {
    const { processor } = this
    if (processor.owner !== host) {
      throw host.runningError(`'${processor.name}' belongs to others; make it with processes.sharing()`)
    }
    if (this.job >= 0)
      throw host.runningError(`it yields the same serve() of '${processor.name}' twice; call serve() again`)
    const ticks = host.time.ticks(this.work)
    this.job = processor.submit(host.claim(waiter), ticks)
  }

  abandon(waiter: Waiter, host: Host): void {
    this.processor.withdraw(this.job)
    host.giveUp(waiter)
  }

  describe(): string {
    return `${this.work} of work of '${this.processor.name}'`
  }
}

/** Work done by a processor that is shared: `yield serve(cpu, 2.5)`, in the model's unit. */
export function serve(processor: ProcessorSharing, work: number): Waitable<number> {
  return new Serving(processor, work)
}
