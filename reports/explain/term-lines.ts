/** P-05, E-06, R-07 calculated again: what a whole period of a yearly/monthly purchase or renewal cost. */
import { DAY } from '#base/time.ts'
import type { Formula } from '#sim/billing/formula.ts'
import type { Line } from '#sim/billing/line.ts'
import { termEnd, termEnds } from '#sim/billing/term.ts'
import { alignedFactor, planLine, serverLine } from '#sim/billing/term-price.ts'
import { HIGH } from '#sim/record/wide.ts'
import type { FactReader, FactRow } from './fact-reader.ts'
import { planOf } from './plans.ts'
import { discountAt, policiesAt } from './premises.ts'

/** The renewals of a subscription that came into force before one, earliest first. */
function earlierRenewals(reader: FactReader, change: FactRow): FactRow[] {
  const ends = new Set(
    reader.facts('subscription_steps', 'subscription_id = ?', change.subscription_id).map((step) => step.term_end),
  )
  return reader
    .facts('order_changes', 'subscription_id = ? AND new_term_end <= ?', change.subscription_id, change.term_end)
    .filter(({ new_term_end: end, term_end: before }) => end > before && ends.has(end))
    .toSorted((a, b) => Number(a.new_term_end - b.new_term_end))
}

/**
 * T-04: from where the term of a subscription counts, and how many months it has without a renewal: from the first day, or
 * from the day it was aligned to.
 */
function termBefore(reader: FactReader, change: FactRow): { anchor: number; months: number } | undefined {
  const [first] = reader.facts('subscription_steps', 'subscription_id = ?', change.subscription_id)
  if (first === undefined) return undefined
  const monthsOf = (order: bigint): number => Number(reader.facts('orders', 'id = ?', order)[0]?.months ?? 0n)
  let anchor = Number(first.term_start)
  let months = monthsOf(change.subscription_id)
  for (const renewal of earlierRenewals(reader, change)) {
    months += monthsOf(renewal.order_id)
    const end = Number(renewal.new_term_end)
    if (end === termEnd(anchor, months, reader.utcOffset)) continue
    anchor = end - DAY
    months = 0
  }
  return { anchor, months }
}

/** Where a renewal would end without R-07. */
function plainEnd(reader: FactReader, change: FactRow): number | undefined {
  const before = termBefore(reader, change)
  const months = Number(reader.facts('orders', 'id = ?', change.order_id)[0]?.months ?? 0n)
  return before === undefined ? undefined : termEnd(before.anchor, before.months + months, reader.utcOffset)
}

/** how many times its price a renewal of a subscription for `months` would have paid at an instant. */
export function renewalFactorAt(
  reader: FactReader,
  subscription: bigint,
  months: number,
  at: number,
): Formula | undefined {
  const [last] = reader
    .facts('subscription_steps', 'subscription_id = ? AND at <= ?', subscription, BigInt(at))
    .slice(-1)
  if (last === undefined) return undefined
  const before = termBefore(reader, { ...last, term_end: last.term_end, subscription_id: subscription })
  if (before === undefined) return undefined
  const policies = policiesAt(reader.record, at)
  const [, end] = termEnds(before.anchor, before.months, [months], reader.utcOffset, policies['renewal.alignDay'])
  return alignedFactor(termEnd(before.anchor, before.months + months, reader.utcOffset), end, months, policies)
}

/** how many times its price an order pays; undefined for once. */
export function renewalFactor(reader: FactReader, order: FactRow): Formula | undefined {
  if (reader.word(order.kind) !== 'renewal') return undefined
  const [change] = reader.facts('order_changes', 'order_id = ?', order.id)
  const plain = change === undefined ? undefined : plainEnd(reader, change)
  if (plain === undefined) return undefined
  return alignedFactor(
    plain,
    Number(change.new_term_end),
    Number(order.months),
    policiesAt(reader.record, Number(order.at)),
  )
}

/** The line of a plan or of the servers under an image; undefined where the record has no such price. */
export function periodLine(reader: FactReader, order: FactRow, line: FactRow): Line | undefined {
  const at = Number(order.at)
  const rounding = policiesAt(reader.record, at)['rounding.charge']
  const bought = { quantity: order.quantity, factor: renewalFactor(reader, order) }
  if (reader.word(line.part) === 'ecs') {
    const sql = 'SELECT price, price_high AS high FROM server_plans WHERE id = ?'
    const [server] = reader.record.rows<{ price: bigint; high: bigint }>(sql, line.plan)
    return server === undefined ? undefined : serverLine(server.high * HIGH + server.price, bought, rounding)
  }
  const found = planOf(reader, line.plan)
  if (found === undefined) return undefined
  return planLine(found.plan, bought, discountAt(reader.record, order.specification, at), rounding)
}
