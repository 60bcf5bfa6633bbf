/** `marketsim explain`: which thing is meant, and who explains it. Reads the record only. */
import type { RunRecord } from '../record.ts'
import { RecordError } from '../record-error.ts'
import { explainBill } from './bill.ts'
import { explainCosts } from './costs.ts'
import { explainCoupon } from './coupon.ts'
import { explainCredit } from './credit.ts'
import { explainCreditNote } from './credit-note.ts'
import { nameInRecord } from './document-numbers.ts'
import type { Explanation } from './explanation.ts'
import { FactReader, type FactRow } from './fact-reader.ts'
import { explainInstance } from './instance.ts'
import { explainInvoice } from './invoice.ts'
import { explainOrder } from './order.ts'
import { explainPosting } from './posting.ts'
import { explainRefund } from './refund.ts'
import { explainAccount, explainRefusal } from './refusal.ts'
import { explainSellerBill } from './seller-bill.ts'
import { type Subject, subjects } from './subjects.ts'

type Table = 'orders' | 'instances' | 'refusals' | 'transactions' | 'invoices' | 'coupons' | 'seller_bills'

/** Throws RecordError for what the record does not hold. */
export const explain = (record: RunRecord, subject: Subject, id: string): Explanation =>
  explainBy(new FactReader(record), subject, id)

/** The same by a reader that explains more than one thing. */
export function explainBy(reader: FactReader, subject: Subject, asked: string): Explanation {
  const id = nameInRecord(reader.record, subject, asked)
  switch (subject) {
    case 'order':
      return explainOrder(reader, rowOf(reader, 'orders', id))
    case 'instance':
      return explainInstance(reader, rowOf(reader, 'instances', id))
    case 'refusal':
      return explainRefusal(reader, rowOf(reader, 'refusals', id))
    case 'account':
      return explainAccount(reader, accountOf(reader, id))
    case 'bill':
      return explainBill(reader, billOf(reader, id))
    case 'posting':
    case 'transaction':
      return explainMoney(reader, id)
    case 'invoice':
      return explainInvoice(reader, rowOf(reader, 'invoices', id))
    case 'credit':
      return explainCredit(reader, accountOf(reader, id))
    case 'credit-note':
      return explainCreditNote(reader, id)
    case 'seller-bill':
      return explainSellerBill(reader, sellerBillOf(reader, id))
    case 'coupon':
      return explainCoupon(reader, rowOf(reader, 'coupons', id))
    case 'costs':
      return explainCosts(reader, id)
    case 'refund':
      return explainRefund(reader, rowOf(reader, 'orders', id))
  }
}

function rowOf(reader: FactReader, table: Table, id: string): FactRow {
  const { record } = reader
  const thing = table.slice(0, -1).replace('_', ' ')
  const [found] = /^\d{1,15}$/.test(id) ? reader.facts(table, 'id = ?', BigInt(id)) : []
  if (found !== undefined) return found
  const [range] = record.rows<{ least: bigint | null; most: bigint | null }>(
    `SELECT min(id) AS least, max(id) AS most FROM ${table}`,
  )
  throw new RecordError(
    record.path,
    `there is no ${thing} ${id}`,
    range.least === null
      ? `this run has no ${table.replace('_', ' ')}`
      : `its ${table.replace('_', ' ')} have numbers from ${range.least} to ${range.most}`,
  )
}

function explainMoney(reader: FactReader, id: string): Explanation {
  const [number, leg] = id.split('.')
  const transaction = rowOf(reader, 'transactions', number)
  if (leg === undefined) return explainPosting(reader, transaction, undefined)
  const legs = reader.facts('postings', 'transaction_id = ?', transaction.id).length
  if (/^\d+$/.test(leg) && Number(leg) >= 1 && Number(leg) <= legs)
    return explainPosting(reader, transaction, Number(leg))
  throw new RecordError(
    reader.record.path,
    `transaction ${number} has no posting ${leg}`,
    `it has postings 1 to ${legs}`,
  )
}

function accountOf(reader: FactReader, id: string): bigint {
  const [found] = reader.record.rows<{ id: bigint }>(
    'SELECT id FROM accounts WHERE name = ? OR CAST(id AS TEXT) = ? ORDER BY name = ? DESC',
    id,
    id,
    id,
  )
  if (found !== undefined) return found.id
  const [first] = reader.record.rows<{ name: string }>('SELECT name FROM accounts ORDER BY id LIMIT 1')
  throw new RecordError(reader.record.path, `there is no account ${id}`, `write one such as ${first?.name ?? '1'}`)
}

/** A number, or `seller/month`. */
function sellerBillOf(reader: FactReader, id: string): FactRow {
  const [, seller, month] = /^(.+)\/(\d{4}-\d\d)$/.exec(id) ?? []
  if (seller === undefined) return rowOf(reader, 'seller_bills', id)
  const bills = reader
    .facts('seller_bills', 'id > ?', 0)
    .filter((bill) => reader.nameOf('seller', bill.seller) === seller)
  const found = bills.find((bill) => reader.spelled('seller_bills', 'month', bill.month) === month)
  if (found !== undefined) return found
  const has = bills.map((bill) => reader.spelled('seller_bills', 'month', bill.month)).join(', ')
  throw new RecordError(
    reader.record.path,
    `${seller} has no bill of ${month}`,
    has === '' ? `write ${subjects['seller-bill']}` : `it has bills of ${has}`,
  )
}

/** `account/month`; the account may hold slashes itself. */
function billOf(reader: FactReader, id: string): FactRow {
  const slash = id.lastIndexOf('/')
  const month = id.slice(slash + 1)
  if (slash < 1 || !/^\d{4}-\d\d$/.test(month))
    throw new RecordError(reader.record.path, `there is no bill called '${id}'`, `write ${subjects.bill}`)
  const account = accountOf(reader, id.slice(0, slash))
  const bills = reader.facts('bills', 'account = ?', account)
  const { utcOffset } = reader.record.meta
  const monthOf = (bill: FactRow) => new Date(Number(bill.month) + utcOffset).toISOString().slice(0, 7)
  const found = bills.find((bill) => monthOf(bill) === month)
  if (found !== undefined) return found
  const has = bills.map(monthOf).join(', ')
  throw new RecordError(
    reader.record.path,
    `${id.slice(0, slash)} has no bill of ${month}`,
    has === '' ? 'nothing was charged to this account' : `it has bills of ${has}`,
  )
}
