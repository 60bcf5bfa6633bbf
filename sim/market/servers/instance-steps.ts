/** Steps of an ECS instance (E-01): each goes through its table, the record, the pool and the meter. */
import type { Duration } from '#base/time.ts'
import { type HourPrice, type Id, NONE, type Row } from '../../cell/table.ts'
import { begin, type Step, transition } from '../../cell/transition.ts'
import { freeOrderRow } from '../orders/order-steps.ts'
import { instance } from './instance.ts'
import { hold, holdHost, isOnHosts, leaveHost, releaseUnits } from './pools.ts'
import type { Servers } from './servers.ts'

type InstanceEvent = (typeof instance.events)[number]

/**
 * Whether an instance in a state holds a unit (E-01): a stopped pay-per-use one gives it back, one that is frozen or has
 * its image changed keeps what it held before.
 */
function holdsIn(market: Servers, row: Row<'instances'>, state: number): boolean {
  const { holds, ecsMetered } = market.instances
  switch (instance.states[state]) {
    case 'creating':
    case 'running':
      return true
    case 'stopped':
      return ecsMetered[row] === 0
    case 'suspended':
    case 'down':
    case 'changing-image':
      return holds[row] === 1
    case 'deleted':
    case 'failed':
    case 'interrupted':
      return false
  }
}

/** Takes one step. An instance that starts again needs room first: the caller has asked for it. */
export function step(market: Servers, row: Row<'instances'>, event: InstanceEvent, rule: string): void {
  const { instances } = market
  const from = instances.state[row]
  const taken = transition(market, instance, instances.state, row, event, rule)
  // E-07: what is frozen while its image is being replaced keeps the old one.
  if (from === instance.state['changing-image'] && event === 'suspend') {
    market.timers.cancel(instances.imageTimer[row])
    instances.imageTimer[row] = NONE
  }
  writeStep(market, row, taken)
  holdUnit(market, row, holdsIn(market, row, instances.state[row]))
  market.instanceChanged.emit(row)
}

/** The last step: deleted by its owner or released by the market. Its number stays, its row goes with its last hour. */
export function remove(
  market: Servers,
  row: Row<'instances'>,
  event: 'delete' | 'release' | 'fail',
  rule: string,
): void {
  const { instances, orders, subscriptions, timers, pools } = market
  if (instances.state[row] === instance.state.down && instances.holds[row] === 0) pools.restarts[instances.pool[row]]--
  writeStep(market, row, transition(market, instance, instances.state, row, event, rule))
  holdUnit(market, row, false)
  for (const timer of [instances.lifeTimer, instances.habitTimer, instances.imageTimer]) {
    timers.cancel(timer[row])
    timer[row] = NONE
  }
  market.instanceList.remove(instances.account[row], row)
  const subscription = instances.subscription[row]
  if (subscription !== NONE) subscriptions.servers[subscription]--
  market.instanceGone.emit(row)
  const order = instances.order[row]
  orders.servers[order]--
  freeOrderRow(market.orderChapter, order)
}

/** A new instance: it holds a unit of its pool from now on (E-01), so the caller has seen that there is room. */
export function admit(
  market: Servers,
  what: {
    order: Row<'orders'>
    account: Row<'accounts'>
    pool: Row<'pools'>
    specification: Id<'specifications'>
    ecsPrice: HourPrice
    imagePrice: HourPrice
    lifetime: Duration
    /** Paid for so many months; left out for pay-per-use. */
    months?: number
    /** Whether its image is pay-per-use, as it is unless said otherwise. */
    imageMetered?: boolean
  },
): Row<'instances'> {
  const { instances, accounts, orders, facts, pools, now } = market
  const { months = 0 } = what
  const row = instances.add()
  market.instanceAdmitted.emit(row)
  instances.id[row] = market.number('instances')
  instances.order[row] = what.order
  orders.servers[what.order]++
  instances.account[row] = what.account
  instances.pool[row] = what.pool
  instances.specification[row] = what.specification
  instances.ecsPrice[row] = what.ecsPrice
  instances.imagePrice[row] = what.imagePrice
  instances.lifetime[row] = what.lifetime
  instances.ecsMetered[row] = months === 0 ? 1 : 0
  instances.imageMetered[row] = what.imageMetered === false ? 0 : 1
  instances.wanted[row] = 1
  market.instanceList.prepend(what.account, row)
  facts.instances({
    id: instances.id[row],
    at: now,
    order_id: orders.id[what.order],
    account: accounts.id[what.account],
    pool: pools.id[what.pool],
    specification: what.specification,
    billing: market.word(months === 0 ? 'pay-per-use' : months < 12 ? 'monthly' : 'yearly'),
    lifetime: what.lifetime < Number.POSITIVE_INFINITY ? what.lifetime : -1,
  })
  writeStep(market, row, begin(market, instance, instances.state, row, 'creating', 'E-01'))
  holdUnit(market, row, true)
  return row
}

/** Servers step often: named one by one, the fields are stores; spread, they are copied by a loop. */
function writeStep({ instances, facts }: Servers, row: Row<'instances'>, step: Step): void {
  facts.instance_steps({
    instance_id: instances.id[row],
    at: step.at,
    event: step.event,
    from_state: step.from_state,
    to_state: step.to_state,
    rule: step.rule,
    specification: instances.specification[row],
  })
}

export function holdUnit(market: Servers, row: Row<'instances'>, holds: boolean): void {
  const { instances } = market
  if ((instances.holds[row] === 1) === holds) return
  instances.holds[row] = holds ? 1 : 0
  if (isOnHosts(market, instances.pool[row])) {
    if (holds) holdHost(market, row)
    else leaveHost(market, row)
  } else if (holds) hold(market, instances.pool[row], 1)
  else releaseUnits(market, instances.pool[row], 1)
}
