/**
 * The meter (U-01..U-07): what each instance and its image used in each clock hour, and what that costs.
 *
 * An instance whose state did not change in an hour costs what a whole hour costs, so closing an hour is one pass over
 * columns; only instances *touched* in the hour are computed one by one. The record gets spans: runs of consecutive
 * hours whose line is the same (first hour, hours, seconds, amount).
 */

import { parseUnitPrice, type UnitPrice, unpackPrice } from '#base/money.ts'
import { HOUR, type Instant } from '#base/time.ts'
import { type CloudResource, changedHourly, cloudResources } from '#scenarios/cloud-resources.ts'
import { sweepHour, sweepVastHour } from '../../billing/metering/hour-sweep.ts'
import type { Row } from '../../cell/table.ts'
import type { World } from '../../world/world.ts'
import { standing } from '../arrears/standing.ts'
import { instance } from '../servers/instance.ts'
import { addOwed, type HourOwed, type OwedColumn } from './hour-owed.ts'
import { type ClosedUse, ImageMeter } from './image-meter.ts'
import { ecsColumns, meterTable } from './meters.ts'
import { ResourceMeters } from './resource-meters.ts'
import { FULL } from './seconds-columns.ts'
import { SecondsMeter } from './seconds-meter.ts'
import { type Metered, UsageLines } from './usage-lines.ts'
import type { UsageRecord } from './usage-record.ts'

const isFinal = (state: number): boolean => state === instance.state.deleted || state === instance.state.failed

/** The dearest hour of any server with its resources, or image, at any time of the run, rounded up, whole 1e-8. */
function dearestHour({ pools, catalog, scenario }: World): number {
  const dearestOf = (listed: readonly UnitPrice[]): number =>
    listed.reduce((dearest, price) => Math.max(dearest, Number(unpackPrice(price) / 100n) + 1), 0)
  const resourcePrices = (resource: CloudResource): UnitPrice[] =>
    pools.flatMap(({ plan, resources }) => [
      ...(resources.has(resource) ? [resources.get(resource) as UnitPrice] : []),
      ...scenario.events.flatMap((event) => {
        if (event.kind !== 'serverPriceChange') return []
        const hourly = changedHourly(plan.resources, event, resource)
        return hourly === null ? [] : [parseUnitPrice(hourly)]
      }),
    ])
  const instants = [scenario.start, ...scenario.events.map(({ at }) => at)]
  const prices = [
    ...pools.map(({ hourly }) => hourly),
    ...scenario.events.flatMap((event) =>
      event.kind === 'serverPriceChange' && event.hourly !== null ? [parseUnitPrice(event.hourly)] : [],
    ),
    ...catalog.offers.flatMap(({ id }) => instants.map((instant) => catalog.at(id, instant).hourly)),
  ]
  return dearestOf(prices) + cloudResources.reduce((sum, resource) => sum + dearestOf(resourcePrices(resource)), 0)
}

export class Meter {
  /** By the same rows as the instances. */
  readonly meters = meterTable()
  readonly #market: Metered
  readonly #ecs: SecondsMeter
  readonly #image: ImageMeter
  /** E-09; null where no pool prices the resources of its servers. */
  readonly #resources: ResourceMeters | null
  /** Start of the clock hour that is being metered. */
  hourStart: Instant
  /** Takes every metered hour in place of the sweep, where usage records may come twice or late (U-09). */
  collector: ((record: UsageRecord) => void) | null = null
  #touched: number[] = []
  #closed: HourOwed[] = []
  #spare: HourOwed[] = []
  /** No hour of a server or image ever costs more, whole 1e-8. */
  readonly #dearest: number

