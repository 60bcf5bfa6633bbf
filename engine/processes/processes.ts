import type { Kernel } from '../kernel.ts'
import { ModelTime, type TimeUnit } from '../model-time.ts'
import { ProcessorSharing, type SharingOptions } from '../resources/processor-sharing.ts'
import { Resource, type ResourceOptions, type ResourceOwner, type Ticket } from '../resources/resource.ts'
import { Acquisition } from './acquisition.ts'
import { Container, type ContainerOptions } from './container.ts'
import { OneShotEvent } from './one-shot-event.ts'
import type { Process, Waiting } from './process.ts'
import { Preempted, ProcessError } from './process-error.ts'
import { ProcessHandle } from './process-handle.ts'
import { QUEUEING, RUNNING } from './process-table.ts'
import { type HeldUnit, ProcessScheduler } from './scheduler.ts'
import { Store, type StoreOptions } from './store.ts'
import type { Waitable } from './waitable.ts'

/**
 * Processes written as generators, one after another in the code as in life. They cannot be saved: JavaScript keeps a
 * generator's place to itself. Processes that become ready within one event run one by one in that order, each until it
 * yields. What goes wrong in one comes out of `runUntil` as a `ProcessError`, and the others can continue.
 */
export class Processes extends ProcessScheduler implements ResourceOwner {
  private readonly resources: Resource[] = []
  /** Units that were preempted, whose release is then no mistake: `name/ticket`. */
  private readonly lost = new Set<string>()
  private started = 0

  /**
   * @param name of the processes' kind of event in the kernel, or `{ name, rank, unit }`
   * @param rank 4, act, as people do
   * @param unit of time in which processes speak: `hold(2.5)` with unit 'minute' is 150,000 ms (default: ticks)
   */
  constructor(
    kernel: Kernel,
    name: string | { name?: string; rank?: number; unit?: TimeUnit | ModelTime } = 'process',
    rank = 4,
    unit: TimeUnit | ModelTime = 1,
  ) {
    const options = typeof name === 'string' ? { name, rank, unit } : { name: 'process', rank, unit, ...name }
    const time = options.unit instanceof ModelTime ? options.unit : new ModelTime(options.unit)
    super(kernel, time, options.name, options.rank)
  }
  /** The process that runs now; null outside processes. */
  get current(): ProcessHandle | null {
    return this.running < 0 ? null : this.handleAt(this.running)
  }

  /** Processes that have not ended. */
  get alive(): number {
    return this.clients.filter((client) => client instanceof ProcessHandle).length
  }

  /**
   * Starts a process: it runs now until its first `yield`, or as soon as the one that runs yields.
   * @param name for reports and errors (default: 'process' and its number)
   */
  start<R>(process: Process<R>, name?: string): ProcessHandle<R> {
    const index = this.takePlace()
    const handle = new ProcessHandle<R>(name, ++this.started, process, index, this)
    this.clients[index] = handle as ProcessHandle
    this.numbers[index] = handle.number
    this.waits[index] = RUNNING
    this.holds[index] = 0
    this.answerAt(index, 0)
    return handle
  }

  /** A resource for processes. `hours` are in ticks, everything else as in `Resource`. */
  resource(
    name: string,
    options: number | Omit<ResourceOptions, 'granted' | 'reneged' | 'preempted' | 'owner'>,
  ): Resource {
    const resource = new Resource(this.kernel, name, {
      ...(typeof options === 'number' ? { capacity: options } : options),
      owner: this,
      granted: (entity, ticket) => {
        this.holds[entity]++
        if (this.lost.size > 0) this.lost.delete(`${name}/${ticket}`)
        this.answerClient(entity, ticket)
      },
      reneged: (entity) => this.answerClient(entity, -1),
      preempted: (entity, ticket) => {
        this.holds[entity]--
        this.lost.add(`${name}/${ticket}`)
        this.throwInto(this.handleAt(entity), new Preempted(ticket, name))
      },
    })
    this.resources.push(resource)
    return resource
  }

  /** Something that happens once, to wait for. */
  event<T = void>(name: string): OneShotEvent<T> {
    return new OneShotEvent<T>(this, name)
  }

