/** `explain refund`: what was refunded of an order, by unsubscription or in full, and how it was booked. */
import { RecordError } from '../record-error.ts'
import type { Explanation, Working } from './explanation.ts'
import { type FactReader, type FactRow, inTime } from './fact-reader.ts'
import { legsOf, moneyMoment } from './money-moments.ts'
import { orderParticulars } from './order.ts'
import { paidLines, sumText } from './order-lines.ts'
import { feeParticulars, refundWorkings } from './refund-lines.ts'
import { refundRounding, roundedBy } from './rounding.ts'
import { paymentsOf, refundBooked, refundsOf } from './transactions.ts'

/** Where money goes that is refunded: to the buyer, the buyer's coupons and credit, or the reseller who paid (O-06). */
const receiving = /^(buyer-|payment-clearing$)/

/** What a movement released. */
const givenBack = (reader: FactReader, transaction: FactRow): bigint =>
  legsOf(reader, transaction.id)
    .filter(({ ledger }) => receiving.test(reader.word(ledger)))
    .reduce((sum, { amount }) => sum - amount, 0n)

/** O-08, S-07, S-09: an order that was refunded in full comes to the sum of its lines. */
function wholeWorkings(reader: FactReader, transaction: FactRow): Working[] {
  const rounding = roundedBy(reader, transaction)
  const recorded = givenBack(reader, transaction) - rounding
  const [order] = reader.facts('orders', 'id = ?', transaction.order_id)
  const lines = order === undefined ? [] : paidLines(reader, order).map(({ amount }) => amount)
  const sum = lines.reduce((total, amount) => total + amount, 0n)
  const made = sum === recorded ? { formula: sumText(lines), amount: sum } : { formula: '', amount: null }
  const whole = { what: `all of order ${transaction.order_id}`, rule: reader.word(transaction.rule), ...made, recorded }
  if (rounding === 0n) return [whole]
  const coupons = legsOf(reader, transaction.id).reduce(
    (total, { ledger, amount }) => (reader.word(ledger) === 'buyer-coupons' ? total - amount : total),
    0n,
  )
  const inCash = recorded - coupons
  return [whole, refundRounding(reader, transaction.at, { amount: inCash, paid: inCash }, rounding)]
}

/** The refunds of an unsubscription, of an order it refunded, or of the subscription they belong to. */
const refundRows = (reader: FactReader, order: bigint): FactRow[] =>
  reader.facts('refunds', 'order_id = ? OR paid_order = ? OR subscription_id = ?', order, order, order)

/** The workings of an unsubscription, and of each refund that it booked. */
export function refundsWorkings(reader: FactReader, rows: readonly FactRow[]): Working[] {
  const orders = [...new Set(rows.map(({ order_id: order }) => order))]
  const made = orders.flatMap((id) =>
    reader
      .facts('orders', 'id = ?', id)
      .flatMap((order) => refundWorkings(reader, order, reader.facts('order_lines', 'order_id = ?', id))),
  )
  const booked = rows.flatMap((row) =>
    refundBooked(reader, row).flatMap((transaction): Working[] => {
      const terms = [row.amount, row.rounding, row.coupon_returned].filter((term, index) => index === 0 || term !== 0n)
      const inCash = { amount: row.amount, paid: row.cash }
      const rounding = row.rounding === 0n ? [] : [refundRounding(reader, row.at, inCash, row.rounding)]
      const back = {
        what: `booked of order ${row.paid_order}, transaction ${transaction.id}`,
        rule: 'M-05',
        formula: sumText(terms),
        amount: terms.reduce((sum, each) => sum + each, 0n),
        recorded: givenBack(reader, transaction),
      }
      return [...rounding, back]
    }),
  )
  return [...made, ...booked]
}

/** What a movement of money refunded, and how it came about. */
export function refundTransactionWorkings(reader: FactReader, transaction: FactRow): Working[] {
  const rows = reader.facts('refunds', 'paid_order = ? AND at = ?', transaction.order_id, transaction.at)
  return rows.length === 0 ? wholeWorkings(reader, transaction) : refundsWorkings(reader, rows)
}

/** `id`: the number of the order that was refunded, or of the unsubscription. Throws RecordError where there is none. */
export function explainRefund(reader: FactReader, order: FactRow): Explanation {
  const rows = refundRows(reader, order.id)
  const ofRows = new Set(rows.flatMap((row) => refundBooked(reader, row)).map(({ id }) => id))
  const whole = refundsOf(reader, order.id).filter(({ id }) => !ofRows.has(id))
  if (rows.length + whole.length === 0)
    throw new RecordError(
      reader.record.path,
      `nothing was refunded of order ${order.id}`,
      '`marketsim sql RUN "SELECT DISTINCT order_id FROM transactions WHERE kind = (SELECT id FROM words WHERE word = \'refund\')"` lists the orders',
    )
  const paid = [...new Set([...rows.map(({ paid_order: each }) => each), ...whole.map(({ order_id: each }) => each)])]
  return {
    subject: `refund of order ${paid.join(', ')}`,
    particulars: [
      ...orderParticulars(reader, order),
      ...(rows.length === 0
        ? []
        : [['Refunded by', [...new Set(rows.map((row) => `order ${row.order_id}`))].join(', ')] as const]),
      ...feeParticulars(reader, rows),
    ],
    workings: [...refundsWorkings(reader, rows), ...whole.flatMap((transaction) => wholeWorkings(reader, transaction))],
    moments: inTime([
      ...rows.map((row) => reader.moment('refunds', row, ['account', 'order_id'])),
      ...paid.flatMap((each) => paymentsOf(reader, each).map((transaction) => moneyMoment(reader, transaction))),
      ...paid.flatMap((each) =>
        reader
          .facts('coupon_draws', 'order_id = ?', each)
          .map((draw) => reader.moment('coupon_draws', draw, ['order_id'])),
      ),
    ]),
  }
}
