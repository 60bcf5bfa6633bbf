/** Rules that leave no row of their own in the record of `every-rule`: queries that count how often each was at work. */

const HOUR = 3_600_000
const DAY = 24 * HOUR
const civil = (instant: string) => `(${instant} + 8 * ${HOUR})`
const spans = `(SELECT u.*, first_hour + hours * ${HOUR} AS until, w.word AS what, i.billing AS server FROM usage_spans u
  JOIN words w ON w.id = u.item JOIN v_instances i ON i.id = u.instance_id)`
/** Orders with the kind of what they buy. */
const bought = `(SELECT o.*, s.billing, s.discount, s.product_id, p.kind AS product, p.supervised
  FROM v_orders o JOIN specifications s ON s.id = o.specification JOIN products p ON p.id = s.product_id)`
/** How often an account went from one standing to the next, and when. */
const standings = `(SELECT account, event, at, LEAD(at) OVER (PARTITION BY account ORDER BY rowid) AS until,
  LAG(at) OVER (PARTITION BY account ORDER BY rowid) AS since
  FROM (SELECT s.rowid, account, w.word AS event, at FROM account_steps s JOIN words w ON w.id = s.event))`
const turns = `(SELECT subscription_id, w.word AS event, at, term_start, term_end FROM subscription_steps s
  JOIN words w ON w.id = s.event)`
const count = (from: string) => `SELECT COUNT(*) FROM ${from}`

