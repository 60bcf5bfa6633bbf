/**
 * Reconciliation by account, and of one account by resource: where a total does not tie, this is the way down to the
 * hour that made it so. Use is rated in spans and charged in transactions, so that both sides are read apart.
 */
import { prepareBooked } from './booked.ts'
import { word } from './figures/figure.ts'
import { isSold } from './figures/money.ts'
import { prepareMetered, prepareRejected } from './metered.ts'
import type { Cell, RunRecord } from './record.ts'
import { column, type ReportCell, type ReportTable } from './report-table.ts'
import { prepareOrderServers } from './server-lines.ts'
import { prepareOrderPayments } from './steps/order-steps.ts'

/** What was rated, drawn from buyers, posted elsewhere and found wrong, by account. */
const accountsSql = `
WITH bookings AS (SELECT account, charged, posted FROM booked_accounts WHERE legs > 0),
uncharged AS (SELECT account, sum(amount) AS amount FROM rejected GROUP BY 1),
bought AS (
  SELECT o.account, sum(l.amount) AS amount FROM order_payments s CROSS JOIN orders o ON o.id = s.order_id
  CROSS JOIN paid_lines l ON l.order_id = o.id AND ${isSold} GROUP BY 1)
SELECT a.name, b.segment, b.region, coalesce(u.ecs, 0) AS ecs, coalesce(u.image, 0) AS image,
  -coalesce(n.amount, 0) AS rejected, coalesce(o.amount, 0) AS orders, coalesce(k.charged, 0) AS charged,
  coalesce(k.posted, 0) AS posted
FROM accounts a JOIN buyers b ON b.id = a.id LEFT JOIN metered_accounts u ON u.account = a.id LEFT JOIN uncharged n ON n.account = a.id
LEFT JOIN bought o ON o.account = a.id LEFT JOIN bookings k ON k.account = a.id
WHERE coalesce(u.account, o.account, k.account) IS NOT NULL ORDER BY a.id`

const amount = (cell: Cell): bigint => BigInt(cell ?? 0)

/** Each account that used or bought anything: rated by kind, charged, posted, and what is missing between them. */
export function accountReconciliation(record: RunRecord): ReportTable {
  for (const prepared of [prepareMetered, prepareRejected, prepareBooked, prepareOrderPayments]) prepared(record)
  const rows: ReportCell[][] = []
  const sums = [0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]
  for (const [name, segment, region, ...amounts] of record.cursor(accountsSql).rows) {
    const [ecs, image, rejected, orders, charged, posted] = amounts.map(amount)
    const rated = ecs + image + rejected + orders
    const gap = charged === rated ? posted - rated : charged - rated
    const cells = [ecs, image, rejected, orders, rated, charged, posted, gap]
    for (const [index, cell] of cells.entries()) sums[index] += cell
    rows.push([name as string, segment as string, region as string, ...cells])
  }
  return {
    name: 'reconciliation-accounts',
    title: 'Reconciliation by account',
    text: 'Servers with their cloud resources, images and paid orders as rated, less hours whose records arrived too late to be charged (U-09); what the buyer was charged, and what was posted to other ledger accounts for it. `marketsim report RUN --account NAME` lists the resources of one account.',
    columns: [
      column('account', 'Account'),
      column('segment', 'segment'),
      column('region', 'region'),
      column('ecs', 'servers', 'money'),
      column('image', 'images', 'money'),
      column('rejected', 'never charged', 'money'),
      column('orders', 'orders', 'money'),
      column('rated', 'rated', 'money'),
      column('charged', 'charged', 'money'),
      column('posted', 'posted', 'money'),
      column('difference', 'difference', 'money'),
    ],
    rows,
    total: ['total', '', '', ...sums],
  }
}

/** The number of the account of that name; undefined when there is none. */
export const accountNamed = (record: RunRecord, name: string): bigint | undefined =>
  record.rows<{ id: bigint }>('SELECT id FROM accounts WHERE name = ? ORDER BY id LIMIT 1', name)[0]?.id

