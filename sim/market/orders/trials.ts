/** Which product of which account was tried (O-12). */
export class Trials {
  #used = new Set<number>()

  /** Says that the trial of a key is used now; false where it was before. */
  use(key: number): boolean {
    if (this.#used.has(key)) return false
    this.#used.add(key)
    return true
  }

  save(): Float64Array {
    return Float64Array.from(this.#used)
  }

  restore(state: Float64Array): void {
    this.#used = new Set(state)
  }
}
