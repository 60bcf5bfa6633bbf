/**
 * One pass over the steps of servers (E-01): how long they took to run, when they ended, and the steps of those few that anything
 * happened to between.
 */

import type { MassFacts } from '#sim/record/column-facts.ts'
import { type ById, placesOf } from '../books/by-id.ts'
import { numbersOf } from '../books/columns.ts'
import { crowdsOf } from '../books/crowds.ts'
import { Slices } from '../books/slices.ts'
import { wordNumbers } from '../books/words.ts'
import { oncePerRecord } from '../once-per-record.ts'
import type { RunRecord } from '../record.ts'
import { textsOf } from './names.ts'
import { type Orders, ordersOf } from './orders.ts'
import { TimeList, type Times } from './times.ts'

/** Servers by place, from 1. */
export interface Servers {
  readonly places: ById
  readonly id: Float64Array
  readonly at: Float64Array
  readonly order: Float64Array
  readonly crowd: Float64Array
  readonly pool: Float64Array
  /** The number of a word. */
  readonly billing: Float64Array
  /** Planned, ms; negative of one without an end. */
  readonly lifetime: Float64Array
}

function readServers(record: RunRecord): Servers {
  const crowds = crowdsOf(record)
  const sql = 'SELECT id, at, order_id, account, pool, billing, lifetime FROM instances'
  const [id, at, order, account, pool, billing, lifetime] = record.numberColumns(sql, 7).map(fromPlaceOne)
  for (let place = 1; place < account.length; place++) account[place] = crowds.of(account[place])
  return { places: placesOf(id.subarray(1)), id, at, order, crowd: account, pool, billing, lifetime }
}

function fromPlaceOne(column: Float64Array): Float64Array {
  const places = new Float64Array(column.length + 1)
  places.set(column, 1)
  return places
}

/** Servers admitted in a month, and how many of them failed or were deleted, by buyers of a crowd in a pool. */
interface Counts {
  readonly month: number
  readonly crowd: number
  readonly pool: number
  created: number
  failed: number
  deleted: number
}

class ServerSteps {
  /** From admission to running, of servers that were ordered in the run. */
  readonly launchTimes: Times
  /** Steps of servers that do more than begin, run and end: `row, instance_id, at, event, from_state, to_state, rule`. */
  readonly troubled: (readonly number[])[] = []
  /** When each server ran first, by its place; 0 where it did not. */
  readonly launches: Float64Array
  readonly #launched: Int32Array
  #ran = 0
  /** Servers that ended before figures count. */
  readonly earlyEnds: (readonly [id: number])[] = []
  readonly servers: Servers
  /** When each server ended, by its place; 0 where it did not. */
  readonly ends: Float64Array
  readonly #launchTimes = new TimeList(2)
  readonly #counts = new Map<number, Counts>()
  readonly #orders: Orders
  readonly #slices: Slices
  readonly #words
  readonly #plain: ReadonlySet<number>
  readonly #since: number
  #row = 0

