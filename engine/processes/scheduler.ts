import type { EventKind, Kernel } from '../kernel.ts'
import type { ModelTime } from '../model-time.ts'
import type { Resource, Ticket } from '../resources/resource.ts'
import { Acquisition } from './acquisition.ts'
import { Claim } from './claim.ts'
import { explain, isGenerator } from './explain.ts'
import { describeGenerator, placeOf } from './location.ts'
import { Interrupted, ProcessError } from './process-error.ts'
import { ProcessHandle, type Scheduler } from './process-handle.ts'
import { AWAITING, HOLDING, ProcessTable, QUEUEING, RUNNING } from './process-table.ts'
import { type UnitRequest, Waitable, type Waiter } from './waitable.ts'

/** Every generator's `next`, without looking it up in each one: each generator function is a class of its own to V8. */
const next: (this: object, value: unknown) => IteratorResult<unknown, unknown> = Object.getPrototypeOf(
  (function* () {})(),
).next

/** No answer yet. */
const NONE = Symbol('no answer')

/** An answer that is thrown at the `yield`. */
class Throw {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}

/** Immediate answers in a row after which a process is taken to run in a circle. */
const MOST_ANSWERS = 3_000_000

/** Delays of 0 within one instant after which the clock is taken to be still. */
const MOST_EMPTY_DELAYS = 2_000_000

/** Units of one ticket that a process holds, since a time in the model's unit. */
export type HeldUnit = { resource: Resource; ticket: Ticket; since: number }

/** Runs processes: each continues when what it waits for has come, one at a time, until it waits again. */
export abstract class ProcessScheduler extends ProcessTable implements Scheduler {
  readonly kernel: Kernel
  readonly time: ModelTime
  private readonly rounds: boolean
  private readonly resumption: EventKind
  private active = false
  /** Place of the process that runs, -1 for none. */
  protected running = -1
  /** Place of the process that asks for something right now, and the answer if it is there immediately. */
  private asking = -1
  private answer: unknown = NONE
  private errors: ProcessError[] = []
  /** Delays of 0 since the clock moved, and where it is. */
  private emptyDelays = 0
  private emptyAt = -1
  /** Who is passive: the process itself, or a branch of its condition. */
  private readonly passive = new Map<number, Waiter>()

  constructor(kernel: Kernel, time: ModelTime, name: string, rank: number) {
    super()
    this.kernel = kernel
    this.time = time
    this.rounds = time.rounds
    this.resumption = kernel.on(name, rank, (entity) => this.answerClient(entity, 0))
  }

  /** Current time in the model's unit. */
  get now(): number {
    return this.time.units(this.kernel.now)
  }

  /** Units that a process holds. */
  protected abstract unitsOf(handle: ProcessHandle): HeldUnit[]

  /** @internal */
  wake(handle: ProcessHandle, value: unknown): void {
    this.answerAt(handle.entity, value)
  }

  /** @internal What a process waits for has failed. */
  fail(handle: ProcessHandle, error: unknown): void {
    this.wake(handle, new Throw(error))
  }

  /** @internal */
  interrupt(handle: ProcessHandle, cause: unknown): void {
    if (!handle.alive) throw this.runningError(`it interrupts ${handle.name}, which has ended; ask \`alive\` first`)
    if (handle.entity === this.running) throw this.runningError('it interrupts itself; throw an error instead')
    this.throwInto(handle, new Interrupted(cause))
  }

  /** @internal */
  activate(handle: ProcessHandle, value: unknown): void {
    const passive = this.passive.get(handle.entity)
    if (!handle.alive) throw this.runningError(`it activates ${handle.name}, which has ended; ask \`alive\` first`)
    if (passive === undefined)
      throw this.runningError(`it activates ${handle.name}, which is not passive; it ${this.stateOf(handle)}`)
    this.passive.delete(handle.entity)
    passive.resume(value)
  }

