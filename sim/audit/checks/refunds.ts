/** O-08, S-07, S-09, Q-05: what was paid for an order that is cancelled goes back, all of it, once, at that instant. */
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { moved } from '../legs.ts'
import { cashBack } from '../rounding.ts'
import type { Transaction } from '../transaction.ts'
import type { Workings } from '../workings.ts'

export function refunds(context: AuditContext): Check {
  return {
    account(facts, workings) {
      const seen = new Set<number>()
      for (const transaction of facts.transactions)
        if (transaction.kind === context.words.refund) judge(context, facts, transaction, workings, seen)
      judgeMissing(context, facts, workings, seen)
    },
  }
}

function judge(
  { findings, premises, words }: AuditContext,
  facts: AccountFacts,
  transaction: Transaction,
  workings: Workings,
  seen: Set<number>,
): void {
  const { order, at } = transaction
  // What an unsubscription refunds is judged with it.
  if (workings.returned(order).length > 0) return
  const subject = `transaction ${transaction.id} order ${order}`
  const resold = facts.budget !== undefined
  const returned = -moved(transaction, resold ? words.clearing : words.cash)
  const audited = workings.priced(order)
  const due = workings.refundedAt(order)
  if (audited === undefined || due === undefined || seen.has(order)) {
    const text = seen.has(order) ? 'refunded before' : 'the order was not paid and then cancelled'
    findings.differ(kinds.refund, subject, at, returned, 0, text)
    return
  }
  seen.add(order)
  const described = (text: string) => () => ({ subject, at, text })
  const tax = audited.amount - audited.net
  const coupons = workings.replay.couponsBack.get(order) ?? 0n
  const paid = audited.amount - coupons
  const cash = cashBack(premises, at, { amount: paid, paid })
  findings.compare(kinds.refund, returned, cash, described('refunded of what was paid'))
  findings.compare(
    kinds.rounding,
    moved(transaction, words.rounding),
    cash - paid,
    described('what brings it to minor units'),
  )
  findings.compare(kinds.refund, -moved(transaction, words.coupons), coupons, described('refunded to coupons (O-08)'))
  findings.compare(kinds.refund, moved(transaction, words.taxPayable), tax, described('its tax is refunded with it'))
  findings.compare(
    kinds.refund,
    moved(transaction, words.deferredRevenue),
    audited.net,
    described('out of deferred revenue'),
  )
  findings.compare(kinds.supervision, at, due, described('refunded when the order was cancelled'))
}

function judgeMissing(
  { findings }: AuditContext,
  facts: AccountFacts,
  workings: Workings,
  seen: ReadonlySet<number>,
): void {
  for (const { id } of facts.orders) {
    const due = workings.refundedAt(id)
    if (due === undefined || seen.has(id)) continue
    const amount = workings.priced(id)?.amount ?? 0n
    findings.differ(kinds.refund, `order ${id}`, due, 0, amount, 'paid, cancelled, and not refunded')
  }
}
