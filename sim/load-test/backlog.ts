/** Operations that are due and wait for their thread, oldest first. */

/** A queue with room for a fixed number; what comes while it is full is dropped, and counted by the caller. */
export class Backlog {
  readonly #numbers: Float64Array
  readonly #due: Float64Array
  #head = 0
  /** Operations that wait. */
  length = 0
  /** Most that ever waited. */
  peak = 0

  constructor(room: number) {
    this.#numbers = new Float64Array(room)
    this.#due = new Float64Array(room)
  }

  /** Returns whether there was room. `due` in ms of the clock. */
  offer(number: number, due: number): boolean {
    const room = this.#numbers.length
    if (this.length === room) return false
    const at = (this.#head + this.length) % room
    this.#numbers[at] = number
    this.#due[at] = due
    this.length++
    if (this.length > this.peak) this.peak = this.length
    return true
  }

  /** Takes up to `most` of the oldest into the two columns; returns how many. */
  take(numbers: Float64Array, due: Float64Array, most: number): number {
    const count = Math.min(most, this.length)
    const room = this.#numbers.length
    for (let index = 0; index < count; index++) {
      numbers[index] = this.#numbers[this.#head]
      due[index] = this.#due[this.#head]
      this.#head = this.#head + 1 === room ? 0 : this.#head + 1
    }
    this.length -= count
    return count
  }
}
