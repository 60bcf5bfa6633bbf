/**
 * What the market asks to be woken for. The cell gives each kind its handler and its rank in the total order of an
 * instant (T-06); the market itself never schedules by any other door.
 */
export const ranks = { closeHour: 0, settle: 1, expire: 2, deliver: 3, act: 4 } as const

export const timerKinds = {
  hourCloses: ranks.closeHour,
  hourSettles: ranks.settle,
  // Before anything is settled at the same midnight: what is settled then belongs to the new month (I-02).
  monthBegins: ranks.closeHour,
  monthBills: ranks.settle,
  capacityChanges: ranks.expire,
  // Before anything else that happens as the run begins.
  poolsFill: ranks.closeHour,
  orderExpires: ranks.expire,
  instanceLaunches: ranks.expire,
  instanceEnds: ranks.expire,
  standingMilestone: ranks.expire,
  subscriptionMilestone: ranks.expire,
  saasProvisioned: ranks.expire,
  topUpArrives: ranks.act,
  buyerArrives: ranks.act,
  traceArrives: ranks.act,
  buyerRestarts: ranks.act,
  silenceLasts: ranks.expire,
  flowCompletes: ranks.expire,
  flowGrowsOld: ranks.expire,
  balanceRises: ranks.act,
  flowMoves: ranks.act,
  sellerReminded: ranks.act,
  buyerAppeals: ranks.act,
  sellerDone: ranks.act,
  sellerReturns: ranks.act,
  managerDone: ranks.act,
  earningEnds: ranks.expire,
  serversCreated: ranks.expire,
  serversFail: ranks.expire,
  orderTakesEffect: ranks.act,
  expansionIsRequoted: ranks.act,
  autoRenewalTries: ranks.act,
  buyerUpgrades: ranks.act,
  buyerExpands: ranks.act,
  buyerRenews: ranks.act,
  buyerUnsubscribes: ranks.act,
  orderFails: ranks.expire,
  imageChanges: ranks.expire,
  vpcCreated: ranks.expire,
  patienceEnds: ranks.expire,
  // After all that gives units back at this instant, before anybody new asks for them (E-02).
  poolServes: ranks.deliver,
  buyerStops: ranks.act,
  buyerSwitches: ranks.act,
  buyerReturns: ranks.act,
  plannedEvent: ranks.expire,
  buyerPays: ranks.act,
  invoiceMoves: ranks.expire,
  invoiceWanted: ranks.act,
  invoiceGivenBack: ranks.act,
  buyerRemembers: ranks.act,
  creditAsked: ranks.act,
  contactBounced: ranks.act,
  supportDone: ranks.act,
  ticketDone: ranks.act,
  usageArrives: ranks.closeHour,
  sellersBilled: ranks.act,
  sellersPaid: ranks.act,
} as const

export type TimerKind = keyof typeof timerKinds

/** The clock as the market sees it. */
export interface Timers {
  readonly now: number
  /** Wakes `kind` for `entity` at an instant; the handle cancels it. */
  wake(kind: TimerKind, at: number, entity: number, a?: number): number
  /** Takes a wake-up back; NONE is ignored. */
  cancel(handle: number): void
}
