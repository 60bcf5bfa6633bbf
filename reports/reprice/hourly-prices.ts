/** What an hour of use costs under the other prices: found by the price that the record has of it. */
import { formatInstant } from '#base/civil-time.ts'
import { InputError } from '#base/input-error.ts'
import { HOUR } from '#base/time.ts'
import { type CloudResource, cloudResources } from '#scenarios/cloud-resources.ts'
import { imageHourlyAt, resourceHourlyAt, serverHourlyAt } from '../explain/premises.ts'
import type { RunRecord } from '../record.ts'

/** A price on both sides, whole 1e-10 an hour, and since when it holds. */
interface Step {
  readonly from: number
  readonly old: bigint
  readonly new: bigint
}

const HUNDRED_PERCENT = 10_000_000_000n

/** E-11: less a discount in percent x 1e8, truncated. */
export const lessOff = (hourly: bigint, off: bigint): bigint => (hourly * (HUNDRED_PERCENT - off)) / HUNDRED_PERCENT

/** The listed price of an hour at an instant, whole 1e-10. */
export function hourlyAt(record: RunRecord, item: string, priced: bigint, at: number): bigint {
  if (item === 'ecs') return serverHourlyAt(record, priced, at) ?? 0n
  if (item === 'image') return imageHourlyAt(record, priced, at) ?? 0n
  const resource = cloudResources.find((each) => each === item) as CloudResource | undefined
  const found = resourceHourlyAt(record, priced, at).find(([each]) => each === resource)
  return found?.[1] ?? 0n
}

interface PlannedEvent {
  readonly at: number
  readonly kind: string
}

export class HourlyPrices {
  readonly #old: RunRecord
  readonly #now: RunRecord
  readonly #steps = new Map<string, readonly Step[]>()
  /** When the run begins, and when planned events change prices; earliest first. */
  readonly changes: readonly number[]
  /** E-11: the discounts of each pool, earliest first. */
  readonly #discounts: ReadonlyMap<number, readonly { at: number; off: bigint }[]>

  constructor(old: RunRecord, now: RunRecord) {
    this.#old = old
    this.#now = now
    const events = (old.meta.scenario.events ?? []) as readonly PlannedEvent[]
    const changes = events.filter(({ kind }) => kind === 'priceChange' || kind === 'serverPriceChange')
    const instants = [old.meta.start, ...changes.map(({ at }) => at).filter((at) => at > old.meta.start)]
    this.changes = [...new Set(instants)].sort((a, b) => a - b)
    const discounts = old.rows<{ pool: bigint; at: bigint; off: bigint }>(
      'SELECT pool, at, percent_off AS off FROM interruptible_prices ORDER BY rowid',
    )
    this.#discounts = Map.groupBy(
      discounts.map(({ pool, at, off }) => ({ pool: Number(pool), at: Number(at), off })),
      ({ pool }) => pool,
    )
  }

  /** The steps of a price, earliest first; the first holds since the beginning. */
  #of(item: string, priced: number): readonly Step[] {
    const key = `${item} ${priced}`
    let steps = this.#steps.get(key)
    if (steps === undefined) {
      const made: Step[] = []
      for (const from of this.changes) {
        const step = {
          from,
          old: hourlyAt(this.#old, item, BigInt(priced), from),
          new: hourlyAt(this.#now, item, BigInt(priced), from),
        }
        const last = made.at(-1)
        if (last === undefined || last.old !== step.old || last.new !== step.new) made.push(step)
      }
      steps = made
      this.#steps.set(key, steps)
    }
    return steps
  }

  /** Whether all hours of something have one price on each side. */
  isConstant(item: string, priced: number): boolean {
    return this.#of(item, priced).length === 1 && (item === 'image' || !this.#discounts.has(priced))
  }

  /** Whether servers of a pool may have a price below the listed one (E-11). */
  hasDiscounts(pool: number): boolean {
    return this.#discounts.has(pool)
  }

  /**
   * The other price of an hour that the record has at `recorded`. Throws InputError where two prices that were the same within
   * the hour differ now; undefined where the record has a price that the scenario does not.
   */
  other(item: string, priced: number, hour: number, recorded: bigint): bigint | undefined {
    const until = hour + HOUR
    const within = this.#of(item, priced).filter(
      ({ from }, index, all) =>
        (index === 0 || from < until) && (all[index + 1]?.from ?? Number.POSITIVE_INFINITY) > hour,
    )
    const found = new Set<bigint>()
    for (const step of within) if (step.old === recorded) found.add(step.new)
    if (found.size === 0 && item !== 'image')
      for (const { off } of this.#discountsWithin(priced, hour, until))
        for (const step of within) if (lessOff(step.old, off) === recorded) found.add(lessOff(step.new, off))
    if (found.size > 1)
      throw new InputError(
        `a price that was the same before and after a change in the hour of ${formatInstant(hour, this.#old.meta.utcOffset)} is another one now, and the record does not say which of them the hour had`,
        'leave one of the two prices as it is',
      )
    return found.values().next().value
  }

  /** E-11: the discounts of a pool, earliest first. */
  discountsOf(pool: number): readonly { readonly at: number; readonly off: bigint }[] {
    return this.#discounts.get(pool) ?? []
  }

  #discountsWithin(pool: number, hour: number, until: number): readonly { off: bigint }[] {
    const all = this.discountsOf(pool)
    return all.filter(({ at }, index) => at < until && (all[index + 1]?.at ?? Number.POSITIVE_INFINITY) > hour)
  }
}
