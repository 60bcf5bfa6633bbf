/** O-05, O-07: where buyers pay what they order immediately, their waiting orders are paid oldest first, and none passes another. */
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { leftAt, paysImmediately } from '../paying.ts'

export function paymentTurns(context: AuditContext): Check {
  return {
    account(facts) {
      if (facts.budget === undefined && paysImmediately(context.premises, facts)) judge(context, facts)
    },
  }
}

function judge({ findings, premises, words }: AuditContext, facts: AccountFacts): void {
  /** What has waited at all, and when it left the queue. */
  const waited = facts.orders.flatMap((order) => {
    const left = leftAt(premises, order)
    return left > order.at ? { id: order.id, at: order.at, pool: order.pool, left } : []
  })
  if (waited.length === 0) return
  /** By order the number of its payment: of several at one instant, which was first. */
  const payments = new Map(
    facts.transactions.filter(({ kind }) => kind === words.payment).map(({ order, id }) => [order, id]),
  )
  const numberOf = (order: number): number => payments.get(order) ?? 0
  for (const order of facts.orders) {
    const paid = order.steps.find(({ event }) => event === words.pay)?.at
    // What costs nothing is not paid (O-10).
    if (paid === undefined || order.amount <= 0n) continue
    // A declined card holds up no other order (O-13), and servers are created before they are paid (E-04).
    const passed = waited.find(
      (other) =>
        other.id < order.id &&
        other.at < paid &&
        (other.left > paid || (other.left === paid && numberOf(other.id) > numberOf(order.id))) &&
        other.pool === 0 &&
        facts.methods.get(other.id)?.method !== words.card,
    )
    if (passed === undefined) continue
    const text = `paid before order ${passed.id}, which waited longer (O-05)`
    findings.differ(kinds.payment, `order ${order.id}`, paid, order.id, passed.id, text)
  }
}
