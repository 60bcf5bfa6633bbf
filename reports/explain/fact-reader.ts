/**
 * Facts of a record spelled out by the record's own schema, so that tables and words added later still print their
 * lines.
 */
import { dateText } from '#base/civil-text.ts'
import { formatInstant } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { isMass, type MassTable } from '#sim/record/column-files.ts'
import { type Condition, isComparison } from '#sim/record/column-lookup.ts'
import { type FactTableName, factColumns, factTableNames, unitOf } from '#sim/record/columns.ts'
import { indexes } from '#sim/record/indexes.ts'
import { HIGH } from '#sim/record/wide.ts'
import { shownSeconds } from '../figures/show.ts'
import type { Row, RunRecord } from '../record.ts'
import { amountText, type Moment } from './explanation.ts'

/** A fact: numbers as they are recorded. */
export type FactRow = Readonly<Record<string, bigint>>

/** Milliseconds in words: `54 min`, `2 h 10 min`. */
export const durationText = (milliseconds: bigint): string =>
  shownSeconds({ numerator: milliseconds, denominator: 1000n })

/** The price of a server for some months, in its pool. */
const serverPlanQuery = `SELECT n.pool || CASE s.item WHEN 'ecs' THEN '' ELSE ', ' || s.item END || CASE s.months WHEN 1 THEN ' for 1 month' ELSE ' for ' || s.months || ' months' END AS name, s.price, s.price_high AS high
FROM server_plans s JOIN pool_names n ON n.id = s.pool WHERE s.id = ?`

const numberOf = (value: bigint): number => Number(value)

/** What explains one thing asks for an order or two, several times each. */
const FEW_ORDERS = 8

/** Accounts whose use a reader that lasts keeps. */
const KEPT_ACCOUNTS = 4

/** Columns that a table finds its rows by, in the record itself. */
const isIndexed = (table: string, column: string): boolean =>
  column === 'id' || indexes.some(([of, by]) => of === table && by === column)

/** `account = ? AND at >= ?` as conditions; undefined for other SQL. */
export function conditionsOf(where: string, values: readonly (bigint | number)[]): Condition[] | undefined {
  const conditions: Condition[] = []
  let next = 0
  for (const part of where.split(' AND ')) {
    const [, column, comparison, given] = /^(\w+) ([<>=]+) (\?|\d+)$/.exec(part) ?? []
    if (column === undefined || !isComparison(comparison)) return undefined
    conditions.push({ column, comparison, value: given === '?' ? values[next++] : BigInt(given) })
  }
  return conditions
}

export interface FactReaderOptions {
  /**
   * It explains many things, one after another: what the record has no index for is looked through once, and the rows of
   * each account or order are kept in a temporary table.
   */
  readonly lasts?: boolean
}

export class FactReader {
  readonly record: RunRecord
  readonly utcOffset: number
  readonly #words: ReadonlyMap<bigint, string>
  readonly #tables: ReadonlySet<string>
  readonly #columns = new Map<string, readonly string[]>()
  readonly #ofAccounts = new Map<string, readonly FactRow[]>()
  #ofOrders: ReadonlyMap<bigint, readonly FactRow[]> | undefined
  #ordersAsked = 0
  readonly #lasts: boolean
  readonly #kept = new Map<string, unknown>()

