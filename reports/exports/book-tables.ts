/** The books as tables for people: every posting, the closing balances, the bills, and the charges they were made of. */
import { dateText } from '#base/civil-text.ts'
import { formatInstant } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { payableText } from '#base/money.ts'
import { balancesAt } from '../ledger/chart-of-accounts.ts'
import type { RunRecord } from '../record.ts'
import { movementCode, movementsOf } from './movements.ts'
import { type ChargedOrder, chargedOrders } from './order-charges.ts'
import { usageLines } from './usage-lines.ts'

/** What a column holds: names are text of the scenario, words are ours; amounts and prices are decimal text. */
export type BookColumnKind = 'name' | 'word' | 'amount' | 'count'

export interface BookTable {
  readonly name: string
  readonly columns: Readonly<Record<string, BookColumnKind>>
  /** Rows as text; `onTransaction` is called after each transaction. */
  rows(record: RunRecord, onTransaction: () => void): Iterable<readonly string[]>
}

const money = (units: bigint): string => decimalText(units, 8, 8)

/** An instant in civil time; empty where there is none. */
const instants =
  ({ meta }: RunRecord) =>
  (instant: number): string =>
    instant === 0 ? '' : formatInstant(instant, meta.utcOffset)

function* postings(record: RunRecord, onTransaction: () => void): Generator<readonly string[]> {
  const at = instants(record)
  for (const movement of movementsOf(record)) {
    const { kind, name, order, hour, rule } = movement
    const what = [
      at(movement.at),
      movementCode(movement),
      kind,
      name,
      order === 0n ? '' : String(order),
      at(hour),
      rule,
    ]
    const day = dateText(movement.day)
    for (const { ledger, owner, amount } of movement.legs) yield [...what, ledger, String(owner), money(amount), day]
    onTransaction()
  }
}

function* balances(record: RunRecord): Generator<readonly string[]> {
  for (const { ledger, owner, name, balance } of balancesAt(record)) yield [ledger, String(owner), name, money(balance)]
}

function* bills(record: RunRecord): Generator<readonly string[]> {
  const { decimals, utcOffset } = record.meta
  for (const { name, month, lines, charges, tax, payable } of record.rows(
    `SELECT a.name, b.month, b.lines, b.charges, coalesce(x.tax, 0) AS tax, b.payable FROM bills b
     JOIN accounts a ON a.id = b.account
     LEFT JOIN bill_taxes x ON x.account = b.account AND x.month = b.month ORDER BY b.rowid`,
  ))
    yield [
      String(name),
      formatInstant(Number(month), utcOffset).slice(0, 7),
      String(lines),
      money(charges as bigint),
      money(tax as bigint),
      payableText(payable as bigint, decimals),
    ]
}

function* charges(record: RunRecord): Generator<readonly string[]> {
  const at = instants(record)
  for (const { account, resource, hour, kind, product, by, seconds, hourly, amount, rule } of usageLines(record)) {
    const used = by === 'second' ? [String(seconds), ''] : ['', '1']
    const what = [account, resource, at(hour), kind, product, ...used, decimalText(hourly, 10)]
    yield [...what, money(amount), rule, 'hourly', money(amount), '']
  }
  for (const order of chargedOrders(record))
    for (const { kind, product, plan, net, tax, rule } of order.lines) {
      const what = [order.account, `order ${order.id}`, at(order.at), kind, product, '', '', '']
      yield [...what, money(net + tax), rule, plan, money(net), money(tax)]
    }
}

function* orderLines(record: RunRecord): Generator<readonly string[]> {
  const at = instants(record)
  for (const order of chargedOrders(record))
    for (const { line, kind, product, amount, rule } of recordedLines(order))
      yield [order.account, String(order.id), at(order.at), String(line), kind, product, money(amount), rule]
}

/** The lines as they were recorded; that of the tax in one part for servers and one for everything else. */
function* recordedLines({ lines, taxLine }: ChargedOrder) {
  for (const { line, kind, product, net, rule } of lines) yield { line, kind, product, amount: net, rule }
  if (taxLine === undefined) return
  for (const isServer of [true, false]) {
    const taxed = lines.filter(({ kind }) => (kind === 'ecs') === isServer)
    if (taxed.length === 0) continue
    const amount = taxed.reduce((sum, { tax }) => sum + tax, 0n)
    yield { ...taxLine, kind: 'tax', product: taxed[0].product, amount }
  }
}

export const bookTables: readonly BookTable[] = [
  {
    name: 'postings',
    columns: {
      ...{ at: 'word', transaction: 'word', kind: 'word', account: 'name', order: 'count', hour: 'word', rule: 'word' },
      ...{ ledger: 'word', owner: 'count', amount: 'amount', day: 'word' },
    },
    rows: postings,
  },
  {
    name: 'balances',
    columns: { ledger: 'word', owner: 'count', name: 'name', balance: 'amount' },
    rows: balances,
  },
  {
    name: 'bills',
    columns: {
      ...{ account: 'name', month: 'word', lines: 'count' },
      ...{ charges: 'amount', tax: 'amount', payable: 'amount' },
    },
    rows: bills,
  },
  {
    name: 'charges',
    columns: {
      ...{ account: 'name', resource: 'word', hour: 'word', kind: 'word', product: 'name' },
      ...{ seconds: 'count', hours: 'count', unit_price: 'amount', amount: 'amount', rule: 'word' },
      ...{ plan: 'name', net: 'amount', tax: 'amount' },
    },
    rows: charges,
  },
  {
    name: 'order-lines',
    columns: {
      ...{ account: 'name', order: 'count', paid: 'word', line: 'count', kind: 'word', product: 'name' },
      ...{ amount: 'amount', rule: 'word' },
    },
    rows: orderLines,
  },
]