  constructor(market: Metered, hourStart: Instant) {
    const lines = new UsageLines(market)
    this.#market = market
    this.#ecs = new SecondsMeter(market, {
      columns: ecsColumns(this.meters),
      isCeiled: () => market.policies['ecs.granularity'] === 'hour-ceil',
      priceOf: (row) => market.instances.ecsPrice[row],
      amountOf: (price, seconds) => lines.ecsAmount(price, seconds),
      write: (row, line) => lines.writeServer(row, 'ecs', line),
    })
    const hasResources = market.world.pools.some(({ resources }) => resources.size > 0)
    this.#resources = hasResources ? new ResourceMeters(market, lines) : null
    this.#image = new ImageMeter(market, this.meters, lines)
    this.hourStart = hourStart
    this.#dearest = dearestHour(market.world)
  }

  /** Whether the sums of an hour might be beyond what float64 holds exactly. */
  get #isVast(): boolean {
    return (this.#market.instances.rows + this.#image.uses.table.rows) * this.#dearest > Number.MAX_SAFE_INTEGER
  }

  /** An instance was admitted: its meter has the same row. */
  admit(row: Row<'instances'>): void {
    const added = this.meters.add()
    if (added !== row) throw new Error(`the meter of instance row ${row} got row ${added}`)
    this.#resources?.admit()
  }

  /** Puts the meter in agreement with the instance's state and its account's standing. Call after each of their steps. */
  refresh(row: Row<'instances'>): void {
    const { meters } = this
    const { instances, policies, standings } = this.#market
    const state = instances.state[row]
    const inGrace = standings.state[instances.account[row]] === standing.state.grace
    const billed = !inGrace || policies['grace.payPerUseBilled']
    const running = state === instance.state.running
    const halted = state === instance.state.stopped || state === instance.state['changing-image']
    // U-06: the seller's image stays on a stopped server's disk.
    const imaged = running || (halted && policies['image.whenStopped'] === 'billed')
    // U-04: on a yearly/monthly server an image is billed until the term ends, or its grace by policy.
    const inTerm = instances.expired[row] === 0 || policies['image.inYearlyGrace'] === 'billed'
    const ecsOn = running && billed && instances.ecsMetered[row] === 1
    const imageOn = imaged && billed && inTerm && instances.imageMetered[row] === 1
    if (ecsOn !== (meters.ecsOn[row] === 1)) {
      this.#touch(row)
      this.#ecs.turn(row, ecsOn, this.hourStart)
    }
    if (imageOn !== (meters.imageOn[row] === 1)) {
      this.#touch(row)
      this.#image.turn(row, imageOn, this.hourStart)
    }
    this.#resources?.refresh(row, billed, this.hourStart, this.#touchRow)
  }

  /** U-07: the price of the server itself, or of a resource of it, is about to change. */
  cutEcs(row: Row<'instances'>): void {
    this.#resources?.cut(row, this.hourStart, this.#touchRow)
    if (this.meters.ecsOn[row] !== 1) return
    this.#touch(row)
    this.#ecs.cut(row, this.hourStart)
  }

  /** E-07, U-07: the image on the instance, or its price, is about to change. */
  cutImage(row: Row<'instances'>): void {
    if (this.meters.imageOn[row] !== 1) return
    this.#touch(row)
    this.#image.cut(row, this.hourStart)
  }

  readonly #touchRow = (row: Row<'instances'>): void => this.#touch(row)

  #touch(row: Row<'instances'>): void {
    const { meters } = this
    if (meters.touched[row] === 1) return
    meters.touched[row] = 1
    this.#touched.push(row)
    this.#image.touch(row, this.hourStart)
  }

  /** Closes the current clock hour at `until`, its end. */
  closeHour(until: number): void {
    this.#close(until, until)
  }

  /** The last reading: everything metered is closed at the end of the run, even if it is within an hour. */
  finish(end: number): void {
    const { meters } = this
    const { instances } = this.#market
    for (let row = 0; row < instances.rows; row++)
      if (meters.ecsOn[row] | meters.imageOn[row] || this.#resources?.isOn(row) === true) this.#touch(row)
    this.#close(end, Number.POSITIVE_INFINITY)
  }

  /** Image hours that end after `closes` stay open. */
  #close(until: number, closes: number): void {
    const owed = this.#isVast ? this.#newVast() : this.#newOwed()
    this.#closed.push(owed)
    for (const row of this.#touched) this.#closeTouched(row, until, closes, owed)
    if (this.collector === null) this.#sweep(owed)
    else this.#collectSteady(this.collector)
    const touched = this.#touched
    this.#touched = []
    for (const row of touched) this.#steady(row)
    this.hourStart += HOUR
  }

  #newOwed(): HourOwed {
    const { accounts, world } = this.#market
    const spare = this.#spare.pop()
    return {
      hour: this.hourStart,
      ecs: spare?.ecs ?? new Float64Array(accounts.rows),
      image: spare?.image ?? new Float64Array(accounts.rows),
      sold: spare?.sold ?? new Float64Array(world.catalog.offers.length),
    }
  }

  #newVast(): HourOwed {
    const { accounts, world } = this.#market
    const zeros = (length: number): bigint[] => new Array(length).fill(0n)
    const [ecs, image] = [zeros(accounts.rows), zeros(accounts.rows)]
    return { hour: this.hourStart, ecs, image, sold: zeros(world.catalog.offers.length) }
  }

  #sweep({ ecs, image, sold }: HourOwed): void {
    const { meters } = this
    const { instances } = this.#market
    const { rows } = instances
    const account = instances.account as unknown as Int32Array
    for (const [hourAmount, owed] of [
      [meters.ecsHour as unknown as Float64Array, ecs],
      [meters.imageHour as unknown as Float64Array, image],
    ] as const)
      if (owed instanceof Float64Array) sweepHour({ account, hourAmount }, rows, owed)
      else sweepVastHour({ account, hourAmount }, rows, owed)
    this.#resources?.sweep(account, rows, ecs)
    this.#addSteady(sold)
  }

  /** An instance that is gone keeps its row until its last hour is closed. */
  retire(row: Row<'instances'>): void {
    this.refresh(row)
    this.#touch(row)
  }

  /** The hour that was closed longest ago and is not settled yet, if any (U-08). Give it back with `recycle`. */
  takeClosed(): HourOwed | undefined {
    return this.#closed.shift()
  }

  /** What a closed clock hour owes, while it is not settled yet. */
  unsettled(hour: number): HourOwed | undefined {
    return this.#closed.find((owed) => owed.hour === hour)
  }

  recycle(owed: HourOwed): void {
    const { ecs, image, sold } = owed
    if (!(ecs instanceof Float64Array && image instanceof Float64Array && sold instanceof Float64Array)) return
    for (const column of [ecs, image, sold]) column.fill(0)
    this.#spare.push(owed)
  }

  save() {
    const touched = Int32Array.from(this.#touched)
    const uses = this.#image.uses.table.save()
    const resources = this.#resources?.save() ?? null
    return { hourStart: this.hourStart, touched, closed: this.#closed, meters: this.meters.save(), uses, resources }
  }

  restore(state: ReturnType<Meter['save']>): void {
    this.hourStart = state.hourStart
    this.#touched = Array.from(state.touched)
    this.#closed = state.closed
    this.meters.restore(state.meters)
    this.#image.uses.table.restore(state.uses)
    if (state.resources !== null) this.#resources?.restore(state.resources)
  }

  /** Computes the lines of an instance that changed in this clock hour. */
  #closeTouched(row: Row<'instances'>, until: number, closes: number, owed: HourOwed): void {
    const { meters } = this
    const { instances, pools } = this.#market
    const { collector, hourStart } = this
    this.#checkState(row)
    if (meters.ecsOn[row] === 1) this.#ecs.count(row, until, hourStart)
    if (meters.imageOn[row] === 1) this.#image.count(row, until, hourStart)
    const seconds = this.#ecs.close(row, hourStart)
    this.#resources?.close(row, until, hourStart, collector)
    if (collector === null) {
      const isVast = Array.isArray(owed.image)
      this.#image.close(row, hourStart, closes, ({ specification, amount }) => {
        addOwed(owed.sold, specification - 1, amount)
        // Several images of one hour may come to more than their column holds exactly.
        if (isVast) addOwed(owed.image, instances.account[row], amount)
      })
      if (isVast) meters.imageHour[row] = 0
      return
    }
    const priced = pools.id[instances.pool[row]]
    const amount = meters.ecsHour[row]
    if (seconds > 0) collector({ instance: row, item: 'ecs', key: 0, priced, hour: hourStart, seconds, amount })
    const each = ({ specification, ...use }: ClosedUse): void =>
      collector({ instance: row, item: 'image', priced: specification, ...use })
    this.#image.close(row, hourStart, closes, each)
  }

  /** Q-04, of all instances. */
  check(): void {
    for (let row = 0; row < this.meters.rows; row++) this.#checkState(row)
  }

  /** nothing is metered while an instance is not there, frozen or gone. */
  #checkState(row: Row<'instances'>): void {
    const { meters } = this
    const { instances } = this.#market
    const state = instances.state[row]
    const running = state === instance.state.running
    const halted = state === instance.state.stopped || state === instance.state['changing-image']
    if ((meters.ecsOn[row] === 1 && !running) || (meters.imageOn[row] === 1 && !running && !halted))
      throw new Error(`Q-04: instance ${instances.id[row]} is metered while ${instance.states[state]}`)
    this.#resources?.check(row)
  }

  /** After its hour is closed: from the next hour on the instance costs what a whole hour costs, until touched again. */
  #steady(row: Row<'instances'>): void {
    const { meters } = this
    const { instances } = this.#market
    const next = this.hourStart + HOUR
    this.#ecs.steady(row, next)
    this.#resources?.steady(row, next)
    const isSettled = this.#image.steady(row, next)
    meters.touched[row] = isSettled ? 0 : 1
    if (!isSettled) this.#touched.push(row)
    else if (isFinal(instances.state[row])) {
      this.#market.freeInstance(row)
      meters.remove(row)
      this.#resources?.remove(row)
    }
  }

  /** L-02: what the instances that did not change owe for their images, by specification. */
  #addSteady(sold: OwedColumn): void {
    const { rows, imageHour, touched, spanSpecification } = this.meters
    if (sold instanceof Float64Array) {
      for (let row = 0; row < rows; row++)
        if (imageHour[row] !== 0 && touched[row] === 0) sold[spanSpecification[row] - 1] += imageHour[row]
    } else
      for (let row = 0; row < rows; row++)
        if (imageHour[row] !== 0 && touched[row] === 0) addOwed(sold, spanSpecification[row] - 1, imageHour[row])
  }

  /** Hands over the whole hours of the instances that did not change. */
  #collectSteady(collector: (record: UsageRecord) => void): void {
    const { meters } = this
    const { instances, pools } = this.#market
    const { hourStart } = this
    for (let row = 0; row < instances.rows; row++) {
      if (meters.touched[row] === 1) continue
      if (meters.ecsOn[row] === 1) {
        const priced = pools.id[instances.pool[row]]
        const amount = meters.ecsHour[row]
        collector({ instance: row, item: 'ecs', key: 0, priced, hour: hourStart, seconds: FULL, amount })
      }
      if (meters.imageOn[row] === 1) {
        const hour = this.#image.openHour(row, hourStart)
        const priced = meters.spanSpecification[row]
        const amount = meters.imageHour[row]
        collector({ instance: row, item: 'image', key: this.#image.keyOf(priced), priced, hour, seconds: FULL, amount })
      }
      this.#resources?.collect(row, hourStart, collector)
    }
  }
}
