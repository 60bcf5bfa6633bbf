/** Every check of the auditor. A new kind of amount is judged by a new file in `checks/` and a line here. */
import type { CheckMaker } from './check.ts'
import { appeals } from './checks/appeals.ts'
import { asked } from './checks/asked.ts'
import { autoRenewals } from './checks/auto-renewals.ts'
import { billRoundings } from './checks/bill-roundings.ts'
import { bills } from './checks/bills.ts'
import { capacityCosts } from './checks/capacity-costs.ts'
import { cards } from './checks/cards.ts'
import { catalog } from './checks/catalog.ts'
import { channels } from './checks/channels.ts'
import { completeness } from './checks/completeness.ts'
import { days } from './checks/days.ts'
import { demand } from './checks/demand.ts'
import { documents } from './checks/documents.ts'
import { flowDetails } from './checks/flow-details.ts'
import { freezes } from './checks/freezes.ts'
import { growth } from './checks/growth.ts'
import { hosts } from './checks/hosts.ts'
import { interruptions } from './checks/interruptions.ts'
import { invoices } from './checks/invoices.ts'
import { known } from './checks/known.ts'
import { lateUsage } from './checks/late-usage.ts'
import { steps } from './checks/lifecycles.ts'
import { lifetimes } from './checks/lifetimes.ts'
import { madeRoom } from './checks/made-room.ts'
import { monthEnds } from './checks/month-ends.ts'
import { namedRules } from './checks/named-rules.ts'
import { notices } from './checks/notices.ts'
import { orders } from './checks/orders.ts'
import { outages } from './checks/outages.ts'
import { paymentTurns } from './checks/payment-turns.ts'
import { pools } from './checks/pools.ts'
import { postings } from './checks/postings.ts'
import { presence } from './checks/presence.ts'
import { quick } from './checks/quick.ts'
import { reactions } from './checks/reactions.ts'
import { recognition } from './checks/recognition.ts'
import { refunds } from './checks/refunds.ts'
import { refusals } from './checks/refusals.ts'
import { refusedChanges } from './checks/refused-changes.ts'
import { requirements } from './checks/requirements.ts'
import { reseller } from './checks/reseller.ts'
import { sellerBills } from './checks/seller-bills.ts'
import { sellerShares } from './checks/seller-shares.ts'
import { service } from './checks/service.ts'
import { settlement } from './checks/settlement.ts'
import { standing } from './checks/standing.ts'
import { sums } from './checks/sums.ts'
import { supervision } from './checks/supervision.ts'
import { terms } from './checks/terms.ts'
import { topUps } from './checks/top-ups.ts'
import { unsubscriptions } from './checks/unsubscriptions.ts'
import { usage } from './checks/usage.ts'
import { waits } from './checks/waits.ts'
import { wallets } from './checks/wallets.ts'

export const checks: readonly CheckMaker[] = [
  known,
  catalog,
  usage,
  lateUsage,
  orders,
  refusals,
  refusedChanges,
  asked,
  completeness,
  namedRules,
  topUps,
  paymentTurns,
  notices,
  settlement,
  standing,
  freezes,
  recognition,
  days,
  monthEnds,
  sums,
  refunds,
  bills,
  billRoundings,
  postings,
  steps,
  supervision,
  flowDetails,
  terms,
  autoRenewals,
  unsubscriptions,
  appeals,
  growth,
  pools,
  hosts,
  outages,
  interruptions,
  madeRoom,
  waits,
  lifetimes,
  wallets,
  cards,
  reseller,
  channels,
  presence,
  reactions,
  quick,
  demand,
  requirements,
  invoices,
  documents,
  service,
  capacityCosts,
  sellerBills,
  sellerShares,
]
