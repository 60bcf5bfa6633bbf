import { Kernel } from './kernel.ts'
import { ModelTime, type TimeUnit } from './model-time.ts'
import type { Container, ContainerOptions } from './processes/container.ts'
import { hold } from './processes/delay.ts'
import type { OneShotEvent } from './processes/one-shot-event.ts'
import type { Process } from './processes/process.ts'
import type { ProcessHandle } from './processes/process-handle.ts'
import { Processes } from './processes/processes.ts'
import type { Store, StoreOptions } from './processes/store.ts'
import { type DistributionSpec, distribution } from './random/distribution.ts'
import { type Stream, Streams } from './random/streams.ts'
import type { ProcessorSharing } from './resources/processor-sharing.ts'
import type { Resource } from './resources/resource.ts'
import type { UsageSummary } from './resources/usage.ts'
import { type Resettable, warmUp } from './warm-up.ts'

export type SimulationOptions = {
  /** Seed of all randomness (default 'simulation'); and which of several runs with that seed (default 0). */
  seed?: string
  replication?: number
  /**
   * Unit in which the model speaks of time: 'minute' and the like (a tick is then a millisecond), or the number of ticks
   * in a unit. Default 1,000,000: a unit without a name, a millionth of which is distinguished.
   */
  unit?: TimeUnit
}

/** A kernel, its processes, random streams and a time unit in one: what a model made of processes needs. */
export class Simulation {
  readonly kernel: Kernel
  readonly processes: Processes
  readonly streams: Streams
  readonly time: ModelTime
  private readonly things: Resettable[] = []
  private sources = 0

  constructor({ seed = 'simulation', replication = 0, unit = 1_000_000 }: SimulationOptions = {}) {
    this.time = new ModelTime(unit)
    this.kernel = new Kernel()
    this.processes = new Processes(this.kernel, { unit: this.time })
    this.streams = new Streams(seed, replication)
  }

  /** Current time in the model's unit. */
  get now(): number {
    return this.processes.now
  }

  /** As `Processes.start`. */
  start<R>(process: Process<R>, name?: string): ProcessHandle<R> {
    return this.processes.start(process, name)
  }

  /**
   * Starts a process at each arrival, numbered from 1.
   * @param gap time before each arrival, also the first
   * @param options `count`, how many, and `until`, no arrival later than that (default: without end); `first`, time before
   * the first instead of a gap; `name` of the arrivals, before their number
   */
  source(
    gap: () => number,
    arrival: (number: number) => Process<unknown>,
    options: { count?: number; until?: number; first?: number; name?: string } = {},
  ): ProcessHandle {
    const { count = Number.POSITIVE_INFINITY, until = Number.POSITIVE_INFINITY, first, name = 'customer' } = options
    const { processes } = this
    function* arrivals(): Process {
      for (let number = 1; number <= count; number++) {
        yield hold(number === 1 && first !== undefined ? first : gap())
        if (processes.now > until) return
        processes.start(arrival(number), `${name} ${number}`)
      }
    }
    return processes.start(arrivals(), `source ${++this.sources}`)
  }

  /** A resource; a number is its capacity. */
  resource(name: string, options: Parameters<Processes['resource']>[1]): Resource {
    const resource = this.processes.resource(name, options)
    if (resource.usage !== null) this.things.push(resource.usage)
    return resource
  }

  /** A processor that its jobs share. */
  sharing(name: string, options?: Parameters<Processes['sharing']>[1]): ProcessorSharing {
    return this.reset(this.processes.sharing(name, options))
  }

  store<T>(name: string, options?: StoreOptions<T>): Store<T> {
    const store = this.processes.store<T>(name, options)
    this.things.push(store.usage)
    return store
  }

  container(name: string, options?: ContainerOptions): Container {
    const container = this.processes.container(name, options)
    this.things.push(container.usage)
    return container
  }

  event<T = void>(name: string): OneShotEvent<T> {
    return this.processes.event<T>(name)
  }

  /** The random stream of this path. */
  stream(path: string): Stream {
    return this.streams.stream(path)
  }

  /** Draws from a distribution by a stream of its own: `const gap = sim.sampler('gaps', { exponential: { mean: 5 } })`. */
  sampler(path: string, spec: DistributionSpec): () => number {
    const dist = distribution(spec)
    const stream = this.streams.stream(path)
    return () => dist.sample(stream)
  }

  /** Adds statistics to those that `warmUp` resets, and returns them. */
  reset<T extends Resettable>(thing: T): T {
    this.things.push(thing)
    return thing
  }

  /** At this time all statistics of what was made here, and of `reset`, forget the past. */
  warmUp(time: number): void {
    warmUp(this.kernel, this.time.ticks(time), () => this.things)
  }

  /**
   * Runs until a time in the model's unit, or until nothing is left to happen.
   * @throws ProcessError when a process fails; the others can continue with another `run`
   */
  run(until: number = Number.POSITIVE_INFINITY): this {
    this.kernel.runUntil(this.time.ticks(until))
    return this
  }

  /** What a resource's use looked like until now, times in the model's unit. */
  summary(resource: Resource): UsageSummary {
    if (resource.usage === null) throw new RangeError(`'${resource.name}' was made with statistics: false`)
    return resource.usage.summary(this.kernel.now, this.time.perUnit)
  }
}