  /** @internal */
  cancel(handle: ProcessHandle): void {
    if (!handle.alive) return
    if (handle.entity === this.running) throw this.runningError('it cancels itself; return instead')
    const outermost = this.pause()
    const { running } = this
    this.stopWaiting(handle)
    this.running = handle.entity
    try {
      const { done } = handle.generator.return(undefined as never)
      if (!done)
        this.failNow(handle, 'it yields in a `finally` block while it is cancelled; release and put only there')
      else this.end(handle, false, undefined)
    } catch (error) {
      this.endByError(handle, error)
    } finally {
      this.running = running
      this.proceed(outermost)
    }
  }

  /** @internal */
  setPassive(process: number, waiter: Waiter | null): void {
    if (waiter === null) this.passive.delete(process)
    else this.passive.set(process, waiter)
  }

  /** @internal */
  claim(waiter: Waiter): number {
    if (waiter.entity >= 0) return waiter.entity
    const index = this.takePlace()
    this.clients[index] = new Claim(waiter)
    this.holds[index] = 0
    waiter.entity = index
    return index
  }

  /** @internal */
  claimDelay(waiter: Waiter, ticks: number): void {
    const index = this.claim(waiter)
    if (ticks === Number.POSITIVE_INFINITY) return
    this.waits[index] = HOLDING
    this.tokens[index] = this.kernel.after(ticks, this.resumption, index)
  }

  /** @internal */
  claimUnit(waiter: Waiter, wanted: UnitRequest): void {
    const index = this.claim(waiter)
    const claim = this.clients[index] as Claim
    claim.resource = wanted.resource
    const ticket = this.request(index, wanted)
    if (this.clients[index] !== claim) return
    if (ticket < 0) this.answerClaim(claim, ticket)
    else {
      this.waits[index] = QUEUEING
      this.tokens[index] = ticket
    }
  }

  /** @internal */
  giveUp(waiter: Waiter): void {
    const index = waiter.entity
    const client = this.clients[index]
    if (!(client instanceof Claim)) return
    const { resource } = client
    if (this.waits[index] === HOLDING) this.kernel.cancel(this.tokens[index])
    else if (this.waits[index] === QUEUEING) resource?.withdraw(this.tokens[index])
    waiter.entity = -1
    this.freePlace(index)
  }

  private answerClaim({ waiter, resource }: Claim, value: unknown): void {
    const index = waiter.entity
    if (resource !== null && (value as Ticket) >= 0) {
      resource.transfer(value as Ticket, waiter.process)
      this.holds[waiter.process]++
    }
    waiter.entity = -1
    this.freePlace(index)
    waiter.resume(value)
  }

  /** @internal */
  returnUnit(resource: Resource, ticket: Ticket): void {
    const { running } = this
    this.running = -1
    resource.release(ticket)
    this.running = running
  }

  /** @internal */
  pause(): boolean {
    const outermost = !this.active
    this.active = true
    return outermost
  }

  /** @internal */
  proceed(outermost: boolean): void {
    if (outermost) this.drain()
  }

  /** @internal */
  runningError(reason: string): ProcessError {
    const { running } = this
    if (running < 0) return new ProcessError('outside processes', this.clock, '', reason)
    return new ProcessError(this.nameOf(running), this.clock, placeOf(new Error()), reason)
  }

  /** @internal */
  nameOf(process: number): string {
    const client = this.clients[process]
    return client instanceof ProcessHandle ? client.name : 'another entity'
  }

  protected get clock(): { time: number; text: string } {
    return { time: this.now, text: this.time.format(this.now) }
  }

  /** Ends what a process waits for and throws an error at its `yield`, when its turn comes. */
  protected throwInto(handle: ProcessHandle, error: unknown): void {
    if (handle.entity === this.asking) {
      // It took a unit from itself: the answer first, the loss where it waits next.
      this.enqueue(handle.entity, new Throw(error))
      return
    }
    this.stopWaiting(handle)
    this.wake(handle, new Throw(error))
  }

  /** A process may continue: immediately if it is the one that asks, or if none runs, else when its turn comes. */
  protected answerAt(index: number, value: unknown): void {
    if (index === this.asking) this.answer = value
    else if (this.active) {
      this.waits[index] = RUNNING
      this.enqueue(index, value)
    } else {
      this.active = true
      this.step(index, value)
      this.drain()
    }
  }

