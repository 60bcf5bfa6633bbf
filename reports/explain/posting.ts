/** `explain posting` and `explain transaction`: the legs of a movement of money, and what each cent of it was for. */
import { decimalText } from '../amounts.ts'
import { amountText, type Explanation, type Working } from './explanation.ts'
import { type FactReader, type FactRow, inTime } from './fact-reader.ts'
import { hourWorkings, legsOf, legText, moneyMoment, settlements } from './money-moments.ts'
import { explainOrder, orderParticulars } from './order.ts'
import { orderWorkings } from './order-lines.ts'

/** Q-02: what was rated for the hour, beside what the ledger holds of it: in time, and for records that came late (U-09). */
function usageWorkings(reader: FactReader, transaction: FactRow): Working[] {
  const { account, hour } = transaction
  const lines = hourWorkings(reader, account, hour)
  const rated = lines.reduce((sum, line) => sum + line.recorded, 0n)
  const booked = settlements(reader, account, hour, hour + 3_600_000n)
  const posted = booked
    .flatMap(({ id }) => legsOf(reader, id))
    .reduce((sum, { amount }) => (amount < 0n ? sum - amount : sum), 0n)
  const rejected = rejectedRecords(reader, account, hour)
  const lost = rejected.reduce((sum, line) => sum + line.recorded, 0n)
  const formula = `sum of ${lines.length} charges${rejected.length === 0 ? '' : `, ${rejected.length} rejected`}`
  const what = booked.length > 1 ? `hour, in ${booked.length} transactions` : 'hour'
  return [...lines, ...rejected, { what, rule: 'U-08', formula, amount: rated + lost, recorded: posted }]
}

/** Use that was metered and never charged, because its record came after the window. */
const rejectedRecords = (reader: FactReader, account: bigint, hour: bigint): Working[] =>
  reader
    .facts('usage_faults', 'account = ? AND hour = ?', account, hour)
    .filter(({ copy, outcome }) => copy === 0n && reader.word(outcome) === 'late')
    .map((fault) => ({
      what: `server ${fault.instance_id}, ${reader.word(fault.item)}, record came too late`,
      rule: reader.word(fault.rule),
      formula: '',
      amount: null,
      recorded: -fault.amount,
    }))

const DAY = 86_400_000n

/** M-05: what a term has earned by the civil days that have ended, beside all that was recognised until then. */
function earnedWorking(reader: FactReader, transaction: FactRow, order: FactRow): Working[] {
  const [term] = reader.facts('subscription_steps', 'subscription_id = ? AND at <= ?', order.id, transaction.at)
  if (term === undefined) return []
  const day = (instant: bigint): bigint => (instant + BigInt(reader.utcOffset)) / DAY
  const price = reader
    .facts('order_lines', 'order_id = ?', order.id)
    .reduce((sum, line) => (reader.word(line.part) === 'tax' ? sum : sum + line.amount), 0n)
  const days = day(term.term_end) - day(term.term_start)
  const passed = day(transaction.at) - day(term.term_start)
  const ended = passed < days ? passed : days
  const recognised = reader
    .facts('transactions', 'order_id = ? AND kind = ? AND at <= ?', order.id, transaction.kind, transaction.at)
    .flatMap(({ id }) => legsOf(reader, id))
    .reduce((sum, { amount }) => (amount > 0n ? sum + amount : sum), 0n)
  const amount = (price * ended) / days
  // A renewed or changed term earns by more than the price of its first order.
  if (days <= 0n || amount !== recognised) return []
  const formula = `${decimalText(price, 8)} x ${ended} / ${days} days, truncated`
  return [{ what: 'earned until then', rule: 'M-05', formula, amount, recorded: recognised }]
}

function workingsOf(reader: FactReader, transaction: FactRow, order: FactRow | undefined): Working[] {
  if (transaction.hour !== 0n) return usageWorkings(reader, transaction)
  if (order === undefined) return []
  if (reader.word(transaction.kind) === 'refund') return orderWorkings(reader, order)
  if (reader.word(transaction.kind) === 'payment') return orderWorkings(reader, order)
  if (reader.word(transaction.kind) === 'recognition') return earnedWorking(reader, transaction, order)
  return []
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
