/** M-05 calculated again: what of an order's price the civil days that have ended have earned. */
import { dayOf } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import type { Working } from './explanation.ts'
import type { FactReader, FactRow } from './fact-reader.ts'
import { legsOf } from './money-moments.ts'
import { paidLines } from './order-lines.ts'

interface Stretch {
  readonly from: bigint
  readonly to: bigint
}

/** What an order bought: the first term, a renewal's period, or what a change added from its completion on. */
function boughtBy(reader: FactReader, order: FactRow): Stretch | undefined {
  const [change] = reader.facts('order_changes', 'order_id = ?', order.id)
  if (change === undefined) {
    const [first] = reader.facts('subscription_steps', 'subscription_id = ?', order.id)
    return first && { from: first.term_start, to: first.term_end }
  }
  if (reader.word(order.kind) === 'renewal') return { from: change.term_end, to: change.new_term_end }
  const done = reader
    .facts('order_steps', 'order_id = ?', order.id)
    .find(({ to_state: state }) => reader.word(state) === 'completed')
  return done && { from: done.at, to: change.term_end }
}

const isOfServers = (reader: FactReader, transaction: bigint): boolean =>
  legsOf(reader, transaction).some(({ ledger }) => reader.word(ledger) === 'cloud-resource-revenue')

/**
 * All that was earned up to a recognition of an order, of its servers or of its product.
 */
export function earnedWorking(reader: FactReader, transaction: FactRow, order: FactRow): Working {
  const ofServers = isOfServers(reader, transaction.id)
  const recorded = reader
    .facts('transactions', 'order_id = ? AND kind = ? AND id <= ?', order.id, transaction.kind, transaction.id)
    .filter(({ id }) => isOfServers(reader, id) === ofServers)
    .flatMap(({ id }) => legsOf(reader, id))
    .reduce((sum, { ledger, amount }) => (reader.word(ledger) === 'deferred-revenue' ? sum + amount : sum), 0n)
  const price = paidLines(reader, order)
    .filter(({ part }) => reader.word(part) === (ofServers ? 'ecs' : 'price'))
    .reduce((sum, { amount }) => sum + amount, 0n)
  const ways = [
    earned(reader, boughtBy(reader, order), price, daysEarned(reader, transaction)),
    ...kept(reader, order, price, ofServers),
  ]
  const found = ways.find(({ amount }) => amount === recorded) ?? { formula: '', amount: null }
  return { what: 'earned until then', rule: 'M-05', ...found, recorded }
}

/** once an order is refunded, all that was not refunded is earned. */
function kept(reader: FactReader, order: FactRow, price: bigint, ofServers: boolean) {
  return reader.facts('refunds', 'paid_order = ?', order.id).map((given) => {
    const back = ofServers ? given.cloud : given.amount + given.coupon_returned - given.tax - given.cloud
    return { formula: `${decimalText(price, 8)} - ${decimalText(back, 8)}`, amount: price - back }
  })
}

/** Days of the period that are earned by a recognition and those before it; 0 where it is not about days. */
const daysEarned = (reader: FactReader, { id }: FactRow): bigint =>
  reader.facts('recognitions', 'transaction_id = ?', id)[0]?.earned_to ?? 0n

/** The price over the civil days of the stretch, times the days that have ended; all of it where there is no stretch. */
function earned(reader: FactReader, stretch: Stretch | undefined, price: bigint, ended: bigint) {
  const day = (instant: bigint): bigint => BigInt(dayOf(Number(instant), reader.utcOffset))
  const days = stretch === undefined ? 0n : day(stretch.to) - day(stretch.from)
  if (stretch === undefined || days <= 0n) return { formula: decimalText(price, 8), amount: price }
  return { formula: `${decimalText(price, 8)} x ${ended} / ${days}`, amount: (price * ended) / days }
}
