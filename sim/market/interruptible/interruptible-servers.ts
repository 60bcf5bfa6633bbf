/** Interruptible servers of a cell (E-11): by pool those that are not gone, and what awaits some of them. */
export class InterruptibleServers {
  /** By row of the pool: discount in force, percent x 1e8. */
  readonly percentOff: bigint[]
  /** By row of the pool: rows of servers. */
  #ofPool: Set<number>[]
  /** By row of a server that has got notice: the timer of its interruption. */
  readonly notices = new Map<number, number>()
  /** By row of an interrupted server whose owner waits for room: whether its lifetime begins again. */
  readonly waiting = new Map<number, boolean>()

  constructor(pools: number) {
    this.percentOff = new Array<bigint>(pools).fill(0n)
    this.#ofPool = Array.from({ length: pools }, () => new Set())
  }

  of(pool: number): ReadonlySet<number> {
    return this.#ofPool[pool]
  }

  add(pool: number, row: number): void {
    this.#ofPool[pool].add(row)
  }

  remove(pool: number, row: number): void {
    this.#ofPool[pool].delete(row)
  }

  save() {
    return {
      percentOff: [...this.percentOff],
      ofPool: this.#ofPool.map((rows) => [...rows]),
      notices: [...this.notices],
      waiting: [...this.waiting],
    }
  }

  restore(state: ReturnType<InterruptibleServers['save']>): void {
    state.percentOff.forEach((percent, pool) => {
      this.percentOff[pool] = percent
    })
    this.#ofPool = state.ofPool.map((rows) => new Set(rows))
    for (const [row, timer] of state.notices) this.notices.set(row, timer)
    for (const [row, again] of state.waiting) this.waiting.set(row, again)
  }
}
