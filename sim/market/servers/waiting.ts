/**
 * Orders that wait for units of a full pool (E-02, `pool.whenFull: queue`): first come first served, until patience ends.
 * One that needs more than is free is passed over by later ones that fit (`queue.discipline`), and refused once no planned
 * capacity can ever hold it. The order stands already, in processing; who gives up cancels it.
 */
import { columns } from '#engine/columns.ts'
import type { Market } from '../market.ts'
import type { Meter } from '../metering/meter.ts'
import { step } from '../orders/order-steps.ts'
import { callWaiting, canEverHold, freeUnits, givesOut } from './pools.ts'
import { createServers, hourOf, type Launch } from './creation.ts'
import { standing } from '../arrears/standing.ts'
import { NONE } from '../tables.ts'
import { wordNumber } from '../words.ts'

/** `next`/`previous` link those who wait for one pool, first come first. */
const waitingTable = () =>
  columns({ order: 'i32', pool: 'i32', since: 'f64', timer: 'i32', next: 'i32', previous: 'i32' })

/** All who wait in a cell. What each server will take to be created was drawn when the order was placed. */
export class Waiting {
  readonly table = waitingTable()
  #launches = new Map<number, readonly Launch[]>()

  launchesOf(row: number): readonly Launch[] {
    return this.#launches.get(row) ?? []
  }

  add(launches: readonly Launch[]): number {
    const row = this.table.add()
    this.#launches.set(row, launches)
    return row
  }

  remove(row: number): void {
    this.table.remove(row)
    this.#launches.delete(row)
  }

