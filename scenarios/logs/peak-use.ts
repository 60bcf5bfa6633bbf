/** How many servers a log has in use at the same time, hour by hour: memory grows with its hours, not with its rows. */
import { HOUR } from '#base/time.ts'

export class PeakUse {
  readonly #starts = new Map<number, number>()
  readonly #ends = new Map<number, number>()

  /** `end` is undefined for what never ends. */
  add(at: number, end: number | undefined, servers: number): void {
    const first = Math.floor(at / HOUR)
    this.#starts.set(first, (this.#starts.get(first) ?? 0) + servers)
    if (end === undefined) return
    const last = Math.floor(end / HOUR)
    this.#ends.set(last, (this.#ends.get(last) ?? 0) + servers)
  }

  /** The most in use in any clock hour, as if what ends in an hour were there until its end: never too few. */
  get most(): number {
    let level = 0
    let most = 0
    const hours = [...new Set([...this.#starts.keys(), ...this.#ends.keys()])].sort((a, b) => a - b)
    for (const hour of hours) {
      level += this.#starts.get(hour) ?? 0
      if (level > most) most = level
      level -= this.#ends.get(hour) ?? 0
    }
    return most
  }
}
