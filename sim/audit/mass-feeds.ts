/**
 * The mass of the recorded facts as the auditor reads it: columns, brought into the order of accounts. All other tables are read
 * by `account-facts.ts`.
 */
import type { Database } from 'better-sqlite3'
import { freeMemory } from '#base/free-memory.ts'
import { type FactColumn, type FactRows, type MassFacts, narrowed } from '../record/column-facts.ts'
import type { MassTable } from '../record/column-files.ts'
import { inOrderOf } from '../record/number-order.ts'
import type { InstanceStep, LedgerMonth, MeteredMonth, Step, SubscriptionStep } from './facts.ts'
import { type LegColumns, Legs } from './legs.ts'
import { type Plainness, type SettledRows, settlementsOf } from './settlements.ts'
import { type Numbers, orderColumns, serverColumns } from './thing-columns.ts'
import { StepRows } from './thing-steps.ts'
import type { EarnedDays, SellerShare, Transaction } from './transaction.ts'
import { SpanRows } from './usage-spans.ts'

/** Rows of one table in the order of accounts; of an account in the order in which they were written. */
export class MassFeed<T> {
  readonly #accounts: Float64Array | Int32Array
  readonly #keys: Float64Array | Int32Array
  readonly #order: Int32Array
  readonly #rowOf: (row: number) => T
  #next = 0

  /** `keys`: the number of the thing that each row belongs to; `order`: the rows that it has in their order, if not all. */
  constructor(
    accounts: Float64Array | Int32Array,
    keys: Float64Array | Int32Array,
    rowOf: (row: number) => T,
    order?: Int32Array,
  ) {
    this.#accounts = accounts
    this.#keys = keys
    this.#rowOf = rowOf
    this.#order = inOrderOf(accounts, order)
  }

  get rows(): number {
    return this.#order.length
  }

  /** The account of the next row; Infinity at the end. */
  get account(): number {
    return this.#next === this.#order.length ? Number.POSITIVE_INFINITY : this.#accounts[this.#order[this.#next]]
  }

  /** Passes over all rows of the next account, if it is this one. */
  skip(account: number): void {
    while (this.account === account) this.#next++
  }

