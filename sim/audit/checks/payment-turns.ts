/** O-05, O-07: where buyers pay what they order immediately, their waiting orders are paid oldest first, and none passes another. */
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts, Order } from '../facts.ts'
import { kinds } from '../kinds.ts'

export function paymentTurns(context: AuditContext): Check {
  return {
    account(facts) {
      if (facts.budget === undefined && paysImmediately(context, facts)) judge(context, facts)
    },
  }
}

/** Such buyers have set out to pay each order when they make it; others do later, which is not in the record. */
function paysImmediately({ premises }: AuditContext, { segment }: AccountFacts): boolean {
  const paying = premises.scenario.buyers.find((buyers) => buyers.segment === segment)?.habits.paying
  if (paying === undefined) return false
  const { reaction, abandon, together } = paying
  return 'constant' in reaction && reaction.constant === 0 && abandon === 0 && together === 0
}

function judge({ findings, premises, words }: AuditContext, facts: AccountFacts): void {
  const leftAt = ({ steps }: Order): number =>
    steps.find(({ from }) => premises.word(from) === 'pending-payment')?.at ?? Number.POSITIVE_INFINITY
  /** What has waited at all. */
  const waited = facts.orders.filter((order) => leftAt(order) > order.at)
  if (waited.length === 0) return
  for (const order of facts.orders) {
    const paid = order.steps.find(({ event }) => event === words.pay)?.at
    // What costs nothing is not paid (O-10).
    if (paid === undefined || order.amount <= 0n) continue
    // A declined card holds up no other order (O-13), and servers are created before they are paid (E-04).
    const passed = waited.find(
      (other) =>
        other.id < order.id &&
        other.at < paid &&
        leftAt(other) > paid &&
        other.pool === 0 &&
        facts.methods.get(other.id)?.method !== words.card,
    )
    if (passed === undefined) continue
    const text = `paid before order ${passed.id}, which waited longer (O-05)`
    findings.differ(kinds.payment, `order ${order.id}`, paid, order.id, passed.id, text)
  }
}
