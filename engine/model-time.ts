/** Ticks of the kernel's clock in one unit of time; by name where a tick is a millisecond. */
const perUnit = {
  tick: 1,
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
} as const

/** A unit of time: a name (a tick is then a millisecond), or a whole number of ticks of any length you like. */
export type TimeUnit = keyof typeof perUnit | number

/** 2^51: up to here a time in ticks survives the way to units and back. */
const LAST_EXACT = 2 ** 51

/**
 * Time in a unit of the model's choice, mapped to the kernel's whole ticks. The nearest tick is taken (halves go up), by
 * one multiplication, so that the history has the same bits on every machine.
 *
 * With unit 1 ('tick', 'millisecond') nothing is rounded: a fraction is an error there.
 */
export class ModelTime {
  /** Ticks in one unit. */
  readonly perUnit: number
  /** Plural for messages, e.g. 'minutes'; 'units' for a number of ticks. */
  readonly unit: string
  private readonly named: boolean

  /** @throws RangeError for an unknown name, or a number of ticks that is not a whole one from 1 to 2^51 */
  constructor(unit: TimeUnit = 1) {
    const ticks = typeof unit === 'number' ? unit : perUnit[unit]
    if (!Number.isInteger(ticks) || ticks < 1 || ticks > LAST_EXACT) {
      throw new RangeError(
        `time unit ${JSON.stringify(unit)}: give ${Object.keys(perUnit).join(', ')}, or a whole number of ticks from 1`,
      )
    }
    this.perUnit = ticks
    this.named = typeof unit === 'string' && unit !== 'tick'
    this.unit = typeof unit === 'number' ? (unit === 1 ? 'ticks' : 'units') : `${unit}s`
  }

  /** Whether a fraction of a unit is rounded to the nearest tick (false for unit 1). */
  get rounds(): boolean {
    return this.perUnit > 1
  }

  /** Whether `ticks` would take this time or duration. */
  canBe(units: number): boolean {
    const ticks = this.nearest(units)
    return ticks >= 0 && (Number.isSafeInteger(ticks) || ticks === Number.POSITIVE_INFINITY)
  }

  /**
   * Whole ticks of a time or duration in units; Infinity stays.
   * @throws RangeError for a negative time, NaN, more than 2^53 - 1 ticks, or a fraction where a unit is one tick
   */
  ticks(units: number): number {
    if (this.canBe(units)) return this.nearest(units)
    throw new RangeError(`${String(units)}: ${this.expected()}`)
  }

  /** A time in ticks as a number of units. */
  units(ticks: number): number {
    return ticks / this.perUnit
  }

  private nearest(units: number): number {
    // Plus 0, since half a tick before zero would be a negative zero.
    return (this.perUnit === 1 ? units : Math.round(units * this.perUnit)) + 0
  }

  /** A time in the model's unit as a person reads it: `12.5 minutes`, `time 5`. */
  format(units: number): string {
    return this.named ? `${units} ${this.unit}` : `time ${units}`
  }

  /** What a time must be, for messages. */
  expected(): string {
    return this.perUnit === 1
      ? `a time is a whole number of ${this.unit}, 0 or more; round it, or choose a time unit of more than one tick`
      : `a time is a number of ${this.unit}, 0 or more`
  }
}
