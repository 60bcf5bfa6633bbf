/** Times of a log read from its bytes: `2024-01-31T09:00:00+08:00`, the rows of one day looked up once. */
import { dayOfDate, parseInstant } from './civil-time.ts'
import { DAY, SECOND } from './time.ts'

const digit = (bytes: Uint8Array, at: number): number => bytes[at] - 48
const pair = (bytes: Uint8Array, at: number): number => digit(bytes, at) * 10 + digit(bytes, at + 1)

const DATE = 10
/** `2024-01-31T09:00:00` */
const CLOCK = 19

export class Instants {
  /** The date that was read last, byte by byte, and its civil day. */
  readonly #date = new Uint8Array(DATE)
  #day = Number.NaN

  /** Milliseconds since the epoch, the same as `parseInstant` answers. Throws BillingError. */
  read(bytes: Buffer, from: number, to: number, where: string): number {
    const fast = this.#plain(bytes, from, to)
    return Number.isNaN(fast) ? this.#checked(bytes, from, to, where) : fast
  }

  /** Times with seconds, without milliseconds, of the day read before; NaN for all others. */
  #plain(bytes: Buffer, from: number, to: number): number {
    const zone = from + CLOCK
    if (to - zone !== 1 && to - zone !== 6) return Number.NaN
    for (let at = 0; at < DATE; at++) if (bytes[from + at] !== this.#date[at]) return Number.NaN
    if (bytes[from + 10] !== 84 || bytes[from + 13] !== 58 || bytes[from + 16] !== 58) return Number.NaN
    for (const at of clockDigits) if (!isDigit(bytes[from + at])) return Number.NaN
    const hour = pair(bytes, from + 11)
    const minute = pair(bytes, from + 14)
    const second = pair(bytes, from + 17)
    if (hour > 23 || minute > 59 || second > 59) return Number.NaN
    const offset = offsetOf(bytes, zone, to)
    return this.#day * DAY + ((hour * 60 + minute) * 60 + second) * SECOND - offset
  }

  #checked(bytes: Buffer, from: number, to: number, where: string): number {
    const text = bytes.toString('utf8', from, to)
    const instant = parseInstant(text, where)
    this.#day = dayOfDate(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10)))
    for (let at = 0; at < DATE; at++) this.#date[at] = bytes[from + at]
    return instant
  }
}

const clockDigits = [11, 12, 14, 15, 17, 18]
const isDigit = (code: number): boolean => code >= 48 && code <= 57

/** Milliseconds of `Z` or `+08:00`; NaN where it is neither. */
function offsetOf(bytes: Buffer, zone: number, to: number): number {
  const sign = bytes[zone]
  if (to - zone === 1) return sign === 90 ? 0 : Number.NaN
  if ((sign !== 43 && sign !== 45) || bytes[zone + 3] !== 58) return Number.NaN
  for (const at of [1, 2, 4, 5]) if (!isDigit(bytes[zone + at])) return Number.NaN
  const hours = pair(bytes, zone + 1)
  const minutes = pair(bytes, zone + 4)
  if (hours > 23 || minutes > 59) return Number.NaN
  return (sign === 45 ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
