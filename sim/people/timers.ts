/** What people want to be woken for. */
import type { Cell } from '../cell/cell.ts'
import { ranks, type Timers } from '../cell/timers.ts'

export const peopleTimers = {
  // Before anything else that happens as the run begins.
  poolsFill: ranks.closeHour,
  saasProvisioned: ranks.expire,
  topUpArrives: ranks.act,
  buyerArrives: ranks.act,
  buyerReacts: ranks.act,
  buyerJoins: ranks.expire,
  buyerLeaves: ranks.expire,
  traceArrives: ranks.act,
  buyerRestarts: ranks.act,
  flowMoves: ranks.act,
  sellerReminded: ranks.act,
  buyerAppeals: ranks.act,
  buyerWithdraws: ranks.act,
  sellerDone: ranks.act,
  sellerReturns: ranks.act,
  managerDone: ranks.act,
  buyerUpgrades: ranks.act,
  buyerExpands: ranks.act,
  buyerRenews: ranks.act,
  autoRenewalChanges: ranks.act,
  buyerUnsubscribes: ranks.act,
  buyerStops: ranks.act,
  buyerSwitches: ranks.act,
  buyerReturns: ranks.act,
  resellerAnswers: ranks.act,
  buyerPays: ranks.act,
  invoiceGivenBack: ranks.act,
  buyerRemembers: ranks.act,
  creditAsked: ranks.act,
  contactBounced: ranks.act,
  supportDone: ranks.act,
  ticketDone: ranks.act,
} as const

export type PeopleTimer = keyof typeof peopleTimers

/** The clock as people set it. */
export const timersOf = (market: { readonly at: Cell }): Timers<PeopleTimer> => market.at.clock
