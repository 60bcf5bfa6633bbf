/** Steps of an ECS instance (E-01): each goes through its table, the record, the pool and the meter. */
import { instance } from './instance.ts'
import type { Market } from '../market.ts'
import type { Meter } from '../metering/meter.ts'
import { forgetOrder } from '../orders/order-steps.ts'
import { giveBack, hold } from './pools.ts'
import { NONE } from '../tables.ts'
import { wordNumber } from '../words.ts'

type InstanceEvent = (typeof instance.events)[number]

/**
 * Whether an instance in a state holds a unit (E-01): a stopped pay-per-use one gives it back, one that is frozen or has
 * its image changed keeps what it held before.
 */
function holdsIn(market: Market, row: number, state: number): boolean {
  const { holds, ecsMetered } = market.instances
  switch (instance.states[state]) {
    case 'creating':
    case 'running':
      return true
    case 'stopped':
      return ecsMetered[row] === 0
    case 'suspended':
    case 'changing-image':
      return holds[row] === 1
    case 'deleted':
    case 'failed':
      return false
  }
}

/** Takes one step. An instance that starts again needs room first: the caller has asked for it. */
export function step(market: Market, meter: Meter, row: number, event: InstanceEvent, rule: string): void {
  const { instances } = market
  const from = instances.state[row]
  const to = market.move(instance, from, event)
  instances.state[row] = to
  // E-07: what is frozen while its image is being replaced keeps the old one.
  if (from === instance.state['changing-image'] && event === 'suspend') {
    market.timers.cancel(instances.imageTimer[row])
    instances.imageTimer[row] = NONE
  }
  writeStep(market, row, event, from, to, rule)
  holdUnit(market, row, holdsIn(market, row, to))
  meter.refresh(row)
}

/** The last step: deleted by its owner or released by the market. Its number stays, its row goes with its last hour. */
export function remove(
  market: Market,
  meter: Meter,
  row: number,
  event: 'delete' | 'release' | 'fail',
  rule: string,
): void {
  const { instances, timers } = market
  const from = instances.state[row]
  const to = market.move(instance, from, event)
  instances.state[row] = to
  writeStep(market, row, event, from, to, rule)
  holdUnit(market, row, false)
  for (const timer of [instances.lifeTimer, instances.habitTimer, instances.imageTimer]) {
    timers.cancel(timer[row])
    timer[row] = NONE
  }
  unlink(market, row)
  meter.retire(row)
  const { [row]: order } = instances.order
  market.orders.servers[order]--
  forgetOrder(market, order)
}

/** A new instance: it holds a unit of its pool from now on (E-01), so the caller has seen that there is room. */
export function admit(
  market: Market,
  what: {
    order: number
    account: number
    pool: number
    specification: number
    ecsPrice: number
    imagePrice: number
    lifetime: number
    /** Paid for so many months; left out for pay-per-use. */
    months?: number
    /** Whether its image is pay-per-use, as it is unless said otherwise. */
    imageMetered?: boolean
  },
): number {
  const { instances, accounts, orders, facts, pools } = market
  const { months = 0 } = what
  const row = instances.add()
  instances.id[row] = market.number('instances')
  instances.order[row] = what.order
  orders.servers[what.order]++
  instances.account[row] = what.account
  instances.pool[row] = what.pool
  instances.specification[row] = what.specification
  instances.ecsPrice[row] = what.ecsPrice
  instances.imagePrice[row] = what.imagePrice
  instances.lifetime[row] = what.lifetime
  instances.lifeTimer[row] = NONE
  instances.habitTimer[row] = NONE
  instances.imageTimer[row] = NONE
  instances.uses[row] = NONE
  instances.ecsMetered[row] = months === 0 ? 1 : 0
  instances.imageMetered[row] = what.imageMetered === false ? 0 : 1
  instances.subscription[row] = NONE
  instances.wanted[row] = 1
  instances.state[row] = instance.state.creating
  link(market, row)
  facts.instances({
    id: instances.id[row],
    at: market.now,
    order_id: orders.id[what.order],
    account: accounts.id[what.account],
    pool: pools.id[what.pool],
    specification: what.specification,
    billing: wordNumber(months === 0 ? 'pay-per-use' : months < 12 ? 'monthly' : 'yearly'),
    lifetime: what.lifetime < Number.POSITIVE_INFINITY ? what.lifetime : -1,
  })
  writeStep(market, row, 'begin', NONE, instance.state.creating, 'E-01')
  holdUnit(market, row, true)
  return row
}

function writeStep(
  market: Market,
  row: number,
  event: InstanceEvent | 'begin',
  from: number,
  to: number,
  rule: string,
): void {
  const { instances, facts } = market
  facts.instance_steps({
    instance_id: instances.id[row],
    at: market.now,
    event: wordNumber(event),
    from_state: from === NONE ? 0 : wordNumber(instance.states[from]),
    to_state: wordNumber(instance.states[to]),
    rule: wordNumber(rule),
    specification: instances.specification[row],
  })
}

function holdUnit(market: Market, row: number, holds: boolean): void {
  const { instances } = market
  if ((instances.holds[row] === 1) === holds) return
  instances.holds[row] = holds ? 1 : 0
  if (holds) hold(market, instances.pool[row], 1)
  else giveBack(market, instances.pool[row], 1)
}

function link(market: Market, row: number): void {
  const { instances, accounts } = market
  const account = instances.account[row]
  const first = accounts.instances[account]
  instances.next[row] = first
  instances.previous[row] = NONE
  if (first !== NONE) instances.previous[first] = row
  accounts.instances[account] = row
}

function unlink(market: Market, row: number): void {
  const { instances, accounts } = market
  const next = instances.next[row]
  const previous = instances.previous[row]
  if (previous === NONE) accounts.instances[instances.account[row]] = next
  else instances.next[previous] = next
  if (next !== NONE) instances.previous[next] = previous
}
