import type { EventKind, Kernel } from '../kernel.ts'
import { FifoLine, type Line, PriorityLine } from './lines.ts'
import { type Ticket, Tickets } from './tickets.ts'
import { Usage } from './usage.ts'
import type { WorkingHours } from './working-hours.ts'

export type { Ticket }

/** Told at once, inside the call or event that caused it. */
export type TicketHandler = (entity: number, ticket: Ticket) => void

export type ResourceOptions = {
  /** Units, each held by one request at a time; a whole number, 0 or more. */
  capacity: number
  /** A unit is the entity's until `release(ticket)`. */
  granted: TicketHandler
  /** Its patience ended before its turn came. */
  reneged?: TicketHandler
  /** Its unit was taken away; the ticket is void. */
  preempted?: TicketHandler
  /** Order of waiting: `fifo` (default), or `priority`, lower numbers first, equal ones as they came. */
  discipline?: 'fifo' | 'priority'
  /** Whether a request takes the unit of the holder with the worst priority, if that is worse than its own; units that
   * go, by `resize` or at closing time, are then taken at once too. Otherwise holders finish. */
  preemptive?: boolean
  /** Outside these hours there are no units. */
  hours?: WorkingHours
  /** Rank of the resource's own events, ends of patience and opening hours (default 2). */
  rank?: number
  /** Whether use is counted (default true). */
  statistics?: boolean
}

export type ResourceState = {
  units: Int32Array
  tickets: ReturnType<Tickets['save']>
  waiting: Int32Array
  holding: Int32Array
  usage: Float64Array
}

/**
 * Units that entities hold for a while and wait for. All state is in typed arrays: it is saved and restored with the
 * kernel's, after the same handlers have been given to a resource of the same name.
 */
export class Resource {
  /** Null when switched off. */
  readonly usage: Usage | null
  private readonly kernel: Kernel
  private readonly granted: TicketHandler
  private readonly reneged: TicketHandler
  private readonly preempted: TicketHandler
  private readonly hours: WorkingHours | undefined
  private readonly tickets = new Tickets()
  private readonly waiting: Line
  /** Holders, the first to be preempted first; only for preemptive resources. */
  private readonly holders: PriorityLine | null
  private readonly renege: EventKind
  private readonly change: EventKind
  private units: number
  private open = true
  private held = 0

  /** @param name of the resource's kinds of events in the kernel, unlike any other there */
  constructor(kernel: Kernel, name: string, options: ResourceOptions) {
    this.kernel = kernel
    this.granted = options.granted
    this.reneged = options.reneged ?? (() => {})
    this.preempted = options.preempted ?? (() => {})
    this.hours = options.hours
    this.waiting = options.discipline === 'priority' ? new PriorityLine(this.tickets) : new FifoLine(this.tickets)
    this.holders = options.preemptive ? new PriorityLine(this.tickets, true) : null
    this.units = units(options.capacity)
    const rank = options.rank ?? 2
    this.renege = kernel.on(`${name}: patience ends`, rank, (_, ticket) => this.endPatience(ticket))
    this.change = kernel.on(`${name}: hours change`, rank, () => this.changeHours())
    this.usage = options.statistics === false ? null : new Usage(kernel.now, this.units)
    if (this.hours) this.changeHours()
  }

  /** Units there are now; 0 outside working hours. */
  get capacity(): number {
    return this.open ? this.units : 0
  }

  /** Units held; more than the capacity while holders finish after it shrank. */
  get busy(): number {
    return this.held
  }

  /** Requests waiting. */
  get queueLength(): number {
    return this.waiting.size
  }

  /**
   * Asks for one unit; it may be granted before this returns.
   * @param priority int32, lower is better
   * @param patience ms it will wait; with Infinity it waits for ever
   */
  request(entity: number, priority: number = 0, patience: number = Number.POSITIVE_INFINITY): Ticket {
    const request = this.tickets.open(entity, priority, this.kernel.now)
    const ticket = this.tickets.ticketOf(request)
    if (this.usage !== null) this.usage.requests++
    if (this.held < this.capacity && this.waiting.size === 0) this.grant(request)
    else if (this.holders !== null && this.outranks(priority)) this.evict(this.holders.first(), request)
    else this.wait(request, patience)
    return ticket
  }

  /** Gives the unit back. False when the ticket holds none (any more). */
  release(ticket: Ticket): boolean {
    const request = this.tickets.holding(ticket)
    if (request < 0) return false
    if (this.usage !== null) this.usage.released++
    this.yieldUnit(request)
    this.serve()
    return true
  }

