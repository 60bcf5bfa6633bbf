/**
 * The plans by which a change is priced, matched again by the rules and prices of a reader: `upgrade.priceMatch` finds that of
 * the new configuration, `upgrade.originalBasis` that of the one before it.
 */
import { remainingMonths } from '#sim/billing/term-price.ts'
import { matchedPlan } from '#sim/billing/upgrade.ts'
import { boughtMonths, type ChangePlans } from '../explain/change-lines.ts'
import type { FactReader, FactRow } from '../explain/fact-reader.ts'
import { planInForce, plansInForce } from '../explain/plans.ts'
import { policiesAt } from '../explain/premises.ts'

/** Numbers of the plans after and before a change that is priced at `order.at`; undefined where none is sold, or for no change. */
export function matchedPlans(reader: FactReader, order: FactRow): ChangePlans | undefined {
  const kind = reader.word(order.kind)
  const [change] = reader.facts('order_changes', 'order_id = ?', order.id)
  if ((kind !== 'upgrade' && kind !== 'expansion') || change === undefined) return undefined
  const { at } = order
  const policies = policiesAt(reader.record, Number(at))
  const months = boughtMonths(reader, change)
  const sold = planInForce(reader, change.specification_from, BigInt(months), at)
  const isPaid = policies['upgrade.originalBasis'] === 'paid'
  const before = isPaid || sold === undefined ? paidPlan(reader, change) : sold
  if (kind === 'expansion') return { plan: sold ?? paidPlan(reader, change), plan_from: before }
  const term = { start: Number(change.term_start), end: Number(change.term_end), months }
  const duration = { purchased: months, remaining: remainingMonths(Number(at), term, policies) }
  const plans = plansInForce(reader, change.specification, at).map(({ id, months }) => ({ id, months: Number(months) }))
  const after = matchedPlan(plans, duration, policies['upgrade.priceMatch'])
  return after && { plan: after.id, plan_from: before }
}

/** The plan that the subscription of a change was paid by: of the purchase, or of the last renewal or upgrade before it. */
function paidPlan(reader: FactReader, { subscription_id: subscription, order_id: of, at }: FactRow): bigint {
  const orders = [
    ...reader.facts('orders', 'id = ?', subscription),
    ...reader.facts('orders', 'subject = ?', subscription),
  ].filter(({ id, kind }) => id !== of && !['expansion'].includes(reader.word(kind)))
  const [last] = orders
    .flatMap((order) =>
      reader
        .facts('order_steps', 'order_id = ? AND at <= ?', order.id, at)
        .filter(({ to_state: state }) => reader.word(state) === 'completed')
        .map((step) => ({ order, at: step.at })),
    )
    .sort((a, b) => Number(b.at - a.at) || Number(b.order.id - a.order.id))
  if (last === undefined) return 0n
  if (reader.word(last.order.kind) === 'upgrade') return matchedPlans(reader, last.order)?.plan ?? 0n
  const [renewed] = reader.facts('order_changes', 'order_id = ?', last.order.id)
  if (renewed !== undefined) return renewed.plan
  const [line] = reader
    .facts('order_lines', 'order_id = ?', last.order.id)
    .filter(({ part }) => reader.word(part) === 'price')
  return line?.plan ?? 0n
}
