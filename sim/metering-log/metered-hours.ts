/**
 * What a log was metered to, before any price: in columns, 33 bytes an hour of use. Other prices, roundings and months are
 * tried on these without reading and metering the log again.
 */
import { HOUR } from '#base/time.ts'
import { columns } from '#engine/columns.ts'
import type { Policies } from '#scenarios/policies.ts'
import { HourPricer, type MeteredHour, type RatedHour } from './hour-pricer.ts'
import type { LogNames } from './log-names.ts'
import { type Kind, kinds, type PriceList } from './price-list.ts'

/** Hours that are held at most, some 250 MB while the columns grow: a longer log is metered again each time. */
const MOST_HOURS = 4_000_000

/** What metering depends on: two logs with one key are metered to the same hours. */
export const meteringKey = (policies: Policies): string =>
  JSON.stringify([
    ...[policies['image.hour'], policies['image.key'], policies['image.whenStopped'], policies['unfreeze.payPerUse']],
    // Whole hours of another offset are the same hours.
    ((policies['time.utcOffset'] % HOUR) + HOUR) % HOUR,
  ])

/** What charges depend on besides prices: with one key, lines are the same, and only their bills may differ. */
export const chargingKey = (policies: Policies): string =>
  JSON.stringify([
    meteringKey(policies),
    ...[policies['ecs.granularity'], policies['image.granularity'], policies['image.priceAt']],
    policies['rounding.charge'],
  ])

export interface OtherPricing {
  readonly prices: PriceList
  readonly policies: Policies
  readonly until: number | undefined
  readonly onHour?: ((hour: RatedHour) => void) | undefined
}

export class MeteredHours {
  readonly #names: LogNames
  readonly #most: number
  #table = MeteredHours.#empty()
  /** Whether the log has more hours than are held: then it has to be metered again. */
  isTooLong = false

  constructor(names: LogNames, most = MOST_HOURS) {
    this.#names = names
    this.#most = most
  }

  static #empty() {
    return columns({
      kind: 'u8',
      account: 'i32',
      resource: 'i32',
      name: 'i32',
      seconds: 'i32',
      hour: 'f64',
      /** Milliseconds from the start of the hour. */
      firstUse: 'i32',
      useEnd: 'i32',
    })
  }

  get rows(): number {
    return this.#table.rows
  }

  keep({ kind, account, resource, name, hour, seconds, firstUse, useEnd }: MeteredHour): void {
    if (this.isTooLong) return
    if (this.#table.rows >= this.#most) {
      this.isTooLong = true
      this.#table = MeteredHours.#empty()
      return
    }
    const row = this.#table.add()
    const table = this.#table
    table.kind[row] = kinds.indexOf(kind)
    table.account[row] = account
    table.resource[row] = resource
    table.name[row] = name
    table.seconds[row] = seconds
    table.hour[row] = hour
    table.firstUse[row] = firstUse - hour
    table.useEnd[row] = useEnd - hour
  }

  /** What an hour's account, resource and name are called. */
  get names(): LogNames {
    return this.#names
  }

  /** Prices every hour, in the order of the log. */
  price(pricing: OtherPricing): HourPricer {
    return this.#price(pricing, 0, 1)
  }

  /** Prices about so many hours, spread over the whole log. */
  sample(pricing: OtherPricing, count: number): void {
    const step = Math.max(1, Math.floor(this.rows / count))
    this.#price(pricing, step >> 1, step)
  }

  #price(pricing: OtherPricing, from: number, step: number): HourPricer {
    const pricer = new HourPricer({ ...pricing, names: this.#names })
    const table = this.#table
    const hour = { kind: 'ecs' as Kind, account: 0, resource: 0, name: 0, hour: 0, seconds: 0, firstUse: 0, useEnd: 0 }
    for (let row = from; row < table.rows; row += step) {
      const start = table.hour[row]
      hour.kind = kinds[table.kind[row]]
      hour.account = table.account[row]
      hour.resource = table.resource[row]
      hour.name = table.name[row]
      hour.hour = start
      hour.seconds = table.seconds[row]
      hour.firstUse = start + table.firstUse[row]
      hour.useEnd = start + table.useEnd[row]
      pricer.take(hour)
    }
    return pricer
  }
}
