/**
 * The recorded facts, one account at a time: everything that concerns an account is brought together from tables in the order
 * of accounts, so that memory holds rows and columns, and the objects of one account alone.
 */
import type { Database } from 'better-sqlite3'
import { amountOf, money } from './cells.ts'
import type {
  AccountFacts,
  Bill,
  Instance,
  Order,
  OrderChange,
  OrderLine,
  Refusal,
  ReturnedPeriod,
  Step,
  UsageFault,
} from './facts.ts'
import type { MassFeed, MassFeeds } from './mass-feeds.ts'
import { Feed, type Row } from './table-feed.ts'
import type { Transaction } from './transaction.ts'
import { NO_SPANS } from './usage-spans.ts'

/** Of which accounts: all, some by their numbers in order, or all but those. */
export type Judged = 'all' | { readonly only: Float64Array } | { readonly but: Float64Array }

/** Makes a table of the accounts that are asked for, and says by it which rows are theirs. */
function conditionFor(database: Database, judged: Judged): string {
  if (judged === 'all') return 'IS NOT NULL'
  database.exec('BEGIN; DROP TABLE IF EXISTS temp.judged; CREATE TEMP TABLE judged (account INTEGER PRIMARY KEY)')
  const insert = database.prepare('INSERT OR IGNORE INTO temp.judged VALUES (?)')
  for (const account of 'only' in judged ? judged.only : judged.but) insert.run(account)
  database.exec('COMMIT')
  return `${'only' in judged ? 'IN' : 'NOT IN'} temp.judged`
}

/** Of most things: no list of its own is made for it. */
const NO_ROWS: readonly never[] = []

/**
 * The first column is the account: 0 where the thing a row speaks of does not exist. $JUDGED says of which accounts. In the
 * order in which the rows of one account are asked for.
 */
