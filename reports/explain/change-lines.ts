/** and N-03 to N-06 calculated again: what a change cost, and what an unsubscription gave back. */

import type { Policies } from '#scenarios/policies.ts'
import { expansionFee } from '#sim/billing/expansion.ts'
import { type Formula, quoted, times } from '#sim/billing/formula.ts'
import { isRefusal, type Line } from '#sim/billing/line.ts'
import { type Plan, priced } from '#sim/billing/price/plan.ts'
import { remaining } from '#sim/billing/proration.ts'
import { rational } from '#sim/billing/rational.ts'
import { refund } from '#sim/billing/refund.ts'
import { upgradeFee } from '#sim/billing/upgrade.ts'
import type { Working } from './explanation.ts'
import type { FactReader, FactRow } from './fact-reader.ts'
import { planOf } from './plans.ts'
import { discountAt, policiesAt } from './premises.ts'

const WHOLE = quoted(rational(1n, 1n), '1')

/** which part of the price for `months` the rest of the term is: in years where they are whole, else in months. */
function remainingPart(change: FactRow, months: number, policies: Policies): Formula {
  const isYears = months % 12 === 0
  const count = isYears ? months / 12 : months
  const { at, term_end: end, term_start: start } = change
  const left = remaining(Number(at), Number(end), isYears ? 'year' : 'month', policies, Number(start))
  return count === 1 ? left : times(left, quoted(rational(1n, BigInt(count)), `1/${count}`))
}

/** The fee of an upgrade or expansion as the facts of its change make it; undefined for what is neither. */
export function changeLine(reader: FactReader, order: FactRow): Line | undefined {
  const kind = reader.word(order.kind)
  const [change] = reader.facts('order_changes', 'order_id = ?', order.id)
  if (change === undefined || (kind !== 'upgrade' && kind !== 'expansion')) return undefined
  const from = planOf(reader, change.plan_from)
  const to = planOf(reader, change.plan)
  if (from === undefined || to === undefined) return undefined
  const at = Number(change.at)
  const policies = policiesAt(reader.record, at)
  const discount = discountAt(reader.record, change.specification, at)
  const part = ({ plan, months }: { plan: Plan; months: number }, quantity: bigint): Formula =>
    times(priced(plan, quantity), remainingPart(change, months, policies))
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
            remaining: remainingPart(change, to.months, policies),
            decidedAt: Number(change.decided_at),
            discount,
          },
          policies,
        )
  return isRefusal(fee) ? undefined : fee.lines[0]
}

/** A working a line of what each paid period gave back, and their sum. */
export function refundWorkings(reader: FactReader, order: FactRow): Working[] {
  return reader.facts('refunds', 'order_id = ?', order.id).flatMap((given): Working[] => {
    const made = refund(
      {
        cash: given.cash,
        coupon: given.coupon,
        start: Number(given.period_start),
        termEnd: Number(given.period_end),
        termMonths: Number(given.months),
        at: Number(given.at),
        begun: given.begun === 1n,
        fiveDayReturns: Number(given.returns),
      },
      policiesAt(reader.record, Number(given.at)),
    )
    const what = `refund of what order ${given.paid_order} paid`
    const rule = reader.word(given.rule)
    if (isRefusal(made)) return [{ what, rule, formula: '', amount: null, recorded: given.amount }]
    const formula = made.lines.map(({ text, amount }) => `${text} (${amount < 0n ? '-' : '+'})`).join(', ')
    const amount = made.lines.reduce((sum, line) => sum + line.amount, 0n)
    return [{ what, rule, formula, amount, recorded: given.amount }]
  })
}
