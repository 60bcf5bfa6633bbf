/** computed again: what an upgrade or expansion cost. */
import type { Policies } from '#scenarios/policies.ts'
import type { ChangeSide } from '#sim/billing/change.ts'
import { expansionFee } from '#sim/billing/expansion.ts'
import { isRefusal, type Line } from '#sim/billing/line.ts'
import { type Plan, priced } from '#sim/billing/price/plan.ts'
import { remainingPart } from '#sim/billing/term-price.ts'
import { upgradeFee } from '#sim/billing/upgrade.ts'
import type { FactReader, FactRow } from './fact-reader.ts'
import { planOf } from './plans.ts'
import { discountAt, policiesAt } from './premises.ts'

/**
 * The fee of an upgrade or expansion as the facts of its change make it; undefined for what is neither. `changed`: other
 * switches than those in force; `moment`: another instant of the change.
 */
export function changeLine(
  reader: FactReader,
  order: FactRow,
  changed: Partial<Policies> = {},
  moment?: number,
): Line | undefined {
  const kind = reader.word(order.kind)
  const [change] = reader.facts('order_changes', 'order_id = ?', order.id)
  if (change === undefined || (kind !== 'upgrade' && kind !== 'expansion')) return undefined
  const from = planOf(reader, change.plan_from)
  const to = planOf(reader, change.plan)
  if (from === undefined || to === undefined) return undefined
  const at = moment ?? Number(change.at)
  const policies = { ...policiesAt(reader.record, at), ...changed }
  const discount = discountAt(reader.record, change.specification, at)
  const term = { start: Number(change.term_start), end: Number(change.term_end), months: boughtMonths(reader, change) }
  const sideOf = ({ plan, months }: { plan: Plan; months: number }, quantity: bigint): ChangeSide => ({
    price: priced(plan, quantity),
    part: remainingPart(at, term, months, policies),
  })
  const fee =
    kind === 'upgrade'
      ? upgradeFee({ to: sideOf(to, change.quantity), from: sideOf(from, change.quantity_from), discount }, policies)
      : expansionFee(
          {
            plan: to.plan,
            from: change.quantity_from,
            to: change.quantity,
            original: sideOf(from, change.quantity_from),
            remaining: remainingPart(at, term, to.months, policies),
            decidedAt: Number(change.decided_at),
            discount,
          },
          policies,
        )
  return isRefusal(fee) ? undefined : fee.lines[0]
}

/** Months of the period that runs: of the purchase or the last renewal that a change found. */
function boughtMonths({ record }: FactReader, change: FactRow): number {
  const [{ months }] = record.rows<{ months: bigint }>(
    `SELECT o.months FROM orders o JOIN order_steps s ON s.order_id = o.id JOIN words state ON state.id = s.to_state
    JOIN words kind ON kind.id = o.kind
    WHERE s.at <= ? AND state.word = 'completed' AND (o.id = ? OR (o.subject = ? AND kind.word = 'renewal'))
    ORDER BY s.at DESC, o.id DESC LIMIT 1`,
    change.at,
    change.subscription_id,
    change.subscription_id,
  )
  return Number(months)
}
