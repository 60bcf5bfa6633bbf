/** Time zones by name, with daylight saving, from the data that comes with Node (IANA). */
import { InputError } from '#base/input-error.ts'
import { HOUR, MINUTE } from '#base/time.ts'
import type { CivilZone, NamedZone } from './civil-zone.ts'

/** Milliseconds of `+08:00`. */
function offsetOf(text: string): number {
  const match = /^(?:Z|UTC|([+-])(\d\d):?(\d\d))$/i.exec(text)
  const [, sign, hours, minutes] = match ?? []
  const size = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000
  if (match !== null && size <= 14 * 3_600_000) return sign === '-' ? -size : size
  throw new InputError(`--time-zone ${text} is not a UTC offset`, 'write --time-zone +08:00 or --time-zone=-07:00')
}

/** `+08:00` or `Europe/Berlin`. Throws InputError. */
export function zoneOf(text: string): CivilZone {
  if (/^(?:Z|UTC|[+-].*)$/i.test(text) || !/^[A-Za-z]+(?:[/_+-][A-Za-z0-9_+-]+)*$/.test(text)) return offsetOf(text)
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: text,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    })
  } catch {
    throw new InputError(
      `--time-zone ${text} is neither a UTC offset nor a time zone`,
      'write --time-zone +08:00 or a name such as --time-zone Europe/Berlin',
    )
  }
  return new Place(text, format)
}

const STEP = 15 * MINUTE
const MOST_KNOWN = 1 << 16
/** No place is further from UTC. */
const FURTHEST = 15 * HOUR

class Place implements NamedZone {
  readonly name: string
  readonly standard: number
  readonly #format: Intl.DateTimeFormat
  /** Offsets by quarter of an hour: no place changes its clocks within one. */
  readonly #known = new Map<number, number>()

  constructor(name: string, format: Intl.DateTimeFormat) {
    this.name = name
    this.#format = format
    // Clocks go forward in summer, of which each half of the Earth has its own.
    this.standard = Math.min(this.#at(Date.UTC(2024, 0, 1)), this.#at(Date.UTC(2024, 6, 1)))
  }

  offsetOf(civil: number): number | undefined {
    return this.#offsets(civil)[0]
  }

  isTwice(instant: number): boolean {
    return this.#offsets(instant + this.#at(instant)).length > 1
  }

  /** Those at which clocks show a civil time, the first time first. */
  #offsets(civil: number): number[] {
    // The offsets before and after any change near this time: the larger one makes the earlier instant.
    const [a, b] = [this.#at(civil - FURTHEST), this.#at(civil + FURTHEST)]
    const candidates = a === b ? [a] : [Math.max(a, b), Math.min(a, b)]
    return candidates.filter((offset) => this.#at(civil - offset) === offset)
  }

  /** The offset at an instant. */
  #at(instant: number): number {
    const step = Math.floor(instant / STEP)
    let found = this.#known.get(step)
    if (found !== undefined) return found
    const part = new Map(this.#format.formatToParts(step * STEP).map(({ type, value }) => [type, Number(value)]))
    const of = (type: Intl.DateTimeFormatPartTypes): number => part.get(type) ?? 0
    const civil = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
    found = civil - step * STEP
    if (this.#known.size >= MOST_KNOWN) this.#known.clear()
    this.#known.set(step, found)
    return found
  }
}
