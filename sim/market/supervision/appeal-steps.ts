/** Appeals (S-06, S-07): who may file one and on which ground, the flow they freeze, and what a manager decides. */
import type { SupervisionEvent } from '../../billing/supervision-flow.ts'
import { appeal } from './appeal.ts'
import type { Market } from '../market.ts'
import { isSilent } from './supervision-clocks.ts'
import { supervisionKinds, supervisionLifecycles, supervisionState } from './supervision-lifecycles.ts'
import { cancelSupervised, completeSupervised } from './supervision-orders.ts'
import { step } from './supervision-steps.ts'
import { side } from './supervision-table.ts'
import { NONE } from '../tables.ts'
import { wordNumber } from '../words.ts'

/** S-06: (a) the other side is silent, (b) the seller rejected the request, (c) the buyer rejected the delivery. */
export type Ground = 'silence' | 'request-rejections' | 'product-rejections' | 'at-will'

export const outcomes = ['complete', 'cancel', 'resume'] as const
export type Outcome = (typeof outcomes)[number]

/** The ground on which a side could appeal now, were the flow not frozen or in its last hours; null when none. */
export function groundOf(market: Market, row: number, by: 'buyer' | 'seller'): Ground | null {
  const { flows, policies } = market
  if (by === 'seller' && policies['appeal.seller'] === 'never') return null
  const kind = supervisionKinds[flows.kind[row]]
  const limit = policies['appeal.buyerRejects'][kind === 'professional-service' ? 'service' : kind]
  const other = by === 'buyer' ? side.seller : side.buyer
  if (flows.silenceSide[row] === other && isSilent(market, row)) return 'silence'
  if (flows.sellerRejections[row] >= policies['appeal.sellerRejects']) return 'request-rejections'
  if (flows.buyerRejections[row] >= limit) return 'product-rejections'
  return by === 'seller' && policies['appeal.seller'] === 'any-time' ? 'at-will' : null
}

/** Files an appeal where there is a ground for one: the flow freezes. Without a ground, or while frozen, nothing. */
export function fileAppeal(market: Market, row: number, by: 'buyer' | 'seller'): void {
  const { flows, policies } = market
  if (flows.state[row] === supervisionState.frozen) return
  const ground = groundOf(market, row, by)
  if (ground === null) return
  const id = openAppeal(market, row, by, ground)
  if (flows.state[row] === supervisionState.accepted && policies['completion.appealInWindow'] === 'denied') {
    writeStep(market, id, 'deny', appeal.state.filed, 'S-08', 0)
    return
  }
  flows.appeal[row] = id
  step(market, row, 'appeal', 'S-06', by)
  market.reactions.appealFiled(row)
}

/** S-07: the operations manager has decided. A flow that resumes goes on where it was frozen. */
export function decideAppeal(market: Market, row: number, outcome: Outcome): void {
  const { flows } = market
  writeStep(market, flows.appeal[row], 'decide', appeal.state.filed, 'S-07', wordNumber(outcome))
  flows.appeal[row] = 0
  if (outcome === 'resume') {
    const place = supervisionLifecycles[flows.kind[row]].states[flows.frozenFrom[row]]
    step(market, row, `resume-${place}` as SupervisionEvent, 'S-07', 'manager')
    market.reactions.flowTurned(row, true)
  } else {
    step(market, row, outcome, 'S-07', 'manager')
    if (outcome === 'complete') completeSupervised(market, row, 'S-07')
    else cancelSupervised(market, row, 'S-07', true)
  }
}

/** The flow ends by a clock that ran on: an appeal that is still open has nothing left to decide. */
export function lapseAppeal(market: Market, row: number, rule: 'S-08' | 'S-09'): void {
  const { flows } = market
  if (flows.appeal[row] === 0) return
  writeStep(market, flows.appeal[row], 'lapse', appeal.state.filed, rule, 0)
  flows.appeal[row] = 0
}

function openAppeal(market: Market, row: number, by: 'buyer' | 'seller', ground: Ground): number {
  const { flows, accounts, facts, now } = market
  const id = market.number('appeals')
  facts.appeals({
    id,
    at: now,
    order_id: flows.id[row],
    account: accounts.id[flows.account[row]],
    seller: flows.seller[row],
    by: wordNumber(by),
    ground: wordNumber(ground),
    rule: wordNumber('S-06'),
  })
  writeStep(market, id, 'begin', NONE, 'S-06', 0)
  return id
}

function writeStep(
  market: Market,
  id: number,
  event: (typeof appeal.events)[number] | 'begin',
  from: number,
  rule: string,
  outcome: number,
): void {
  const to = event === 'begin' ? appeal.state.filed : market.move(appeal, from, event)
  market.facts.appeal_steps({
    appeal_id: id,
    at: market.now,
    event: wordNumber(event),
    from_state: from === NONE ? 0 : wordNumber(appeal.states[from]),
    to_state: wordNumber(appeal.states[to]),
    rule: wordNumber(rule),
    outcome,
  })
}
