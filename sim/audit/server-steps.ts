/** The steps of all servers, for checks that look across accounts: columns, read once, each step with what its server is. */
import type { Database } from 'better-sqlite3'
import type { MassFacts } from '../record/column-facts.ts'
import { inOrderOf } from '../record/number-order.ts'
import { Owners } from './mass-feeds.ts'
import { type Numbers, serverColumns } from './thing-columns.ts'

/** Columns by step, in the order in which they were written. A step of no server of the record is in pool `NO_POOL`. */
export interface ServerSteps {
  readonly at: Numbers
  readonly instance: Numbers
  readonly from: Numbers
  readonly to: Numbers
  /** Of the server: its pool, and how it is billed. */
  readonly pool: Int32Array
  readonly billing: Int32Array
}

/** Such a step is an orphan, judged with its account. */
export const NO_POOL = -1

const known = new WeakMap<MassFacts, ServerSteps>()

export function serverSteps(database: Database, mass: MassFacts): ServerSteps {
  let steps = known.get(mass)
  if (steps === undefined) known.set(mass, (steps = readSteps(database, mass)))
  return steps
}

function readSteps(database: Database, mass: MassFacts): ServerSteps {
  const servers = serverColumns(database)
  // Places from 1, so that 0 says that there is no such server.
  const places = new Owners(
    servers.id,
    servers.id.map((_, place) => place + 1),
  )
  const rows = mass.table('instance_steps')
  const [at, instance, from, to] = ['at', 'instance_id', 'from_state', 'to_state'].map(
    (name) => rows.column(name).values,
  )
  const pool = new Int32Array(rows.rows).fill(NO_POOL)
  const billing = new Int32Array(rows.rows)
  const of = places.of(instance)
  for (let row = 0; row < of.length; row++) {
    const place = of[row] - 1
    if (place < 0) continue
    pool[row] = servers.pool[place]
    billing[row] = servers.billing[place]
  }
  return { at, instance, from, to, pool, billing }
}

/** The order of instants is found in two passes, by what is below and what is above so many milliseconds. */
const LOW = 2 ** 18

/** Places in the order of their instants; undefined where they are in it. */
function inTimeOrder(at: Numbers): Int32Array | undefined {
  let isInTime = true
  let first = Number.POSITIVE_INFINITY
  for (let row = 0; row < at.length; row++) {
    if (row > 0 && at[row] < at[row - 1]) isInTime = false
    if (at[row] < first) first = at[row]
  }
  if (isInTime) return undefined
  const [high, low] = [new Float64Array(at.length), new Int32Array(at.length)]
  for (let row = 0; row < at.length; row++) {
    const since = at[row] - first
    high[row] = Math.floor(since / LOW)
    low[row] = since - high[row] * LOW
  }
  return inOrderOf(high, inOrderOf(low))
}

/** Places of the steps of known servers by pool, of each in the order of time; equal instants in the order in which they were written. */
export function byPoolAndTime({ at, pool }: Pick<ServerSteps, 'at' | 'pool'>): Int32Array {
  const inTime = inTimeOrder(at)
  const order = inOrderOf(
    pool.map((number) => number - NO_POOL),
    inTime,
  )
  return order.subarray(pool.reduce((count, number) => count + Number(number === NO_POOL), 0))
}
