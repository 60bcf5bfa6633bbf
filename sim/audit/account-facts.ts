/**
 * The recorded facts, one account at a time: everything that concerns an account is brought together from tables in the order
 * of accounts, so that memory holds rows and columns, and the objects of one account alone.
 */
import type { Database } from 'better-sqlite3'
import {
  accountOf,
  accountStepOf,
  billOf,
  changeOf,
  faultOf,
  instanceOf,
  NO_ROWS,
  orderLineOf,
  orderOf,
  refusalOf,
  returnOf,
  supervisionStepOf,
} from './account-rows.ts'
import { amountOf, money } from './cells.ts'
import type { AccountFacts } from './facts.ts'
import type { MassFeed, MassFeeds } from './mass-feeds.ts'
import { Feed, readColumns, type TableColumns } from './table-feed.ts'
import { orderTable, serverTable } from './thing-columns.ts'
import type { Transaction } from './transaction.ts'

/** Of which accounts: all, or some by their numbers in order. */
export type Judged = 'all' | { readonly only: Float64Array }

/** Makes a table of the accounts that are asked for, and says by it which rows are theirs. */
function conditionFor(database: Database, judged: Judged): string {
  if (judged === 'all') return 'IS NOT NULL'
  database.exec('BEGIN; DROP TABLE IF EXISTS temp.judged; CREATE TEMP TABLE judged (account INTEGER PRIMARY KEY)')
  const insert = database.prepare('INSERT OR IGNORE INTO temp.judged VALUES (?)')
  for (const account of judged.only) insert.run(account)
  database.exec('COMMIT')
  return 'IN temp.judged'
}

/**
 * The first column is the account: 0 where the thing a row speaks of does not exist. $JUDGED says of which accounts. In the
 * order in which the rows of one account are asked for.
 */
const feeds = {
  accounts: `SELECT id, region_id, segment, number FROM accounts
    WHERE id $JUDGED ORDER BY id`,
  faults: `SELECT coalesce(i.account, 0), f.instance_id, f.item, f.priced, f.hour, f.at, f.seconds, f.amount, f.copy,
    f.outcome FROM usage_faults f LEFT JOIN instances i ON i.id = f.instance_id
    WHERE coalesce(i.account, 0) $JUDGED ORDER BY f.rowid`,
  orderLines: `SELECT coalesce(o.account, 0), l.order_id, l.line, l.part, l.plan, ${money('l.amount')}, l.rule
    FROM order_lines l LEFT JOIN orders o ON o.id = l.order_id
    WHERE coalesce(o.account, 0) $JUDGED ORDER BY l.order_id, l.line, l.rowid`,
  supervision: `SELECT coalesce(o.account, 0), s.order_id, s.at, s.event, s.from_state, s.to_state, s.rule, s.by
    FROM supervision_steps s LEFT JOIN orders o ON o.id = s.order_id
    WHERE coalesce(o.account, 0) $JUDGED ORDER BY s.rowid`,
  changes: `SELECT coalesce(o.account, 0), c.order_id, c.at, c.subscription_id, c.specification_from, c.specification,
    c.quantity_from, c.quantity, c.plan, c.server_plan, c.term_start, c.term_end, c.new_term_end, c.decided_at, c.rule, c.plan_from, c.discount, ${money('c.discount_value')}
    FROM order_changes c LEFT JOIN orders o ON o.id = c.order_id
    WHERE coalesce(o.account, 0) $JUDGED ORDER BY c.rowid`,
  returns: `SELECT coalesce(o.account, 0), r.order_id, r.at, r.subscription_id, r.paid_order, r.begun, r.period_start,
    r.period_end, r.months, ${money('r.cash')}, ${money('r.coupon')}, ${money('r.coupon_returned')}, r.servers, r.returns,
    ${money('r.consumed')}, ${money('r.fee')}, ${money('r.amount')}, ${money('r.rounding')}, ${money('r.tax')}, ${money('r.cloud')}, r.rule
    FROM refunds r LEFT JOIN orders o ON o.id = r.order_id
    WHERE coalesce(o.account, 0) $JUDGED ORDER BY r.rowid`,
  standing: `SELECT account, at, event, from_state, to_state FROM account_steps
    WHERE account $JUDGED ORDER BY rowid`,
  freezes: `SELECT account, at, planned, reason, until FROM account_freezes
    WHERE account $JUDGED ORDER BY rowid`,
  freezeSteps: `SELECT account, at, event, from_state, to_state FROM account_freeze_steps
    WHERE account $JUDGED ORDER BY rowid`,
  refusals: `SELECT account, id, at, code, r.specification, pool, r.quantity, order_id, ${money('lost')}, r.rule, coalesce(q.kind, 0),
    q.specification, q.quantity, q.months FROM refusals r LEFT JOIN refused_requests q ON q.refusal_id = r.id
    WHERE account $JUDGED ORDER BY id`,
  notices: `SELECT account, at, code, subject, rule FROM notices
    WHERE account $JUDGED ORDER BY rowid`,
  coupons: `SELECT account, c.id, at, word = 'cash-coupon', ${money('amount')} FROM coupons c JOIN words w ON w.id = c.kind
    WHERE account $JUDGED ORDER BY c.id`,
  couponDraws: `SELECT coalesce(c.account, 0), d.coupon_id, d.order_id, d.at, ${money('d.amount')}
    FROM coupon_draws d LEFT JOIN coupons c ON c.id = d.coupon_id
    WHERE coalesce(c.account, 0) $JUDGED ORDER BY d.rowid`,
  creditGrants: `SELECT account, at, ${money('amount')}, transactions_from FROM credit_grants
    WHERE account $JUDGED ORDER BY rowid`,
  resold: `SELECT account, limited, ${money('budget')} FROM reseller_customers
    WHERE account $JUDGED ORDER BY rowid`,
  autoRenewals: `SELECT account, subscription_id, at, event, day, months FROM auto_renewals
    WHERE account $JUDGED ORDER BY rowid`,
  methods: `SELECT account, order_id, at, method FROM payment_methods
    WHERE account $JUDGED ORDER BY rowid`,
  cards: `SELECT account, at, order_id, ${money('amount')}, outcome, reason, transactions_from FROM card_charges
    WHERE account $JUDGED ORDER BY rowid`,
  confirmations: `SELECT account, asked, at, kind, specification, pool, quantity, months, subject, ${money('amount')}, confirmed
    FROM reseller_confirmations
    WHERE account $JUDGED ORDER BY rowid`,
  requoted: `SELECT coalesce(o.account, 0), q.order_id, q.line, q.part, q.plan, ${money('q.amount')}, q.rule, q.at
    FROM order_requotes q LEFT JOIN orders o ON o.id = q.order_id
    WHERE coalesce(o.account, 0) $JUDGED ORDER BY q.order_id, q.line, q.rowid`,
  combined: `SELECT account, payment_id, at, order_id, outcome FROM combined_payments
    WHERE account $JUDGED ORDER BY rowid`,
  billTaxes: `SELECT account, month, at, region, ${money('taxable')}, ${money('tax')}, ${money('of_orders')}, transaction_id
    FROM bill_taxes
    WHERE account $JUDGED ORDER BY month, rowid`,
  bills: `SELECT account, month, lines, ${money('charges')}, ${money('rounding')}, ${money('payable')}, final FROM bills
    WHERE account $JUDGED ORDER BY month, rowid`,
} as const

