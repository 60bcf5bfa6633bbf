/** Reads the requests out of the record of a history, and puts them in the order of time (T-06). */
import type { Database } from 'better-sqlite3'
import { closeDatabase } from '#base/databases.ts'
import { DAY, HOUR } from '#base/time.ts'
import { termEnd } from '../billing/term.ts'
import { openRecord } from '../record/open-record.ts'
import { inForce } from '../world/timeline.ts'
import type { World } from '../world/world.ts'
import { inTime, Months, meterings, type Span, settlements, soldUse } from './history-order.ts'
import { refuseLargeAccounts } from './largest-account.ts'
import {
  type ChangeRequest,
  type CouponRequest,
  type EarnRequest,
  type OrderRequest,
  type RefundRequest,
  type Request,
  type RequestStream,
  type ShareRequest,
  StreamBuilder,
  type UseRequest,
} from './request-stream.ts'

/** A round of more operations is cut off at an hour: memory holds 25 bytes an operation. */
export const MOST_OPERATIONS = 4_000_000

const rows = <R>(database: Database, sql: string, ...values: (string | number)[]): R[] =>
  database
    .prepare<unknown[], R>(sql)
    .raw()
    .all(...values) as R[]

const word = (name: string): string => `(SELECT id FROM words WHERE word = '${name}')`

/** O-13: the buyer selected a bound card for an order `o`. */
const byCard = `EXISTS (SELECT 1 FROM payment_methods m WHERE m.order_id = o.id AND m.method = ${word('card')})`

interface Moved {
  /** Of what happens at one instant: the number of its transaction or order. */
  readonly order: number
  readonly request: Request
}

/** The stream of a history. `most`: operations of a round. */
export function readHistory(record: string, world: World, most = MOST_OPERATIONS): RequestStream {
  const database = openRecord(record)
  try {
    refuseLargeAccounts(database)
    const until = cutOff(database, world.scenario.end, most)
    const { uses, spans, instances, sales } = readUse(database, until)
    const ids = rows<[number]>(database, 'SELECT id FROM orders WHERE at <= ? ORDER BY id', until)
    const numbers = new Map(ids.map(([id], at) => [id, at + 1]))
    const orders: OrderRequest[] = []
    const refunds: RefundRequest[] = []
    const changes: ChangeRequest[] = []
    const coupons: CouponRequest[] = []
    const earnings: EarnRequest[] = []
    const shares: ShareRequest[] = []
    const offset = world.policies['time.utcOffset']
    const moved = [
      ...readTopUps(database, until),
      ...readOrders(database, until, { numbers, offset }, orders),
      ...readRefunds(database, until, numbers, refunds),
      ...readChanges(database, until, { numbers, policies: world.policyTimeline }, changes),
      ...readCoupons(database, until, coupons),
    ]
    const known = new Set([...orders, ...changes].map(({ id }) => id))
    moved.push(...readEarnings(database, until, { numbers, known }, earnings))
    moved.push(...readShares(database, until, { numbers, known }, shares))
    const people = moved.sort((a, b) => a.request.at - b.request.at || a.order - b.order).map(({ request }) => request)
    const builder = new StreamBuilder()
    const months = new Months(offset, until)
    const settled = settlements(spans, until, world.policies['settlement.lag'])
    const subjectOf = subjects(shares, sales)
    const used = soldUse(spans, until, offset, subjectOf)
    for (const request of inTime([meterings(spans, until), settled, used, people])) {
      for (const bill of months.before(request)) builder.add(bill)
      builder.add(request)
    }
    for (const bill of months.rest()) builder.add(bill)
    const accounts = world.population.count
    const tables = { orders, refunds, uses, changes, earnings, coupons, shares }
    const counts = {
      accounts,
      orderCount: numbers.size,
      instances,
      couponCount: coupons.length,
      saleCount: sales.length,
    }
    return { ...builder.columns(), ...counts, ...tables }
  } finally {
    closeDatabase(database)
  }
}

interface Used {
  readonly uses: UseRequest[]
  readonly spans: Span[]
  readonly instances: number
  /** Specification of each `UseRequest.sale`, from 1. */
  readonly sales: readonly number[]
}