  /** A store of items. */
  store<T>(name: string, options?: StoreOptions<T>): Store<T> {
    return new Store<T>(this, name, options)
  }

  /** A container of an amount. */
  container(name: string, options?: ContainerOptions): Container {
    return new Container(this, name, options)
  }

  /** A processor that its jobs share; work in the model's unit: `yield serve(cpu, 2.5)`. */
  sharing(name: string, options: Omit<SharingOptions, 'done'> = {}): ProcessorSharing {
    return new ProcessorSharing(this.kernel, name, {
      ...options,
      owner: this,
      done: (entity) => this.answerClient(entity, 0),
    })
  }

  /** Hands the units of a ticket to another process, which must release them. */
  transfer(resource: Resource, ticket: Ticket, to: ProcessHandle): void {
    const from = resource.entityOf(ticket)
    if (!to.alive) throw this.runningError(`it hands a unit of '${resource.name}' to ${to.name}, which has ended`)
    if (from < 0 || !resource.transfer(ticket, to.entity)) {
      throw this.runningError(`it hands over ticket ${ticket} of '${resource.name}', which holds nothing`)
    }
    this.holds[from]--
    this.holds[to.entity]++
  }

  /** Who waits for something other than time, by when they started; with a resource, who waits for a unit of it. */
  waiting(resource?: Resource): Waiting[] {
    const found: Waiting[] = []
    for (const client of this.clients) {
      if (!(client instanceof ProcessHandle) || this.waits[client.entity] < QUEUEING || client.target === null) continue
      const { target } = client
      if (resource !== undefined && !(target instanceof Acquisition && target.resource === resource)) continue
      const since = this.time.units(this.waitingSince(client))
      found.push({ process: client, name: client.name, since, for: target.describe() + this.holdersOf(target) })
    }
    return found.sort((x, y) => x.since - y.since)
  }

  /**
   * For the end of a run: an error when processes wait that nothing in the future can wake, since no event is pending.
   * @throws ProcessError that lists who waits, since when, for what and who has it
   */
  checkFinished(): void {
    const stuck = this.kernel.pending === 0 ? this.waiting() : []
    if (stuck.length === 0) return
    const lines = stuck.map(({ name, since, for: what }) => `  ${name} waits since ${since} for ${what}`)
    const count = stuck.length === 1 ? '1 process waits' : `${stuck.length} processes wait`
    throw new ProcessError(stuck[0].name, this.clock, '', `${count} forever\n${lines.join('\n')}`)
  }

  /** @internal */
  released(resource: Resource, entity: number, ticket: Ticket): void {
    const { running } = this
    if (running >= 0 && running !== entity) {
      throw this.runningError(
        `it releases ticket ${ticket} of '${resource.name}', which ${this.nameOf(entity)} holds; transfer() it first`,
      )
    }
    this.holds[entity]--
  }

  /** @internal */
  releasedNothing({ name }: Resource, ticket: Ticket): boolean {
    if (this.lost.has(`${name}/${ticket}`)) return false
    const why =
      ticket === -1
        ? ': -1 says that patience ended'
        : ticket === -2
          ? ': -2 says that the queue was full'
          : '; it was released before, or belongs to another resource'
    throw this.runningError(`it releases ticket ${ticket} of '${name}', which holds nothing${why}`)
  }

  protected override unitsOf(handle: ProcessHandle): HeldUnit[] {
    return this.resources.flatMap((resource) =>
      resource
        .holdings()
        .filter(({ entity }) => entity === handle.entity)
        .map(({ ticket, since }) => ({ resource, ticket, since: this.time.units(since) })),
    )
  }

  private waitingSince({ entity, target }: ProcessHandle): number {
    if (!(target instanceof Acquisition)) return this.since[entity]
    return target.resource.waiters().find(({ ticket }) => ticket === this.tokens[entity])?.since ?? Number.NaN
  }

  private holdersOf(target: Waitable<unknown>): string {
    if (!(target instanceof Acquisition)) return ''
    const names = target.resource.holdings().map(({ entity }) => this.nameOf(entity))
    return names.length === 0 ? ' (held by no process)' : ` (held by ${[...new Set(names)].join(', ')})`
  }
}
