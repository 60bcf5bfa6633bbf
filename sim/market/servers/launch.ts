/** How the creation of one server will go: how long it takes, ms, and whether it fails in the end (O-08). */
export interface Launch {
  readonly after: number
  readonly fails: boolean
}

/** By row of an order that waits: what each of its servers will take was drawn when it was placed. */
export class Launches {
  #byRow = new Map<number, readonly Launch[]>()

  of(row: number): readonly Launch[] {
    return this.#byRow.get(row) ?? []
  }

  set(row: number, launches: readonly Launch[]): void {
    this.#byRow.set(row, launches)
  }

  remove(row: number): void {
    this.#byRow.delete(row)
  }

  save() {
    return [...this.#byRow]
  }

  restore(state: ReturnType<Launches['save']>): void {
    this.#byRow = new Map(state)
  }
}
