/** Appeals (S-06): who may file one and on which ground, and the flow they freeze. */

import type { Row } from '../../cell/table.ts'
import { begin, transition } from '../../cell/transition.ts'
import { appeal } from './appeal.ts'
import { side } from './flows.ts'
import type { Supervision } from './supervision.ts'
import { isSilent } from './supervision-clocks.ts'
import { supervisionKinds, supervisionState } from './supervision-lifecycles.ts'
import { step } from './supervision-steps.ts'

/** S-06: (a) the other side is silent, (b) the seller rejected the request, (c) the buyer rejected the delivery. */
export type Ground = 'silence' | 'request-rejections' | 'product-rejections' | 'at-will'

/** The ground on which a side could appeal now, were the flow not frozen or in its last hours; null when none. */
export function groundOf(market: Supervision, row: Row<'flows'>, by: 'buyer' | 'seller'): Ground | null {
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
export function fileAppeal(market: Supervision, row: Row<'flows'>, by: 'buyer' | 'seller'): void {
  const { flows, policies } = market
  if (flows.state[row] === supervisionState.frozen) return
  const ground = groundOf(market, row, by)
  if (ground === null) return
  const id = openAppeal(market, row, by, ground)
  if (flows.state[row] === supervisionState.accepted && policies['completion.appealInWindow'] === 'denied') {
    endAppeal(market, id, 'deny', 'S-08')
    return
  }
  flows.appeal[row] = id
  step(market, row, 'appeal', 'S-06', by)
  market.appealFiled.emit(row)
}

/** The flow ends by a clock that ran on: an appeal that is still open has nothing left to decide. */
export function lapseAppeal(market: Supervision, row: Row<'flows'>, rule: 'S-08' | 'S-09'): void {
  const { flows } = market
  if (flows.appeal[row] === 0) return
  endAppeal(market, flows.appeal[row], 'lapse', rule)
  flows.appeal[row] = 0
}

function openAppeal(market: Supervision, row: Row<'flows'>, by: 'buyer' | 'seller', ground: Ground): number {
  const { flows, accounts, facts, now } = market
  const id = market.number('appeals')
  facts.appeals({
    id,
    at: now,
    order_id: flows.id[row],
    account: accounts.id[flows.account[row]],
    seller: flows.seller[row],
    by: market.word(by),
    ground: market.word(ground),
    rule: market.word('S-06'),
  })
  facts.appeal_steps({ appeal_id: id, ...begin(market, appeal, state, 0, 'filed', 'S-06'), outcome: 0 })
  return id
}

/** An open appeal has no row of its own: it is filed until it takes its one step, which ends it. */
const state = new Uint8Array(1)

/** `outcome`: the word of what a manager decided, 0 without a decision. */
export function endAppeal(
  market: Supervision,
  id: number,
  event: (typeof appeal.events)[number],
  rule: string,
  outcome = 0,
): void {
  state[0] = appeal.state.filed
  market.facts.appeal_steps({ appeal_id: id, ...transition(market, appeal, state, 0, event, rule), outcome })
}
