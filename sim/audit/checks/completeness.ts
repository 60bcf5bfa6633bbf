/**
 * Q-02, E-02, O-08: nothing that was noted is missing. Numbers that a cell gives follow one another without gaps, and what came of an
 * order that was not fulfilled has its refusals: one for each wait that ended in vain, and one unit for each server that failed.
 */
import type { Database } from 'better-sqlite3'
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts, Order } from '../facts.ts'
import { kinds } from '../kinds.ts'

/** Tables whose rows each cell numbers by itself. */
const numbered = [
  'orders',
  'refusals',
  'instances',
  'coupons',
  'appeals',
  'invoices',
  'tickets',
  'support_contacts',
  'hosts',
  'seller_bills',
] as const

/** Refusals of an order by its pool, or because it could not be created. */
const ofCreation = new Set([
  'provisioning-failed',
  'capacity-sold-out',
  'flavour-abandoned',
  'zone-down',
  'no-host',
  'never-fits',
])

export function completeness(context: AuditContext): Check {
  return {
    account(facts) {
      judgeFailures(context, facts)
    },
    record(database) {
      judgeNumbers(context, database)
      judgeWaits(context, database)
    },
  }
}

/** Number n of cell c of k cells is n x k + c, from 1. */
function judgeNumbers({ findings, premises }: AuditContext, database: Database): void {
  const cells = Math.max(1, premises.cells)
  for (const table of numbered) {
    const sql = `SELECT (id - 1) % ${cells}, count(*), max((id - 1) / ${cells}) + 1 FROM ${table} GROUP BY 1`
    for (const [cell, count, last] of database.prepare<[], [number, number, number]>(sql).raw().all())
      findings.compare(kinds.numbering, count, last, () => ({
        subject: `${table} of cell ${cell}`,
        at: 0,
        text: 'numbers without gaps',
      }))
  }
}

/** Each wait that ended in vain is a refusal, by the reason that ended it. */
function judgeWaits({ findings, premises }: AuditContext, database: Database): void {
  const [renege, turnAway, patience] = ['renege', 'turn-away', 'patience-exhausted'].map((word) =>
    premises.number(word),
  )
  const others = ['account-frozen', 'in-arrears', 'flavour-abandoned', 'never-fits'].map((word) =>
    premises.number(word),
  )
  const sql = `SELECT w.order_id, w.at, count(r.id) FROM pool_waits w
    LEFT JOIN refusals r ON r.order_id = w.order_id AND r.at = w.at AND r.quantity = w.quantity AND r.pool = w.pool
      AND (CASE w.event WHEN ${renege} THEN r.code = ${patience} ELSE r.code IN (${others.join(', ')}) END)
    WHERE w.event IN (${renege}, ${turnAway}) GROUP BY w.rowid`
  for (const [order, at, refused] of database.prepare<[], [number, number, number]>(sql).raw().all())
    findings.compare(kinds.numbering, refused, 1, () => ({
      subject: `order ${order}`,
      at,
      text: 'refusals for a wait that ended in vain',
    }))
  const admit = premises.number('admit')
  const served = `SELECT w.order_id, w.at, w.quantity, count(i.id), sum(i.at = w.at) FROM pool_waits w
    LEFT JOIN instances i ON i.order_id = w.order_id WHERE w.event = ${admit} GROUP BY w.rowid`
  for (const [order, at, units, servers, then] of database
    .prepare<[], [number, number, number, number, number]>(served)
    .raw()
    .all())
    findings.compare(kinds.numbering, servers === then ? servers : -1, units, () => ({
      subject: `order ${order}`,
      at,
      text: 'servers of an order that waited, all of them from then on',
    }))
  const lone = `SELECT id, at FROM refusals WHERE code = ${patience}
    AND (order_id, at) NOT IN (SELECT order_id, at FROM pool_waits WHERE event = ${renege})`
  for (const [id, at] of database.prepare<[], [number, number]>(lone).raw().all())
    findings.differ(kinds.numbering, `refusal ${id}`, at, 1, 0, 'patience exhausted that never waited')
}

/** O-08, E-05: an order that failed was refused as a whole; of another, the servers that could not be created. */
function judgeFailures({ findings, premises, words }: AuditContext, facts: AccountFacts): void {
  const refused = new Map<number, number>()
  for (const { order, code, rule, quantity } of facts.refusals)
    if (order > 0 && ofCreation.has(premises.word(code)) && premises.word(rule) !== 'E-01')
      refused.set(order, (refused.get(order) ?? 0) + quantity)
  const failed = new Map<number, number>()
  for (const { order, steps } of facts.instances)
    for (const { from, to } of steps)
      if (to === words.failed && from === words.creating) failed.set(order, (failed.get(order) ?? 0) + 1)
  const fail = premises.number('fail')
  for (const order of facts.orders) {
    const end = order.steps.find(({ to }) => to === words.cancelled)
    const due = end === undefined ? (failed.get(order.id) ?? 0) : end.event === fail ? unitsOf(order) : undefined
    const found = refused.get(order.id) ?? 0
    // What was cancelled is judged by what it waited for.
    if (due === undefined || (due === 0 && found === 0)) continue
    findings.compare(kinds.numbering, found, due, () => ({
      subject: `order ${order.id}`,
      at: end?.at ?? order.at,
      text: 'units refused, for what could not be created',
    }))
  }
}

const unitsOf = ({ instances, quantity }: Order): number => (instances > 0 ? instances : quantity / 1e8)
