/** Orders as columns, for passes over them and their steps. */
import { WideColumn } from '#engine/wide-column.ts'
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
  readonly pool: Int32Array
  readonly specification: Int32Array
  /** Of its buyer. */
  readonly crowd: Int32Array
  /** Numbers of words. */
  readonly kind: Int32Array
  readonly channel: Int32Array
  /** 1 where it is about no earlier order. */
  readonly isNew: Uint8Array
  /** 1 where people made it; those of a warm start were there when the run began. */
  readonly isMade: Uint8Array
}

export const ordersOf = oncePerRecord(read)

function read(record: RunRecord): Orders {
  const crowds = crowdsOf(record)
  const warm = wordNumbers(record)('warm-start')
  const columns = record.numberColumns(
    'SELECT id, at, account, pool, specification, channel, kind, subject FROM orders ORDER BY id',
    8,
  )
  const [ids, at, account, pool, specification, channel, kind, subject] = columns
  const count = ids.length
  const orders = {
    at: new Float64Array(count + 1),
    pool: new Int32Array(count + 1),
    specification: new Int32Array(count + 1),
    crowd: new Int32Array(count + 1),
    kind: new Int32Array(count + 1),
    channel: new Int32Array(count + 1),
    isNew: new Uint8Array(count + 1),
    isMade: new Uint8Array(count + 1),
  }
  for (let row = 0; row < count; row++) {
    const place = row + 1
    orders.at[place] = at[row]
    orders.pool[place] = pool[row]
    orders.specification[place] = specification[row]
    orders.crowd[place] = crowds.of(account[row])
    orders.kind[place] = kind[row]
    orders.channel[place] = channel[row]
    orders.isNew[place] = subject[row] === 0 ? 1 : 0
    orders.isMade[place] = channel[row] === warm ? 0 : 1
  }
  return { places: placesOf(ids), ...orders }
}

/** What orders come to, by their places. */
export function orderAmountsOf(record: RunRecord): WideColumn {
  const amounts = new WideColumn(ordersOf(record).at.length)
  const sql = 'SELECT amount FROM orders ORDER BY id'
  const [plain] = record.isVast ? [] : record.numberColumns(sql, 1)
  if (plain?.every(Number.isSafeInteger)) {
    for (let row = 0; row < plain.length; row++) amounts.addSafe(row + 1, plain[row])
    return amounts
  }
  // Bigints take several times as long.
  let place = 0
  for (const [amount] of record.cursor(sql).rows) amounts.put(++place, amount as bigint)
  return amounts
}
