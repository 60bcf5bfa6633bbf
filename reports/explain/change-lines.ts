/** computed again: what an upgrade or expansion cost. */
import type { Policies } from '#scenarios/policies.ts'
import type { ChangeSide } from '#sim/billing/change.ts'
import { expansionFee } from '#sim/billing/expansion.ts'
import { isRefusal, type Line } from '#sim/billing/line.ts'
import { type Plan, priced } from '#sim/billing/price/plan.ts'
import { remainingPart } from '#sim/billing/term-price.ts'
import { upgradeFee } from '#sim/billing/upgrade.ts'
import type { FactReader, FactRow } from './fact-reader.ts'
import { planInForce, planOf } from './plans.ts'
import { discountAt, policiesAt } from './premises.ts'

/** O-04: the facts of a change that was priced again when it was paid: by which plans, in which period. */
function pricedAgain(reader: FactReader, order: FactRow, change: FactRow): FactRow {
  if (order.at === change.at) return change
  const paid = reader.facts('order_requotes', 'order_id = ?', order.id)
  const plan = paid.find(({ part }) => reader.word(part) === 'price')?.plan ?? change.plan
  const isPaidBasis = policiesAt(reader.record, Number(order.at))['upgrade.originalBasis'] === 'paid'
  const months = BigInt(boughtMonths(reader, change))
  const sold = isPaidBasis ? undefined : planInForce(reader, change.specification_from, months, order.at)
  return {
    ...change,
    plan,
    plan_from: sold ?? change.plan_from,
    term_start: periodStart(reader, change, order.at),
  }
}

/** When the period that runs at an instant began: the last renewal's whose period has, or the one that the change found. */
function periodStart(reader: FactReader, change: FactRow, at: bigint): bigint {
  const begun = reader
    .facts('order_changes', 'subscription_id = ? AND term_end <= ?', change.subscription_id, at)
    .filter(({ term_end: from, new_term_end: to }) => from < to && from > change.term_start)
    .filter(({ order_id: id }) =>
      reader
        .facts('order_steps', 'order_id = ? AND at <= ?', id, at)
        .some(({ to_state: state }) => reader.word(state) === 'completed'),
    )
  return begun.reduce((latest, { term_end: from }) => (from > latest ? from : latest), change.term_start)
}

/** Numbers of the plans after and before a change. */
export interface ChangePlans {
  readonly plan: bigint
  readonly plan_from: bigint
}

/**
 * The fee of an upgrade or expansion as the facts of its change make it; undefined for what is neither. `order.at` is the
 * instant that prices it; `changed`: other switches than those in force; `moment`: another instant of the change; `plans`: other
 * plans than those of its facts.
 */
export function changeLine(
  reader: FactReader,
  order: FactRow,
  changed: Partial<Policies> = {},
  moment?: number,
  plans?: ChangePlans,
): Line | undefined {
  const kind = reader.word(order.kind)
  if (kind !== 'upgrade' && kind !== 'expansion') return undefined
  const [asked] = reader.facts('order_changes', 'order_id = ?', order.id)
  const change = asked && pricedAgain(reader, order, asked)
  if (change === undefined) return undefined
  const { plan_from: before, plan } = plans ?? change
  const from = planOf(reader, before)
  const to = planOf(reader, plan)
  if (from === undefined || to === undefined) return undefined
  const at = moment ?? Number(order.at)
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
export function boughtMonths(reader: FactReader, change: FactRow): number {
  const { subscription_id: subscription } = change
  const renewals = reader
    .facts('orders', 'subject = ?', subscription)
    .filter(({ kind }) => reader.word(kind) === 'renewal')
  const [{ months }] = [...reader.facts('orders', 'id = ?', subscription), ...renewals]
    .flatMap(({ id, months }) =>
      reader
        .facts('order_steps', 'order_id = ? AND at <= ?', id, change.at)
        .filter(({ to_state: state }) => reader.word(state) === 'completed')
        .map(({ at }) => ({ at, id, months })),
    )
    .sort((a, b) => Number(b.at - a.at) || Number(b.id - a.id))
  return Number(months)
}
