/** P-05, E-06, R-07 calculated again: what a whole period of a yearly/monthly purchase or renewal cost. */
import { DAY } from '#base/time.ts'
import type { Formula } from '#sim/billing/formula.ts'
import type { Line } from '#sim/billing/line.ts'
import { termEnd } from '#sim/billing/term.ts'
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

/** T-04: where a renewal would end without R-07: terms count from the first day, or from the day they were aligned to. */
function plainEnd(reader: FactReader, change: FactRow): number | undefined {
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
  return termEnd(anchor, months + monthsOf(change.order_id), reader.utcOffset)
}

/** how many times its price an order pays; undefined for once. */
function factorOf(reader: FactReader, order: FactRow): Formula | undefined {
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
  const bought = { quantity: order.quantity, factor: factorOf(reader, order) }
  if (reader.word(line.part) === 'ecs') {
    const sql = 'SELECT price, price_high AS high FROM server_plans WHERE id = ?'
    const [server] = reader.record.rows<{ price: bigint; high: bigint }>(sql, line.plan)
    return server === undefined ? undefined : serverLine(server.high * HIGH + server.price, bought, rounding)
  }
  const found = planOf(reader, line.plan)
  if (found === undefined) return undefined
  return planLine(found.plan, bought, discountAt(reader.record, order.specification, at), rounding)
}