const resourcesSql = `
SELECT 'instance ' || u.instance_id AS resource, w.word AS item,
  CASE w.word WHEN 'image' THEN g.product || ' ' || g.specification ELSE pn.pool END AS what,
  u.first_hour AS since, u.first_hour + u.hours * 3600000 AS until, u.hours AS lines, u.hours * u.seconds AS seconds,
  rw.word AS rule, u.hours * u.amount AS rated
FROM usage_spans u JOIN words w ON w.id = u.item JOIN words rw ON rw.id = u.rule
LEFT JOIN pool_names pn ON pn.id = u.priced LEFT JOIN goods g ON g.id = u.priced
WHERE u.account = :account
UNION ALL
SELECT 'instance ' || r.instance_id, w.word, 'never charged', r.hour, r.hour + 3600000, -1, 0, 'U-09', -r.amount
FROM usage_rejected r JOIN words w ON w.id = r.item WHERE r.account = :account
UNION ALL
SELECT 'order ' || o.id, pw.word, CASE pw.word WHEN 'ecs' THEN pn.pool || CASE sp.item WHEN 'ecs' THEN '' ELSE ', ' || sp.item END ELSE g.product || ' ' || g.specification END, s.at, s.at, 1, 0, rw.word,
  l.amount - CASE pw.word WHEN 'tax' THEN coalesce(v.tax, 0) ELSE 0 END
FROM orders o JOIN order_steps s ON s.order_id = o.id AND s.event = ${word('pay')}
JOIN paid_lines l ON l.order_id = o.id AND ${isSold} JOIN words pw ON pw.id = l.part JOIN words rw ON rw.id = l.rule
JOIN goods g ON g.id = o.specification LEFT JOIN order_servers v ON v.order_id = o.id
LEFT JOIN server_plans sp ON sp.id = l.plan LEFT JOIN pool_names pn ON pn.id = sp.pool
WHERE o.account = :account
UNION ALL
SELECT 'order ' || o.id, 'tax', pn.pool, s.at, s.at, 1, 0, 'M-07', v.tax
FROM orders o JOIN order_steps s ON s.order_id = o.id AND s.event = ${word('pay')}
JOIN order_servers v ON v.order_id = o.id AND v.is_taxed JOIN pool_names pn ON pn.id = o.pool
WHERE o.account = :account
ORDER BY 4, 1, 2`

interface Found {
  readonly [name: string]: Cell
  readonly subject: string
  readonly gap: bigint
}

/** What the auditor found about one account's resources, by resource. */
function found(record: RunRecord, resources: ReadonlySet<string>): Map<string, bigint> {
  const gaps = new Map<string, bigint>()
  const rows = record.rows<Found>(
    `SELECT subject, audited - recorded AS gap FROM audit_differences WHERE unit = 'money' AND (subject LIKE 'instance %' OR subject LIKE 'order %')`,
  )
  for (const { subject, gap } of rows) {
    const [resource] = /^(?:instance|order) \d+/.exec(subject) ?? ['']
    if (resources.has(resource)) gaps.set(resource, (gaps.get(resource) ?? 0n) + gap)
  }
  return gaps
}

/** One account by resource: every span of metered use and every line of a paid order, with what the auditor found. */
export function resourceReconciliation(record: RunRecord, account: bigint, name: string): ReportTable {
  prepareOrderServers(record)
  const read = record.rows(resourcesSql, { account })
  const gaps = found(record, new Set(read.map(({ resource }) => String(resource))))
  const seen = new Set<string>()
  const rows = read.map(({ resource, item, what, since, until, lines, seconds, rule, rated }): ReportCell[] => {
    const key = String(resource)
    const gap = seen.has(key) ? 0n : (gaps.get(key) ?? 0n)
    seen.add(key)
    return [key, item, what, since, until, lines, seconds, rule, amount(rated), amount(rated) + gap, gap]
  })
  const sum = (index: number) => rows.reduce((total, row) => total + BigInt(row[index] ?? 0), 0n)
  return {
    name: 'reconciliation-resources',
    title: `Resources of ${name}`,
    text: "Spans of equal hours and lines of orders; the first row of a resource has the auditor's findings about it.",
    columns: [
      column('resource', 'Resource'),
      column('item', 'item'),
      column('what', 'what'),
      column('since', 'from', 'instant'),
      column('until', 'to', 'instant'),
      column('lines', 'lines', 'count'),
      column('seconds', 'seconds', 'count'),
      column('rule', 'rule'),
      column('rated', 'rated', 'money'),
      column('audited', 'audited', 'money'),
      column('difference', 'difference', 'money'),
    ],
    rows,
    total: ['total', '', '', null, null, sum(5), sum(6), '', sum(8), sum(9), sum(10)],
  }
}
