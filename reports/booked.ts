/** The ledger by month, from which every report of money takes its sums: tables of what one pass over the books found. */
import { booksOf } from './books/pass.ts'
import { preparePriceModels } from './price-models.ts'
import type { RunRecord } from './record.ts'

/**
 * Makes tables of the books; of each leg the month that it counts in (M-09), `measured` being 1 from when figures count, and
 * debits positive:
 *
 * - `booked(crowd, specification, model, month, measured, movement, ledger, times, amount)`: `times` legs that sum to `amount`;
 *   `specification` and `model` (of `price_models`) are 0 of what is about no order, `crowd` of what is of no buyer;
 * - `booked_accounts(account, legs, charged, posted, due)`: of use and payments how many legs there are, what buyers paid
 *   with, and the others; and what accounts owe at the end;
 * - `booked_sellers(seller, month, measured, movement, ledger, amount)`: what is owed to sellers, billed or not;
 * - `order_moves(account, month, measured, movement, ledger, order_id, rule, transaction_id, at, is_debit, amount)`: legs about orders that are
 *   neither of their payment, nor earned, nor of their sellers' shares, one by one: mostly refunds;
 * - `deferred_servers(crowd, specification, month, measured, movement, amount)`: what of deferred revenue is of servers, but for
 *   what is refunded of it;
 * - `paid_servers(specification, model, month, amount)`: what was paid for servers of orders, with their tax.
 */
export function prepareBooked(record: RunRecord): void {
  preparePriceModels(record)
  const { sums, slices, moves } = booksOf(record)
  const monthOf = (slice: number | bigint) => [slices.months[Number(slice)], slices.measured[Number(slice)]] as const
  const ofSlice = ['month', 'measured', 'movement']
  record.keepComputed('booked', ['crowd', 'specification', 'model', ...ofSlice, 'ledger', 'times'], ['amount'], () =>
    Array.from(sums.crowds(), ([crowd, specification, model, slice, ...rest]) => [
      crowd,
      specification,
      model,
      ...monthOf(slice),
      ...rest,
    ]),
  )
  record.keepComputed('booked_accounts', ['account INTEGER PRIMARY KEY', 'legs'], ['charged', 'posted', 'due'], () =>
    sums.accounts(),
  )
  record.keepComputed('booked_sellers', ['seller', ...ofSlice, 'ledger'], ['amount'], () =>
    Array.from(sums.sellers(), ([seller, slice, ...rest]) => [seller, ...monthOf(slice), ...rest]),
  )
  const named = ['ledger', 'order_id', 'rule', 'transaction_id', 'at', 'is_debit']
  record.keepComputed('order_moves', ['account', ...ofSlice, ...named], ['amount'], () =>
    moves.map(({ account, slice, movement, ledger, order, rule, transaction, at, isDebit, amount }) => [
      ...[account, ...monthOf(slice), movement, ledger, order, rule, transaction, at, isDebit ? 1 : 0],
      amount,
    ]),
  )
  record.keepComputed('deferred_servers', ['crowd', 'specification', ...ofSlice], ['amount'], () =>
    Array.from(sums.deferred(), ([crowd, specification, slice, ...rest]) => [
      crowd,
      specification,
      ...monthOf(slice),
      ...rest,
    ]),
  )
  record.keepComputed('paid_servers', ['specification', 'model', 'month'], ['amount'], () => sums.paid())
}