  constructor(record: RunRecord, { lasts = false }: FactReaderOptions = {}) {
    this.record = record
    this.#lasts = lasts
    this.utcOffset = record.meta.utcOffset
    this.#words = new Map(
      record.rows<{ id: bigint; word: string }>('SELECT id, word FROM words').map(({ id, word }) => [id, word]),
    )
    this.#tables = new Set(record.tables())
  }

  word(id: bigint): string {
    return this.#words.get(id) ?? ''
  }

  /** Fact tables of this record that have a column. */
  tablesWith(column: string): FactTableName[] {
    return factTableNames.filter((table) => this.columnsOf(table).includes(column))
  }

  /** Columns both this program and the record know. */
  columnsOf(table: FactTableName): readonly string[] {
    // Asking SQLite for the columns of a mass table would read all its rows.
    let columns = isMass(table) ? factColumns(table) : this.#columns.get(table)
    if (columns === undefined) {
      const own = this.#tables.has(table)
        ? new Set(
            this.record
              .rows<{ name: string }>(`SELECT name FROM pragma_table_info('${table}')`)
              .map(({ name }) => name),
          )
        : new Set<string>()
      columns = factColumns(table).filter((column) => own.has(column))
      this.#columns.set(table, columns)
    }
    return columns
  }

  /** Rows of a fact table, in the order in which they were written. */
  facts(table: FactTableName, where: string, ...values: (bigint | number)[]): FactRow[] {
    if (!this.#tables.has(table)) return []
    const found = isMass(table) ? this.#inColumns(table, where, values) : undefined
    if (found !== undefined) return found
    return this.record.rows<Row & FactRow>(
      `SELECT rowid AS row_number, * FROM ${table} WHERE ${this.#indexed(table, where)} ORDER BY rowid`,
      ...values,
    )
  }

  /** The same of a mass table whose rows are in column files; undefined where they are not, or where SQL has to find them. */
  #inColumns(table: MassTable, where: string, values: readonly (bigint | number)[]): FactRow[] | undefined {
    const conditions = conditionsOf(where, values)
    const isKnown = conditions?.every(({ column }) => factColumns(table).includes(column))
    return conditions === undefined || !isKnown ? undefined : this.record.massRows(table, conditions)
  }

  /** A condition on one column, by the rows that have each of its values; others as they are. */
  #indexed(table: FactTableName, where: string): string {
    const [, column] = /^(\w+) = \?/.exec(where) ?? []
    if (!this.#lasts || column === undefined || isIndexed(table, column)) return where
    const rows = this.record.keepRowsBy(table, column)
    return where.replace(/^\w+ = \?/, `rowid IN (SELECT row FROM ${rows} WHERE value = ?)`)
  }

  /** What `make` returns: a reader that lasts keeps it, since `all` answers for every subject. */
  kept<T>(name: string, all: () => T, one: () => T): T {
    if (!this.#lasts) return one()
    if (!this.#kept.has(name)) this.#kept.set(name, all())
    return this.#kept.get(name) as T
  }

  /**
   * All use of an account, or all of its use that was never charged. They are read once: what explains many hours asks
   * for each of them, and SQLite would look through the use of all accounts each time.
   */
  ofAccount(table: 'usage_spans' | 'usage_rejected', account: bigint): readonly FactRow[] {
    const key = `${table} ${account}`
    let rows = this.#ofAccounts.get(key)
    if (rows === undefined) {
      rows =
        table === 'usage_spans'
          ? this.facts(table, 'account = ?', account)
          : this.record.rows<Row & FactRow>(`SELECT * FROM ${table} WHERE account = ?`, account)
      this.#ofAccounts.set(key, rows)
      const [oldest] = this.#ofAccounts.keys()
      if (this.#lasts && this.#ofAccounts.size > 2 * KEPT_ACCOUNTS) this.#ofAccounts.delete(oldest)
    }
    return rows
  }

  /**
   * Transactions of an order. SQL has no index that finds them: the first orders are looked for one by one, all others
   * come from one pass over all transactions of orders.
   */
  transactionsOf(order: bigint): readonly FactRow[] {
    const found = this.#inColumns('transactions', 'order_id = ?', [order])
    if (found !== undefined) return found
    if (this.#lasts || this.#ordersAsked++ < FEW_ORDERS) return this.facts('transactions', 'order_id = ?', order)
    this.#ofOrders ??= Map.groupBy(this.facts('transactions', 'order_id > 0'), ({ order_id }) => order_id)
    return this.#ofOrders.get(order) ?? []
  }

  /** The name of what a number means in a column: a buyer, a product, a pool; undefined for other columns. */
  nameOf(column: string, id: bigint): string | undefined {
    const sql = nameQueries[column]
    if (sql === undefined || id === 0n) return undefined
    const [found] = this.record.rows<{ name: string; price?: bigint; high?: bigint }>(sql, id)
    if (found?.price === undefined) return found?.name
    return `${found.name} at ${decimalText((found.high ?? 0n) * HIGH + found.price, 10)}`
  }

  /** A value as people read it. */
  spelled(table: FactTableName, column: string, value: bigint): string {
    const name = this.nameOf(column, value)
    if (name !== undefined) return name
    switch (unitOf(table, column)) {
      case 'word':
        return this.word(value)
      case 'instant':
        // A month is recorded as its first instant.
        if (column === 'month') return formatInstant(numberOf(value), this.utcOffset).slice(0, 7)
        return formatInstant(numberOf(value), this.utcOffset)
      case 'money':
        return amountText(value)
      case 'price':
        return decimalText(value, 10)
      case 'quantity':
        return decimalText(value, 8)
      case 'milliseconds':
        return value < 0n ? 'without an end' : durationText(value)
      case 'flag':
        return value === 0n ? 'no' : 'yes'
      case 'day':
        return dateText(numberOf(value))
      case 'months':
        return String(value)
      case 'seconds':
        return `${value} s`
      default:
        return String(value)
    }
  }

  /** `quantity 3, months 12`: a fact's columns that say something, but for those of `known`. */
  columnsText(table: FactTableName, fact: FactRow, known: readonly string[]): string {
    return this.columnsOf(table)
      .filter((column) => !known.includes(column) && fact[column] !== 0n)
      .map(
        (column) => `${column.replace(/_id$/, '').replaceAll('_', ' ')} ${this.spelled(table, column, fact[column])}`,
      )
      .join(', ')
  }

  /** A fact as something that happened; facts without an instant are listed at `otherwise`. */
  moment(table: FactTableName, fact: FactRow, known: readonly string[], otherwise = 0): Moment {
    const name = table.replaceAll('_', ' ')
    const steps = ['event', 'from_state', 'to_state']
    const isStep = fact.event !== undefined && fact.to_state !== undefined
    const rest = this.columnsText(table, fact, [...known, 'at', 'rule', 'id', ...(isStep ? steps : [])])
    const from = isStep && fact.from_state !== 0n ? `${this.word(fact.from_state)} → ` : ''
    const what = isStep
      ? `${name.replace(/ steps$/, '')} ${this.word(fact.event)}: ${from}${this.word(fact.to_state)}`
      : `${singular(name)}${fact.id === undefined ? '' : ` ${fact.id}`}`
    return {
      at: fact.at === undefined ? otherwise : numberOf(fact.at),
      what: rest === '' ? what : isStep ? `${what} (${rest})` : `${what}: ${rest}`,
      rule: fact.rule === undefined ? '' : this.word(fact.rule),
      details: [],
    }
  }
}

const specificationQuery = `SELECT product || '/' || specification AS name FROM goods WHERE id = ?`
const monthsText = (column: string): string =>
  `CASE ${column} WHEN 0 THEN '' WHEN 1 THEN ' for 1 month' ELSE ' for ' || ${column} || ' months' END`

/** `silence breaches` is a `silence breach`. */
const singular = (name: string): string => name.replace(/(?<=ch)es$|s$/, '')

const planQuery = `SELECT g.product || '/' || g.specification || ${monthsText('p.months')} || ': ' || p.price AS name
FROM plans p JOIN goods g ON g.id = p.specification_id WHERE p.id = ?`

const nameQueries: Readonly<Record<string, string>> = {
  account: 'SELECT name FROM accounts WHERE id = ?',
  specification: specificationQuery,
  specification_from: specificationQuery,
  plan: planQuery,
  plan_from: planQuery,
  server_plan: serverPlanQuery,
  product: 'SELECT product AS name FROM products WHERE id = ?',
  category: 'SELECT category AS name FROM categories WHERE id = ?',
  pool: 'SELECT pool AS name FROM pool_names WHERE id = ?',
  seller: `SELECT segment || '/' || number AS name FROM sellers WHERE id = ?`,
}

/** In time order; what is of one instant keeps its order. */
export const inTime = (moments: readonly Moment[]): Moment[] => moments.toSorted((a, b) => a.at - b.at)