  protected answerClient(index: number, value: unknown): void {
    const client = this.clients[index]
    if (client instanceof ProcessHandle) this.answerAt(index, value)
    else if (client instanceof Claim) this.answerClaim(client, value)
    else {
      throw new ProcessError(
        `process of entity ${index}`,
        this.clock,
        '',
        'it is not known here: processes cannot be saved and restored; model what must be saved with events',
      )
    }
  }

  private drain(): void {
    for (let i = 0; i < this.readyEnd; i += 4) {
      const index = this.ready[i]
      if (this.numbers[index] !== this.ready[i + 1]) continue
      if (this.ready[i + 3] === 0) this.step(index, this.ready[i + 2])
      else {
        const answer = this.parcels[i >> 2]
        this.parcels[i >> 2] = undefined
        this.step(index, answer)
      }
    }
    this.readyEnd = 0
    this.active = false
    if (this.errors.length > 0) throw this.takeErrors()
  }

  private takeErrors(): ProcessError {
    const [first, ...others] = this.errors
    this.errors = []
    if (others.length === 0) return first
    return new ProcessError(first.process, this.clock, first.place, first.reason, { cause: first.cause, others })
  }

  /** Lets a process continue until it waits. */
  private step(index: number, value: unknown): void {
    const handle = this.handleAt(index)
    this.running = index
    // It may have begun to wait for something else since the error was sent.
    if (value instanceof Throw) this.stopWaiting(handle)
    else this.waits[index] = RUNNING
    try {
      const { generator } = handle
      let answer = value
      let rounds = 0
      do {
        if (++rounds > MOST_ANSWERS)
          throw this.runningError(`it has continued ${MOST_ANSWERS} times without time passing`)
        const went = answer instanceof Throw ? generator.throw(answer.error) : next.call(generator, answer)
        answer = this.heed(handle, index, went)
      } while (answer !== NONE)
    } catch (error) {
      this.asking = -1
      this.endByError(handle, error)
    }
    this.running = -1
  }

  /** Does what a process yields asks for; returns the answer if there is one immediately, else NONE. */
  private heed(handle: ProcessHandle, index: number, { done, value }: IteratorResult<unknown, unknown>): unknown {
    if (done) {
      this.finish(handle, value)
      return NONE
    }
    if (typeof value === 'number') {
      const ticks = this.rounds ? this.delay(value) : value
      if ((ticks | 0) !== ticks || ticks < 0) this.delay(value)
      if (ticks === 0) this.countEmptyDelay(handle, value)
      this.tokens[index] = this.kernel.after(ticks, this.resumption, index)
      this.waits[index] = HOLDING
      return NONE
    }
    this.asking = index
    this.answer = NONE
    if (value instanceof Acquisition) {
      const ticket = this.request(index, value)
      this.asking = -1
      if (this.answer !== NONE) return this.answer
      if (ticket < 0) return ticket
      this.waits[index] = QUEUEING
      this.tokens[index] = ticket
    } else {
      if (!(value instanceof Waitable)) throw this.misuse(handle, explain(value))
      value.begin(handle, this)
      this.asking = -1
      if (this.answer !== NONE) return this.answer
      this.waits[index] = AWAITING
      this.since[index] = this.kernel.now
    }
    handle.target = value
    return NONE
  }

  private delay(duration: number): number {
    const { time } = this
    const ticks = time.canBe(duration) ? time.ticks(duration) : Number.NaN
    if (ticks < Number.POSITIVE_INFINITY) return ticks
    const hint = ticks === Number.POSITIVE_INFINITY ? 'it would wait forever; use passivate()' : time.expected()
    throw this.misuse(this.handleAt(this.running), `hold(${duration}): ${hint}`)
  }