function readUse(database: Database, until: number): Used {
  const sql = `SELECT instance_id, account, word, priced, first_hour, hours, seconds
    FROM usage_spans JOIN words ON words.id = item WHERE first_hour < ? ORDER BY first_hour, usage_spans.rowid`
  type Row = [number, number, UseRequest['item'], number, number, number, number]
  const instances = new Map<number, number>()
  const known = new Map<string, number>()
  const uses: UseRequest[] = []
  const numbers = new Map<string, number>()
  const sales: number[] = []
  const saleOf = (account: number, specification: number): number => {
    const key = `${account} ${specification}`
    const number = numbers.get(key) ?? sales.push(specification)
    numbers.set(key, number)
    return number
  }
  const spans = rows<Row>(database, sql, until).map(([id, account, item, priced, firstHour, hours, seconds]): Span => {
    const sale = item === 'image' ? saleOf(account, priced) : 0
    const instance = instances.get(id) ?? instances.size + 1
    instances.set(id, instance)
    const key = `${instance} ${item} ${priced}`
    const use = known.get(key) ?? uses.length
    if (use === uses.length) {
      known.set(key, use)
      uses.push({ instance, item, priced, sale })
    }
    return { account, sale, use, firstHour, end: firstHour + hours * HOUR, seconds }
  })
  return { uses, spans, instances: instances.size, sales }
}

/** Requests for the share of a month's use, which the days of that month have in common. */
function subjects(shares: ShareRequest[], sales: readonly number[]): (sale: number, month: number) => number {
  const known = new Map<string, number>()
  return (sale, month) => {
    const key = `${sale} ${month}`
    const before = known.get(key)
    if (before !== undefined) return before
    const subject = shares.push({ order: 0, sale, specification: sales[sale - 1], month }) - 1
    known.set(key, subject)
    return subject
  }
}

/** The first instant that is too late: the end, or the hour in which the round grows longer than `most`. */
function cutOff(database: Database, end: number, most: number): number {
  const sql = `SELECT hour, sum(change) FROM (
      SELECT first_hour AS hour, count(*) AS change FROM usage_spans GROUP BY 1
      UNION ALL SELECT first_hour + hours * ${HOUR}, -count(*) FROM usage_spans GROUP BY 1
    ) GROUP BY hour ORDER BY hour`
  let [running, total, before] = [0, 0, Number.NaN]
  for (const [hour, change] of rows<[number, number]>(database, sql)) {
    if (running > 0) {
      const hours = (hour - before) / HOUR
      if (total + running * hours > most) return before + Math.floor((most - total) / running) * HOUR
      total += running * hours
    }
    running += change
    before = hour
  }
  return end
}

function readTopUps(database: Database, until: number): Moved[] {
  const sql = `SELECT t.account, t.at, -p.amount, t.id FROM transactions t JOIN postings p ON p.transaction_id = t.id
    WHERE t.kind IN (${word('opening')}, ${word('top-up')}) AND p.ledger = ${word('buyer-cash')}
      AND t.at <= ?`
  return rows<[number, number, number, number]>(database, sql, until).map(([account, at, value, order]) => ({
    order,
    request: { kind: 'top-up', account, at, subject: 0, value },
  }))
}

/** T-04, R-07: by renewal, where the terms of its subscription were counted from before it, and the months bought since. */
function renewedTerms(
  database: Database,
  offset: number,
): ReadonlyMap<number, Pick<OrderRequest, 'anchor' | 'boughtMonths'>> {
  const sql = `SELECT o.id, o.subject, o.months, first.months, begun.term_start, renewed.term_end
    FROM orders o JOIN orders first ON first.id = o.subject
      JOIN order_steps s ON s.order_id = o.id AND s.event = ${word('complete')}
      JOIN (SELECT subscription_id, min(term_start) AS term_start FROM subscription_steps WHERE term_start > 0
        GROUP BY subscription_id) begun ON begun.subscription_id = o.subject
      JOIN subscription_steps renewed ON renewed.subscription_id = o.subject AND renewed.at = s.at
        AND renewed.event = ${word('renew')}
    WHERE o.kind = ${word('renewal')} ORDER BY s.at, o.id`
  const found = new Map<number, Pick<OrderRequest, 'anchor' | 'boughtMonths'>>()
  const now = new Map<number, Pick<OrderRequest, 'anchor' | 'boughtMonths'>>()
  for (const [id, subscription, months, firstMonths, start, end] of rows<number[]>(database, sql)) {
    const before = now.get(subscription) ?? { anchor: start, boughtMonths: firstMonths }
    const boughtMonths = before.boughtMonths + months
    found.set(id, before)
    const isAligned = termEnd(before.anchor, boughtMonths, offset) !== end
    now.set(subscription, isAligned ? { anchor: end - DAY, boughtMonths: 0 } : { ...before, boughtMonths })
  }
  return found
}