type FeedName = keyof typeof feeds | 'orders' | 'instances'

/** How the rows of a thing are read, and given to it. */
interface Attaching<T, R> {
  readonly read: (columns: TableColumns, place: number) => R
  readonly add: (to: T, rows: readonly R[]) => void
}

/** The tables of the database, each read whole and once: they give the rows of any account. */
export class AccountTables {
  readonly #feeds: Record<FeedName, Feed>

  constructor(database: Database, judged: Judged = 'all') {
    const condition = conditionFor(database, judged)
    const read = Object.entries(feeds).map(
      ([name, sql]) => [name, new Feed(readColumns(database, sql.replace('$JUDGED', condition)))] as const,
    )
    this.#feeds = {
      ...(Object.fromEntries(read) as Record<keyof typeof feeds, Feed>),
      orders: new Feed(orderTable(database)),
      instances: new Feed(serverTable(database)),
    }
  }

  feed(name: FeedName): Feed {
    return this.#feeds[name]
  }

  /** All accounts that any row is about, in the order of their numbers. */
  accounts(): Float64Array {
    const found = new Set<number>()
    for (const feed of Object.values(this.#feeds)) for (const account of feed.accounts()) found.add(account)
    return Float64Array.from(found).sort()
  }
}

/** What is read of: tables of the database, and the mass of the facts. */
interface OpenFeeds {
  /** Undefined for an account that is not asked for: of it the mass alone says something. */
  readonly small: AccountTables | undefined
  readonly mass: MassFeeds
}

/** What is read at a time. */
export interface Reading {
  readonly mass: MassFeeds
  /** The accounts that are asked for, in the order of their numbers. */
  readonly accounts: Float64Array
  /** Accounts that the same files have facts of, and that are not wanted. */
  readonly passedOver?: ReadonlySet<number>
  /** Gets the number of rows of each account. */
  readonly onRows?: (rows: number) => void
}

/**
 * Accounts in the order of their numbers: those that are asked for and that any row is about, and any others that the mass of
 * the facts is about, with what it says.
 */
export function* readAccounts(
  tables: AccountTables,
  { mass, accounts, passedOver, onRows = () => {} }: Reading,
): Iterable<AccountFacts> {
  const feedsOfMass = (Object.values(mass) as (MassFeed<unknown> | undefined)[]).filter((feed) => feed !== undefined)
  let next = 0
  for (;;) {
    const asked = next < accounts.length ? accounts[next] : Number.POSITIVE_INFINITY
    let account = asked
    for (const feed of feedsOfMass) account = Math.min(account, feed.account)
    if (account === Number.POSITIVE_INFINITY) return
    if (account === asked) next++
    else if (passedOver?.has(account)) {
      for (const feed of feedsOfMass) feed.skip(account)
      continue
    }
    const counted = { rows: 0 }
    const facts = gather(account, { small: account === asked ? tables : undefined, mass }, counted)
    onRows(counted.rows)
    if (counted.rows > 0) yield facts
  }
}

function gather(id: number, { small, mass }: OpenFeeds, counted: { rows: number }): AccountFacts {
  const orphans: string[] = []
  /** What each row of the account is read as. */
  function of<R>(name: FeedName, read: (columns: TableColumns, place: number) => R): readonly R[] {
    const feed = small?.feed(name)
    if (feed === undefined || !feed.find(id)) return NO_ROWS
    const rows: R[] = []
    const { columns } = feed
    counted.rows += feed.give(id, (place) => rows.push(read(columns, place)))
    return rows
  }
  /** Gives each thing its rows of a table. Those of one thing come after each other, mostly. */
  function attach<T, R>(
    name: FeedName,
    table: string,
    things: ReadonlyMap<number, T>,
    { read, add }: Attaching<T, R>,
  ): void {
    const feed = small?.feed(name)
    if (feed === undefined || !feed.find(id)) return
    const { columns } = feed
    let last = Number.NaN
    let thing: T | undefined
    let own: R[] = []
    counted.rows += feed.give(id, (place) => {
      const key = columns[1][place]
      if (key !== last) {
        if (thing !== undefined) add(thing, own)
        own = []
        thing = things.get(key)
        last = key
      }
      if (thing === undefined) orphans.push(`${table} ${key}`)
      else own.push(read(columns, place))
    })
    if (thing !== undefined) add(thing, own)
  }
  /** The same with rows of the mass. */
  function attachMass<T, R>(
    feed: MassFeed<R>,
    table: string,
    things: ReadonlyMap<number, T>,
    give: (to: T, row: R) => void,
  ): void {
    let last = Number.NaN
    let thing: T | undefined
    counted.rows += feed.give(id, (key, row) => {
      if (key !== last) thing = things.get(key)
      last = key
      if (thing === undefined) orphans.push(`${table} ${key}`)
      else give(thing, row)
    })
  }
  function all<R>(feed: MassFeed<R>): readonly R[] {
    const rows: R[] = []
    counted.rows += feed.give(id, (_, row) => rows.push(row))
    return rows
  }
  const lose = (table: string, key: number, { length }: { readonly length: number }): void => {
    for (let row = 0; row < length; row++) orphans.push(`${table} ${key}`)
  }
  const named = of('accounts', accountOf)
  const instances = new Map(of('instances', instanceOf).map((instance) => [instance.id, instance]))
  counted.rows += mass.instanceSteps.give(id, (key, steps) => {
    const instance = instances.get(key)
    if (instance === undefined) lose('instance_steps of instance', key, steps)
    else instance.steps = steps
  })
  counted.rows += mass.spans.give(id, (key, spans) => {
    const instance = instances.get(key)
    if (instance === undefined) lose('usage_spans of instance', key, spans)
    else instance.spans = spans
  })
  attach('faults', 'usage_faults of instance', instances, {
    read: faultOf,
    add: (instance, rows) => (instance.faults = [...instance.faults, ...rows]),
  })
  const orders = new Map(of('orders', orderOf).map((order) => [order.id, order]))
  attach('orderLines', 'order_lines of order', orders, {
    read: orderLineOf,
    add: (order, rows) => (order.lines = [...order.lines, ...rows]),
  })
  attach('requoted', 'order_requotes of order', orders, {
    read: (of, at) => ({ ...orderLineOf(of, at), at: of[7][at] }),
    add: (order, rows) => (order.requoted = [...order.requoted, ...rows]),
  })
  counted.rows += mass.orderSteps.give(id, (key, steps) => {
    const order = orders.get(key)
    if (order === undefined) lose('order_steps of order', key, steps)
    else order.steps = steps
  })
  counted.rows += mass.subscriptionSteps.give(id, (key, steps) => {
    const order = orders.get(key)
    if (order === undefined) lose('subscription_steps of order', key, steps)
    else order.subscription = steps
  })
  attach('supervision', 'supervision_steps of order', orders, {
    read: supervisionStepOf,
    add: (order, rows) => (order.supervision = [...order.supervision, ...rows]),
  })
  attach('changes', 'order_changes of order', orders, {
    read: changeOf,
    add: (order, rows) => (order.changes = [...order.changes, ...rows]),
  })
  attach('returns', 'refunds of order', orders, {
    read: returnOf,
    add: (order, rows) => (order.returns = [...order.returns, ...rows]),
  })
  const standing = of('standing', accountStepOf)
  const freezes = of('freezes', (of, at) => ({
    at: of[1][at],
    planned: of[2][at],
    reason: of[3][at],
    until: of[4][at],
  }))
  const freezeSteps = of('freezeSteps', accountStepOf)
  const transactions = new Map<number, Transaction>()
  counted.rows += mass.transactions.give(id, (key, transaction) => transactions.set(key, transaction))
  const settlements = mass.settlements?.of(id)
  counted.rows += settlements?.length ?? 0
  attachMass(mass.strayPostings, 'postings of transaction', new Map<number, Transaction>(), () => {})
  attachMass(mass.earned, 'recognitions of transaction', transactions, (of, days) => {
    of.earned = [...of.earned, days]
  })
  attachMass(mass.shares, 'seller_shares of transaction', transactions, (of, share) => {
    of.shares = [...of.shares, share]
  })
  return {
    id,
    known: named.length === 1,
    region: named[0]?.region ?? 0,
    segment: named[0]?.segment ?? '',
    number: named[0]?.number ?? 0,
    instances: [...instances.values()],
    orders: [...orders.values()],
    standing,
    freezes,
    freezeSteps,
    transactions: [...transactions.values()],
    settlements,
    bills: of('bills', billOf),
    billTaxes: of('billTaxes', (of, at) => ({
      month: of[1][at],
      at: of[2][at],
      region: of[3][at],
      taxable: amountOf(of[4][at]),
      tax: amountOf(of[5][at]),
      ofOrders: amountOf(of[6][at]),
      transaction: of[7][at],
    })),
    refusals: of('refusals', refusalOf),
    notices: of('notices', (of, at) => ({ at: of[1][at], code: of[2][at], subject: of[3][at], rule: of[4][at] })),
    coupons: of('coupons', (of, at) => ({
      id: of[1][at],
      at: of[2][at],
      isCash: of[3][at] === 1,
      amount: amountOf(of[4][at]),
    })),
    couponDraws: of('couponDraws', (of, at) => ({
      coupon: of[1][at],
      order: of[2][at],
      at: of[3][at],
      amount: amountOf(of[4][at]),
    })),
    creditGrants: of('creditGrants', (of, at) => ({
      at: of[1][at],
      amount: amountOf(of[2][at]),
      transactionsFrom: of[3][at],
    })),
    budget: budgetOf(of('resold', (of, at) => (of[1][at] === 1 ? amountOf(of[2][at]) : null))),
    autoRenewals: of('autoRenewals', (of, at) => ({
      subscription: of[1][at],
      at: of[2][at],
      event: of[3][at],
      day: of[4][at],
      months: of[5][at],
    })),
    methods: new Map(of('methods', (of, at) => [of[1][at], { at: of[2][at], method: of[3][at] }] as const)),
    cards: of('cards', (of, at) => ({
      at: of[1][at],
      order: of[2][at],
      amount: amountOf(of[3][at]),
      outcome: of[4][at],
      reason: of[5][at],
      transactionsFrom: of[6][at],
    })),
    confirmations: of('confirmations', (of, at) => ({
      asked: of[1][at],
      at: of[2][at],
      kind: of[3][at],
      specification: of[4][at],
      pool: of[5][at],
      quantity: of[6][at],
      months: of[7][at],
      subject: of[8][at],
      amount: amountOf(of[9][at]),
      isConfirmed: of[10][at] === 1,
    })),
    combined: of('combined', (of, at) => ({ id: of[1][at], at: of[2][at], order: of[3][at], outcome: of[4][at] })),
    ledgerMonths: all(mass.ledgerMonths),
    meteredMonths: all(mass.meteredMonths),
    orphans,
  }
}

const budgetOf = (budgets: readonly (bigint | null)[]): bigint | null | undefined =>
  budgets.length === 0 ? undefined : budgets[0]