  save() {
    return { table: this.table.save(), launches: [...this.#launches] }
  }

  restore(state: ReturnType<Waiting['save']>): void {
    this.table.restore(state.table)
    this.#launches = new Map(state.launches)
  }
}

type Event = 'wait' | 'admit' | 'renege' | 'turn-away'

function write(market: Market, row: number, event: Event, rule: string): void {
  const { waiting, orders, pools, facts, now } = market
  const { table } = waiting
  const order = table.order[row]
  facts.pool_waits({
    order_id: orders.id[order],
    at: now,
    event: wordNumber(event),
    pool: pools.id[table.pool[row]],
    quantity: orders.instances[order],
    waited: now - table.since[row],
    hourly: hourOf(market, table.pool[row], orders.specification[order]) * BigInt(orders.instances[order]),
    rule: wordNumber(rule),
  })
}

/** The order waits at the end of the line; `patience` in ms, Infinity for ever. */
export function wait(market: Market, order: number, pool: number, launches: readonly Launch[], patience: number): void {
  const { waiting, pools, orders, timers, now } = market
  const { table } = waiting
  const row = waiting.add(launches)
  table.order[row] = order
  table.pool[row] = pool
  table.since[row] = now
  table.next[row] = NONE
  table.previous[row] = pools.lastWaiting[pool]
  if (table.previous[row] === NONE) pools.firstWaiting[pool] = row
  else table.next[table.previous[row]] = row
  pools.lastWaiting[pool] = row
  if (orders.instances[order] < pools.leastWaiting[pool] || table.previous[row] === NONE)
    pools.leastWaiting[pool] = orders.instances[order]
  table.timer[row] = patience < Number.POSITIVE_INFINITY ? timers.wake('patienceEnds', now + patience, row) : NONE
  write(market, row, 'wait', 'E-02')
}

/** Takes an order out of the line and forgets that it waited. */
function leave(market: Market, row: number): void {
  const { waiting, pools, timers } = market
  const { table } = waiting
  const { [row]: pool } = table.pool
  const { [row]: next } = table.next
  const { [row]: previous } = table.previous
  timers.cancel(table.timer[row])
  if (previous === NONE) pools.firstWaiting[pool] = next
  else table.next[previous] = next
  if (next === NONE) pools.lastWaiting[pool] = previous
  else table.previous[next] = previous
  waiting.remove(row)
}

/**
 * E-02: what is free goes to those in line, first come first served. An order that needs more than is free is passed over
 * by later ones that fit, or, in strict order, holds them up.
 */
export function serveWaiting(market: Market, meter: Meter, pool: number): void {
  const { waiting, pools, orders, policies } = market
  pools.called[pool] = 0
  // The capacity has changed.
  if (pools.leastWaiting[pool] === 0) refuseHopeless(market, pool)
  let least = Number.POSITIVE_INFINITY
  for (let row = pools.firstWaiting[pool]; row !== NONE; ) {
    const order = waiting.table.order[row]
    const { [row]: next } = waiting.table.next
    if (!isInGoodStanding(market, order)) turnAway(market, row, 'in-arrears', 'O-10')
    // Nobody in the line is content with less.
    else if (!givesOut(market, pool) || freeUnits(market, pool) < pools.leastWaiting[pool]) return
    else if (orders.instances[order] <= freeUnits(market, pool)) serve(market, meter, row)
    else if (policies['queue.discipline'] === 'fifo') return
    else least = Math.min(least, orders.instances[order])
    row = next
  }
  pools.leastWaiting[pool] = least < Number.POSITIVE_INFINITY ? least : 0
}

function serve(market: Market, meter: Meter, row: number): void {
  const { waiting } = market
  const { [row]: order } = waiting.table.order
  const { [row]: pool } = waiting.table.pool
  const launches = waiting.launchesOf(row)
  write(market, row, 'admit', 'E-02')
  leave(market, row)
  createServers(market, meter, order, pool, launches)
}

const isInGoodStanding = ({ accounts, orders }: Market, order: number): boolean =>
  accounts.standing[orders.account[order]] === standing.state.good

/** Orders for which no capacity planned will ever do are refused; says what the least is that the others wait for. */
function refuseHopeless(market: Market, pool: number): void {
  const { waiting, pools, orders } = market
  let least = Number.POSITIVE_INFINITY
  for (let row = pools.firstWaiting[pool]; row !== NONE; ) {
    const { [row]: next } = waiting.table.next
    const units = orders.instances[waiting.table.order[row]]
    if (!canEverHold(market, pool, units)) turnAway(market, row, 'never-fits', 'E-02')
    else least = Math.min(least, units)
    row = next
  }
  pools.leastWaiting[pool] = least < Number.POSITIVE_INFINITY ? least : 0
}

/** His patience is at an end: the demand is lost. */
export function renege(market: Market, row: number): void {
  const { waiting } = market
  const { [row]: pool } = waiting.table.pool
  waiting.table.timer[row] = NONE
  giveUp(market, row, 'renege', 'patience-exhausted', 'E-02')
  callWaiting(market, pool)
}

/** E-02: the flavour is abandoned, so nobody will ever be served. */
export function refuseWaiting(market: Market, pool: number): void {
  const { pools } = market
  for (let row = pools.firstWaiting[pool]; row !== NONE; row = pools.firstWaiting[pool])
    turnAway(market, row, 'flavour-abandoned', 'E-02')
}

type TurnedAway = 'in-arrears' | 'flavour-abandoned' | 'never-fits'

const turnAway = (market: Market, row: number, code: TurnedAway, rule: string): void =>
  giveUp(market, row, 'turn-away', code, rule)

function giveUp(
  market: Market,
  row: number,
  event: 'renege' | 'turn-away',
  code: 'patience-exhausted' | TurnedAway,
  rule: string,
): void {
  const { waiting, orders, pools } = market
  const { [row]: order } = waiting.table.order
  const { [row]: pool } = waiting.table.pool
  write(market, row, event, rule)
  leave(market, row)
  step(market, order, 'cancel', rule)
  market.refuse(code, rule, {
    account: orders.account[order],
    specification: orders.specification[order],
    pool: pools.id[pool],
    quantity: orders.instances[order],
    order: orders.id[order],
    // What a buyer's own debts turn away is no loss of the pool's.
    lost:
      code === 'in-arrears' ? 0n : hourOf(market, pool, orders.specification[order]) * BigInt(orders.instances[order]),
  })
  orders.remove(order)
}
