/** Steps of a supervision flow (S-02, S-03): each goes through its table, the record and the flow's clocks. */

import type { SupervisionEvent, SupervisionKind, SupervisionState } from '../../billing/supervision-flow.ts'
import { NONE, type Row } from '../../cell/table.ts'
import { begin, type Step, transition } from '../../cell/transition.ts'
import { side } from './flows.ts'
import type { Supervision } from './supervision.ts'
import { freezeClock, startClock, stopClock, thawClock } from './supervision-clocks.ts'
import { firstState, supervisionKinds, supervisionLifecycles, supervisionState } from './supervision-lifecycles.ts'

/** Who took a step. */
export type Actor = 'buyer' | 'seller' | 'system' | 'manager'

/** S-01, S-02: an order of a supervised product was paid; its flow begins. */
export function beginFlow(market: Supervision, order: Row<'orders'>): void {
  const { flows, orders, world, policies } = market
  const { product, seller } = world.catalog.offers[orders.specification[order] - 1]
  const row = flows.add()
  flows.id[row] = orders.id[order]
  flows.order[row] = order
  flows.account[row] = orders.account[order]
  flows.seller[row] = seller.id
  flows.kind[row] = supervisionKinds.indexOf(product.kind as SupervisionKind)
  flows.paidAt[row] = market.now
  flows.acceptedAt[row] = NONE
  for (const clock of ['silence', 'completion', 'age'] as const) stopClock(market, row, clock)
  const lifecycle = supervisionLifecycles[flows.kind[row]]
  const first = lifecycle.states[firstState(flows.kind[row])]
  writeStep(market, row, begin(market, lifecycle, flows.state, row, first, 'S-02'), 'system')
  restartSilence(market, row)
  if (policies['auto365.start'] === 'paid') startAge(market, row)
  market.flowBegan.emit(order)
  market.flowTurned.emit(row, false)
}

/** S-09: the flow's age is counted for the kinds that the policy names, from payment or from the first request. */
export function startAge(market: Supervision, row: Row<'flows'>): void {
  const { flows, policies } = market
  const kind = supervisionKinds[flows.kind[row]]
  if (flows.ageSince[row] < 0 && (policies['auto365.kinds'] as readonly string[]).includes(kind))
    startClock(market, row, 'age')
}

/** Takes one step. A flow that is over keeps its row: who ends it closes its order and gives the row back. */
export function step(market: Supervision, row: Row<'flows'>, event: SupervisionEvent, rule: string, by: Actor): void {
  const { flows } = market
  const from = flows.state[row]
  const lifecycle = supervisionLifecycles[flows.kind[row]]
  writeStep(market, row, transition(market, lifecycle, flows.state, row, event, rule), by)
  // S-05: a reminder resets nothing.
  if (event === 'remind') return
  flows.turn[row]++
  cancelMoves(market, row)
  moveClocks(market, row, from)
}

export const stateOf = (market: Supervision, row: Row<'flows'>): SupervisionState =>
  supervisionLifecycles[market.flows.kind[row]].states[market.flows.state[row]]

function moveClocks(market: Supervision, row: Row<'flows'>, from: number): void {
  const { flows } = market
  const to = flows.state[row]
  if (to === supervisionState.frozen) {
    flows.frozenFrom[row] = from
    for (const clock of ['silence', 'completion', 'age'] as const) freezeClock(market, row, clock)
  } else if (to === supervisionState.completed || to === supervisionState.cancelled) {
    for (const clock of ['silence', 'completion', 'age'] as const) stopClock(market, row, clock)
    market.timers.cancel(flows.appealTimer[row])
    flows.appealTimer[row] = NONE
    market.timers.cancel(flows.withdrawTimer[row])
    flows.withdrawTimer[row] = NONE
  } else if (from === supervisionState.frozen) {
    for (const clock of ['silence', 'completion', 'age'] as const) thawClock(market, row, clock)
  } else {
    restartSilence(market, row)
    if (to === supervisionState.accepted) startClock(market, row, 'completion')
  }
}

/** The clock of the next turn restarts; there is none after acceptance. */
function restartSilence(market: Supervision, row: Row<'flows'>): void {
  const { flows } = market
  const state = flows.state[row]
  const isSellers = state === supervisionState['awaiting-seller']
  flows.silenceNotified[row] = 0
  flows.silenceSide[row] = state === supervisionState.accepted ? side.none : isSellers ? side.seller : side.buyer
  if (flows.silenceSide[row] === side.none) stopClock(market, row, 'silence')
  else startClock(market, row, 'silence')
}

/** What a person meant to do in a turn that is over is not done any more; an appeal is on what has happened. */
function cancelMoves(market: Supervision, row: Row<'flows'>): void {
  const { flows, timers } = market
  timers.cancel(flows.moveTimer[row])
  timers.cancel(flows.reminderTimer[row])
  flows.moveTimer[row] = NONE
  flows.reminderTimer[row] = NONE
}

function writeStep(market: Supervision, row: Row<'flows'>, step: Step, by: Actor): void {
  const { flows, facts } = market
  facts.supervision_steps({ order_id: flows.id[row], ...step, by: market.word(by) })
}
