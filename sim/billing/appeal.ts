/** S-06: who may appeal when, judged on a replayed flow. */
import type { Policies } from '#scenarios/policies.ts'
import type { Supervision } from './supervision.ts'

export interface AppealDecision {
  readonly allowed: boolean
  /** The rule that allows it, or the one that is in the way. */
  readonly rule: 'S-06' | 'S-07' | 'S-08' | 'S-09'
}

export type AppealPolicies = Pick<
  Policies,
  'appeal.silence' | 'appeal.sellerRejects' | 'appeal.buyerRejects' | 'appeal.seller' | 'completion.appealInWindow'
>

const denied = (rule: AppealDecision['rule']): AppealDecision => ({ allowed: false, rule })

/** The decision at `at`; the flow is advanced to that instant. */
export function mayAppeal(flow: Supervision, at: number, by: 'buyer' | 'seller', policies: AppealPolicies) {
  flow.advance(at)
  if (flow.endedBy !== null) return denied(flow.endedBy)
  if (flow.state === 'frozen') return denied('S-07')
  if (flow.state === 'accepted' && policies['completion.appealInWindow'] === 'denied') return denied('S-08')
  const allowed = by === 'buyer' ? buyerHasGround(flow, at, policies) : sellerHasGround(flow, at, policies)
  return { allowed, rule: 'S-06' } satisfies AppealDecision
}

/** (a) a silent seller, (b) the seller's rejections, (c) the buyer's own. */
const buyerHasGround = (flow: Supervision, at: number, policies: AppealPolicies): boolean =>
  flow.sellerSilence.elapsed(at) > policies['appeal.silence'] || isStuck(flow, policies)

function sellerHasGround(flow: Supervision, at: number, policies: AppealPolicies): boolean {
  if (policies['appeal.seller'] !== 'after-3-rejections-or-silence') return policies['appeal.seller'] === 'any-time'
  return flow.buyerSilence.elapsed(at) > policies['appeal.silence'] || isStuck(flow, policies)
}

/** One side has said no as often as the rule bears. */
function isStuck(flow: Supervision, policies: AppealPolicies): boolean {
  const kind = flow.kind === 'professional-service' ? 'service' : flow.kind
  return (
    flow.sellerRejections >= policies['appeal.sellerRejects'] ||
    flow.buyerRejections >= policies['appeal.buyerRejects'][kind]
  )
}
