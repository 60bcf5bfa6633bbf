import { count, month, monthOfMs, ms, type PlainFigure, percentile, sum } from './plain-sql.ts'

/** Each flow on one line with its goods and its buyer. `owed`: when its seller first owed the move. */
const flows = (where = '1'): string => `
SELECT ${monthOfMs('f.begun')} AS month, g.kind, g.product, g.seller, b.region, b.segment, f.*,
  (SELECT min(${ms('s.at')}) FROM v_supervision_steps s WHERE s.order_id = f.order_id AND s.to_state = 'awaiting-seller') AS owed,
  (SELECT min(${ms('s.at')}) FROM v_supervision_steps s WHERE s.order_id = f.order_id AND s.event IN ('deliver', 'reject-request')) AS acted
FROM supervision_flows f JOIN orders o ON o.id = f.order_id JOIN good g ON g.id = o.specification
JOIN buyer b ON b.id = o.account WHERE ${where}`

const closed = `
SELECT f.* FROM (${flows()}) f JOIN v_supervision_steps s ON s.order_id = f.order_id
AND s.event IN ('close-completed', 'close-cancelled')`

const stage = (from: string, to: string): string =>
  `SELECT *, ${to} - ${from} AS ms FROM (${flows()}) WHERE ${from} IS NOT NULL AND ${to} IS NOT NULL`

/** Appeals by what they came to; one that was decided has the outcome of the decision. */
const appeals = `
SELECT ${month('a.at')} AS month, g.kind, g.product, g.seller, a.ground, a.by AS side,
  coalesce((SELECT s.outcome FROM v_appeal_steps s WHERE s.appeal_id = a.id AND s.outcome <> ''),
    (SELECT s.to_state FROM v_appeal_steps s WHERE s.appeal_id = a.id AND s.to_state IN ('denied', 'lapsed')), 'open') AS outcome
FROM v_appeals a JOIN orders o ON o.id = a.order_id JOIN good g ON g.id = o.specification`

const breaches = `
SELECT ${month('s.at')} AS month, g.kind, g.product, g.seller, s.by AS side
FROM v_silence_breaches s JOIN orders o ON o.id = s.order_id JOIN good g ON g.id = o.specification`

const sellerCases = (until: string): string => `
SELECT ${month('c.arrived')} AS month, g.kind, g.product, l.segment || '/' || l.number AS seller, ${ms(until)} - ${ms('c.arrived')} AS ms
FROM v_seller_cases c JOIN sellers l ON l.id = c.seller JOIN orders o ON o.id = c.order_id JOIN good g ON g.id = o.specification`

const managerCases = (until: string): string => `
SELECT ${month('c.arrived')} AS month, CASE c.outcome WHEN '' THEN 'nothing left to decide' ELSE c.outcome END AS outcome,
  ${ms(until)} - ${ms('c.arrived')} AS ms FROM v_appeal_cases c`

const mails = `
SELECT ${month('c.at')} AS month, l.segment || '/' || l.number AS seller, s.by AS side, ${ms('s.at')} - ${ms('c.at')} AS ms
FROM v_support_contacts c JOIN sellers l ON l.id = c.seller
JOIN v_support_steps s ON s.contact_id = c.id AND s.to_state = 'answered'`

const tickets = `
SELECT ${month('t.at')} AS month, t.about, ${ms('s.at')} - ${ms('t.at')} AS ms
FROM v_tickets t JOIN v_ticket_steps s ON s.ticket_id = t.id AND s.to_state = 'solved'`

const confirmations = (where = '1') => `
SELECT ${month('c.at')} AS month, c.kind AS "order", g.kind, g.product, b.segment, b.region, ${ms('c.at')} - ${ms('c.asked')} AS ms
FROM v_reseller_confirmations c JOIN good g ON g.id = c.specification JOIN buyer b ON b.id = c.account WHERE ${where}`

const unmet = (where = '1') => `
SELECT ${month('u.at')} AS month, c.category, substr(c.category || '/', 1, instr(c.category || '/', '/') - 1) AS family,
  b.segment, b.region FROM v_unmet_demand u JOIN categories c ON c.id = u.category JOIN buyer b ON b.id = u.account WHERE ${where}`

const answered = `
SELECT ${month('l.at')} AS month, rtrim(p.category || '/' || p.subcategory, '/') AS category, p.product
FROM v_requirement_listings l JOIN products p ON p.id = l.product`