  constructor(record: RunRecord) {
    const word = wordNumbers(record)
    const [launch, creating, failed, deleted] = ['launch', 'creating', 'failed', 'deleted'].map(word)
    this.#words = { launch, creating, failed, deleted }
    this.#plain = new Set(['begin', 'launch', 'delete'].map(word))
    this.#orders = ordersOf(record)
    this.#slices = new Slices(record)
    this.#since = record.meta.since
    this.servers = readServers(record)
    this.ends = new Float64Array(this.servers.at.length)
    this.launches = new Float64Array(this.ends.length)
    this.#launched = new Int32Array(this.ends.length)
    for (let place = 1; place < this.servers.at.length; place++) if (this.#isMade(place)) this.#count(place, 'created')
    for (const cell of record.massCells()) this.#take(cell)
    this.launchTimes = this.#launchTimes.times({
      month: [0, textsOf(record, 'SELECT no, month FROM months')],
      region: [1, textsOf(record, 'SELECT id, region FROM pool_names')],
      pool: [1, textsOf(record, 'SELECT id, pool FROM pool_names')],
    })
  }

  /** `month, crowd, pool, created, failed, deleted`. */
  counts(): (readonly number[])[] {
    return [...this.#counts.values()].map(({ month, crowd, pool, created, failed, deleted }) => [
      ...[month, crowd, pool, created, failed, deleted],
    ])
  }

  /** Places of servers that ran, in the order in which they did in each cell. */
  get launched(): Int32Array {
    return this.#launched.subarray(0, this.#ran)
  }

  /** Whether it was ordered in the run, and was not there when it began. */
  #isMade(place: number): boolean {
    const order = this.#orders.places.of(this.servers.order[place])
    return order === 0 || this.#orders.isMade[order] === 1
  }

  /** Counts in the month of its admission. */
  #count(place: number, what: 'created' | 'failed' | 'deleted'): void {
    const at = this.servers.at[place]
    const crowd = this.servers.crowd[place]
    if (at < this.#since || crowd === 0 || !this.#slices.has(at)) return
    const [month, pool] = [this.#slices.months[this.#slices.of(at)], this.servers.pool[place]]
    const key = (month * 65_536 + pool) * 65_536 + crowd
    let counts = this.#counts.get(key)
    if (counts === undefined)
      this.#counts.set(key, (counts = { month, crowd, pool, created: 0, failed: 0, deleted: 0 }))
    counts[what]++
  }

  #take(cell: MassFacts): void {
    const steps = cell.table('instance_steps')
    const [of, at, event, from, to, rule] = numbersOf(steps, [
      ...['instance_id', 'at', 'event', 'from_state', 'to_state', 'rule'],
    ])
    const { launch, creating, failed, deleted } = this.#words
    const troubled = new Set<number>()
    for (let row = 0; row < steps.rows; row++) {
      const place = this.servers.places.of(of[row])
      if (to[row] === deleted || to[row] === failed) {
        this.ends[place] = at[row]
        if (at[row] <= this.#since) this.earlyEnds.push([of[row]])
      }
      if (to[row] === deleted) this.#count(place, 'deleted')
      else if (to[row] === failed && from[row] === creating) this.#count(place, 'failed')
      if (event[row] === launch) this.#launch(place, at[row])
      else if (!this.#plain.has(event[row])) troubled.add(of[row])
    }
    for (let row = 0; row < steps.rows; row++)
      if (troubled.has(of[row]))
        this.troubled.push([this.#row + row + 1, of[row], at[row], event[row], from[row], to[row], rule[row]])
    this.#row += steps.rows
  }

  #launch(place: number, at: number): void {
    if (this.launches[place] === 0) this.#launched[this.#ran++] = place
    this.launches[place] = at
    const admitted = this.servers.at[place]
    if (place === 0 || admitted < this.#since || !this.#isMade(place)) return
    this.#launchTimes.add(at - admitted, this.#slices.months[this.#slices.of(admitted)], this.servers.pool[place])
  }
}

/** The steps of a record's servers, gone through once. */
export const serverStepsOf = oncePerRecord((record) => new ServerSteps(record))

/**
 * Makes the table `troubled_steps(row, instance_id, at, event, from_state, to_state, rule)`: all steps of servers that do more than
 * begin, run and end, in their order.
 */
export function prepareTroubledSteps(record: RunRecord): void {
  const names = ['row INTEGER PRIMARY KEY', 'instance_id', 'at', 'event', 'from_state', 'to_state', 'rule']
  record.keepComputed('troubled_steps', names, [], () => serverStepsOf(record).troubled)
}

/** Makes the table `server_counts(month, crowd, pool, created, failed, deleted)`, where figures count. */
export function prepareServerCounts(record: RunRecord): void {
  const names = ['month', 'crowd', 'pool', 'created', 'failed', 'deleted']
  record.keepComputed('server_counts', names, [], () => serverStepsOf(record).counts())
}

/** Makes the table `early_ends(instance_id)`: servers that ended before figures count. */
export function prepareEarlyEnds(record: RunRecord): void {
  record.keepComputed('early_ends', ['instance_id'], [], () => serverStepsOf(record).earlyEnds)
}
