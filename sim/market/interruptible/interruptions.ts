/**
 * Taking interruptible servers back (E-11): those of the lowest priority first, of these the youngest, each with a notice,
 * and no more than a full-price request lacks; if they are too few for it, none.
 */
import { NONE, type Row } from '../../cell/table.ts'
import { instance } from '../servers/instance.ts'
import { remove, step } from '../servers/instance-steps.ts'
import { callWaiting, freeUnits, givesOut, isHostDown, isOnHosts } from '../servers/pools.ts'
import type { Interruptible } from './interruptible.ts'

type Event = 'notice' | 'withdraw' | 'interrupt'

function write(market: Interruptible, row: Row<'instances'>, event: Event, account: Row<'accounts'> | null): void {
  const { servers, facts, now, accounts } = market
  const { instances, pools } = servers
  facts.interruptions({
    instance_id: instances.id[row],
    at: now,
    event: market.word(event),
    pool: pools.id[instances.pool[row]],
    wanted_by: account === null ? 0 : accounts.id[account],
    rule: market.word('E-11'),
  })
}

/** A request finds too few units. Without a notice period, interruptible servers make room for it immediately. */
export function makeRoom(market: Interruptible, pool: Row<'pools'>, units: number, account: Row<'accounts'>): void {
  if (market.places[pool].plan.interruptible?.notice !== 0) return
  for (const row of chosen(market, pool, units, account)) interrupt(market, row, account)
}

/** With one, as many as a request lacks get notice. Answers whether what is free then will do for it. */
export function giveNotice(
  market: Interruptible,
  pool: Row<'pools'>,
  units: number,
  account: Row<'accounts'>,
): boolean {
  const { live, timers, now } = market
  const notice = market.places[pool].plan.interruptible?.notice ?? 0
  if (notice === 0 || market.isInterruptible(account, pool) || !givesOut(market.servers, pool)) return false
  for (const row of chosen(market, pool, units, account)) {
    live.notices.set(row, timers.wake('noticeEnds', now + notice, row))
    write(market, row, 'notice', account)
  }
  return lackOf(market, pool, units) <= 0
}

/** Units that a request lacks beyond what is free or has got notice, and what others wait for. */
function lackOf({ servers, live }: Interruptible, pool: Row<'pools'>, units: number): number {
  const { pools, queue, waiting, orders } = servers
  // A capacity planned below what is held gets its units first.
  const free = isOnHosts(servers, pool) ? freeUnits(servers, pool) : pools.planned[pool] - pools.held[pool]
  let noticed = 0
  for (const row of live.of(pool)) if (live.notices.has(row)) noticed++
  let wanted = units
  for (let row = queue.first(pool); row !== NONE; row = queue.next(row)) wanted += orders.instances[waiting.order[row]]
  return wanted - free - noticed
}

/** The servers that make room for a request; none where they are too few. */
function chosen(market: Interruptible, pool: Row<'pools'>, units: number, account: Row<'accounts'>): number[] {
  const { servers, live } = market
  const { instances } = servers
  if (market.isInterruptible(account, pool) || !givesOut(servers, pool)) return []
  const lack = lackOf(market, pool, units)
  if (lack <= 0) return []
  const running = [...live.of(pool)].filter(
    (row) => instances.state[row] === instance.state.running && !live.notices.has(row) && !isHostDown(servers, row),
  )
  if (running.length < lack) return []
  const priority = (row: number): number => market.priorityOf(instances.account[row])
  return running.sort((a, b) => priority(a) - priority(b) || instances.id[b] - instances.id[a]).slice(0, lack)
}

/** The notice is over. A server that does not run any more has given its unit back, or never gives it. */
export function endNotice(market: Interruptible, row: Row<'instances'>): void {
  const { servers, live } = market
  live.notices.delete(row)
  if (servers.instances.state[row] === instance.state.running) interrupt(market, row, null)
  else write(market, row, 'withdraw', null)
}

/** Its unit goes to who waits; what becomes of it, its owner decides. */
function interrupt(market: Interruptible, row: Row<'instances'>, account: Row<'accounts'> | null): void {
  const { servers, now } = market
  const { instances, timers } = servers
  timers.cancel(instances.lifeTimer[row])
  instances.lifeTimer[row] = NONE
  instances.lifeLeft[row] = Math.max(0, instances.lifeEnds[row] - now)
  write(market, row, 'interrupt', account)
  step(servers, row, 'interrupt', 'E-11')
  market.interrupted.emit(row)
}

/** Its owner gives an interrupted server up. */
export const giveUp = ({ servers }: Interruptible, row: Row<'instances'>): void =>
  remove(servers, row, 'delete', 'E-11')

/** Its owner waits for room, and lets it run for the rest of its lifetime, or for all of it again. */
export function awaitRoom(market: Interruptible, row: Row<'instances'>, again: boolean): void {
  const { servers, live } = market
  const { instances, pools } = servers
  const pool = instances.pool[row]
  if (again) instances.lifeLeft[row] = instances.lifetime[row]
  live.waiting.set(row, again)
  pools.interrupted[pool]++
  callWaiting(servers, pool)
}

/** What a pool has free after those who wait for it goes to its interrupted servers: those of the highest priority, the oldest. */
export function resumeInterrupted(market: Interruptible, pool: Row<'pools'>): void {
  const { servers, live } = market
  const { instances, pools, queue } = servers
  if (pools.interrupted[pool] === 0 || !givesOut(servers, pool) || !queue.isEmpty(pool)) return
  const waiting = [...live.waiting.keys()].filter((row) => instances.pool[row] === pool)
  const priority = (row: number): number => market.priorityOf(instances.account[row])
  waiting.sort((a, b) => priority(b) - priority(a) || instances.id[a] - instances.id[b])
  for (const row of waiting) {
    if (freeUnits(servers, pool) < 1) return
    const again = live.waiting.get(row) === true
    leave(market, row)
    servers.serverReturns.emit(row, again ? 'start' : 'recover', 'E-11')
  }
}

function leave({ servers, live }: Interruptible, row: Row<'instances'>): void {
  if (live.waiting.delete(row)) servers.pools.interrupted[servers.instances.pool[row]]--
}

/** A server runs for the first time: at the price in force now, which may have changed while it was created. */
export function add(market: Interruptible, row: Row<'instances'>): void {
  const { instances, pools } = market.servers
  const pool = instances.pool[row]
  const account = instances.account[row]
  if (instances.ecsMetered[row] === 0 || !market.isInterruptible(account, pool)) return
  market.live.add(pool, row)
  instances.ecsPrice[row] = market.hourFor(pools.hourly[pool], account, pool)
}

export function forget(market: Interruptible, row: Row<'instances'>): void {
  const { servers, live, timers } = market
  live.remove(servers.instances.pool[row], row)
  leave(market, row)
  const timer = live.notices.get(row)
  if (timer === undefined) return
  timers.cancel(timer)
  live.notices.delete(row)
  write(market, row, 'withdraw', null)
}

/** E-11: each pool counts its servers that wait for room. */
export function checkInterrupted({ servers, live }: Interruptible): void {
  const { instances, pools } = servers
  const waiting = new Int32Array(pools.rows)
  for (const row of live.waiting.keys()) waiting[instances.pool[row]]++
  for (let pool = 0; pool < pools.rows; pool++)
    if (waiting[pool] !== pools.interrupted[pool])
      throw new Error(
        `E-11: pool ${pools.id[pool]} counts ${pools.interrupted[pool]} interrupted servers that wait, and has ${waiting[pool]}`,
      )
}
