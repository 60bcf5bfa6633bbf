/**
 * INVOICES.csv: the bills of another system. Its first line says what it is: `account,month,amount` (or `payable`,
 * `charges`) is one bill a row, `resource,hour,product,amount` one charge a row; further columns are left alone.
 */
import { BillingError } from '#base/billing-error.ts'
import { type CsvRow, CsvRows, readCsv } from '#base/csv-rows.ts'
import { parseDecimal } from '#base/decimal.ts'
import { InputError } from '#base/input-error.ts'
import { Instants } from '#base/instant-reader.ts'
import { MONEY_DECIMALS } from '#base/money.ts'
import { shown } from '#base/shown.ts'
import { MINUTE } from '#base/time.ts'
import { columns } from '#engine/columns.ts'
import { Names } from '#sim/metering-log/names.ts'
import { type Head, headOf, namesOf } from '#sim/metering-log/table-head.ts'
import type { OrderDetail } from './rated-line.ts'

/** What is stated of a bill; `tax` is that on its use (M-07). */
export type Figure = 'payable' | 'charges' | 'tax'

export interface InvoiceBill {
  readonly account: string
  readonly month: number
  readonly line: number
  readonly figures: Partial<Record<Figure, bigint>>
  /** How many rows are of this account and month. */
  count: number
}

/** The figures that the invoices state of a bill. */
export const figuresOf = ({ figures }: InvoiceBill): Figure[] => Object.keys(figures) as Figure[]

/** Charges by resource, product and hour, in columns: one row costs about forty bytes. */
export class InvoiceLines {
  readonly table = columns({
    resource: 'i32',
    product: 'i32',
    account: 'i32',
    hour: 'f64',
    /** When an order was charged; the hour of everything else. */
    at: 'f64',
    amount: 'wide',
    line: 'u32',
    count: 'i32',
    seen: 'u8',
  })
  readonly resources = new Names()
  readonly products = new Names()
  readonly accounts = new Names()
  /** The product's name has its kind before it. */
  readonly hasKinds: boolean
  /** Whether orders are charged as a whole or line by line: then their kinds are those of what is bought. */
  detail: OrderDetail = 'orders'
  #slots = new Int32Array(1024)

  constructor(hasKinds: boolean) {
    this.hasKinds = hasKinds
  }

  /** The row of a key, or -1. */
  find(resource: number, product: number, hour: number): number {
    return this.#slots[this.#slotOf(resource, product, hour)] - 1
  }

  /** Adds an amount to a key. The same key again is a second charge of the same thing. */
  add(
    key: { resource: number; product: number; hour: number; account: number; at: number },
    amount: bigint,
    line: number,
  ): void {
    const slot = this.#slotOf(key.resource, key.product, key.hour)
    let row = this.#slots[slot] - 1
    const table = this.table
    if (row < 0) {
      row = table.add()
      table.resource[row] = key.resource
      table.product[row] = key.product
      table.account[row] = key.account
      table.hour[row] = key.hour
      table.at[row] = key.at
      table.line[row] = line
      this.#slots[slot] = row + 1
      if (table.rows * 2 > this.#slots.length) this.#rehash()
    }
    table.amount.add(row, amount)
    table.count[row]++
  }

  #slotOf(resource: number, product: number, hour: number): number {
    const { table } = this
    const mask = this.#slots.length - 1
    let slot = spread(resource, product, hour) & mask
    for (let held = this.#slots[slot]; held !== 0; held = this.#slots[slot]) {
      const row = held - 1
      if (table.resource[row] === resource && table.product[row] === product && table.hour[row] === hour) break
      slot = (slot + 1) & mask
    }
    return slot
  }

  #rehash(): void {
    const { table } = this
    this.#slots = new Int32Array(this.#slots.length * 2)
    for (let row = 0; row < table.rows; row++)
      this.#slots[this.#slotOf(table.resource[row], table.product[row], table.hour[row])] = row + 1
  }
}

function spread(resource: number, product: number, hour: number): number {
  const minutes = Math.floor(hour / MINUTE) | 0
  let mixed = Math.imul(resource ^ Math.imul(product + 1, 0x9e3779b1), 0x85ebca6b) ^ Math.imul(minutes, 0xc2b2ae35)
  mixed ^= mixed >>> 15
  mixed = Math.imul(mixed, 0x27d4eb2f)
  return mixed ^ (mixed >>> 13)
}

export type Invoices =
  | { readonly level: 'bills'; readonly bills: ReadonlyMap<string, InvoiceBill> }
  | { readonly level: 'lines'; readonly lines: InvoiceLines }

/** The key of a bill. */
export const billKey = (account: string, month: number): string => `${month} ${account}`

/** An order is charged once, whenever that was: `order 12` is found by its name alone. */
export const ORDER_HOUR = 0
const isOrder = (resource: string): boolean => /^order \d+$/.test(resource)

