/** The books as plain CSV: every posting, the closing balances, the bills, and the charges they were made of. */
import { dateText } from '#base/civil-text.ts'
import { formatInstant } from '#base/civil-time.ts'
import { csvField as text } from '#base/csv-text.ts'
import { decimalText } from '#base/decimal-text.ts'
import { payableText } from '#base/money.ts'
import { balancesAt } from '../ledger/chart-of-accounts.ts'
import type { RunRecord } from '../record.ts'
import { type Files, OFTEN, transactionsIn } from './journal.ts'
import { movementCode, movementsOf } from './movements.ts'
import { type ChargedOrder, chargedOrders } from './order-charges.ts'
import { usageLines } from './usage-lines.ts'

const money = (units: bigint): string => decimalText(units, 8, 8)

/** Writes postings.csv, balances.csv, bills.csv, charges.csv and order-lines.csv. Returns the number of transactions. */
export function exportTables(record: RunRecord, files: Files): number {
  const { utcOffset } = record.meta
  const at = (instant: number): string => (instant === 0 ? '' : formatInstant(instant, utcOffset))
  const postings = files.open('postings.csv')
  postings.write('at,transaction,kind,account,order,hour,rule,ledger,owner,amount,day\n')
  const total = transactionsIn(record)
  let count = 0
  for (const movement of movementsOf(record)) {
    const { kind, name, order, hour, rule } = movement
    const what = `${at(movement.at)},${movementCode(movement)},${kind},${text(name)},${order || ''},${at(hour)},${rule}`
    for (const leg of movement.legs)
      postings.write(`${what},${leg.ledger},${leg.owner},${money(leg.amount)},${dateText(movement.day)}\n`)
    count++
    if (count % OFTEN === 0) files.progress?.(Math.min(1, count / total))
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
  hours.write('account,resource,hour,kind,product,seconds,hours,unit_price,amount,rule,plan,net,tax\n')
  for (const line of usageLines(record)) {
    const used = line.by === 'second' ? `${line.seconds},` : ',1'
    const what = `${text(line.account)},${line.resource},${at(line.hour)},${line.kind},${text(line.product)}`
    hours.write(
      `${what},${used},${decimalText(line.hourly, 10)},${money(line.amount)},${line.rule},hourly,${money(line.amount)},\n`,
    )
  }
  for (const order of chargedOrders(record))
    for (const { kind, product, plan, net, tax, rule } of order.lines) {
      const what = `${text(order.account)},order ${order.id},${at(order.at)},${kind},${text(product)}`
      hours.write(`${what},,,,${money(net + tax)},${rule},${text(plan)},${money(net)},${money(tax)}\n`)
    }
  const lines = files.open('order-lines.csv')
  lines.write('account,order,paid,line,kind,product,amount,rule\n')
  for (const order of chargedOrders(record))
    for (const { line, kind, product, amount, rule } of recordedLines(order))
      lines.write(
        `${text(order.account)},${order.id},${at(order.at)},${line},${kind},${text(product)},${money(amount)},${rule}\n`,
      )
  return count
}

/** The lines as they were recorded; that of the tax in one part for servers and one for everything else. */
function* recordedLines({ lines, taxLine }: ChargedOrder) {
  for (const { line, kind, product, net, rule } of lines) yield { line, kind, product, amount: net, rule }
  if (taxLine === undefined) return
  for (const isServer of [true, false]) {
    const taxed = lines.filter(({ kind }) => (kind === 'ecs') === isServer)
    if (taxed.length === 0) continue
    const amount = taxed.reduce((sum, { tax }) => sum + tax, 0n)
    yield { ...taxLine, kind: 'tax', product: taxed[0].product, amount }
  }
}