/** Purchases and renewals of a whole period that were paid, and orders of what is paid by the hour. */
function readOrders(
  database: Database,
  until: number,
  { numbers, offset }: { readonly numbers: ReadonlyMap<number, number>; readonly offset: number },
  orders: OrderRequest[],
): Moved[] {
  const sql = `SELECT o.id, o.account, o.at, coalesce(t.at, o.at), coalesce(t.id, 0), o.specification, o.pool, o.months,
      o.quantity, EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id),
      EXISTS (SELECT 1 FROM postings p WHERE p.transaction_id = t.id AND p.amount > 0
        AND p.ledger NOT IN (${word('buyer-cash')}, ${word('buyer-coupons')})),
      ${byCard}
    FROM orders o LEFT JOIN transactions t
      ON t.account = o.account AND t.order_id = o.id AND t.kind = ${word('payment')}
    WHERE coalesce(t.at, o.at) <= ? AND o.kind IN (${word('purchase')}, ${word('renewal')})
      AND (t.id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id))`
  const terms = renewedTerms(database, offset)
  return rows<number[]>(database, sql, until).map(
    ([id, account, pricedAt, at, order, specification, pool, months, quantity, lines, outside, card]) => {
      const priced = lines === 1
      orders.push({
        id: numbers.get(id) ?? 0,
        specification,
        pool,
        months,
        quantity: priced ? quantity / 1e8 : 0,
        priced,
        pricedAt,
        ...(terms.get(id) ?? { anchor: 0, boughtMonths: 0 }),
        outside: outside === 1,
        card: card === 1,
      })
      return { order, request: { kind: 'order', account, at, subject: orders.length - 1, value: 0 } }
    },
  )
}

function readRefunds(
  database: Database,
  until: number,
  numbers: ReadonlyMap<number, number>,
  refunds: RefundRequest[],
): Moved[] {
  const full = `SELECT t.account, t.at, t.id, t.order_id FROM transactions t WHERE t.kind = ${word('refund')}
    AND t.at <= ? AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.order_id = t.order_id OR r.subscription_id = t.order_id
      OR r.paid_order = t.order_id)`
  const whole = rows<number[]>(database, full, until).map(([account, at, order, id]): Moved => {
    const none = { begun: false, fiveDays: false, from: 0, to: 0, months: 0, returns: 0 }
    const all = { withoutFee: false, part: 1, parts: 1 }
    refunds.push({ order: numbers.get(id) ?? 0, inFull: true, ...none, ...all })
    return { order, request: { kind: 'refund', account, at, subject: refunds.length - 1, value: 0 } }
  })
  // A partial refund's order has the servers that are left; where nothing goes back there is no transaction.
  const periods = `SELECT r.account, r.at, r.paid_order, r.begun, r.period_start, r.period_end, r.months, r.servers, r.returns,
      r.paid_order = r.subscription_id, o.rule IN (${word('E-05')}, ${word('E-10')}),
      CASE WHEN o.kind = ${word('partial-refund')} THEN o.quantity ELSE -1 END,
      coalesce((SELECT min(t.id) FROM transactions t WHERE t.account = r.account AND t.order_id = r.paid_order
        AND t.kind = ${word('refund')} AND t.at = r.at), ${Number.MAX_SAFE_INTEGER})
    FROM refunds r JOIN orders o ON o.id = r.order_id WHERE r.at <= ? ORDER BY r.rowid`
  const unused = rows<number[]>(database, periods, until).map((row): Moved => {
    const [account, at, paid, begun, from, to, months, servers, returned, isFirst, withoutFee, left, order] = row
    const returns = returned + Math.max(1, servers) - 1
    const period = { from, to, months, returns, begun: begun === 1, fiveDays: isFirst === 1 }
    const [part, parts] = left < 0 ? [1, 1] : [servers, servers + left / 1e8]
    refunds.push({
      ...{ order: numbers.get(paid) ?? 0, inFull: false, ...period },
      ...{ withoutFee: withoutFee === 1, part, parts },
    })
    return { order, request: { kind: 'refund', account, at, subject: refunds.length - 1, value: 0 } }
  })
  return [...whole, ...unused]
}

