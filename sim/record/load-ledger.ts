/**
 * The ledger that a load test writes: one SQLite file a thread, with the dimension tables of a record next to these. Each
 * operation leaves one row in the table of its kind, under its number in the stream, and its postings. The columns are
 * whole numbers, in the units of `columns.ts`.
 */
import { ledgerAccounts } from './ledger-accounts.ts'

/** What the billing core is asked to do under load, in the order in which they are numbered. */
export const operationKinds = [
  'top-up',
  'order',
  'meter',
  'settle',
  'refund',
  'bill',
  'change',
  'earn',
  'coupon',
  'share',
] as const
export type OperationKind = (typeof operationKinds)[number]

/** The table that holds an operation's row, by kind. */
export const operationTables = {
  'top-up': 'top_ups',
  order: 'orders',
  meter: 'usage_lines',
  settle: 'settlements',
  refund: 'refunds',
  bill: 'bills',
  change: 'changes',
  earn: 'recognitions',
  coupon: 'coupons',
  share: 'shares',
} as const satisfies Record<OperationKind, string>

/**
 * `operation` is the number in the stream, `account`, `order_id`, `coupon_id` and `instance` are numbers of the scenario's history
 * plus those of the rounds before. `done` is 1, or 0 where the core refused: an order that the balance does not cover, a
 * usage record sent before, the refund, the revenue or the share of an order that was not paid. A refund is of `part` of
 * `parts` equal parts; `no_fee`: its buyer gave nothing back (E-05, E-10). `shares.order_id` is 0 of a day's use.
 */
export const loadColumns = {
  top_ups: ['operation', 'account', 'at', 'amount'],
  orders: [
    'operation',
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
    'amount',
    'tax',
    'discount',
    'coupon',
    'cash',
    'charged',
    'done',
  ],
  usage_lines: [
    'operation',
    'account',
    'instance',
    'item',
    'priced',
    'hour',
    'seconds',
    'unit_price',
    'amount',
    'done',
  ],
  settlements: ['operation', 'account', 'at', 'hour', 'ecs', 'image', 'coupon', 'cash', 'due'],
  refunds: [
    'operation',
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
    'paid',
    'consumed',
    'fee',
    'amount',
    'coupon',
    'tax',
    'cloud',
    'rounding',
    'cost',
    'released',
    'done',
  ],
  bills: [
    'operation',
    'account',
    'at',
    'month',
    'lines',
    'charges',
    'tax',
    'rounding',
    'payable',
    'coupon',
    'cash',
    'due',
  ],
  changes: [
    'operation',
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
    'amount',
    'tax',
    'discount',
    'coupon',
    'cash',
    'charged',
    'done',
  ],
  recognitions: [
    'operation',
    'account',
    'at',
    'order_id',
    'cloud',
    'days',
    'earned_from',
    'earned_to',
    'amount',
    'commission',
    'done',
  ],
  coupons: ['operation', 'account', 'at', 'coupon_id', 'cash', 'amount'],
  shares: ['operation', 'account', 'at', 'order_id', 'specification', 'month', 'sales', 'cost', 'done'],
  postings: ['operation', 'ledger', 'owner', 'amount'],
} as const

export type LoadTable = keyof typeof loadColumns
export const loadTables = Object.keys(loadColumns) as readonly LoadTable[]

/** `usage_lines.item`. */
export const usageItems = ['ecs', 'image', 'disk', 'elastic-ip', 'bandwidth', 'traffic'] as const

/** `postings.ledger`: the position in `ledgerAccounts`. */
export const ledgerNumber = (name: (typeof ledgerAccounts)[number]): number => ledgerAccounts.indexOf(name)

/** Keys of the ledger's `meta` table next to those of a record. */
export const POPULATION = 'population'

/** The statement that creates a table; postings are read in the order in which they were written. */
export function loadTableSql(table: LoadTable): string {
  const columns = loadColumns[table].map((name) =>
    name === 'operation' && table !== 'postings' ? 'operation INTEGER PRIMARY KEY' : `${name} INTEGER NOT NULL`,
  )
  return `CREATE TABLE ${table} (${columns.join(', ')}) STRICT`
}
