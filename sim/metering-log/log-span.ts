/**
 * One mistyped year makes a log that seems to run for centuries, and every server left running with it. A log longer than
 * its bound is refused before an hour of it is written.
 */
import { formatInstant } from '#base/civil-time.ts'
import { InputError } from '#base/input-error.ts'
import { DAY } from '#base/time.ts'

const YEAR = 365.25 * DAY
/** Five years. */
export const LONGEST_SPAN = 5 * YEAR

const yearsText = (span: number): string =>
  span >= 2 * YEAR ? `${Math.round(span / YEAR)} years` : `${Math.ceil(span / DAY)} days`

/** The option with which a log of this length is read. */
export const spanOption = (span: number): string => `--longest-span ${Math.ceil(span / YEAR)}y`

export class LogSpan {
  readonly #file: string
  readonly #longest: number
  readonly #offset: number
  #earliest = Number.POSITIVE_INFINITY
  #latest = Number.NEGATIVE_INFINITY
  #earliestLine = 0
  #latestLine = 0

  /** `longest` in milliseconds, `utcOffset` for messages. */
  constructor(file: string, longest: number, utcOffset: number) {
    this.#file = file
    this.#longest = longest
    this.#offset = utcOffset
  }

  /** Takes the time of the next row. Throws InputError for one that makes the log too long. */
  take(at: number, line: number): void {
    if (at < this.#earliest) {
      if (this.#latest - at > this.#longest) this.#refuse(`line ${line}`, at, this.#latest, this.#latestLine)
      this.#earliest = at
      this.#earliestLine = line
    }
    if (at > this.#latest) {
      if (at - this.#earliest > this.#longest) this.#refuse(`line ${line}`, at, this.#earliest, this.#earliestLine)
      this.#latest = at
      this.#latestLine = line
    }
  }

  /** The log is metered up to `until`. Throws InputError where that is too far from its first row. */
  closeAt(until: number): void {
    if (until - this.#earliest > this.#longest) this.#refuse('--until', until, this.#earliest, this.#earliestLine)
  }

  #refuse(where: string, at: number, other: number, otherLine: number): never {
    const span = Math.abs(at - other)
    const side = at > other ? 'after' : 'before'
    throw new InputError(
      `${where === '--until' ? '--until ' : ''}${formatInstant(at, this.#offset)} is ${yearsText(span)} ${side} line ${otherLine} (${formatInstant(other, this.#offset)}), more than the longest span of ${yearsText(this.#longest)}`,
      `correct the year of one of them, or allow it with ${spanOption(span)}`,
      where === '--until' ? this.#file : `${this.#file}, ${where}`,
    )
  }
}
