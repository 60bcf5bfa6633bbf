import type { EventKind, Kernel } from '../kernel.ts'
import { FifoLine, LifoLine, type Line, PriorityLine, ShortestLine } from './lines.ts'
import { MOST_UNITS, type Ticket, Tickets } from './tickets.ts'
import { Usage } from './usage.ts'
import type { WorkingHours } from './working-hours.ts'

export type { Ticket }

/** In place of a ticket: patience ended. Processes get it from `yield acquire(...)`. */
export const RENEGED = -1
/** In place of a ticket: the queue was full. */
export const REFUSED = -2

/** Called immediately, inside the call or event that caused it. */
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
  /**
   * Order of waiting: `fifo` (default); `lifo`, the last to come first; `priority`, lower numbers first, equal ones as
   * they came; `sjf`, shortest job first, by the `work` of the request, within a priority.
   */
  discipline?: 'fifo' | 'lifo' | 'priority' | 'sjf'
  /** Most requests that may wait; one more is refused (default Infinity). */
  queueLimit?: number
  /** Whether a request takes the unit of the holder with the worst priority, if that is worse than its own; units that
   * go, by `resize` or at closing time, are then taken immediately too. Otherwise holders finish. */
  preemptive?: boolean
  /** Outside these hours there are no units. */
  hours?: WorkingHours
  /** Rank of the resource's own events, ends of patience and opening hours (default 2). */
  rank?: number
  /** Whether use is counted (default true). */
  statistics?: boolean
  /** Whether busy, queue and capacity are kept as time series too: `usage.queue` is then a `RecordedLevel`. */
  record?: boolean
  /** Whose entities these are. */
  owner?: ResourceOwner
}

/** Who watches over what is released: `Processes`, for the resources that it made. */
export interface ResourceOwner {
  /** Units are about to be released. */
  released(resource: Resource, entity: number, ticket: Ticket): void
  /** `release` was called with a ticket that holds nothing; what it returns. */
  releasedNothing(resource: Resource, ticket: Ticket): boolean
}

