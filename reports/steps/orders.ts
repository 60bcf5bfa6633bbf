/** Orders as columns, for passes over their steps. */

import { type ById, placesOf } from '../books/by-id.ts'
import { crowdsOf } from '../books/crowds.ts'
import { wordNumbers } from '../books/words.ts'
import { oncePerRecord } from '../once-per-record.ts'
import type { RunRecord } from '../record.ts'

/** By place of an order, from 1, in the order of their ids; place 0 has none. */
export interface Orders {
  /** The place of an order by its id; 0 where there is none. */
  readonly places: ById
  readonly at: Float64Array
  /** 0 where it has none. */
  readonly pool: Float64Array
  readonly specification: Float64Array
  readonly crowd: Float64Array
  /** 1 where people made it; those of a warm start were there when the run began. */
  readonly isMade: Uint8Array
}

export const ordersOf = oncePerRecord(read)

function read(record: RunRecord): Orders {
  const crowds = crowdsOf(record)
  const warm = wordNumbers(record)('warm-start')
  const [[count]] = record.numbers('SELECT count(*) FROM orders')
  const ids = new Float64Array(count)
  const orders = {
    at: new Float64Array(count + 1),
    pool: new Float64Array(count + 1),
    specification: new Float64Array(count + 1),
    crowd: new Float64Array(count + 1),
    isMade: new Uint8Array(count + 1),
  }
  let place = 0
  for (const [id, at, account, pool, specification, channel] of record.numbers(
    'SELECT id, at, account, pool, specification, channel FROM orders ORDER BY id',
  )) {
    ids[place++] = id
    orders.at[place] = at
    orders.pool[place] = pool
    orders.specification[place] = specification
    orders.crowd[place] = crowds.of(account)
    orders.isMade[place] = channel === warm ? 0 : 1
  }
  return { places: placesOf(ids), ...orders }
}