  /** Gives all rows of the next account, if it is this one, each with the number of what it belongs to; answers how many. */
  give(account: number, take: (key: number, row: T) => void): number {
    const from = this.#next
    const order = this.#order
    while (this.#next < order.length && this.#accounts[order[this.#next]] === account) {
      const row = order[this.#next++]
      take(this.#keys[row], this.#rowOf(row))
    }
    return this.#next - from
  }
}

/** Places for each thing beyond which a map takes less memory. The numbers of a cell are as far apart as there are cells. */
const MOST_PLACES = 64

/** Whose things are, by their numbers; 0 for a number that nothing has. */
export class Owners {
  readonly #accounts: Map<number, number> | Numbers
  /** Whether all accounts fit half the memory. */
  readonly #areSmall: boolean

  constructor(ids: ArrayLike<number>, accounts: Numbers) {
    const own = narrowed(accounts)
    this.#areSmall = own instanceof Int32Array
    let most = 0
    for (let at = 0; at < ids.length; at++) if (ids[at] > most) most = ids[at]
    if (most > MOST_PLACES * ids.length + 1024) {
      this.#accounts = new Map<number, number>()
      for (let at = 0; at < ids.length; at++) this.#accounts.set(ids[at], own[at])
    } else {
      this.#accounts = this.#room(most + 1)
      for (let at = 0; at < ids.length; at++) this.#accounts[ids[at]] = own[at]
    }
  }

  #room(places: number): Numbers {
    return this.#areSmall ? new Int32Array(places) : new Float64Array(places)
  }

  of(keys: Numbers): Numbers {
    const owners = this.#room(keys.length)
    const accounts = this.#accounts
    if (accounts instanceof Map) for (let at = 0; at < keys.length; at++) owners[at] = accounts.get(keys[at]) ?? 0
    else for (let at = 0; at < keys.length; at++) owners[at] = accounts[keys[at]] ?? 0
    return owners
  }
}

/** An amount of any size. */
export const amountIn = ({ values, vast }: FactColumn, row: number): bigint =>
  vast === undefined || !Number.isNaN(values[row]) ? BigInt(values[row]) : (vast.get(row) as bigint)

/** The same, a number where float64 holds it exactly: most are, and there are many. */
const wholeIn = ({ values, vast }: FactColumn, row: number): number | bigint =>
  vast === undefined || !Number.isNaN(values[row]) ? values[row] : (vast.get(row) as bigint)

/** Numbers of some columns. */
const numbersOf = <const N extends readonly string[]>(rows: FactRows, names: N) =>
  names.map((name) => rows.column(name).values) as { [K in keyof N]: Float64Array | Int32Array }

/** The same rows, each column read once. */
function readOnce(rows: FactRows): FactRows {
  const known = new Map<string, FactColumn>()
  return {
    rows: rows.rows,
    column(name) {
      const column = known.get(name) ?? rows.column(name)
      known.set(name, column)
      return column
    },
  }
}

export interface MassFeeds {
  readonly instanceSteps: StepRows<InstanceStep>
  readonly spans: SpanRows
  readonly orderSteps: StepRows<Step>
  readonly subscriptionSteps: StepRows<SubscriptionStep>
  /** Those that are not among the settlements. */
  readonly transactions: MassFeed<Transaction>
  /** U-08: hours that were settled in the plain way; undefined where all transactions are together. */
  readonly settlements: SettledRows | undefined
  /** Postings of no transaction; the others are with theirs. */
  readonly strayPostings: MassFeed<null>
  readonly earned: MassFeed<EarnedDays>
  readonly shares: MassFeed<SellerShare>
  readonly ledgerMonths: MassFeed<LedgerMonth>
  readonly meteredMonths: MassFeed<MeteredMonth>
}

/** Whose servers and orders are, read once. */
export interface ThingOwners {
  readonly instances: Owners
  readonly orders: Owners
}

export function thingOwners(database: Database): ThingOwners {
  const [instances, orders] = [serverColumns(database), orderColumns(database)]
  return {
    instances: new Owners(instances.id, instances.account),
    orders: new Owners(orders.id, orders.account),
  }
}

/**
 * Reads the mass tables; with `plainness`, hours that were settled in the plain way are apart. @throws ParquetDamage where a
 * column file is not what was written
 */
export function massFeeds(mass: MassFacts, { instances, orders }: ThingOwners, plainness?: Plainness): MassFeeds {
  // First what takes most memory while it is arranged, and little afterwards.
  const { owners: transactions, feeds } = booksOf(mass, plainness)
  freeBehind(mass)
  const rowsOf = (table: MassTable, key: string, owners: Owners) => {
    const rows = mass.table(table)
    const keys = rows.column(key).values
    return { rows, keys, owned: owners.of(keys) }
  }
  return {
    instanceSteps: instanceStepsOf(rowsOf('instance_steps', 'instance_id', instances)),
    spans: spansOf(rowsOf('usage_spans', 'instance_id', instances)),
    orderSteps: orderStepsOf(rowsOf('order_steps', 'order_id', orders)),
    subscriptionSteps: subscriptionStepsOf(rowsOf('subscription_steps', 'subscription_id', orders)),
    ...feeds,
    earned: earnedOf(rowsOf('recognitions', 'transaction_id', transactions)),
    shares: sharesOf(rowsOf('seller_shares', 'transaction_id', transactions)),
    ledgerMonths: ledgerMonthsOf(mass.table('ledger_months')),
    meteredMonths: meteredMonthsOf(mass.table('metered_months')),
  }
}

/** Postings from which collecting what is no longer used costs nothing next to reading them. */
const MANY_POSTINGS = 2 ** 18

/** Collects what reading these facts, or others as large, has left behind. */
export function freeBehind(mass: MassFacts): void {
  if (mass.count('postings') >= MANY_POSTINGS) freeMemory()
}

function booksOf(mass: MassFacts, plainness?: Plainness) {
  const booked = readOnce(mass.table('transactions'))
  const [ids, accounts] = numbersOf(booked, ['id', 'account'])
  const owners = new Owners(ids, accounts)
  return { owners, feeds: transactionsOf(booked, readOnce(mass.table('postings')), plainness) }
}

const noSteps = <T>(): StepRows<T> =>
  new StepRows<T>(new Float64Array(0), new Int32Array(0), () => {
    throw new Error('steps without rows were asked for one')
  })

const noSpanRows = (): SpanRows =>
  new SpanRows({ rows: 0, column: () => ({ values: new Int32Array(0) }) }, new Int32Array(0), new Float64Array(0))

/** No rows at all. */
export function noMass(): MassFeeds {
  const none = <T>(): MassFeed<T> =>
    new MassFeed<T>(new Int32Array(0), new Int32Array(0), () => {
      throw new Error('a feed without rows was asked for one')
    })
  return {
    instanceSteps: noSteps(),
    spans: noSpanRows(),
    orderSteps: noSteps(),
    subscriptionSteps: noSteps(),
    transactions: none(),
    settlements: undefined,
    strayPostings: none(),
    earned: none(),
    shares: none(),
    ledgerMonths: none(),
    meteredMonths: none(),
  }
}

interface Owned {
  readonly rows: FactRows
  readonly keys: Float64Array | Int32Array
  readonly owned: Numbers
}

function instanceStepsOf({ rows, keys, owned }: Owned): StepRows<InstanceStep> {
  const [at, event, from, to, image] = numbersOf(rows, ['at', 'event', 'from_state', 'to_state', 'specification'])
  return new StepRows(owned, keys, (row) => ({
    at: at[row],
    event: event[row],
    from: from[row],
    to: to[row],
    specification: image[row],
  }))
}

const spansOf = ({ rows, keys, owned }: Owned): SpanRows => new SpanRows(rows, keys, owned)

function orderStepsOf({ rows, keys, owned }: Owned): StepRows<Step> {
  const [at, event, from, to] = numbersOf(rows, ['at', 'event', 'from_state', 'to_state'])
  return new StepRows(owned, keys, (row) => ({ at: at[row], event: event[row], from: from[row], to: to[row] }))
}

function subscriptionStepsOf({ rows, keys, owned }: Owned): StepRows<SubscriptionStep> {
  const [at, event, from, to] = numbersOf(rows, ['at', 'event', 'from_state', 'to_state'])
  const [start, end] = numbersOf(rows, ['term_start', 'term_end'])
  return new StepRows(owned, keys, (row) => ({
    at: at[row],
    event: event[row],
    from: from[row],
    to: to[row],
    termStart: start[row],
    termEnd: end[row],
  }))
}

function transactionsOf(
  rows: FactRows,
  postings: FactRows,
  plainness?: Plainness,
): Pick<MassFeeds, 'transactions' | 'settlements' | 'strayPostings'> {
  const [ids] = numbersOf(rows, ['id'])
  const rowOf = rowsOfPostings(ids, postings)
  const found = plainness === undefined ? undefined : settlementsOf(rows, postings, rowOf, plainness)
  const legs = legsOf(rowOf, postings, rows.rows, found?.isPlain)
  const { strays, starts, columns } = legs
  const strayPostings = new MassFeed(new Int32Array(strays.length), strays, nothing)
  const inTurn = inOrderOf(ids)
  // Few are left where hours are apart: the columns of all are released.
  const rest = found === undefined ? inTurn : inTurn.filter((row) => found.isPlain[row] === 0)
  const own = (values: Numbers): Numbers =>
    picked(values, rest, values instanceof Int32Array ? new Int32Array(rest.length) : new Float64Array(rest.length))
  const named = ['account', 'id', 'at', 'repeats', 'kind', 'order_id', 'hour', 'day'].map((name) =>
    own(rows.column(name).values),
  )
  const transactions = feedOf(named, [own(starts), own(starts.subarray(1))], columns)
  return { transactions, settlements: found?.settled, strayPostings }
}

/** Of the posting of no transaction its number is known. Were it made with the feed, it would keep all columns that are read there. */
const nothing = (): null => null

/** A function of its own: what it makes keeps these columns, and none of the whole tables. */
function feedOf(
  [account, id, at, repeats, kind, order, hour, day]: readonly Numbers[],
  [first, end]: readonly Numbers[],
  columns: LegColumns,
): MassFeed<Transaction> {
  // What belongs to no account was written by several cells.
  return new MassFeed(account, id, (row) => ({
    id: id[row],
    at: at[row],
    repeats: repeats[row],
    kind: kind[row],
    order: order[row],
    hour: hour[row],
    day: day[row],
    earned: NO_DAYS,
    shares: NO_SHARES,
    legs: new Legs(columns, first[row], end[row]),
  }))
}

const NO_DAYS: readonly EarnedDays[] = []
const NO_SHARES: readonly SellerShare[] = []

/** By posting the row of its transaction; that behind the last for none. */
function rowsOfPostings(ids: Numbers, postings: FactRows): Numbers {
  const places = new Owners(
    ids,
    Int32Array.from(ids, (_, row) => row + 1),
  )
  const rows = places.of(postings.column('transaction_id').values)
  for (let posting = 0; posting < rows.length; posting++)
    rows[posting] = rows[posting] === 0 ? ids.length : rows[posting] - 1
  return rows
}

/** Postings brought together by transaction, those of settlements left out; of each in the order in which they were written. */
function legsOf(rowOf: Numbers, postings: FactRows, count: number, isPlain: Uint8Array = new Uint8Array(count)) {
  const [of, ledger, owner] = numbersOf(postings, ['transaction_id', 'ledger', 'owner'])
  const amount = postings.column('amount')
  const wanted = new Int32Array(rowOf.length)
  let rest = 0
  const starts = new Int32Array(count + 2)
  for (let posting = 0; posting < rowOf.length; posting++) {
    const row = rowOf[posting]
    if (isPlain[row] === 1) continue
    wanted[rest++] = posting
    starts[row + 1]++
  }
  for (let row = 0; row <= count; row++) starts[row + 1] += starts[row]
  const order = inOrderOf(rowOf, wanted.subarray(0, rest))
  const columns: LegColumns = {
    ledger: picked(ledger, order, new Int32Array(order.length)),
    owner: picked(owner, order, new Float64Array(order.length)),
    amount: arranged(amount, order),
  }
  const stray = order.subarray(starts[count])
  const strays = picked(of, stray, new Float64Array(stray.length))
  return { columns, starts, strays }
}

/** The numbers of some rows, in `target`: a typed array's own `from` calls a function for each. */
function picked<T extends Numbers>(values: Numbers, rows: Int32Array, target: T): T {
  for (let place = 0; place < rows.length; place++) target[place] = values[rows[place]]
  return target
}

function arranged({ values, vast }: FactColumn, order: Int32Array): FactColumn {
  const sorted = picked(values, order, new Float64Array(order.length))
  if (vast === undefined) return { values: sorted }
  const places = new Map<number, bigint>()
  for (const [place, row] of order.entries()) {
    const amount = vast.get(row)
    if (amount !== undefined) places.set(place, amount)
  }
  return { values: sorted, vast: places }
}

function earnedOf({ rows, keys, owned }: Owned): MassFeed<EarnedDays> {
  const [firstDay, days, since, from, to] = numbersOf(rows, ['first_day', 'days', 'since', 'earned_from', 'earned_to'])
  const [price, commission] = [rows.column('price'), rows.column('commission')]
  return new MassFeed(owned, keys, (row) => ({
    price: amountIn(price, row),
    commission: amountIn(commission, row),
    firstDay: firstDay[row],
    days: days[row],
    since: since[row],
    from: from[row],
    to: to[row],
  }))
}

function sharesOf({ rows, keys, owned }: Owned): MassFeed<SellerShare> {
  const [specification, month] = numbersOf(rows, ['specification', 'month'])
  const [sales, cost] = [rows.column('sales'), rows.column('cost')]
  return new MassFeed(owned, keys, (row) => ({
    specification: specification[row],
    month: month[row],
    sales: amountIn(sales, row),
    cost: amountIn(cost, row),
  }))
}

function ledgerMonthsOf(rows: FactRows): MassFeed<LedgerMonth> {
  const [account, owner, ledger, kind] = numbersOf(rows, ['account', 'owner', 'ledger', 'kind'])
  const [month, measured, ofOrders, times] = numbersOf(rows, ['month', 'measured', 'of_orders', 'times'])
  const amount = rows.column('amount')
  return new MassFeed(account, account, (row) => ({
    owner: owner[row],
    ledger: ledger[row],
    kind: kind[row],
    month: month[row],
    measured: measured[row],
    ofOrders: ofOrders[row],
    times: times[row],
    amount: wholeIn(amount, row),
  }))
}

function meteredMonthsOf(rows: FactRows): MassFeed<MeteredMonth> {
  const [account, item, priced, pool, rule] = numbersOf(rows, ['account', 'item', 'priced', 'pool', 'rule'])
  const [month, measured, lines, seconds] = numbersOf(rows, ['month', 'measured', 'lines', 'seconds'])
  const amount = rows.column('amount')
  return new MassFeed(account, account, (row) => ({
    item: item[row],
    priced: priced[row],
    pool: pool[row],
    rule: rule[row],
    month: month[row],
    measured: measured[row],
    lines: lines[row],
    seconds: seconds[row],
    amount: wholeIn(amount, row),
  }))
}
