import { LevelUsage } from './level-usage.ts'
import { type Host, Waitable, type Waiter } from './waitable.ts'

export type ContainerOptions = {
  /** Most it can hold (default Infinity). */
  capacity?: number
  /** What it holds at first (default 0). */
  level?: number
  /** Keeps the time series of the level as data (default false). */
  record?: boolean
}

/**
 * An amount of something that is all alike: fuel, money, stock. Amounts are numbers above 0, whole ones stay exact. Who
 * comes first is served first, on both sides: a large amount is not overtaken by a small one.
 */
export class Container {
  readonly name: string
  readonly capacity: number
  /** Level over time, and waits. Ticks. */
  readonly usage: LevelUsage
  private readonly host: Host
  private amount: number
  private readonly getters = new Set<Moving>()
  private readonly putters = new Set<Moving>()

  /** Made by `processes.container(name, options)`. */
  constructor(
    host: Host,
    name: string,
    { capacity = Number.POSITIVE_INFINITY, level = 0, record = false }: ContainerOptions = {},
  ) {
    if (!(capacity > 0)) throw new RangeError(`container '${name}': capacity ${capacity}: give a number above 0`)
    if (!(level >= 0 && level <= capacity && level < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`container '${name}': level ${level}: give a number from 0 to the capacity, ${capacity}`)
    }
    this.host = host
    this.name = name
    this.capacity = capacity
    this.amount = level
    this.usage = new LevelUsage(host.kernel.now, level, record)
  }

  get level(): number {
    return this.amount
  }

  /** Processes waiting for an amount. */
  get getQueueLength(): number {
    return this.getters.size
  }

  /** Amounts waiting for room. */
  get putQueueLength(): number {
    return this.putters.size
  }

  /**
   * Adds an amount, now or as soon as there is room; `yield tank.put(5)` waits until it is in.
   * @throws ProcessError for an amount that is not above 0, or more than the capacity
   */
  put(amount: number): Waitable<void> {
    this.check(amount)
    const putting = new Moving(this, amount, false)
    putting.since = this.host.kernel.now
    this.putters.add(putting)
    this.serve()
    return putting
  }

  /**
   * Takes an amount, all together: `yield tank.get(5)`.
   * @throws ProcessError for an amount that is not above 0, or more than the capacity
   */
  get(amount: number): Waitable<void> {
    this.check(amount)
    return new Moving(this, amount, true)
  }

  /** @internal */
  admit(getting: Moving, host: Host): void {
    if (host !== this.host)
      throw host.runningError(`container '${this.name}' belongs to other Processes; use this model's own`)
    getting.since = host.kernel.now
    this.getters.add(getting)
    this.serve()
  }

  /** @internal */
  remove(wait: Moving): void {
    this.getters.delete(wait)
    this.putters.delete(wait)
    this.serve()
  }

  /** @internal */
  putBack(amount: number): void {
    this.amount += amount
    this.serve()
  }

  private serve(): void {
    const outermost = this.host.pause()
    const now = this.host.kernel.now
    for (let moved = true; moved; ) {
      moved = false
      const [putting] = this.putters
      if (putting !== undefined && this.amount + putting.amount <= this.capacity) {
        moved = true
        this.amount += putting.amount
        this.putters.delete(putting)
        this.usage.putWait.add(now - putting.since)
        putting.finish()
      }
      const [getting] = this.getters
      if (getting !== undefined && getting.amount <= this.amount) {
        moved = true
        this.amount -= getting.amount
        this.getters.delete(getting)
        this.usage.getWait.add(now - getting.since)
        getting.finish()
      }
    }
    this.usage.level.set(now, this.amount)
    this.host.proceed(outermost)
  }

  private check(amount: number): void {
    if (amount > 0 && amount <= this.capacity && amount < Number.POSITIVE_INFINITY) return
    throw this.host.runningError(
      `${amount} of container '${this.name}': give an amount above 0, up to its capacity ${this.capacity}`,
    )
  }
}

/** An amount on its way in or out. */
class Moving extends Waitable<void> {
  readonly amount: number
  since = 0
  private readonly container: Container
  private readonly out: boolean
  private waiter: Waiter | null = null
  private done = false
  private withdrawn = false

  constructor(container: Container, amount: number, out: boolean) {
    super()
    this.container = container
    this.amount = amount
    this.out = out
  }

  begin(waiter: Waiter, host: Host): void {
    if (this.waiter !== null || this.withdrawn) {
      const verb = this.out ? 'get' : 'put'
      throw host.runningError(
        `it yields the same ${verb}() of container '${this.container.name}' twice; call ${verb}() again`,
      )
    }
    this.waiter = waiter
    if (this.out) this.container.admit(this, host)
    else if (this.done) waiter.resume(undefined)
  }

  abandon(): void {
    this.withdrawn = true
    this.container.remove(this)
  }

  override undo(): void {
    if (this.out) this.container.putBack(this.amount)
  }

  describe(): string {
    const { level, capacity, name } = this.container
    return `${this.out ? `${this.amount}` : `room for ${this.amount}`} in container '${name}' (${level} of ${capacity})`
  }

  finish(): void {
    this.done = true
    this.waiter?.resume(undefined)
  }
}
