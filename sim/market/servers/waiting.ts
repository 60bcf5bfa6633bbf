/**
 * Orders that wait for units of a full pool (E-02, `pool.whenFull: queue`): first come first served, until patience ends.
 * One that needs more than is free is passed over by later ones that fit (`queue.discipline`), and refused once no planned
 * capacity can ever hold it. The order is already, in processing; who gives up cancels it. Yearly/monthly servers wait when they are paid (E-05), quick ones
 * before they are created and paid (E-04).
 */
import { NONE, type Row } from '../../cell/table.ts'
import { order as orderLife } from '../orders/order.ts'
import { step } from '../orders/order-steps.ts'
import type { Launch } from './launch.ts'
import { callWaiting, canEverHold, freeUnits, givesOut } from './pools.ts'
import { patienceFor } from './room.ts'
import { hourOf } from './server-price.ts'
import type { Servers } from './servers.ts'

type Event = 'wait' | 'admit' | 'renege' | 'turn-away'

function write(market: Servers, row: Row<'waiting'>, event: Event, rule: string): void {
  const { waiting, orders, pools, facts, now } = market
  const order = waiting.order[row]
  facts.pool_waits({
    order_id: orders.id[order],
    at: now,
    event: market.word(event),
    pool: pools.id[waiting.pool[row]],
    quantity: orders.instances[order],
    waited: now - waiting.since[row],
    hourly:
      hourOf(market, waiting.pool[row], orders.specification[order], orders.account[order]) *
      BigInt(orders.instances[order]),
    rule: market.word(rule),
  })
}

/** E-11: the last row in line that is not passed by an order of this priority; NONE where it passes all. */
function lastBefore({ queue, waiting, orders, world, accounts }: Servers, pool: Row<'pools'>, order: Row<'orders'>) {
  const { buyers } = world.scenario
  const priorityOf = (each: Row<'orders'>): number => buyers[accounts.segment[orders.account[each]]].priority
  const priority = priorityOf(order)
  let row = queue.last(pool)
  while (row !== NONE && priorityOf(waiting.order[row]) < priority) row = queue.previous(row)
  return row
}

/**
 * The order waits at the end of the queue, but before those of a lower priority (E-11); `patience` in ms, Infinity forever.
 */
export function wait(
  market: Servers,
  order: Row<'orders'>,
  pool: Row<'pools'>,
  launches: readonly Launch[],
  patience: number,
): void {
  const { waiting, queue, pools, orders, timers, now } = market
  const isFirst = queue.isEmpty(pool)
  const row = waiting.add()
  market.launches.set(row, launches)
  waiting.order[row] = order
  waiting.pool[row] = pool
  waiting.since[row] = now
  const before = lastBefore(market, pool, order)
  queue.insertAfter(pool, before, row)
  // Who passes others is served first of what is free.
  if (before === NONE && !isFirst) callWaiting(market, pool)
  if (orders.instances[order] < pools.leastWaiting[pool] || isFirst) pools.leastWaiting[pool] = orders.instances[order]
  if (patience < Number.POSITIVE_INFINITY) waiting.timer[row] = timers.wake('patienceEnds', now + patience, row)
  write(market, row, 'wait', 'E-02')
}

/** Yearly/monthly servers wait: how they will be created, their order says. */
export function waitForTerm(market: Servers, order: Row<'orders'>): void {
  const { orders } = market
  const pool = orders.pool[order]
  wait(market, order, pool, [], patienceFor(market, pool, orders.patience[order]))
}

/** Takes an order out of the queue. */
function leave(market: Servers, row: Row<'waiting'>): void {
  const { waiting, queue, timers } = market
  timers.cancel(waiting.timer[row])
  queue.remove(waiting.pool[row], row)
  waiting.remove(row)
  market.launches.remove(row)
}

/**
 * E-02: what is free goes to those in line, first come first served. An order that needs more than is free is passed over
 * by later ones that fit, or, in strict order, holds them up.
 */
export function serveWaiting(market: Servers, pool: Row<'pools'>): void {
  const { waiting, queue, pools, orders, policies } = market
  pools.called[pool] = 0
  // The capacity has changed.
  if (pools.leastWaiting[pool] === 0) refuseHopeless(market, pool)
  let least = Number.POSITIVE_INFINITY
  for (let row = queue.first(pool); row !== NONE; ) {
    const order = waiting.order[row]
    const next = queue.next(row)
    if (isTurnedAway(market, order, 'frozen')) turnAway(market, row, 'account-frozen', 'O-14')
    else if (isTurnedAway(market, order, 'owing')) turnAway(market, row, 'in-arrears', 'O-10')
    // No order in the queue needs fewer units.
    else if (!givesOut(market, pool) || freeUnits(market, pool) < pools.leastWaiting[pool]) return
    else if (orders.instances[order] <= freeUnits(market, pool)) serve(market, row)
    else if (policies['queue.discipline'] === 'fifo') return
    else least = Math.min(least, orders.instances[order])
    row = next
  }
  pools.leastWaiting[pool] = least < Number.POSITIVE_INFINITY ? least : 0
}

