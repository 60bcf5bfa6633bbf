/**
 * What was asked of a pool: every request with its units and how long it holds them, what was refused included. A refused
 * request has no life in the record; it gets those of admitted ones of as many units, or else of any, in turn.
 */
import { poolRefusals } from '../figures/ecs.ts'
import { isMeasured, word } from '../figures/figure.ts'
import type { RunRecord } from '../record.ts'
import { textsOf } from '../steps/names.ts'
import { ordersOf } from '../steps/orders.ts'
import { prepareTroubledSteps, serverStepsOf } from '../steps/server-steps.ts'
import type { Life } from './offered-load.ts'

export interface Requests {
  /** Milliseconds since the epoch, in order. */
  readonly at: Float64Array
  readonly units: Int32Array
  /** Milliseconds; of servers that are there at the end, up to the end. */
  readonly life: Float64Array
  readonly refused: number
  /** Refused requests of as many units as none that was admitted: their lives are guesses. */
  readonly guessed: number
  /** How long those held their units that were admitted; left out where only whole lives are known. */
  readonly lives?: readonly Life[]
  /** Whether servers gave their units back for a time and asked for them again. */
  readonly restarts: boolean
}

interface Request {
  readonly at: number
  readonly units: number
  readonly life: number | null
  readonly ended: boolean
}

/** By name of the pool, from when figures count. */
export function offeredRequests(record: RunRecord): Map<string, Requests> {
  const pools = new Map<string, { requests: Request[]; restarts: boolean }>()
  const of = (pool: string) => {
    const known = pools.get(pool) ?? { requests: [], restarts: false }
    pools.set(pool, known)
    return known
  }
  admitted(record, (pool, request) => of(pool).requests.push(request))
  for (const [pool, at, units] of record.cursor(refusedSql).rows)
    of(String(pool)).requests.push({ at: Number(at), units: Number(units), life: null, ended: false })
  prepareTroubledSteps(record)
  for (const [pool] of record.cursor(restartsSql).rows) of(String(pool)).restarts = true
  return new Map([...pools].map(([pool, { requests, restarts }]) => [pool, columnsOf(requests, restarts)]))
}

/** Orders that a pool admitted, in the order of their ids: how many servers they are, and how long these lived on average. */
function admitted(record: RunRecord, visit: (pool: string, request: Request) => void): void {
  const { since, end } = record.meta
  const { servers, ends } = serverStepsOf(record)
  const orders = ordersOf(record)
  const nameOf = textsOf(record, 'SELECT id, pool FROM pool_names')
  const size = orders.at.length
  const [units, ended, pools] = [new Int32Array(size), new Int32Array(size), new Int32Array(size)]
  const lives = new Float64Array(size)
  for (let server = 1; server < ends.length; server++) {
    const order = orders.places.of(servers.order[server])
    units[order]++
    lives[order] += (ends[server] === 0 ? end : ends[server]) - servers.at[server]
    if (ends[server] !== 0) ended[order]++
    pools[order] = servers.pool[server]
  }
  for (let order = 1; order < size; order++) {
    const at = orders.at[order]
    if (units[order] === 0 || orders.pool[order] === 0 || at < since || orders.isMade[order] === 0) continue
    const pool = nameOf(pools[order])
    if (pool === undefined) continue
    const life = Math.trunc(lives[order] / units[order])
    visit(pool, { at, units: units[order], life, ended: ended[order] === units[order] })
  }
}

const refusedSql = `
SELECT pn.pool, f.at, f.quantity FROM run CROSS JOIN refusals f JOIN pool_names pn ON pn.id = f.pool
WHERE f.code IN (${poolRefusals}) AND ${isMeasured('f.at')}`

const restartsSql = `
SELECT DISTINCT pn.pool FROM troubled_steps s JOIN instances i ON i.id = s.instance_id JOIN pool_names pn ON pn.id = i.pool
WHERE s.event = ${word('start')} AND i.billing = ${word('pay-per-use')}`

function columnsOf(requests: Request[], restarts: boolean): Requests {
  requests.sort((a, b) => a.at - b.at)
  const lives = new Map<number, number[]>()
  const all: number[] = []
  for (const { units, life } of requests) {
    if (life === null) continue
    all.push(life)
    const known = lives.get(units)
    if (known === undefined) lives.set(units, [life])
    else known.push(life)
  }
  let turn = 0
  const borrowed = (units: number): number => {
    const from = lives.get(units) ?? all
    return from.length === 0 ? 0 : from[turn++ % from.length]
  }
  return {
    at: Float64Array.from(requests, ({ at }) => at),
    units: Int32Array.from(requests, ({ units }) => units),
    life: Float64Array.from(requests, ({ life, units }) => life ?? borrowed(units)),
    refused: requests.filter(({ life }) => life === null).length,
    guessed: requests.filter(({ units, life }) => life === null && !lives.has(units)).length,
    lives: requests.flatMap(({ units, life, ended }) => (life === null ? [] : [{ units, ms: life, ended }])),
    restarts,
  }
}

/** The share of the requests that a pool of so many units refuses: the requests replayed one by one. */
export function replayed({ at, units, life }: Requests, capacity: number): number {
  const ends = new EndHeap()
  let [held, refused] = [0, 0]
  for (let request = 0; request < at.length; request++) {
    while (ends.size > 0 && ends.first <= at[request]) held -= ends.pop()
    if (held + units[request] > capacity) refused++
    else {
      held += units[request]
      ends.push(at[request] + life[request], units[request])
    }
  }
  return at.length === 0 ? 0 : refused / at.length
}

/** The fewest units with which a replay refuses at most `target`. More units may refuse more by chance: any such edge. */
export function replayedUnits(requests: Requests, target: number): number {
  let [low, high] = [0, 1]
  while (replayed(requests, high) > target) [low, high] = [high, 2 * high]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (replayed(requests, middle) > target) low = middle
    else high = middle
  }
  return high
}

/** Ends of what is held, earliest first. */
class EndHeap {
  readonly #at: number[] = []
  readonly #units: number[] = []

  get size(): number {
    return this.#at.length
  }

  get first(): number {
    return this.#at[0]
  }

  push(at: number, units: number): void {
    let place = this.#at.push(at) - 1
    this.#units.push(units)
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (this.#at[parent] <= at) break
      this.#set(place, this.#at[parent], this.#units[parent])
      place = parent
    }
    this.#set(place, at, units)
  }

  /** Takes the earliest; returns its units. */
  pop(): number {
    const units = this.#units[0]
    const [at, moved] = [this.#at.pop() as number, this.#units.pop() as number]
    const size = this.#at.length
    if (size === 0) return units
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= size) break
      if (child + 1 < size && this.#at[child + 1] < this.#at[child]) child++
      if (this.#at[child] >= at) break
      this.#set(place, this.#at[child], this.#units[child])
      place = child
    }
    this.#set(place, at, moved)
    return units
  }

  #set(place: number, at: number, units: number): void {
    this.#at[place] = at
    this.#units[place] = units
  }
}