const moves = (move: string) => `
SELECT ${month('m.at')} AS month, m.reason AS code, b.segment, b.region FROM v_buyer_moves m
JOIN buyer b ON b.id = m.account WHERE m.move = '${move}'`

const freezes = `
SELECT ${month('f.at')} AS month, f.reason AS code, b.segment, b.region FROM v_account_freezes f
JOIN buyer b ON b.id = f.account`

const reasons = `
SELECT ${month('r.at')} AS month, g.kind, g.product, g.seller, r.reason AS code FROM v_product_rejections r
JOIN orders o ON o.id = r.order_id JOIN good g ON g.id = o.specification`

const withdrawn = `
SELECT ${month('s.at')} AS month, g.kind, g.product, g.seller FROM v_supervision_steps s
JOIN orders o ON o.id = s.order_id JOIN good g ON g.id = o.specification WHERE s.event = 'withdraw'`

const unsolved = `
SELECT ${month('s.at')} AS month, l.segment || '/' || l.number AS seller FROM v_support_steps s
JOIN support_contacts c ON c.id = s.contact_id JOIN sellers l ON l.id = c.seller WHERE s.event = 'give-up'`

const creditNotes = `
SELECT ${month('t.at')} AS month, g.kind, g.product, b.segment, b.region, (SELECT -sum(p.amount) FROM v_postings p
  WHERE p.transaction_id = t.id AND p.ledger IN ('buyer-cash', 'buyer-coupons', 'payment-clearing')) AS amount
FROM v_transactions t JOIN orders o ON o.id = t.order_id JOIN good g ON g.id = o.specification JOIN buyer b ON b.id = t.account
WHERE t.kind = 'refund'`

const cards = (outcome: string) => `
SELECT ${month('c.at')} AS month, c.reason AS code, b.segment, b.region, c.amount FROM v_card_charges c
JOIN buyer b ON b.id = c.account WHERE c.outcome = '${outcome}'`

/** Median and 95th percentile of a time in hours. */
const times = (name: string, facts: string): Readonly<Record<string, PlainFigure>> => ({
  [`${name}P50`]: percentile(facts, 'ms', 50, 3_600_000),
  [`${name}P95`]: percentile(facts, 'ms', 95, 3_600_000),
})

export const peopleQuestions: Readonly<Record<string, PlainFigure>> = {
  'supervision.flows': count(flows()),
  'supervision.completed': count(flows('f.completed IS NOT NULL')),
  'supervision.cancelled': count(flows('f.cancelled IS NOT NULL')),
  'supervision.closed365': count(closed),
  'supervision.requestRejections': sum(flows(), 'request_rejections'),
  'supervision.productRejections': sum(flows(), 'product_rejections'),
  'supervision.frozenHours': sum(flows(), 'frozen_ms', '3600000'),
  ...times('supervision.firstAction', stage('owed', 'acted')),
  ...times('supervision.delivery', stage('owed', 'delivered')),
  ...times('supervision.acceptance', stage('delivered', 'accepted')),
  ...times('supervision.completion', stage('begun', 'completed')),
  'supervision.breaches': count(breaches),
  'demand.unmet': count(unmet()),
  'demand.mailed': count(unmet('u.mailed = 1')),
  'accounts.frozen': count(freezes),
  'demand.answered': count(answered),
  'buyers.joined': count(moves('join')),
  'buyers.left': count(moves('leave')),
  'buyers.retried': count(moves('retry')),
  'buyers.returned': count(moves('return')),
  'buyers.recommended': count(moves('recommend')),
  'buyers.forgone': count(moves('forgo')),
  'supervision.rejectionReasons': count(reasons),
  'supervision.withdrawn': count(withdrawn),
  'support.unsolved': count(unsolved),
  'creditNotes.issued': count(creditNotes),
  'creditNotes.amount': sum(creditNotes, 'amount'),
  'cards.charges': count(cards('charged')),
  'cards.charged': sum(cards('charged'), 'amount'),
  'cards.declined': count(cards('declined')),
  'reseller.confirmed': count(confirmations('c.confirmed = 1')),
  'reseller.declined': count(confirmations('c.confirmed = 0')),
  ...times('reseller.answer', confirmations()),
  'appeals.filed': count(appeals),
  ...times('sellers.wait', sellerCases('c.started')),
  ...times('sellers.response', sellerCases('c.at')),
  ...times('managers.wait', managerCases('c.started')),
  ...times('managers.decision', managerCases('c.at')),
  ...times('support.answer', mails),
  ...times('tickets.solution', tickets),
}
