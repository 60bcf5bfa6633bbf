import { LevelUsage } from './level-usage.ts'
import { type Host, Waitable, type Waiter } from './waitable.ts'

export type StoreOptions<T> = {
  /** Most items in the store (default Infinity). */
  capacity?: number
  /** Lower numbers come out first, equal ones as they came (default: as they came). */
  priority?: (item: T) => number
  /** Keeps the time series of the level as data (default false). */
  record?: boolean
}

/** Items that processes put in and take out: mailboxes, pipes, buffers between machines. */
export class Store<T> {
  readonly name: string
  readonly capacity: number
  /** Items in store over time, and waits. Ticks. */
  readonly usage: LevelUsage
  private readonly host: Host
  private readonly priority: ((item: T) => number) | null
  private readonly stock: T[] = []
  private readonly getters = new Set<Getting<T>>()
  private readonly putters = new Set<Putting<T>>()

  /** Made by `processes.store(name, options)`. */
  constructor(host: Host, name: string, options: StoreOptions<T> = {}) {
    const { capacity = Number.POSITIVE_INFINITY } = options
    if (!(capacity === Number.POSITIVE_INFINITY || (Number.isInteger(capacity) && capacity >= 1))) {
      throw new RangeError(`store '${name}': capacity ${capacity}: give a whole number of items from 1, or Infinity`)
    }
    this.host = host
    this.name = name
    this.capacity = capacity
    this.priority = options.priority ?? null
    this.usage = new LevelUsage(host.kernel.now, 0, options.record ?? false)
  }

  /** Items in the store, the next one first. */
  get items(): readonly T[] {
    return this.stock
  }

  /** Number of items in the store. */
  get level(): number {
    return this.stock.length
  }

  /** Processes waiting for an item. */
  get getQueueLength(): number {
    return this.getters.size
  }

  /** Items waiting for room. */
  get putQueueLength(): number {
    return this.putters.size
  }

  /** Puts an item in, now or as soon as there is room; `yield store.put(item)` waits until it is in. */
  put(item: T): Waitable<void> {
    const putting = new Putting(this, item, this.host.kernel.now)
    this.putters.add(putting)
    this.serve()
    return putting
  }

  /** Takes the first item, or the first that the filter accepts: `const item = yield store.get()`. */
  get(filter?: (item: T) => boolean): Waitable<T> {
    return new Getting(this, filter ?? null)
  }

  /** @internal */
  admit(getting: Getting<T>, host: Host): void {
    if (host !== this.host)
      throw host.runningError(`store '${this.name}' belongs to other Processes; use this model's own`)
    getting.since = host.kernel.now
    this.getters.add(getting)
    this.serve()
  }

  /** @internal */
  remove(wait: Getting<T> | Putting<T>): void {
    if (wait instanceof Getting) this.getters.delete(wait)
    else this.putters.delete(wait)
    this.serve()
  }

  /** @internal The item goes back to where it was taken from, before its equals. */
  putBack(item: T): void {
    const { priority, stock } = this
    const place = priority === null ? 0 : stock.findIndex((other) => priority(other) >= priority(item))
    stock.splice(place < 0 ? stock.length : place, 0, item)
    this.serve()
  }

  /** @internal */
  describeLevel(): string {
    return `store '${this.name}' (${this.level} of ${this.capacity})`
  }

  private serve(): void {
    const outermost = this.host.pause()
    try {
      while (this.takeIn() || this.giveOut());
      this.usage.level.set(this.host.kernel.now, this.stock.length)
    } finally {
      this.host.proceed(outermost)
    }
  }

  private takeIn(): boolean {
    if (this.putters.size === 0 || this.stock.length >= this.capacity) return false
    const [putting] = this.putters
    this.putters.delete(putting)
    this.insert(putting.item)
    this.usage.putWait.add(this.host.kernel.now - putting.since)
    putting.finish()
    return true
  }

  private giveOut(): boolean {
    if (this.stock.length === 0) return false
    for (const getting of this.getters) {
      const place = getting.filter === null ? 0 : this.stock.findIndex(getting.filter)
      if (place < 0) continue
      this.getters.delete(getting)
      const [item] = place === 0 ? [this.stock.shift() as T] : this.stock.splice(place, 1)
      this.usage.getWait.add(this.host.kernel.now - getting.since)
      getting.finish(item)
      return true
    }
    return false
  }

  private insert(item: T): void {
    const { priority, stock } = this
    let place = stock.length
    if (priority !== null) {
      const rank = priority(item)
      if (!(typeof rank === 'number') || Number.isNaN(rank)) {
        throw new RangeError(`store '${this.name}': priority of an item is ${rank}; give a number`)
      }
      while (place > 0 && priority(stock[place - 1]) > rank) place--
    }
    if (place === stock.length) stock.push(item)
    else stock.splice(place, 0, item)
  }
}

class Getting<T> extends Waitable<T> {
  readonly filter: ((item: T) => boolean) | null
  since = 0
  private readonly store: Store<T>
  private waiter: Waiter | null = null

  constructor(store: Store<T>, filter: ((item: T) => boolean) | null) {
    super()
    this.store = store
    this.filter = filter
  }

  begin(waiter: Waiter, host: Host): void {
    if (this.waiter !== null)
      throw host.runningError(`it yields the same get() of store '${this.store.name}' twice; call get() again`)
    this.waiter = waiter
    this.store.admit(this, host)
  }

  abandon(): void {
    this.store.remove(this)
  }

  override undo(item: T): void {
    this.store.putBack(item)
  }

  describe(): string {
    return `an item${this.filter === null ? '' : ' its filter accepts'} of ${this.store.describeLevel()}`
  }

  finish(item: T): void {
    this.waiter?.resume(item)
  }
}

class Putting<T> extends Waitable<void> {
  readonly item: T
  readonly since: number
  private readonly store: Store<T>
  private waiter: Waiter | null = null
  private state: 'waiting' | 'done' | 'withdrawn' = 'waiting'

  constructor(store: Store<T>, item: T, since: number) {
    super()
    this.store = store
    this.item = item
    this.since = since
  }

  begin(waiter: Waiter, host: Host): void {
    if (this.state === 'withdrawn' || this.waiter !== null) {
      throw host.runningError(`it yields the same put() of store '${this.store.name}' twice; call put() again`)
    }
    if (this.state === 'done') waiter.resume(undefined)
    else this.waiter = waiter
  }

  abandon(): void {
    this.state = 'withdrawn'
    this.store.remove(this)
  }

  describe(): string {
    return `room in ${this.store.describeLevel()}`
  }

  finish(): void {
    this.state = 'done'
    this.waiter?.resume(undefined)
  }
}
