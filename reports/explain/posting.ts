/** `explain posting` and `explain transaction`: the legs of a movement of money, and what each cent of it was for. */
import { RECORD_HOUR } from '#base/time.ts'
import { taxWorkings } from './bill.ts'
import { earnedWorking } from './earned.ts'
import { amountText, type Explanation, type Working } from './explanation.ts'
import { type FactReader, type FactRow, inTime } from './fact-reader.ts'
import { hourWorkings, legsOf, legText, moneyMoment, rejectedRecords, settlements } from './money-moments.ts'
import { explainOrder, orderParticulars } from './order.ts'
import { orderWorkings } from './order-lines.ts'
import { refundTransactionWorkings } from './refund.ts'
import { billRoundingWorkings } from './rounding.ts'
import { sellerWorkings } from './seller-bill.ts'
import { shareWorkings } from './seller-share.ts'

/** Q-02: what was rated for the hour, next to what the ledger holds of it: in time, and for records that came late (U-09). */
function usageWorkings(reader: FactReader, transaction: FactRow): Working[] {
  const { account, hour } = transaction
  const lines = hourWorkings(reader, account, hour)
  const rated = lines.reduce((sum, line) => sum + line.recorded, 0n)
  const booked = settlements(reader, account, hour, hour + RECORD_HOUR)
  const posted = booked
    .flatMap(({ id }) => legsOf(reader, id))
    .reduce((sum, { amount }) => (amount < 0n ? sum - amount : sum), 0n)
  const rejected = rejectedRecords(reader, account, hour)
  const lost = rejected.reduce((sum, line) => sum + line.recorded, 0n)
  const formula = `sum of ${lines.length} charges${rejected.length === 0 ? '' : `, ${rejected.length} rejected`}`
  const what = booked.length > 1 ? `hour, in ${booked.length} transactions` : 'hour'
  return [...lines, ...rejected, { what, rule: 'U-08', formula, amount: rated + lost, recorded: posted }]
}

function workingsOf(reader: FactReader, transaction: FactRow, order: FactRow | undefined): Working[] {
  if (transaction.hour !== 0n) return usageWorkings(reader, transaction)
  const kind = reader.word(transaction.kind)
  if (kind === 'seller-bill' || kind === 'payout') return sellerWorkings(reader, transaction)
  if (kind === 'usage-tax') return taxWorkings(reader, transaction)
  if (kind === 'bill-rounding') return billRoundingWorkings(reader, transaction)
  if (kind === 'seller-share') return shareWorkings(reader, transaction)
  if (order === undefined) return [movedWorking(reader, transaction)]
  if (kind === 'refund') return refundTransactionWorkings(reader, transaction)
  if (kind === 'recognition') return [earnedWorking(reader, transaction, order)]
  return orderWorkings(reader, order)
}

/** Money that was moved as it was: granted, topped up, paid of what was due. The record alone knows how much. */
function movedWorking(reader: FactReader, transaction: FactRow): Working {
  const debits = legsOf(reader, transaction.id).filter(({ amount }) => amount > 0n)
  return {
    what: reader.word(transaction.kind),
    rule: reader.word(transaction.rule),
    formula: '',
    amount: null,
    recorded: debits.reduce((sum, { amount }) => sum + amount, 0n),
  }
}

/** `leg`: which of the postings is asked for, from 1; undefined: all. */
export function explainPosting(reader: FactReader, transaction: FactRow, leg: number | undefined): Explanation {
  const legs = legsOf(reader, transaction.id)
  const [order] = transaction.order_id === 0n ? [] : reader.facts('orders', 'id = ?', transaction.order_id)
  const own = moneyMoment(reader, transaction)
  const around = order === undefined ? [] : explainOrder(reader, order).moments.filter(({ what }) => what !== own.what)
  const chosen = leg === undefined ? undefined : legs[leg - 1]
  const sum = legs.reduce((total, { amount }) => total + amount, 0n)
  return {
    subject: leg === undefined ? `transaction ${transaction.id}` : `posting ${leg} of transaction ${transaction.id}`,
    particulars: [
      ['Kind', own.what.replace(/^transaction \d+: /, '')],
      ...(chosen === undefined ? [] : [['Posting', legText(reader, chosen)] as const]),
      ['Postings', `${legs.length}, they sum to ${amountText(sum)} (Q-01)`],
      ['Buyer', reader.nameOf('account', transaction.account) ?? 'none'],
      ...(order === undefined
        ? []
        : [['Order', String(order.id)] as const, ...orderParticulars(reader, order).slice(1)]),
    ],
    workings: workingsOf(reader, transaction, order),
    moments: inTime([...around, own]),
  }
}
