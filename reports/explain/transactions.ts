/** Movements of money of an order or account by their kind. */
import type { FactReader, FactRow } from './fact-reader.ts'

const ofKinds = (reader: FactReader, rows: readonly FactRow[], kinds: readonly string[]): FactRow[] =>
  rows.filter(({ kind }) => kinds.includes(reader.word(kind)))

/** The payment of an order, and what was refunded of it. */
export const paymentsOf = (reader: FactReader, order: bigint): FactRow[] =>
  ofKinds(reader, reader.transactionsOf(order), ['payment', 'refund'])

/** The payment of an order; undefined where nothing was paid. */
export const paymentOf = (reader: FactReader, order: bigint): FactRow | undefined =>
  ofKinds(reader, reader.transactionsOf(order), ['payment'])[0]

/** What was refunded of an order. */
export const refundsOf = (reader: FactReader, order: bigint): FactRow[] =>
  ofKinds(reader, reader.transactionsOf(order), ['refund'])

/** Movements by which a refund of an unsubscription is booked. */
export const refundBooked = (reader: FactReader, refund: FactRow): FactRow[] =>
  refundsOf(reader, refund.paid_order).filter(({ at }) => at === refund.at)

/** Movements of an account of some kinds. */
export const movementsOf = (reader: FactReader, account: bigint, kinds: readonly string[]): FactRow[] =>
  ofKinds(reader, reader.facts('transactions', 'account = ?', account), kinds)