  /** A delay of nothing, or of less than half a tick: a loop of them would keep the clock where it is forever. */
  private countEmptyDelay(handle: ProcessHandle, duration: number): void {
    const { now } = this.kernel
    if (now !== this.emptyAt) this.emptyDelays = 0
    this.emptyAt = now
    if (++this.emptyDelays <= MOST_EMPTY_DELAYS) return
    this.emptyDelays = 0
    throw this.misuse(
      handle,
      `hold(${duration}) is less than half a tick, and delays of 0 have come ${MOST_EMPTY_DELAYS} times without time passing`,
    )
  }

  private request(index: number, wanted: UnitRequest): Ticket {
    const { resource } = wanted
    if ((resource.owner as object | null) !== this) {
      throw this.misuse(
        this.handleAt(this.running),
        `it acquires '${resource.name}', which belongs to ${resource.owner === null ? 'a kernel alone' : 'other Processes'}; make it with processes.resource()`,
      )
    }
    if (wanted.used) {
      throw this.misuse(
        this.handleAt(this.running),
        `it yields the same acquire() of '${resource.name}' twice; call acquire() again for another unit`,
      )
    }
    wanted.used = true
    const { patience } = wanted
    const ticks = patience === null ? Number.POSITIVE_INFINITY : this.rounds ? this.time.ticks(patience) : patience
    return resource.request(index, wanted.priority, ticks, wanted.units, wanted.work)
  }

  private stopWaiting(handle: ProcessHandle): void {
    const index = handle.entity
    const wait = this.waits[index]
    this.waits[index] = RUNNING
    if (wait === HOLDING) this.kernel.cancel(this.tokens[index])
    else if (wait === QUEUEING) (handle.target as Acquisition).resource.withdraw(this.tokens[index])
    else if (wait === AWAITING) handle.target?.abandon(handle, this)
  }

  private finish(handle: ProcessHandle, result: unknown): void {
    if (this.holds[handle.entity] > 0) {
      const held = this.unitsOf(handle).map(({ resource, since }) => `'${resource.name}' since ${since}`)
      this.failNow(handle, `it ends while it holds a unit of ${held.join(', ')}; release() it, or transfer() it`)
    } else this.end(handle, false, result)
  }

  /** Ends a process with an error of its own making. */
  private endByError(handle: ProcessHandle, error: unknown): void {
    if (handle.entity < 0) return
    const own = error instanceof ProcessError && error.process === handle.name && error.time === this.now
    this.stopWaiting(handle)
    if (own) {
      // What is suspended at a wrong `yield` still gets to its `finally` blocks.
      try {
        handle.generator.return(undefined as never)
      } catch {}
    }
    const reason = isGenerator(handle.generator)
      ? reasonOf(error)
      : 'start() was given no generator; call it: start(customer())'
    const processError = own
      ? error
      : new ProcessError(handle.name, this.clock, placeOf(error), reason, { cause: error })
    this.conclude(handle, processError)
  }

  private failNow(handle: ProcessHandle, reason: string): void {
    this.conclude(handle, new ProcessError(handle.name, this.clock, describeGenerator(handle.generator), reason))
  }

  private conclude(handle: ProcessHandle, error: ProcessError): void {
    if (!this.end(handle, true, error)) this.errors.push(error)
  }

  private end(handle: ProcessHandle, failed: boolean, answer: unknown): boolean {
    const index = handle.entity
    if (this.holds[index] > 0) {
      for (const { resource, ticket } of this.unitsOf(handle)) this.returnUnit(resource, ticket)
    }
    if (this.passive.size > 0) this.passive.delete(index)
    const heard = handle.settle(failed, answer)
    this.freePlace(index)
    return heard
  }

  private misuse(handle: ProcessHandle, reason: string): ProcessError {
    return new ProcessError(handle.name, this.clock, describeGenerator(handle.generator), reason)
  }

  private stateOf(handle: ProcessHandle): string {
    const wait = this.waits[handle.entity]
    if (wait === HOLDING) return 'holds'
    return wait === RUNNING || handle.target === null ? 'runs' : `waits for ${handle.target.describe()}`
  }
}

/** What an error says, with its class: `Error: mine`. */
function reasonOf(error: unknown): string {
  if (error instanceof ProcessError) return error.message
  return error instanceof Error ? `${error.name}: ${error.message}` : `threw ${String(error)}`
}
