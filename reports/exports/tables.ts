/** The books as plain CSV: every posting, the closing balances, the bills, and the charges they were made of. */
import { dateText } from '#base/civil-text.ts'
import { formatInstant } from '#base/civil-time.ts'
import { csvField as text } from '#base/csv-text.ts'
import { decimalText } from '#base/decimal-text.ts'
import { payableText } from '#base/money.ts'
import { balancesAt } from '../ledger/chart-of-accounts.ts'
import type { RunRecord } from '../record.ts'
import type { Files } from './journal.ts'
import { movementCode, movementsOf } from './movements.ts'
import { usageLines } from './usage-lines.ts'

const money = (units: bigint): string => decimalText(units, 8, 8)

/** Orders by the instant of their payment. */
const paidOrders = `
SELECT o.id, a.name AS account, g.product, t.at, (SELECT sum(amount) FROM paid_lines WHERE order_id = o.id) AS amount
FROM transactions t JOIN orders o ON o.id = t.order_id JOIN accounts a ON a.id = o.account
JOIN goods g ON g.id = o.specification
WHERE t.kind = (SELECT id FROM words WHERE word = 'payment') ORDER BY t.at, t.id`

/** The lines of paid orders; a server's is of its flavour, and all others are of the product. */
const paidLines = `
SELECT o.id, a.name AS account, t.at, l.line, pw.word AS part, g.kind, CASE pw.word WHEN 'ecs' THEN n.flavour ELSE g.product END AS product,
  l.amount, rw.word AS rule
FROM transactions t JOIN orders o ON o.id = t.order_id JOIN accounts a ON a.id = o.account JOIN goods g ON g.id = o.specification
JOIN paid_lines l ON l.order_id = o.id
JOIN words pw ON pw.id = l.part JOIN words rw ON rw.id = l.rule
LEFT JOIN server_plans s ON s.id = l.plan LEFT JOIN pool_names n ON n.id = s.pool
WHERE t.kind = (SELECT id FROM words WHERE word = 'payment') ORDER BY t.at, t.id, l.line`

/** Kind of a line as in every report: `ecs` for servers, `tax`, else the kind of the product. */
const kindOf = (part: unknown, kind: unknown): string => (part === 'ecs' || part === 'tax' ? part : String(kind))

/** Writes postings.csv, balances.csv, bills.csv, charges.csv and order-lines.csv. Answers the number of transactions. */
export function exportTables(record: RunRecord, files: Files): number {
  const { utcOffset } = record.meta
  const at = (instant: number): string => (instant === 0 ? '' : formatInstant(instant, utcOffset))
  const postings = files.open('postings.csv')
  postings.write('at,transaction,kind,account,order,hour,rule,ledger,owner,amount,day\n')
  let count = 0
  for (const movement of movementsOf(record)) {
    const { kind, name, order, hour, rule } = movement
    const what = `${at(movement.at)},${movementCode(movement)},${kind},${text(name)},${order || ''},${at(hour)},${rule}`
    for (const leg of movement.legs)
      postings.write(`${what},${leg.ledger},${leg.owner},${money(leg.amount)},${dateText(movement.day)}\n`)
    count++
  }
  const balances = files.open('balances.csv')
  balances.write('ledger,owner,name,balance\n')
  for (const { ledger, owner, name, balance } of balancesAt(record))
    balances.write(`${ledger},${owner},${text(name)},${money(balance)}\n`)
  const bills = files.open('bills.csv')
  bills.write('account,month,lines,charges,tax,payable\n')
  for (const bill of record.rows(
    `SELECT a.name, b.month, b.lines, b.charges, coalesce(x.tax, 0) AS tax, b.payable FROM bills b
     JOIN accounts a ON a.id = b.account
     LEFT JOIN bill_taxes x ON x.account = b.account AND x.month = b.month ORDER BY b.rowid`,
  ))
    bills.write(
      `${text(String(bill.name))},${formatInstant(Number(bill.month), utcOffset).slice(0, 7)},${bill.lines},` +
        `${money(bill.charges as bigint)},${money(bill.tax as bigint)},${payableText(bill.payable as bigint, record.meta.decimals)}\n`,
    )
  const hours = files.open('charges.csv')
  hours.write('account,resource,hour,kind,product,seconds,hours,unit_price,amount,rule\n')
  for (const line of usageLines(record)) {
    const used = line.by === 'second' ? `${line.seconds},` : ',1'
    const what = `${text(line.account)},${line.resource},${at(line.hour)},${line.kind},${text(line.product)}`
    hours.write(`${what},${used},${decimalText(line.hourly, 10)},${money(line.amount)},${line.rule}\n`)
  }
  for (const order of record.rows(paidOrders)) {
    const what = `${text(String(order.account))},order ${order.id},${at(Number(order.at))},order,${text(String(order.product))}`
    hours.write(`${what},,,,${money(order.amount as bigint)},O-05\n`)
  }
  const lines = files.open('order-lines.csv')
  lines.write('account,order,paid,line,kind,product,amount,rule\n')
  for (const line of record.rows(paidLines)) {
    const what = `${text(String(line.account))},${line.id},${at(Number(line.at))},${line.line}`
    const product = text(String(line.product ?? ''))
    lines.write(`${what},${kindOf(line.part, line.kind)},${product},${money(line.amount as bigint)},${line.rule}\n`)
  }
  return count
}
