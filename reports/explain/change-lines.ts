/** calculated again: what an upgrade or expansion cost. */
import { rational } from '#base/rational.ts'
import type { Policies } from '#scenarios/policies.ts'
import { expansionFee } from '#sim/billing/expansion.ts'
import { type Formula, quoted, times } from '#sim/billing/formula.ts'
import { isRefusal, type Line } from '#sim/billing/line.ts'
import { type Plan, priced } from '#sim/billing/price/plan.ts'
import { remainingPart } from '#sim/billing/term-price.ts'
import { upgradeFee } from '#sim/billing/upgrade.ts'
import type { FactReader, FactRow } from './fact-reader.ts'
import { planOf } from './plans.ts'
import { discountAt, policiesAt } from './premises.ts'

const WHOLE = quoted(rational(1n, 1n), '1')

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
  const term = { start: Number(change.term_start), end: Number(change.term_end) }
  const left = (months: number): Formula => remainingPart(at, term, months, policies)
  const part = ({ plan, months }: { plan: Plan; months: number }, quantity: bigint): Formula =>
    times(priced(plan, quantity), left(months))
  const fee =
    kind === 'upgrade'
      ? upgradeFee(
          {
            newPrice: part(to, change.quantity),
            oldPrice: part(from, change.quantity_from),
            remaining: WHOLE,
            discount,
          },
          policies,
        )
      : expansionFee(
          {
            plan: to.plan,
            from: change.quantity_from,
            to: change.quantity,
            remaining: left(to.months),
            decidedAt: Number(change.decided_at),
            discount,
          },
          policies,
        )
  return isRefusal(fee) ? undefined : fee.lines[0]
}
