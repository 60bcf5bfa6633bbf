import type { EventKind, Kernel } from '#engine/kernel.ts'
import { Tally } from '#engine/statistics/tally.ts'
import { TimeWeighted } from '#engine/statistics/time-weighted.ts'

export interface StationOptions {
  /** Customers the station will ever see are numbered 0..customers-1; a customer returns only after leaving. */
  customers: number
  servers: number
  /** Places to wait; default without limit. */
  room?: number
  /** Service time of a customer, ms, whole. */
  service(customer: number): number
  /** Patience of a customer, ms, whole; default forever. */
  patience?(customer: number): number
  /** Priority class, 0 first; default one class. */
  classOf?(customer: number): number
  classes?: number
  /** Called when a customer leaves, served or not, with the time spent here, ms. */
  onLeave?(customer: number, time: number): void
}

const NONE = -1

/**
 * Servers with one queue: first come first served within a class, no preemption. Built on the kernel alone, by event
 * scheduling and in arrays by customer, as the second opinion next to the engine's resources.
 */
export class Station {
  readonly waits: readonly Tally[]
  readonly times = new Tally()
  readonly present: TimeWeighted
  readonly presentSquared: TimeWeighted
  readonly queue: TimeWeighted
  readonly busy: TimeWeighted
  /** All arrivals, blocked ones too, and what became of them, since the observation began. */
  arrived = 0
  blocked = 0
  delayed = 0
  abandoned = 0
  /** Over the whole run, never reset: area under the number present less all times spent, ms. 0 once it is empty. */
  private imbalance = 0
  private lastChange: number
  private readonly kernel: Kernel
  private readonly options: StationOptions
  private readonly since: Float64Array
  private readonly next: Int32Array
  private readonly previous: Int32Array
  private readonly heads: Int32Array
  private readonly tails: Int32Array
  private readonly patience: Int32Array
  private readonly ends: EventKind
  private readonly givesUp: EventKind

  constructor(kernel: Kernel, name: string, options: StationOptions) {
    const { customers, classes = 1 } = options
    this.kernel = kernel
    this.options = options
    this.waits = Array.from({ length: classes }, () => new Tally())
    this.present = new TimeWeighted(kernel.now)
    this.presentSquared = new TimeWeighted(kernel.now)
    this.queue = new TimeWeighted(kernel.now)
    this.busy = new TimeWeighted(kernel.now)
    this.lastChange = kernel.now
    this.since = new Float64Array(customers)
    this.next = new Int32Array(customers)
    this.previous = new Int32Array(customers)
    this.heads = new Int32Array(classes).fill(NONE)
    this.tails = new Int32Array(classes).fill(NONE)
    this.patience = new Int32Array(customers)
    this.ends = kernel.on(`${name}: service ends`, 3, (customer) => this.endService(customer))
    this.givesUp = kernel.on(`${name}: customer gives up`, 4, (customer) => this.giveUp(customer))
  }

  /** A customer arrives. The arrival counts even when the station is full. */
  arrive(customer: number): void {
    const { servers, room = Infinity } = this.options
    this.arrived++
    if (this.busy.value < servers) {
      this.enter(customer)
      this.begin(customer, 0)
    } else if (this.queue.value < room) {
      this.enter(customer)
      this.append(customer)
    } else {
      this.blocked++
      this.options.onLeave?.(customer, 0)
    }
  }

  /** Starts the observation again: warm-up ends here. */
  observe(): void {
    const now = this.kernel.now
    for (const level of [this.present, this.presentSquared, this.queue, this.busy]) level.reset(now)
    for (const tally of this.waits) tally.reset()
    this.times.reset()
    this.arrived = 0
    this.blocked = 0
    this.delayed = 0
    this.abandoned = 0
  }

  /** Little's law without any expectation, ms: exactly 0 whenever the station is empty. */
  get littleDifference(): number {
    return this.imbalance
  }

  private enter(customer: number): void {
    this.since[customer] = this.kernel.now
    this.setPresent(this.present.value + 1)
  }

  private leave(customer: number): void {
    const time = this.kernel.now - this.since[customer]
    this.setPresent(this.present.value - 1)
    this.times.add(time)
    this.imbalance -= time
    this.options.onLeave?.(customer, time)
  }

  private setPresent(present: number): void {
    const now = this.kernel.now
    this.imbalance += this.present.value * (now - this.lastChange)
    this.lastChange = now
    this.present.set(now, present)
    this.presentSquared.set(now, present * present)
  }

  private begin(customer: number, wait: number): void {
    this.waits[this.options.classOf?.(customer) ?? 0].add(wait)
    this.busy.add(this.kernel.now, 1)
    this.kernel.after(this.options.service(customer), this.ends, customer)
  }

  private endService(customer: number): void {
    this.busy.add(this.kernel.now, -1)
    this.serveNext()
    this.leave(customer)
  }

  private serveNext(): void {
    const customer = this.first()
    if (customer === NONE) return
    this.unlink(customer)
    if (this.options.patience) this.kernel.cancel(this.patience[customer])
    this.begin(customer, this.kernel.now - this.since[customer])
  }

  private giveUp(customer: number): void {
    this.unlink(customer)
    this.abandoned++
    this.waits[this.options.classOf?.(customer) ?? 0].add(this.kernel.now - this.since[customer])
    this.leave(customer)
  }

  private first(): number {
    for (const head of this.heads) if (head !== NONE) return head
    return NONE
  }

  private append(customer: number): void {
    const line = this.options.classOf?.(customer) ?? 0
    const last = this.tails[line]
    this.next[customer] = NONE
    this.previous[customer] = last
    if (last === NONE) this.heads[line] = customer
    else this.next[last] = customer
    this.tails[line] = customer
    this.delayed++
    this.queue.add(this.kernel.now, 1)
    if (this.options.patience) {
      this.patience[customer] = this.kernel.after(this.options.patience(customer), this.givesUp, customer)
    }
  }

  private unlink(customer: number): void {
    const line = this.options.classOf?.(customer) ?? 0
    const before = this.previous[customer]
    const after = this.next[customer]
    if (before === NONE) this.heads[line] = after
    else this.next[before] = after
    if (after === NONE) this.tails[line] = before
    else this.previous[after] = before
    this.queue.add(this.kernel.now, -1)
  }
}