  /** Leaves the queue of its own will. False when the ticket does not wait (any more). */
  withdraw(ticket: Ticket): boolean {
    const request = this.tickets.waiting(ticket)
    if (request < 0) return false
    if (this.usage !== null) this.usage.withdrawn++
    this.leaveQueue(request)
    this.tickets.close(request)
    return true
  }

  /** From now on there are this many units. */
  resize(capacity: number): void {
    this.units = units(capacity)
    this.adjust()
  }

  save(): ResourceState {
    return {
      units: Int32Array.of(this.units, this.open ? 1 : 0, this.held),
      tickets: this.tickets.save(),
      waiting: this.waiting.save(),
      holding: this.holders?.save() ?? new Int32Array(0),
      usage: this.usage?.save() ?? new Float64Array(0),
    }
  }

  /** Takes over the state of a resource made with the same options. The kernel is restored separately. */
  restore(state: ResourceState): void {
    this.units = state.units[0]
    this.open = state.units[1] === 1
    this.held = state.units[2]
    this.tickets.restore(state.tickets)
    this.waiting.restore(state.waiting)
    this.holders?.restore(state.holding)
    this.usage?.restore(state.usage)
  }

  private grant(request: number): void {
    const now = this.kernel.now
    const { tickets, usage } = this
    this.held++
    if (usage !== null) {
      usage.wait.add(now - tickets.since[request >> 3])
      usage.busy.set(now, this.held)
    }
    tickets.hold(request, now)
    if (this.holders !== null) this.holders.push(request)
    this.granted(tickets.words[request], tickets.ticketOf(request))
  }

  private wait(request: number, patience: number): void {
    const { tickets, kernel } = this
    this.waiting.push(request)
    if (this.usage !== null) this.usage.queue.set(kernel.now, this.waiting.size)
    if (patience !== Number.POSITIVE_INFINITY) {
      const entity = tickets.words[request]
      tickets.words[request | 5] = kernel.after(patience, this.renege, entity, tickets.ticketOf(request))
    }
  }

  private leaveQueue(request: number): void {
    const { tickets, kernel } = this
    this.waiting.remove(request)
    if (this.usage !== null) this.usage.queue.set(kernel.now, this.waiting.size)
    const timer = tickets.words[request | 5]
    if (timer >= 0) {
      kernel.cancel(timer)
      tickets.words[request | 5] = -1
    }
  }

  private yieldUnit(request: number): void {
    if (this.holders !== null) this.holders.remove(request)
    this.held--
    if (this.usage !== null) this.usage.busy.set(this.kernel.now, this.held)
    this.tickets.close(request)
  }

  private outranks(priority: number): boolean {
    const worst = this.holders?.first() ?? -1
    return worst >= 0 && this.held <= this.capacity && this.tickets.words[worst | 1] > priority
  }

  /** Takes a holder's unit, for a successor's sake or because the unit goes (-1). */
  private evict(request: number, successor: number): void {
    const entity = this.tickets.words[request]
    const ticket = this.tickets.ticketOf(request)
    this.yieldUnit(request)
    if (this.usage !== null) this.usage.preempted++
    // The successor first, or else the one preempted could ask again and get the very unit it lost.
    if (successor >= 0) this.grant(successor)
    this.preempted(entity, ticket)
  }

  /** Grants free units to those who wait. */
  private serve(): void {
    while (this.waiting.size > 0 && this.held < this.capacity) {
      const request = this.waiting.first()
      this.leaveQueue(request)
      this.grant(request)
    }
  }

  private adjust(): void {
    if (this.usage !== null) this.usage.capacity.set(this.kernel.now, this.capacity)
    if (this.holders !== null) while (this.held > this.capacity) this.evict(this.holders.first(), -1)
    this.serve()
  }

  private endPatience(ticket: Ticket): void {
    const request = this.tickets.waiting(ticket)
    if (request < 0) return
    const entity = this.tickets.words[request]
    this.tickets.words[request | 5] = -1
    this.leaveQueue(request)
    this.tickets.close(request)
    if (this.usage !== null) this.usage.reneged++
    this.reneged(entity, ticket)
  }

  private changeHours(): void {
    const { kernel, hours } = this
    if (hours === undefined) return
    this.open = hours.open(kernel.now)
    const next = hours.nextChange(kernel.now)
    if (next !== Number.POSITIVE_INFINITY) kernel.at(next, this.change, 0)
    this.adjust()
  }
}

function units(capacity: number): number {
  if (Number.isInteger(capacity) && capacity >= 0) return capacity
  throw new RangeError(`capacity ${capacity}: a resource has a whole number of units, 0 or more`)
}