const feeds = {
  accounts: `SELECT id, region_id, segment, number FROM accounts
    WHERE id $JUDGED ORDER BY id`,
  instances: `SELECT account, id, at, order_id, pool, specification, billing, lifetime FROM instances
    WHERE account $JUDGED ORDER BY id`,
  faults: `SELECT coalesce(i.account, 0), f.instance_id, f.item, f.priced, f.hour, f.at, f.seconds, f.amount, f.copy,
    f.outcome FROM usage_faults f LEFT JOIN instances i ON i.id = f.instance_id
    WHERE coalesce(i.account, 0) $JUDGED ORDER BY f.rowid`,
  orders: `SELECT account, id, at, specification, pool, kind, quantity, months, instances, ${money('amount')}, subject, rule
    FROM orders
    WHERE account $JUDGED ORDER BY id`,
  orderLines: `SELECT coalesce(o.account, 0), l.order_id, l.line, l.part, l.plan, ${money('l.amount')}, l.rule
    FROM order_lines l LEFT JOIN orders o ON o.id = l.order_id
    WHERE coalesce(o.account, 0) $JUDGED ORDER BY l.order_id, l.line, l.rowid`,
  subscriptionSteps: `SELECT coalesce(o.account, 0), s.subscription_id, s.at, s.event, s.from_state, s.to_state,
    s.term_start, s.term_end FROM subscription_steps s LEFT JOIN orders o ON o.id = s.subscription_id
    WHERE coalesce(o.account, 0) $JUDGED ORDER BY s.rowid`,
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

type FeedName = keyof typeof feeds

/** What is read of: tables of the database, and the mass of the facts. */
interface OpenFeeds {
  readonly small: Record<FeedName, Feed>
  readonly mass: MassFeeds
}

/** What is read at a time. */
export interface Reading {
  readonly mass: MassFeeds
  readonly judged: Judged
  /** Accounts that the same files have facts of, and that are not wanted. */
  readonly passedOver?: ReadonlySet<number>
  /** Gets the number of rows of each account. */
  readonly onRows?: (rows: number) => void
}

/** Accounts in the order of their numbers: those that are asked for, and any others that the mass of the facts is about. */
export function* readAccounts(
  database: Database,
  { mass, judged, passedOver, onRows = () => {} }: Reading,
): Iterable<AccountFacts> {
  const feedsOfMass = (Object.values(mass) as (MassFeed<unknown> | undefined)[]).filter((feed) => feed !== undefined)
  const condition = conditionFor(database, judged)
  const small = Object.fromEntries(
    Object.entries(feeds).map(([name, sql]) => [name, new Feed(database, sql.replace('$JUDGED', condition))]),
  ) as Record<FeedName, Feed>
  const all = Object.values(small)
  for (;;) {
    let account = Number.POSITIVE_INFINITY
    for (const feed of all) account = Math.min(account, feed.account)
    for (const feed of feedsOfMass) account = Math.min(account, feed.account)
    if (account === Number.POSITIVE_INFINITY) return
    if (passedOver?.has(account)) {
      for (const feed of feedsOfMass) feed.skip(account)
      continue
    }
    const counted = { rows: 0 }
    const facts = gather(account, { small, mass }, counted)
    onRows(counted.rows)
    yield facts
  }
}

function gather(id: number, { small, mass }: OpenFeeds, counted: { rows: number }): AccountFacts {
  const orphans: string[] = []
  function of(name: FeedName): readonly Row[] {
    const rows = small[name].of(id)
    counted.rows += rows.length
    return rows
  }
  /** Gives each thing its rows of a table. Those of one thing come after each other, mostly. */
  function attach<T, R>(
    name: FeedName,
    table: string,
    things: ReadonlyMap<number, T>,
    { read, add }: { readonly read: (row: Row) => R; readonly add: (to: T, rows: readonly R[]) => void },
  ): void {
    const rows = of(name)
    for (let at = 0; at < rows.length; ) {
      const key = rows[at][1]
      const thing = things.get(key)
      const own: R[] = []
      for (; at < rows.length && rows[at][1] === key; at++)
        if (thing === undefined) orphans.push(`${table} ${key}`)
        else own.push(read(rows[at]))
      if (thing !== undefined) add(thing, own)
    }
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
  const named = of('accounts') as unknown as readonly [number, number, string, number][]
  const instances = new Map<number, Instance>()
  for (const row of of('instances')) instances.set(row[1], instanceOf(row))
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
  const orders = new Map<number, Order>()
  for (const row of of('orders')) orders.set(row[1], orderOf(row))
  attach('orderLines', 'order_lines of order', orders, {
    read: orderLineOf,
    add: (order, rows) => (order.lines = [...order.lines, ...rows]),
  })
  attach('requoted', 'order_requotes of order', orders, {
    read: (row) => ({ ...orderLineOf(row), at: row[7] }),
    add: (order, rows) => (order.requoted = [...order.requoted, ...rows]),
  })
  counted.rows += mass.orderSteps.give(id, (key, steps) => {
    const order = orders.get(key)
    if (order === undefined) lose('order_steps of order', key, steps)
    else order.steps = steps
  })
  attach('subscriptionSteps', 'subscription_steps of order', orders, {
    read: (row) => ({ ...stepOf(row, 2), termStart: row[6], termEnd: row[7] }),
    add: (order, rows) => (order.subscription = [...order.subscription, ...rows]),
  })
  attach('supervision', 'supervision_steps of order', orders, {
    read: (row) => ({ ...stepOf(row, 2), rule: row[6], by: row[7] }),
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
  const standing = of('standing').map((row) => stepOf(row, 1))
  const freezes = of('freezes').map((row) => ({ at: row[1], planned: row[2], reason: row[3], until: row[4] }))
  const freezeSteps = of('freezeSteps').map((row) => stepOf(row, 1))
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
    region: named[0]?.[1] ?? 0,
    segment: named[0]?.[2] ?? '',
    number: named[0]?.[3] ?? 0,
    instances: [...instances.values()],
    orders: [...orders.values()],
    standing,
    freezes,
    freezeSteps,
    transactions: [...transactions.values()],
    settlements,
    bills: of('bills').map(billOf),
    billTaxes: of('billTaxes').map((row) => ({
      month: row[1],
      at: row[2],
      region: row[3],
      taxable: amountOf(row[4]),
      tax: amountOf(row[5]),
      ofOrders: amountOf(row[6]),
      transaction: row[7],
    })),
    refusals: of('refusals').map(refusalOf),
    notices: of('notices').map((row) => ({ at: row[1], code: row[2], subject: row[3], rule: row[4] })),
    coupons: of('coupons').map((row) => ({
      id: row[1],
      at: row[2],
      isCash: row[3] === 1,
      amount: amountOf(row[4]),
    })),
    couponDraws: of('couponDraws').map((row) => ({
      coupon: row[1],
      order: row[2],
      at: row[3],
      amount: amountOf(row[4]),
    })),
    creditGrants: of('creditGrants').map((row) => ({
      at: row[1],
      amount: amountOf(row[2]),
      transactionsFrom: row[3],
    })),
    budget: budgetOf(of('resold')),
    autoRenewals: of('autoRenewals').map((row) => ({
      subscription: row[1],
      at: row[2],
      event: row[3],
      day: row[4],
      months: row[5],
    })),
    methods: new Map(of('methods').map((row) => [row[1], { at: row[2], method: row[3] }] as const)),
    cards: of('cards').map((row) => ({
      at: row[1],
      order: row[2],
      amount: amountOf(row[3]),
      outcome: row[4],
      reason: row[5],
      transactionsFrom: row[6],
    })),
    confirmations: of('confirmations').map((row) => ({
      asked: row[1],
      at: row[2],
      kind: row[3],
      specification: row[4],
      pool: row[5],
      quantity: row[6],
      months: row[7],
      subject: row[8],
      amount: amountOf(row[9]),
      isConfirmed: row[10] === 1,
    })),
    combined: of('combined').map((row) => ({ id: row[1], at: row[2], order: row[3], outcome: row[4] })),
    ledgerMonths: all(mass.ledgerMonths),
    meteredMonths: all(mass.meteredMonths),
    orphans,
  }
}

const budgetOf = (rows: readonly Row[]): bigint | null | undefined =>
  rows.length === 0 ? undefined : rows[0][1] === 1 ? amountOf(rows[0][2]) : null

const stepOf = (row: Row, first: number): Step => ({
  at: row[first],
  event: row[first + 1],
  from: row[first + 2],
  to: row[first + 3],
})

const instanceOf = (row: Row): Instance => ({
  id: row[1],
  at: row[2],
  order: row[3],
  pool: row[4],
  specification: row[5],
  billing: row[6],
  lifetime: row[7],
  steps: NO_ROWS,
  spans: NO_SPANS,
  faults: NO_ROWS,
})

const faultOf = (row: Row): UsageFault => ({
  item: row[2],
  priced: row[3],
  hour: row[4],
  at: row[5],
  seconds: row[6],
  amount: row[7],
  copy: row[8],
  outcome: row[9],
})

const orderOf = (row: Row): Order => ({
  id: row[1],
  at: row[2],
  specification: row[3],
  pool: row[4],
  kind: row[5],
  quantity: row[6],
  months: row[7],
  instances: row[8],
  amount: amountOf(row[9]),
  subject: row[10],
  rule: row[11],
  lines: NO_ROWS,
  requoted: NO_ROWS,
  steps: NO_ROWS,
  subscription: NO_ROWS,
  supervision: NO_ROWS,
  changes: NO_ROWS,
  returns: NO_ROWS,
})

const changeOf = (row: Row): OrderChange => ({
  at: row[2],
  subscription: row[3],
  specificationFrom: row[4],
  specification: row[5],
  quantityFrom: row[6],
  quantity: row[7],
  plan: row[8],
  serverPlan: row[9],
  termStart: row[10],
  termEnd: row[11],
  newTermEnd: row[12],
  decidedAt: row[13],
  rule: row[14],
  planFrom: row[15],
  discount: row[16],
  discountValue: amountOf(row[17]),
})

const returnOf = (row: Row): ReturnedPeriod => ({
  at: row[2],
  subscription: row[3],
  paidOrder: row[4],
  begun: row[5],
  periodStart: row[6],
  periodEnd: row[7],
  months: row[8],
  cash: amountOf(row[9]),
  coupon: amountOf(row[10]),
  couponReturned: amountOf(row[11]),
  servers: row[12],
  returns: row[13],
  consumed: amountOf(row[14]),
  fee: amountOf(row[15]),
  amount: amountOf(row[16]),
  rounding: amountOf(row[17]),
  tax: amountOf(row[18]),
  cloud: amountOf(row[19]),
  rule: row[20],
})

const orderLineOf = (row: Row): OrderLine => ({
  line: row[2],
  part: row[3],
  plan: row[4],
  amount: amountOf(row[5]),
  rule: row[6],
})

const billOf = (row: Row): Bill => ({
  month: row[1],
  lines: row[2],
  charges: amountOf(row[3]),
  rounding: amountOf(row[4]),
  payable: amountOf(row[5]),
  final: row[6],
})

const refusalOf = (row: Row): Refusal => ({
  id: row[1],
  at: row[2],
  code: row[3],
  specification: row[4],
  pool: row[5],
  quantity: row[6],
  order: row[7],
  lost: amountOf(row[8]),
  rule: row[9],
  asked: row[10] === 0 ? undefined : { kind: row[10], specification: row[11], quantity: row[12], months: row[13] },
})