/** A request as the queue sees it. */
export type Request = {
  readonly ticket: Ticket
  readonly entity: number
  readonly priority: number
  readonly units: number
  /** When it came, or was granted, ticks. */
  readonly since: number
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
  readonly name: string
  readonly owner: ResourceOwner | null
  /** Null when switched off. */
  readonly usage: Usage | null
  private readonly kernel: Kernel
  private readonly granted: TicketHandler
  private readonly reneged: TicketHandler
  private readonly preempted: TicketHandler
  private readonly hours: WorkingHours | undefined
  private readonly queueLimit: number
  private readonly byPriority: boolean
  private readonly tickets: Tickets
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
    const { discipline = 'fifo', queueLimit = Number.POSITIVE_INFINITY } = options
    const queue = queues[discipline]
    if (queue === undefined) {
      throw new RangeError(`'${name}': discipline '${discipline}': give ${Object.keys(queues).join(', ')}`)
    }
    if (!(queueLimit >= 0) || (queueLimit !== Number.POSITIVE_INFINITY && !Number.isInteger(queueLimit))) {
      throw new RangeError(`'${name}': queueLimit ${queueLimit}: give a whole number, 0 or more, or Infinity`)
    }
    this.kernel = kernel
    this.name = name
    this.owner = options.owner ?? null
    this.granted = options.granted
    this.reneged = options.reneged ?? (() => {})
    this.preempted = options.preempted ?? (() => {})
    this.hours = options.hours
    this.queueLimit = queueLimit
    this.tickets = new Tickets(discipline === 'sjf')
    this.waiting = new queue(this.tickets)
    this.byPriority = discipline === 'priority' || discipline === 'sjf'
    this.holders = options.preemptive ? new PriorityLine(this.tickets, true) : null
    this.units = units(options.capacity)
    const rank = options.rank ?? 2
    this.renege = kernel.on(`${name}: patience ends`, rank, (_, ticket) => this.endPatience(ticket))
    this.change = kernel.on(`${name}: hours change`, rank, () => this.changeHours())
    this.usage = options.statistics === false ? null : new Usage(kernel.now, this.units, options.record ?? false)
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

  /** The requests that wait, the next one first. */
  waiters(): Request[] {
    return this.waiting.requests().map((request) => this.describe(request))
  }

  /** The requests that hold units, by the time since when they do. */
  holdings(): Request[] {
    const holdings = this.tickets.holders().map((request) => this.describe(request))
    return holdings.sort((x, y) => x.since - y.since || x.ticket - y.ticket)
  }

  /**
   * Asks for units; they may be granted before this returns, all together. No request overtakes the first of the queue,
   * even if it wants more units than are free.
   * @param priority int32, lower is better
   * @param patience ticks it will wait; with Infinity it waits forever
   * @param units how many (default 1), at most the resource's number of units
   * @param work length of the job, for the discipline `sjf`
   * @returns the ticket, or REFUSED (-2) when the queue is full
   */
  request(
    entity: number,
    priority: number = 0,
    patience: number = Number.POSITIVE_INFINITY,
    units: number = 1,
    work: number = 0,
  ): Ticket {
    if (units !== 1) this.checkUnits(units)
    const request = this.tickets.open(entity, priority, this.kernel.now, units)
    const ticket = this.tickets.ticketOf(request)
    if (this.tickets.work !== null) this.tickets.work[request >> 3] = work
    if (this.usage !== null) this.usage.requests++
    if (this.held + units <= this.capacity && this.waiting.size === 0) this.grant(request)
    else if (this.holders !== null && this.outranks(priority, units)) this.displace(request)
    else if (this.waiting.size >= this.queueLimit) return this.refuse(request)
    else {
      this.wait(request, patience)
      // Fewer units than the first wanted may be free, and the new one may be the first now.
      if (this.held < this.capacity) this.serve()
    }
    return ticket
  }

  /** Makes another entity the holder of a ticket's units. False when it holds none (any more). */
  transfer(ticket: Ticket, entity: number): boolean {
    const request = this.tickets.holding(ticket)
    if (request < 0) return false
    this.tickets.words[request] = entity
    return true
  }

  /** The entity that holds a ticket's units, or waits for them; -1 when there is none (any more). */
  entityOf(ticket: Ticket): number {
    const holding = this.tickets.holding(ticket)
    const request = holding >= 0 ? holding : this.tickets.waiting(ticket)
    return request < 0 ? -1 : this.tickets.words[request]
  }

  /**
   * Gives the units back. False when the ticket holds none (any more).
   * @throws ProcessError where the resource belongs to processes and the running one does not hold the ticket
   */
  release(ticket: Ticket): boolean {
    const request = this.tickets.holding(ticket)
    const { owner } = this
    if (request < 0) return owner === null ? false : owner.releasedNothing(this, ticket)
    if (owner !== null) owner.released(this, this.tickets.words[request], ticket)
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
    // The next one may want fewer units.
    this.serve()
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

  private describe(request: number): Request {
    const { words, since } = this.tickets
    return {
      ticket: this.tickets.ticketOf(request),
      entity: words[request],
      priority: words[request | 1],
      units: this.tickets.units(request),
      since: since[request >> 3],
    }
  }

  private checkUnits(units: number): void {
    if (Number.isInteger(units) && units >= 1 && units <= this.units && units <= MOST_UNITS) return
    throw new RangeError(`${units} units of '${this.name}': request a whole number from 1 to its ${this.units}`)
  }

  private refuse(request: number): Ticket {
    this.tickets.close(request)
    if (this.usage !== null) this.usage.refused++
    return REFUSED
  }

  private grant(request: number): void {
    const now = this.kernel.now
    const { tickets, usage } = this
    this.held += tickets.units(request)
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
    this.held -= this.tickets.units(request)
    if (this.usage !== null) this.usage.busy.set(this.kernel.now, this.held)
    this.tickets.close(request)
  }

  /** Whether holders of worse priority, with what is free, have that many units. */
  private outranks(priority: number, units: number): boolean {
    const { tickets, holders } = this
    if (holders === null || holders.size === 0 || this.held > this.capacity) return false
    if (tickets.words[holders.first() | 1] <= priority) return false
    // One that wants more units than can be taken for it is not overtaken by its equals.
    const waiting = this.waiting.first()
    if (this.byPriority && waiting >= 0 && tickets.words[waiting | 1] <= priority) return false
    if (units === 1) return true
    let within = this.capacity - this.held
    for (const request of holders.requests()) {
      if (tickets.words[request | 1] > priority) within += tickets.units(request)
    }
    return within >= units
  }

  /** Takes the units of the worst holders for a request that outranks them. */
  private displace(request: number): void {
    const { tickets } = this
    const units = tickets.units(request)
    const lost: number[] = []
    while (this.held + units > this.capacity) {
      const worst = this.holders?.first() ?? -1
      lost.push(tickets.words[worst], tickets.ticketOf(worst))
      this.yieldUnit(worst)
      if (this.usage !== null) this.usage.preempted++
    }
    // The successor first, or else the one preempted could ask again and get the very unit it lost.
    this.grant(request)
    for (let i = 0; i < lost.length; i += 2) this.preempted(lost[i], lost[i + 1])
    // A holder of several units may have left more than were needed.
    this.serve()
  }

  /** Takes a holder's units, because they go. */
  private evict(request: number): void {
    const entity = this.tickets.words[request]
    const ticket = this.tickets.ticketOf(request)
    this.yieldUnit(request)
    if (this.usage !== null) this.usage.preempted++
    this.preempted(entity, ticket)
  }

  /** Grants free units to those who wait. */
  private serve(): void {
    while (this.waiting.size > 0) {
      const request = this.waiting.first()
      if (this.held + this.tickets.units(request) > this.capacity) break
      this.leaveQueue(request)
      this.grant(request)
    }
  }

  private adjust(): void {
    if (this.usage !== null) this.usage.capacity.set(this.kernel.now, this.capacity)
    if (this.holders !== null) while (this.held > this.capacity) this.evict(this.holders.first())
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
    this.serve()
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

const queues = { fifo: FifoLine, lifo: LifoLine, priority: PriorityLine, sjf: ShortestLine }

function units(capacity: number): number {
  if (Number.isInteger(capacity) && capacity >= 0) return capacity
  throw new RangeError(`capacity ${capacity}: a resource has a whole number of units, 0 or more`)
}