const MOST_FAULTS = 20
type Take = (row: CsvRow) => void

/** What a spreadsheet was kept from running has an apostrophe in front. */
const plain = (text: string): string => (/^'[=+\-@]/.test(text) ? text.slice(1) : text)

/** Year x 12 + month - 1 of `2024-03`. Throws BillingError. */
function monthOf(text: string, where: string): number {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text)
  if (match === null) throw new BillingError(where, `${shown(text)} is not a month`, 'write one such as 2024-03')
  return Number(match[1]) * 12 + Number(match[2]) - 1
}

function billTaker(bills: Map<string, InvoiceBill>, head: Head<'account' | 'month' | 'amount' | Figure>): Take {
  return (row) => {
    const where = `line ${row.line}`
    const account = plain(row.text(head.account))
    const month = monthOf(row.text(head.month), where)
    const figures: Partial<Record<Figure, bigint>> = {}
    const read = (figure: Figure, field: number): void => {
      if (field >= 0) figures[figure] = parseDecimal(row.text(field), MONEY_DECIMALS, where, 'signed')
    }
    read('payable', head.amount)
    read('payable', head.payable)
    read('charges', head.charges)
    read('tax', head.tax)
    const known = bills.get(billKey(account, month))
    if (known === undefined) bills.set(billKey(account, month), { account, month, line: row.line, figures, count: 1 })
    else {
      known.count++
      for (const figure of ['payable', 'charges', 'tax'] as const)
        if (figures[figure] !== undefined) known.figures[figure] = (known.figures[figure] ?? 0n) + figures[figure]
    }
  }
}

function lineTaker(
  lines: InvoiceLines,
  head: Head<'account' | 'resource' | 'hour' | 'kind' | 'product' | 'amount'>,
): Take {
  const instants = new Instants()
  return (row) => {
    const where = `line ${row.line}`
    const { starts, ends, bytes } = row
    const name = plain(row.text(head.resource))
    const isOfOrder = isOrder(name)
    const hasHour = !isOfOrder || starts[head.hour] < ends[head.hour]
    const at = hasHour ? instants.read(bytes, starts[head.hour], ends[head.hour], where) : Number.NaN
    const hour = isOfOrder ? ORDER_HOUR : at
    const amount = parseDecimal(row.text(head.amount), MONEY_DECIMALS, where, 'signed')
    const kind = head.kind < 0 ? '' : `${row.text(head.kind)} `
    if (isOfOrder && kind !== '' && kind !== 'order ') lines.detail = 'lines'
    const resource = lines.resources.numberOf(name)
    const product = lines.products.numberOf(kind + plain(row.text(head.product)))
    const account = head.account < 0 ? -1 : lines.accounts.numberOf(plain(row.text(head.account)))
    lines.add({ resource, product, hour, account, at }, amount, row.line)
  }
}

/** Reads the invoices; all errors in one pass. Throws InputError. */
export async function readInvoices(file: string, input: AsyncIterable<Uint8Array>): Promise<Invoices> {
  let invoices: Invoices | undefined
  let take: Take | undefined
  const faults: string[] = []
  let wrong = 0
  const begin = (row: CsvRow): void => {
    const names = namesOf(row)
    if (names.includes('resource')) {
      const head = headOf(file, row, ['resource', 'hour', 'product', 'amount'], ['account', 'kind'])
      const lines = new InvoiceLines(head.kind >= 0)
      invoices = { level: 'lines', lines }
      take = lineTaker(lines, head)
      return
    }
    const head = headOf(file, row, ['account', 'month'], ['amount', 'payable', 'charges', 'tax'])
    if (head.amount < 0 && head.payable < 0 && head.charges < 0)
      throw new InputError(
        'no column has an amount',
        'name one amount, payable or charges',
        `${file}, line ${row.line}`,
      )
    if (head.amount >= 0 && head.payable >= 0)
      throw new InputError('both amount and payable', 'remove one of them', `${file}, line ${row.line}`)
    const bills = new Map<string, InvoiceBill>()
    invoices = { level: 'bills', bills }
    take = billTaker(bills, head)
  }
  const each = (row: CsvRow): void => {
    try {
      if (take === undefined) begin(row)
      else take(row)
    } catch (error) {
      if (!(error instanceof BillingError)) throw error
      if (++wrong <= MOST_FAULTS) faults.push(error.message)
    }
  }
  await readCsv(input, new CsvRows(file, each))
  if (wrong > 0) {
    const rest = wrong - faults.length
    const list = [...faults, ...(rest > 0 ? [`and ${rest} more`] : [])]
    throw new InputError(['unreadable rows', ...list].join('\n'), 'correct these lines', file)
  }
  if (invoices === undefined)
    throw new InputError('the file is empty', 'name the columns in the first line: account,month,amount', file)
  return invoices
}
