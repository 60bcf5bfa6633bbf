/**
 * Requests for servers: orders that a pool admitted, refused or lets wait, and restarts of stopped pay-per-use servers, which gave
 * their unit back and ask for one again (E-01). One pass, for all that counts them.
 */
import { KeyedSums } from '#sim/record/keyed-sums.ts'
import { crowdsOf } from '../books/crowds.ts'
import { wordNumbers } from '../books/words.ts'
import { MeasuredDays } from '../days.ts'
import { oncePerRecord } from '../once-per-record.ts'
import type { RunRecord } from '../record.ts'
import { ordersOf } from './orders.ts'
import { prepareTroubledSteps, serverStepsOf } from './server-steps.ts'

/**
 * Why a pool gives nothing: it is full, the wait for it was too long, it is down, its flavour is given up, it will never be
 * large enough (E-02), or none of its hosts has room by itself (E-10).
 */
export const poolRefusalCodes = [
  'capacity-sold-out',
  'patience-exhausted',
  'zone-down',
  'flavour-abandoned',
  'never-fits',
  'no-host',
] as const

/** Where figures count, in no order. */
export interface PoolRequests {
  /** Milliseconds since the epoch. */
  readonly at: Float64Array
  readonly crowd: Int32Array
  readonly pool: Int32Array
  /** 0: admitted or still waiting; 1: refused; 2: refused because no single host had room. */
  readonly refusal: Uint8Array
}

/** Rows that there is room for at first. */
const ROOM = 1024

class RequestColumns {
  #rows = 0
  #at = new Float64Array(ROOM)
  #crowd = new Int32Array(ROOM)
  #pool = new Int32Array(ROOM)
  #refusal = new Uint8Array(ROOM)

  add(at: number, crowd: number, pool: number, refusal: number): void {
    const row = this.#rows++
    if (row === this.#at.length) this.#grow(row * 2)
    this.#at[row] = at
    this.#crowd[row] = crowd
    this.#pool[row] = pool
    this.#refusal[row] = refusal
  }

  #grow(room: number): void {
    const wider = <Column extends Float64Array | Int32Array | Uint8Array>(into: Column, from: Column): Column => {
      into.set(from)
      return into
    }
    this.#at = wider(new Float64Array(room), this.#at)
    this.#crowd = wider(new Int32Array(room), this.#crowd)
    this.#pool = wider(new Int32Array(room), this.#pool)
    this.#refusal = wider(new Uint8Array(room), this.#refusal)
  }

  get columns(): PoolRequests {
    return {
      at: this.#at.subarray(0, this.#rows),
      crowd: this.#crowd.subarray(0, this.#rows),
      pool: this.#pool.subarray(0, this.#rows),
      refusal: this.#refusal.subarray(0, this.#rows),
    }
  }
}

export const poolRequestsOf = oncePerRecord(read)

function read(record: RunRecord): PoolRequests {
  const { since } = record.meta
  const word = wordNumbers(record)
  const requests = new RequestColumns()
  const add = (at: number, crowd: number, pool: number, refusal: number): void => {
    if (at >= since) requests.add(at, crowd, pool, refusal)
  }
  const orders = ordersOf(record)
  const isAsked = new Uint8Array(orders.at.length)
  for (const order of serverStepsOf(record).servers.order) isAsked[orders.places.of(order)] = 1
  const waiting = 'SELECT order_id FROM pool_waits GROUP BY order_id HAVING count(*) = 1'
  for (const [order] of record.numbers(waiting)) isAsked[orders.places.of(order)] = 1
  for (let place = 1; place < isAsked.length; place++)
    if (isAsked[place] === 1 && orders.pool[place] > 0 && orders.isMade[place] === 1)
      add(orders.at[place], orders.crowd[place], orders.pool[place], 0)
  const crowds = crowdsOf(record)
  prepareTroubledSteps(record)
  const restarts = `
SELECT s.at, i.account, i.pool FROM troubled_steps s CROSS JOIN instances i ON i.id = s.instance_id
WHERE s.event = ${word('start')} AND s.from_state = ${word('stopped')} AND i.billing = ${word('pay-per-use')}`
  for (const [at, account, pool] of record.numbers(restarts)) add(at, crowds.of(account), pool, 0)
  const refusals = `
SELECT at, account, pool, CASE code WHEN ${word('no-host')} THEN 2 ELSE 1 END FROM refusals
WHERE pool > 0 AND code IN (${poolRefusalCodes.map(word).join(', ')})`
  for (const [at, account, pool, refusal] of record.numbers(refusals)) add(at, crowds.of(account), pool, refusal)
  return requests.columns
}

/** Makes the table `request_sums(month, crowd, pool, requested, refused, fragmented)`, where figures count. */
export function prepareRequestSums(record: RunRecord): void {
  const names = ['month', 'crowd', 'pool', 'requested', 'refused', 'fragmented']
  record.keepComputed('request_sums', names, [], () => {
    const { at, crowd, pool, refusal } = poolRequestsOf(record)
    const days = new MeasuredDays(record)
    const sums = new KeyedSums()
    for (let row = 0; row < at.length; row++) {
      const month = days.month(days.of(at[row]))
      if (month === 0 || crowd[row] === 0) continue
      const sum = sums.rowOf(month, crowd[row], pool[row])
      sums.add(sum, 1, refusal[row] > 0 ? 1 : 0, refusal[row] === 2 ? 1 : 0)
    }
    return Array.from({ length: sums.rows }, (_, row) => {
      const { a, b, c, first, second, amount } = sums.at(row)
      return [a, b, c, first, second, Number(amount)]
    })
  })
}
