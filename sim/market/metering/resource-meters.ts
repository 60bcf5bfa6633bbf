/**
 * E-09: the cloud resources of pay-per-use servers. A disk is there from launch to deletion, frozen or not; an elastic IP and
 * its bandwidth while the server runs or is stopped; traffic flows while it runs. What is yearly/monthly was paid with its
 * order, and while a server is down (E-10) or interrupted (E-11), or its account frozen (O-14), none of it is charged.
 */
import { type CloudResource, cloudResources, resourceKeys } from '#scenarios/cloud-resources.ts'
import { sweepHour, sweepVastHour } from '../../billing/metering/hour-sweep.ts'
import { flag, hourMoney, hourPrice, type Id, instant, type Row, seconds, sideTable } from '../../cell/table.ts'
import { instance } from '../servers/instance.ts'
import type { OwedColumn } from './hour-owed.ts'
import { FULL } from './seconds-columns.ts'
import { SecondsMeter } from './seconds-meter.ts'
import type { Metered, UsageLines } from './usage-lines.ts'
import type { UsageRecord } from './usage-record.ts'

/** The meter of one resource of each instance, by the same rows. */
export const resourceTable = (resource: CloudResource) =>
  sideTable(`meters of ${resource}`, 'instances', {
    on: flag(),
    hour: hourMoney(),
    since: instant(),
    used: flag(),
    seconds: seconds(),
    rate: hourPrice(),
    span: instant(),
    spanPrice: hourPrice(),
  })

/** Keys of usage records (U-09): an image's are from 1 on, the server's own is 0. */
const FIRST_KEY = 2 ** 30

export const resourceKeyOf = (resource: CloudResource): Id<'keys'> => FIRST_KEY + cloudResources.indexOf(resource)

interface OneMeter {
  readonly resource: CloudResource
  readonly table: ReturnType<typeof resourceTable>
  readonly meter: SecondsMeter
}

export class ResourceMeters {
  readonly #market: Metered
  readonly #all: readonly OneMeter[]

  constructor(market: Metered, lines: UsageLines) {
    this.#market = market
    this.#all = cloudResources.map((resource) => {
      const table = resourceTable(resource)
      const key = resourceKeys[resource]
      // A GB of traffic is no part of an hour.
      const isCeiled = (): boolean => resource !== 'traffic' && market.policies['ecs.granularity'] === 'hour-ceil'
      const meter = new SecondsMeter(market, {
        columns: table,
        isCeiled,
        priceOf: (row) => market.pools[key][market.instances.pool[row]],
        amountOf: (price, used) => lines.ecsAmount(price, used),
        write: (row, line) => lines.writeServer(row, resource, line),
      })
      return { resource, table, meter }
    })
  }

  admit(): void {
    for (const { table } of this.#all) table.add()
  }

  remove(row: Row<'instances'>): void {
    for (const { table } of this.#all) table.remove(row)
  }

  /** Whether any resource of an instance is metered. */
  isOn(row: Row<'instances'>): boolean {
    return this.#all.some(({ table }) => table.on[row] === 1)
  }

  /** Puts the meters in agreement with the instance's state; `billed`: its grace is. `touch` comes first. */
  refresh(row: Row<'instances'>, billed: boolean, hourStart: number, touch: (row: Row<'instances'>) => void): void {
    const { places, instances } = this.#market
    const state = instances.state[row]
    const { resources } = places[instances.pool[row]]
    const isMetered = billed && instances.ecsMetered[row] === 1 && !this.#isFree(row)
    for (const { resource, table, meter } of this.#all) {
      const on = isMetered && resources.has(resource) && isCharged(resource, state)
      if (on === (table.on[row] === 1)) continue
      touch(row)
      meter.turn(row, on, hourStart)
    }
  }

  /** U-07: a price is about to change. */
  cut(row: Row<'instances'>, hourStart: number, touch: (row: Row<'instances'>) => void): void {
    for (const { table, meter } of this.#all)
      if (table.on[row] === 1) {
        touch(row)
        meter.cut(row, hourStart)
      }
  }

  /** Closes the hour of a touched instance. */
  close(
    row: Row<'instances'>,
    until: number,
    hourStart: number,
    collector: ((record: UsageRecord) => void) | null,
  ): void {
    for (const { resource, table, meter } of this.#all) {
      if (table.on[row] === 1) meter.count(row, until, hourStart)
      const used = meter.close(row, hourStart)
      if (collector !== null && used > 0) collector(this.#record(row, resource, hourStart, used, table.hour[row]))
    }
  }

  steady(row: Row<'instances'>, next: number): void {
    for (const { meter } of this.#all) meter.steady(row, next)
  }

  /** Adds what all instances owe for the hour. */
  sweep(account: Int32Array, rows: number, owed: OwedColumn): void {
    for (const { table } of this.#all) {
      const hourAmount = table.hour as unknown as Float64Array
      if (owed instanceof Float64Array) sweepHour({ account, hourAmount }, rows, owed)
      else sweepVastHour({ account, hourAmount }, rows, owed)
    }
  }

  /** Hands over the whole hours of an instance that did not change. */
  collect(row: Row<'instances'>, hourStart: number, collector: (record: UsageRecord) => void): void {
    for (const { resource, table } of this.#all)
      if (table.on[row] === 1) collector(this.#record(row, resource, hourStart, FULL, table.hour[row]))
  }

  /** what of an instance is metered may be metered in its state. */
  check(row: Row<'instances'>): void {
    const { instances } = this.#market
    const state = instances.state[row]
    for (const { resource, table } of this.#all)
      if (table.on[row] === 1 && (!isCharged(resource, state) || this.#isFree(row)))
        throw new Error(`Q-04: ${resource} of instance ${instances.id[row]} is metered while ${instance.states[state]}`)
  }

  /** O-14: nothing of a frozen account is charged, not even disks, unless the policy says so. */
  #isFree(row: Row<'instances'>): boolean {
    const { freezes, instances, policies } = this.#market
    return freezes.isFrozen(instances.account[row]) && policies['freeze.storage'] === 'free'
  }

  #record(row: Row<'instances'>, resource: CloudResource, hour: number, used: number, amount: number): UsageRecord {
    const { pools, instances } = this.#market
    const priced = pools.id[instances.pool[row]]
    return { instance: row, item: resource, key: resourceKeyOf(resource), priced, hour, seconds: used, amount }
  }

  save() {
    return this.#all.map(({ table }) => table.save())
  }

  restore(state: ReturnType<ResourceMeters['save']>): void {
    for (const [index, { table }] of this.#all.entries()) table.restore(state[index])
  }
}

/** Whether a resource is charged in a state of its server (A-03, U-01). */
function isCharged(resource: CloudResource, state: number): boolean {
  const { running, stopped, suspended } = instance.state
  if (state === running) return true
  if (resource === 'traffic') return false
  if (state === stopped || state === instance.state['changing-image']) return true
  return state === suspended && resource === 'disk'
}