/** Upgrades and expansions that were paid. */
function readChanges(
  database: Database,
  until: number,
  { numbers, policies }: { readonly numbers: ReadonlyMap<number, number>; readonly policies: World['policyTimeline'] },
  changes: ChangeRequest[],
): Moved[] {
  const sql = `SELECT o.id, o.account, t.at, t.id, o.at, o.kind = ${word('expansion')}, c.specification_from, c.plan_from,
      c.quantity_from, c.specification, c.quantity, c.term_start, c.term_end, first.at,
      EXISTS (SELECT 1 FROM postings p WHERE p.transaction_id = t.id AND p.amount > 0
        AND p.ledger NOT IN (${word('buyer-cash')}, ${word('buyer-coupons')})),
      EXISTS (SELECT 1 FROM order_requotes q WHERE q.order_id = o.id), ${byCard}
    FROM order_changes c JOIN orders o ON o.id = c.order_id JOIN orders first ON first.id = c.subscription_id
      JOIN transactions t ON t.account = o.account AND t.order_id = o.id AND t.kind = ${word('payment')}
    WHERE t.at <= ? AND o.kind IN (${word('upgrade')}, ${word('expansion')}) AND c.plan_from > 0`
  return rows<number[]>(database, sql, until).map((row): Moved => {
    const [id, account, at, order, orderedAt, expansion, before, planBefore, quantityBefore] = row
    const [specification, quantity, start, end, boughtAt, outside, requoted, card] = row.slice(9)
    // O-04: priced again when it was paid.
    const isPricedAtPayment = requoted === 1 && inForce(policies, at)['order.quoteLock'] === 'payment'
    const pricedAt = isPricedAtPayment ? at : orderedAt
    changes.push({
      id: numbers.get(id) ?? 0,
      isExpansion: expansion === 1,
      before,
      planBefore,
      quantityBefore: quantityBefore / 1e8,
      specification,
      quantity: quantity / 1e8,
      start,
      end,
      boughtAt,
      pricedAt,
      outside: outside === 1,
      card: card === 1,
    })
    return { order, request: { kind: 'change', account, at, subject: changes.length - 1, value: 0 } }
  })
}

function readCoupons(database: Database, until: number, coupons: CouponRequest[]): Moved[] {
  const sql = `SELECT c.account, c.at, c.kind = ${word('cash-coupon')}, c.amount, coalesce(min(t.id), 0)
    FROM coupons c LEFT JOIN transactions t ON t.account = c.account AND t.at = c.at AND t.kind = ${word('coupon-grant')}
    WHERE c.at <= ? GROUP BY c.id ORDER BY c.id`
  return rows<number[]>(database, sql, until).map(([account, at, cash, value, order]): Moved => {
    coupons.push({ id: coupons.length + 1, isCash: cash === 1 })
    return { order, request: { kind: 'coupon', account, at, subject: coupons.length - 1, value } }
  })
}

interface Known {
  readonly numbers: ReadonlyMap<number, number>
  /** Numbers of the orders that are asked for. */
  readonly known: ReadonlySet<number>
}

/** What days of terms earned, and what was delivered without a term; what a refund leaves is earned with the refund. */
function readEarnings(database: Database, until: number, { numbers, known }: Known, earnings: EarnRequest[]): Moved[] {
  const sql = `SELECT t.account, t.at, t.id, t.order_id, coalesce(r.days, 1), coalesce(r.earned_from, 0), coalesce(r.earned_to, 1),
      EXISTS (SELECT 1 FROM postings p WHERE p.transaction_id = t.id AND p.ledger = ${word('cloud-resource-revenue')})
    FROM transactions t LEFT JOIN recognitions r ON r.transaction_id = t.id
    WHERE t.kind = ${word('recognition')} AND t.at <= ? AND (r.transaction_id IS NOT NULL
      OR NOT EXISTS (SELECT 1 FROM refunds f WHERE f.paid_order = t.order_id AND f.at = t.at))`
  return rows<number[]>(database, sql, until).flatMap(([account, at, id, orderId, days, from, to, cloud]): Moved[] => {
    const order = numbers.get(orderId) ?? 0
    if (!known.has(order)) return []
    earnings.push({ order, cloud: cloud === 1, days, from, to })
    return [{ order: id, request: { kind: 'earn', account, at, subject: earnings.length - 1, value: 0 } }]
  })
}

/** L-06: orders as they became sales of their sellers. What a refund takes back goes with the refund. */
function readShares(database: Database, until: number, { numbers, known }: Known, shares: ShareRequest[]): Moved[] {
  const sql = `SELECT t.account, t.at, t.id, t.order_id, s.specification, s.month
    FROM seller_shares s JOIN transactions t ON t.id = s.transaction_id
    WHERE t.order_id > 0 AND s.sales > 0 AND t.at <= ?`
  return rows<number[]>(database, sql, until).flatMap(([account, at, id, orderId, specification, month]): Moved[] => {
    const order = numbers.get(orderId) ?? 0
    if (!known.has(order)) return []
    shares.push({ order, sale: 0, specification, month })
    return [{ order: id, request: { kind: 'share', account, at, subject: shares.length - 1, value: 0 } }]
  })
}