function serve(market: Servers, row: Row<'waiting'>): void {
  const { waiting } = market
  const order = waiting.order[row]
  const pool = waiting.pool[row]
  const launches = market.launches.of(row)
  write(market, row, 'admit', 'E-02')
  leave(market, row)
  market.unitsGranted.emit(order, pool, launches)
}

/** O-14, O-10: a freeze, or arrears, turn away what is not paid; servers that are paid for a term keep their place. */
function isTurnedAway(market: Servers, order: Row<'orders'>, why: 'frozen' | 'owing'): boolean {
  const { orders, freezes, arrears } = market
  const account = orders.account[order]
  return (
    !isPaidTerm(market, order) && (why === 'frozen' ? freezes.isFrozen(account) : !arrears.isInGoodStanding(account))
  )
}

/** Whether yearly/monthly servers are paid already (E-05); quick ones are paid when they are there (E-04). */
const isPaidTerm = ({ orders }: Servers, order: Row<'orders'>): boolean =>
  orders.months[order] > 0 && orders.state[order] === orderLife.state.processing

/** Orders for which no capacity planned will ever do are refused; says what the least is that the others wait for. */
function refuseHopeless(market: Servers, pool: Row<'pools'>): void {
  const { waiting, queue, pools, orders } = market
  let least = Number.POSITIVE_INFINITY
  for (let row = queue.first(pool); row !== NONE; ) {
    const next = queue.next(row)
    const units = orders.instances[waiting.order[row]]
    if (!canEverHold(market, pool, units)) turnAway(market, row, 'never-fits', 'E-02')
    else least = Math.min(least, units)
    row = next
  }
  pools.leastWaiting[pool] = least < Number.POSITIVE_INFINITY ? least : 0
}

/** Patience is exhausted: the demand is lost. */
export function renege(market: Servers, row: Row<'waiting'>): void {
  const { waiting } = market
  const pool = waiting.pool[row]
  waiting.timer[row] = NONE
  giveUp(market, row, 'renege', 'patience-exhausted', 'E-02')
  callWaiting(market, pool)
}

/** E-02: the flavour is abandoned, so no order will ever be served. */
export function refuseWaiting(market: Servers, pool: Row<'pools'>): void {
  const { queue } = market
  for (let row = queue.first(pool); row !== NONE; row = queue.first(pool))
    turnAway(market, row, 'flavour-abandoned', 'E-02')
}

type TurnedAway = 'account-frozen' | 'in-arrears' | 'flavour-abandoned' | 'never-fits'

const turnAway = (market: Servers, row: Row<'waiting'>, code: TurnedAway, rule: string): void =>
  giveUp(market, row, 'turn-away', code, rule)

function giveUp(
  market: Servers,
  row: Row<'waiting'>,
  event: 'renege' | 'turn-away',
  code: 'patience-exhausted' | TurnedAway,
  rule: string,
): void {
  const { waiting, orders, pools } = market
  const order = waiting.order[row]
  const pool = waiting.pool[row]
  write(market, row, event, rule)
  leave(market, row)
  const isPaid = isPaidTerm(market, order)
  if (code === 'patience-exhausted') market.patienceEnded.emit(order)
  step(market.orderChapter, order, 'cancel', rule)
  market.refuse(code, rule, {
    account: orders.account[order],
    specification: orders.specification[order],
    pool: pools.id[pool],
    quantity: orders.instances[order],
    order: orders.id[order],
    // What a freeze of the buyer, or the buyer's own debts, turn away is no loss of the pool's.
    lost: code === 'in-arrears' || code === 'account-frozen' ? 0n : lostWith(market, order, pool),
  })
  if (isPaid) market.unitsDenied.emit(order)
  orders.remove(order)
}

/** What an order that waited would have brought: its term, or an hour of its servers. */
function lostWith(market: Servers, order: Row<'orders'>, pool: Row<'pools'>): bigint {
  const { orders } = market
  if (orders.months[order] > 0) return orders.amount.at(order)
  return hourOf(market, pool, orders.specification[order], orders.account[order]) * BigInt(orders.instances[order])
}
