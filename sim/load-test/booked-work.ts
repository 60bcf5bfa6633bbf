/**
 * Whether a ledger holds the work that was requested: the auditor takes what is in it as given, so each row is held
 * against the request that it answers, and the rows are counted.
 */
import Sqlite from 'better-sqlite3'
import { closeDatabase } from '#base/databases.ts'
import { pagedRows } from '#base/paged-rows.ts'
import { HOUR } from '#base/time.ts'
import { type OperationKind, operationKinds, operationTables, usageItems } from '../record/load-ledger.ts'
import { kindOf, type RequestStream } from './request-stream.ts'

export interface BookedWork {
  readonly operations: number
  /** Rows that are not what was requested, and the first of them. */
  readonly wrong: number
  readonly first: readonly { readonly operation: number; readonly text: string }[]
}

/** Listed one by one. */
const LISTED = 20

/** The columns that a request fills, by kind, in the order in which `asked` gives them. */
const columns: Readonly<Record<OperationKind, readonly string[]>> = {
  'top-up': ['account', 'at', 'amount'],
  order: [
    'account',
    'at',
    'order_id',
    'specification',
    'pool',
    'months',
    'quantity',
    'priced_at',
    'anchor',
    'bought_months',
    'outside',
    'card',
  ],
  meter: ['account', 'instance', 'item', 'priced', 'hour', 'seconds'],
  settle: ['account', 'at', 'hour'],
  refund: [
    'account',
    'at',
    'order_id',
    'in_full',
    'begun',
    'five_days',
    'from_instant',
    'to_instant',
    'months',
    'returns',
    'no_fee',
    'part',
    'parts',
  ],
  bill: ['account', 'at', 'month'],
  change: [
    'account',
    'at',
    'order_id',
    'expansion',
    'before',
    'plan_before',
    'quantity_before',
    'specification',
    'quantity',
    'term_start',
    'term_end',
    'bought_at',
    'priced_at',
    'outside',
    'card',
  ],
  earn: ['account', 'at', 'order_id', 'cloud', 'days', 'earned_from', 'earned_to'],
  coupon: ['account', 'at', 'coupon_id', 'cash', 'amount'],
  share: ['account', 'at', 'order_id', 'specification', 'month'],
}

/** Holds the ledger at `path` against the stream. */
export function checkBooked(path: string, stream: RequestStream): BookedWork {
  const database = new Sqlite(path, { readonly: true, fileMustExist: true })
  const first: { operation: number; text: string }[] = []
  let [operations, wrong] = [0, 0]
  try {
    for (const kind of operationKinds) {
      const names = columns[kind]
      for (const booked of pagedRows(database, operationTables[kind], [...names, 'operation'])) {
        operations++
        const operation = booked[names.length]
        const expected = asked(stream, operation, kind)
        const at = expected === undefined ? 0 : expected.findIndex((value, index) => value !== booked[index])
        if (at < 0) continue
        wrong++
        const text =
          expected === undefined
            ? `no ${kind} was requested`
            : `${names[at]} is ${booked[at]}, requested was ${expected[at]}`
        if (first.length < LISTED) first.push({ operation, text })
      }
    }
    return { operations, wrong, first }
  } finally {
    closeDatabase(database)
  }
}

const flag = (value: boolean): number => (value ? 1 : 0)

/** What the stream asks by an operation's number; undefined where it asks something else. */
function asked(stream: RequestStream, number: number, kind: OperationKind): readonly number[] | undefined {
  const position = number % stream.count
  if (number < 0 || kindOf(stream, position) !== kind) return undefined
  const round = (number - position) / stream.count
  const [at, subject, value] = [stream.at[position], stream.subject[position], stream.value[position]]
  const account = stream.account[position] + round * stream.accounts
  const orderId = (id: number): number => id + round * stream.orderCount
  switch (kind) {
    case 'top-up':
      return [account, at, value]
    case 'order': {
      const { id, specification, pool, months, quantity, pricedAt, anchor, boughtMonths } = stream.orders[subject]
      const { outside, card } = stream.orders[subject]
      const what = [orderId(id), specification, pool, months, quantity, pricedAt, anchor, boughtMonths]
      return [account, at, ...what, flag(outside), flag(card)]
    }
    case 'meter': {
      const { instance, item, priced } = stream.uses[subject]
      return [account, instance + round * stream.instances, usageItems.indexOf(item), priced, at - HOUR, value]
    }
    case 'refund': {
      const { order, inFull, begun, fiveDays, from, to, months, returns } = stream.refunds[subject]
      const { withoutFee, part, parts } = stream.refunds[subject]
      const period = [flag(inFull), flag(begun), flag(fiveDays), from, to, months, returns]
      return [account, at, orderId(order), ...period, flag(withoutFee), part, parts]
    }
    case 'change': {
      const { id, isExpansion, before, planBefore, quantityBefore, specification, quantity } = stream.changes[subject]
      const { start, end, boughtAt, pricedAt, outside, card } = stream.changes[subject]
      const configurations = [before, planBefore, quantityBefore, specification, quantity]
      const instants = [start, end, boughtAt, pricedAt]
      return [account, at, orderId(id), flag(isExpansion), ...configurations, ...instants, flag(outside), flag(card)]
    }
    case 'earn': {
      const { order, cloud, days, from, to } = stream.earnings[subject]
      return [account, at, orderId(order), flag(cloud), days, from, to]
    }
    case 'coupon': {
      const { id, isCash } = stream.coupons[subject]
      return [account, at, id + round * stream.couponCount, flag(isCash), value]
    }
    case 'share': {
      const { order, specification, month } = stream.shares[subject]
      return [account, at, order === 0 ? 0 : orderId(order), specification, month]
    }
    case 'settle':
    case 'bill':
      return [account, at, value]
  }
}
