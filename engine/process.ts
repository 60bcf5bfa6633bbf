import { doubled } from './growth.ts'
import type { EventKind, Kernel } from './kernel.ts'
import { Resource, type ResourceOptions, type Ticket } from './resources/resource.ts'

/** A wish for a unit of a resource; yield it at once, it is used again. */
export type Acquisition = { resource: Resource | null; priority: number; patience: number }

/**
 * What a process is: a generator that yields a delay in ms, or an acquisition. It gets back 0, or the ticket of the unit
 * acquired, -1 when its patience ended first.
 */
export type Process = Generator<number | Acquisition, void, number>

/** Thrown inside a process whose unit was taken away, at the `yield` where it was. */
export class Preempted extends Error {
  override readonly name = 'Preempted'
  /** Void from now on. */
  readonly ticket: Ticket

  constructor(ticket: Ticket) {
    super(`the unit of ticket ${ticket} was preempted; catch this where the process can lose it`)
    this.ticket = ticket
  }
}

/** Lets `ms` of time pass: `yield hold(5)`. */
export function hold(ms: number): number {
  return ms
}

const acquisition: Acquisition = { resource: null, priority: 0, patience: Number.POSITIVE_INFINITY }

/** Waits for a unit: `const ticket = yield acquire(desk)`. Priority and patience as in `Resource.request`. */
export function acquire(
  resource: Resource,
  priority: number = 0,
  patience: number = Number.POSITIVE_INFINITY,
): Acquisition {
  acquisition.resource = resource
  acquisition.priority = priority
  acquisition.patience = patience
  return acquisition
}

/** Every generator's `next`, without looking it up in each one: each generator function is a class of its own to V8. */
const next: (this: Process, value: number) => IteratorResult<number | Acquisition, void> = Object.getPrototypeOf(
  (function* () {})(),
).next

/** No answer yet; and, less the ticket, the news that a unit was lost. */
const NONE = -2
const LOST = -3

/** What a process waits for. */
const RUNNING = 0
const HOLDING = 1
const QUEUEING = 2

/**
 * Processes written as generators, one after another in the code as in life. They cannot be saved: JavaScript keeps a
 * generator's place to itself. Processes that become ready within one event run one by one in that order, each until it
 * yields.
 */
export class Processes {
  private readonly kernel: Kernel
  private readonly resume: EventKind
  private readonly processes: (Process | null)[] = []
  private readonly queues: (Resource | null)[] = []
  /** What each waits for; and the handle of its delay's event, its ticket, or, in an idle place, the next idle one. */
  private waits = new Int32Array(16)
  private tokens = new Int32Array(16)
  private idle = -1
  /** Processes ready to go on, each with what its `yield` returns. */
  private ready = new Int32Array(32)
  private readyEnd = 0
  private active = false
  /** The process that asks for a unit right now, and what it is told. */
  private asking = -1
  private answer = NONE

  /** @param name of the processes' kind of event in the kernel; `rank` 4, act, as people do */
  constructor(kernel: Kernel, name = 'process', rank = 4) {
    this.kernel = kernel
    this.resume = kernel.on(name, rank, (process) => this.wake(process, 0))
  }

  /** Starts a process: it runs now until its first `yield`, or as soon as the one that runs yields. */
  start(process: Process): void {
    const index = this.idle >= 0 ? this.idle : this.extend()
    this.idle = this.tokens[index]
    this.processes[index] = process
    this.wake(index, 0)
  }

  /** A resource for processes. */
  resource(name: string, options: Omit<ResourceOptions, 'granted' | 'reneged' | 'preempted'>): Resource {
    return new Resource(this.kernel, name, {
      ...options,
      granted: (process, ticket) => this.wake(process, ticket),
      reneged: (process) => this.wake(process, -1),
      preempted: (process, ticket) => this.interrupt(process, ticket),
    })
  }

  /** A process may go on: at once if it is the one that asks, or if none runs, else when its turn comes. */
  private wake(index: number, value: number): void {
    if (index === this.asking) this.answer = value
    else if (this.active) {
      this.waits[index] = RUNNING
      this.enqueue(index, value)
    } else this.run(index, value)
  }

  private run(index: number, value: number): void {
    this.active = true
    try {
      this.step(index, value)
      for (let i = 0; i < this.readyEnd; i += 2) this.step(this.ready[i], this.ready[i + 1])
    } finally {
      this.readyEnd = 0
      this.active = false
    }
  }

  private enqueue(index: number, value: number): void {
    if (this.readyEnd === this.ready.length) this.ready = doubled(this.ready)
    this.ready[this.readyEnd] = index
    this.ready[this.readyEnd + 1] = value
    this.readyEnd += 2
  }

  private extend(): number {
    const index = this.processes.length
    this.processes.push(null)
    this.queues.push(null)
    if (index === this.tokens.length) {
      this.waits = doubled(this.waits)
      this.tokens = doubled(this.tokens)
    }
    this.tokens[index] = -1
    return index
  }

  private step(index: number, value: number): void {
    const process = this.processes[index]
    if (process === null) return
    let answer = value
    if (value <= LOST) this.stopWaiting(index)
    this.waits[index] = RUNNING
    if (value <= LOST) answer = this.heed(index, process.throw(new Preempted(LOST - value)))
    while (answer !== NONE) answer = this.heed(index, next.call(process, answer))
  }

  /** Does what a process wishes; returns the answer if there is one at once, else NONE. */
  private heed(index: number, wish: IteratorResult<number | Acquisition, void>): number {
    const { value } = wish
    if (typeof value === 'number') {
      this.waits[index] = HOLDING
      this.tokens[index] = this.kernel.after(value, this.resume, index)
      return NONE
    }
    if (value === undefined || value.resource === null) {
      this.processes[index] = null
      this.tokens[index] = this.idle
      this.idle = index
      return NONE
    }
    const { resource } = value
    this.asking = index
    this.answer = NONE
    const ticket = resource.request(index, value.priority, value.patience)
    this.asking = -1
    if (this.answer === NONE) {
      this.waits[index] = QUEUEING
      this.tokens[index] = ticket
      if (this.queues[index] !== resource) this.queues[index] = resource
    }
    return this.answer
  }

  private interrupt(index: number, ticket: Ticket): void {
    this.stopWaiting(index)
    if (this.active) this.enqueue(index, LOST - ticket)
    else this.run(index, LOST - ticket)
  }

  private stopWaiting(index: number): void {
    if (this.waits[index] === HOLDING) this.kernel.cancel(this.tokens[index])
    else if (this.waits[index] === QUEUEING) this.queues[index]?.withdraw(this.tokens[index])
    this.waits[index] = RUNNING
  }
}