/** Rules without a row of their own: how often they were at work. */
export const shown: Readonly<Record<string, string>> = {
  'T-01': count(
    `transactions, (SELECT value AS begins FROM meta WHERE key = 'start') WHERE at >= CAST(begins AS INTEGER)`,
  ),
  'T-02': count(`bills WHERE ${civil('month')} % ${DAY} = 0`),
  'T-03': count(`usage_spans WHERE first_hour % ${HOUR} = 0`),
  // A term of months that begins on a day which its last month lacks.
  'T-04':
    count(`${turns} WHERE event = 'begin' AND CAST(strftime('%d', ${civil('term_end - 1')} / 1000, 'unixepoch') AS INTEGER)
    < CAST(strftime('%d', ${civil('term_start')} / 1000, 'unixepoch') AS INTEGER)`),
  // At the first instant of a month the month has begun before an hour is settled, and an hour is closed before both.
  'T-06': count(
    `bills b JOIN transactions t ON t.account = b.account AND t.at = b.month AND t.hour = b.month - 2 * ${HOUR}`,
  ),
  'M-01': count(`postings WHERE typeof(amount) = 'integer'`),
  'M-02': count(
    `${spans} WHERE what = 'ecs' AND unit_price * seconds % 360000 > 0 AND amount = unit_price * seconds / 360000`,
  ),
  'M-03': count(
    `order_changes c JOIN orders o ON o.id = c.order_id WHERE c.rule <> 0 AND o.amount > 0 AND c.plan_from > 0`,
  ),
  'M-04': count(`orders o JOIN (SELECT order_id, SUM(amount) AS sum, COUNT(*) AS n FROM order_lines GROUP BY order_id) l
    ON l.order_id = o.id AND l.sum = o.amount WHERE l.n > 1`),
  'M-06': `SELECT COUNT(DISTINCT substr(discount, 3, 5)) = 3 FROM ${bought} WHERE discount <> ''`,
  // Use of the last hours of a day is drawn on the next, and what a month earned is booked in the next one.
  'M-09': `SELECT (SELECT COUNT(*) FROM month_ends WHERE ledger = 'unbilled-receivable')
    * (SELECT COUNT(*) FROM v_transactions WHERE kind = 'recognition' AND strftime('%m', day) <> strftime('%m', at, '+8 hours'))`,
  'C-01': `SELECT COUNT(DISTINCT product) = 6 AND SUM(product = 'consulting') = 0 FROM ${bought}`,
  'C-02': `SELECT COUNT(DISTINCT billing) = 4 FROM ${bought}`,
  'C-03': `SELECT COUNT(*) * (SUM(product = 'image') = COUNT(*)) FROM ${bought} WHERE billing = 'pay-per-use'`,
  // Ten users at the price of the band up to ten.
  'P-04': count(`${bought} o JOIN order_lines l ON l.order_id = o.id AND l.line = 1 JOIN plans p ON p.id = l.plan
    WHERE o.kind = 'purchase' AND o.quantity = 1000000000 AND p.price LIKE '%volume%'
    AND l.amount IN (12000000000, 34000000000)`),
  // Ordered at the old price of 20 May, and paid at it later.
  'O-04': count(`v_orders o JOIN v_order_steps s ON s.order_id = o.id AND s.event = 'pay'
    JOIN order_lines l ON l.order_id = o.id AND l.line = 1 JOIN plans p ON p.id = l.plan
    WHERE p.id IN (SELECT id FROM plans WHERE specification_id = o.specification AND since = (SELECT MIN(since) FROM plans))
    AND s.at > '2023-05-20' AND o.at < '2023-05-19T16:00' AND o.specification IN (SELECT specification_id FROM plans
      WHERE since > (SELECT MIN(since) FROM plans))`),
  'O-11': count(`${turns} t JOIN v_supervision_steps s ON s.order_id = t.subscription_id AND s.event = 'accept'
    JOIN supervision_steps n ON n.order_id = s.order_id AND n.at = t.term_start WHERE t.event = 'begin'`),
  'X-06': count(`order_changes c JOIN orders o ON o.id = c.order_id WHERE o.amount > 0 AND o.at > c.term_start + ${DAY}
    AND c.term_end = c.new_term_end`),
  'X-09': count(
    `v_order_changes c JOIN v_orders o ON o.id = c.order_id WHERE o.kind IN ('upgrade', 'expansion') AND o.amount > 0 AND c.discount = 'percentOff'`,
  ),
  'E-06': count(`v_orders o WHERE kind = 'purchase' AND (SELECT COUNT(DISTINCT part) FROM v_order_lines l
    WHERE l.order_id = o.id AND part IN ('price', 'ecs')) = 2`),
  'E-08': count(`${bought} m JOIN ${bought} y ON y.account = m.account AND y.product_id = m.product_id AND y.at > m.at
    WHERE m.billing = 'pay-per-use' AND y.product = 'image' AND y.billing = 'monthly'`),
  'U-03':
    count(`${spans} a JOIN ${spans} b ON b.instance_id = a.instance_id AND b.what = 'image' AND b.priced > a.priced
    AND b.first_hour < a.until AND a.first_hour < b.until WHERE a.what = 'image'`),
  // A metered image on a server paid by the month: billed in its term, and no hour of it in the grace after it.
  'U-04': `SELECT COUNT(*) * (SUM(until > ends + ${HOUR}) = 0) FROM (SELECT u.until, (SELECT MAX(t.term_end) FROM ${turns} t
    JOIN instances i ON i.order_id = t.subscription_id WHERE i.id = u.instance_id) AS ends
    FROM ${spans} u WHERE u.what = 'image' AND u.server <> 'pay-per-use')`,
  // Frozen or deleted within an hour that is still charged, or at its end, and nothing is in the next.
  'U-05': count(`instance_steps s JOIN words w ON w.id = s.event AND w.word IN ('suspend', 'delete')
    JOIN ${spans} u ON u.instance_id = s.instance_id AND u.what = 'image' AND u.until - s.at BETWEEN 0 AND ${HOUR}`),
  'U-06': count(`${spans} i WHERE what = 'image' AND server = 'pay-per-use' AND NOT EXISTS (SELECT 1 FROM ${spans} e
    WHERE e.instance_id = i.instance_id AND e.what = 'ecs' AND e.first_hour < i.until AND i.first_hour < e.until)`),
  // The hours that began before the repricing at 10:30 cost the old price, the new one begins at 11:00.
  'U-07': count(`${spans} a JOIN ${spans} b ON b.instance_id = a.instance_id AND b.what = a.what AND b.priced = a.priced
    AND b.first_hour = a.until AND b.unit_price <> a.unit_price WHERE ${civil('b.first_hour')} % ${DAY} = 11 * ${HOUR}`),
  'A-02': count(`${standings} s JOIN ${spans} u ON u.account = s.account AND u.first_hour > s.at AND u.until < s.until
    WHERE s.event = 'fallDue'`),
  'A-04': count(`${standings} WHERE event IN ('graceEnds', 'retentionEnds') AND at - since = 15 * ${DAY}`),
  'S-01': count(`${bought} o WHERE supervised = 1 AND kind = 'purchase'
    AND EXISTS (SELECT 1 FROM supervision_steps s WHERE s.order_id = o.id)`),
  'S-03': `SELECT COUNT(DISTINCT to_state) = 7 FROM supervision_steps`,
  'S-10': count(`${bought} o WHERE supervised = 1 AND kind = 'renewal'
    AND NOT EXISTS (SELECT 1 FROM supervision_steps s WHERE s.order_id = o.id)`),
  'R-04': count(`(SELECT subject FROM v_orders WHERE kind = 'renewal' AND channel = '' GROUP BY subject
    HAVING COUNT(*) > 2 AND MIN(months) = MAX(months))`),
  'R-05': `SELECT COUNT(DISTINCT product) = 3 FROM ${bought} WHERE kind = 'renewal' AND product IN ('image', 'saas', 'license')`,
  'R-06': count(`v_orders o WHERE kind = 'renewal' AND (SELECT COUNT(DISTINCT part) FROM v_order_lines l
    WHERE l.order_id = o.id AND part IN ('price', 'ecs')) = 2`),
  'N-04': count('refunds WHERE fee > 0'),
}
