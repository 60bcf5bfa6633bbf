/**
 * INVOICES.csv: the bills of another system. Its header says what it is: `account,month,amount` (or `payable`, `charges`) is
 * one bill a row, `resource,hour,product,amount` one charge a row; further columns are left alone.
 */
import { BillingError } from '#base/billing-error.ts'
import type { CsvRow } from '#base/csv-rows.ts'
import { InputError } from '#base/input-error.ts'
import { Instants } from '#base/instant-reader.ts'
import { MONEY_DECIMALS } from '#base/money.ts'
import { shown } from '#base/shown.ts'
import { mayMean } from '#scenarios/logs/amount-text.ts'
import { type AskedConventions, Conventions } from '#scenarios/logs/conventions.ts'
import { UNSEEN } from '#scenarios/logs/log-row.ts'
import {
  isInstant,
  readTable,
  surplusOf,
  TableColumns,
  type TableFacts,
  type TableOptions,
  type TableTaker,
} from '#scenarios/logs/table-rows.ts'
import { isTotalWord } from '#scenarios/logs/total-word.ts'
import { Names } from '#sim/metering-log/names.ts'
import { ChargeTable } from './charge-table.ts'
import type { OrderDetail } from './rated-line.ts'
import { TotalRows } from './total-rows.ts'

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

/** Charges of an invoice file, and their names. */
export class InvoiceLines {
  readonly table: ChargeTable
  readonly resources = new Names()
  readonly products = new Names()
  readonly accounts = new Names()
  /** The product's name has its kind before it. */
  readonly hasKinds: boolean
  /** Whether orders are charged as a whole or line by line: then their kinds are those of what is bought. */
  detail: OrderDetail = 'orders'

  /** `mostHeld`: charges in memory, about; the others are in a temporary file. */
  constructor(hasKinds: boolean, mostHeld?: number) {
    this.hasKinds = hasKinds
    this.table = new ChargeTable(mostHeld)
  }

  /** Gives memory and files back. */
  close(): void {
    this.table.close()
    for (const names of [this.resources, this.products, this.accounts]) names.close()
  }
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

/** What a spreadsheet was kept from running has an apostrophe in front, or is `="text"`. */
const plain = (text: string): string => {
  const bare = text.replace(UNSEEN, '').trim()
  return /^'[=+\-@]/.test(bare) ? bare.slice(1) : (/^="(.*)"$/.exec(bare)?.[1] ?? bare)
}

/** How a file of invoices is read, where it does not show it itself. */
export interface InvoiceOptions extends TableOptions, AskedConventions {
  /** The currency that amounts have to be in. */
  readonly currency?: string | undefined
  /** Of the civil time by which months are named, ms. */
  readonly utcOffset?: number | undefined
  /** Charges in memory, about; the others are in a temporary file. */
  readonly mostHeld?: number | undefined
}

/** What was read besides charges. */
export interface InvoiceFacts extends TableFacts {
  readonly rows: number
  /** Totals that agree with their rows. */
  readonly totals: number
  /** Rows without amounts. */
  readonly notes: number
}

/** `k USD`, `TEUR`, `in thousands`, `$000`: amounts that are not in units of the currency. */
const SCALED =
  /^[kt](?:[A-Z]{3}|\p{Sc})$|(?:^|[^\p{L}\d])(?:k|000s?|tsd|thousands?|mio|mn|millions?|bn|billions?)(?:$|[^\p{L}\d])/iu

/** A header such as `Amount (EUR)` names the currency of the column. Throws InputError where it is another one. */
function refuseCurrency(columns: TableColumns, field: number, currency: string | undefined): void {
  const unit = columns.unitOf(field)
  if (SCALED.test(unit))
    throw new InputError(
      `the column ${columns.names[field]} is not in whole units of a currency`,
      'write out its amounts',
    )
  const isCurrency = /^[A-Z]{3}$|^\p{Sc}$|^[A-Z]{1,2}\$$/u.test(unit)
  if (currency === undefined || !isCurrency || mayMean(unit, currency)) return
  throw new InputError(`the column ${columns.names[field]} is in another currency than ${currency}`, 'convert it')
}

/** Reads rows of one level. */
abstract class InvoiceTaker<F extends string> {
  rows = 0
  readonly below: TotalRows<F>
  protected readonly conventions: Conventions
  protected readonly options: InvoiceOptions
  readonly #currency: number

  constructor(
    columns: TableColumns,
    amounts: Readonly<Record<F, number>>,
    conventions: Conventions,
    options: InvoiceOptions,
  ) {
    this.conventions = conventions
    this.options = options
    this.#currency = columns.find('currency')
    const found = (Object.entries(amounts) as [F, number][]).filter(([, field]) => field >= 0)
    for (const [, field] of found) refuseCurrency(columns, field, options.currency)
    this.below = new TotalRows(
      found.map(([figure, field]) => ({ figure, field })),
      MONEY_DECIMALS,
    )
  }

  /** Takes a row. Throws BillingError. */
  take(row: CsvRow): void {
    if (!this.isData(row) && this.below.takes(row)) return
    this.rows++
    const { currency } = this.options
    const stated = this.#currency < 0 ? '' : row.text(this.#currency)
    if (currency !== undefined && stated !== '' && stated.toUpperCase() !== currency)
      throw new BillingError(`line ${row.line}`, `${shown(stated)} is another currency than ${currency}`, 'convert it')
    this.data(row)
  }

  protected amount(row: CsvRow, field: number): bigint {
    return this.conventions.amount(row.text(field), row.line, MONEY_DECIMALS, this.options.currency)
  }

  /** Whether a row has the keys of a charge. */
  protected abstract isData(row: CsvRow): boolean
  protected abstract data(row: CsvRow): void
}

class BillTaker extends InvoiceTaker<Figure> {
  readonly bills = new Map<string, InvoiceBill>()
  readonly #account: number
  readonly #month: number
  readonly #figures: readonly (readonly [figure: Figure, field: number])[]

  constructor(columns: TableColumns, conventions: Conventions, options: InvoiceOptions) {
    const { account, month, payable, charges, tax } = columns.heads(['account', 'month', 'payable', 'charges', 'tax'])
    // A column that --map names to be something else is no amount besides, whatever it is called.
    const isMapped = options.map?.amount === undefined && (options.map?.payable ?? options.map?.charges) !== undefined
    const amount = isMapped ? -1 : columns.find('amount')
    if (amount < 0 && payable < 0 && charges < 0)
      throw new InputError(
        'no column has an amount',
        'name one amount, payable or charges, or write --map amount=COLUMN',
      )
    if (amount >= 0 && payable >= 0) throw new InputError('both amount and payable', 'remove one of them')
    const figures = { payable: Math.max(amount, payable), charges, tax }
    super(columns, figures, conventions, options)
    this.#account = account
    this.#month = month
    this.#figures = (Object.entries(figures) as [Figure, number][]).filter(([, field]) => field >= 0)
  }

  protected isData(row: CsvRow): boolean {
    return plain(row.text(this.#account)) !== '' && row.text(this.#month) !== ''
  }

  protected data(row: CsvRow): void {
    const account = plain(row.text(this.#account))
    const where = `line ${row.line}`
    const month = this.conventions.month(row.text(this.#month), row.line, this.options.utcOffset ?? 0)
    if (isTotalWord(account) && this.below.takes(row, month)) {
      this.rows--
      return
    }
    if (account === '') throw new BillingError(where, 'no account', 'name it in each row')
    const figures: Partial<Record<Figure, bigint>> = {}
    for (const [figure, field] of this.#figures) {
      const amount = this.amount(row, field)
      figures[figure] = amount
      this.below.add(figure, amount, month)
    }
    const known = this.bills.get(billKey(account, month))
    if (known === undefined)
      this.bills.set(billKey(account, month), { account, month, line: row.line, figures, count: 1 })
    else {
      known.count++
      for (const figure of ['payable', 'charges', 'tax'] as const)
        if (figures[figure] !== undefined) known.figures[figure] = (known.figures[figure] ?? 0n) + figures[figure]
    }
  }
}

class LineTaker extends InvoiceTaker<'amount'> {
  readonly lines: InvoiceLines
  readonly #head: Readonly<Record<'account' | 'resource' | 'hour' | 'kind' | 'product' | 'amount', number>>
  readonly #instants = new Instants()

  constructor(columns: TableColumns, conventions: Conventions, options: InvoiceOptions) {
    const head = columns.heads(['account', 'resource', 'hour', 'kind', 'product', 'amount'])
    super(columns, { amount: head.amount }, conventions, options)
    this.#head = head
    this.lines = new InvoiceLines(head.kind >= 0, options.mostHeld)
  }

  protected isData(row: CsvRow): boolean {
    const { starts, ends } = row
    const { resource, hour } = this.#head
    return (
      starts[resource] < ends[resource] &&
      (starts[hour] < ends[hour] || isOrder(row.text(resource))) &&
      !isTotalWord(row.text(resource))
    )
  }

  protected data(row: CsvRow): void {
    const { lines } = this
    const head = this.#head
    const { starts, ends } = row
    const name = plain(row.text(head.resource))
    if (name === '') throw new BillingError(`line ${row.line}`, 'no resource', 'name it in each row')
    const isOfOrder = isOrder(name)
    const hasHour = !isOfOrder || starts[head.hour] < ends[head.hour]
    const at = hasHour ? this.#instant(row, head.hour) : Number.NaN
    const hour = isOfOrder ? ORDER_HOUR : at
    const amount = this.amount(row, head.amount)
    this.below.add('amount', amount, '')
    const kind = head.kind < 0 ? '' : `${row.text(head.kind)} `
    if (isOfOrder && kind !== '' && kind !== 'order ') lines.detail = 'lines'
    const resource = lines.resources.numberOf(name)
    const product = lines.products.numberOf(kind + plain(row.text(head.product)))
    const account = head.account < 0 ? -1 : lines.accounts.numberOf(plain(row.text(head.account)))
    lines.table.add({ resource, product, hour, account, at }, amount, row.line)
  }

  #instant(row: CsvRow, field: number): number {
    if (!isInstant(row, field)) return this.conventions.instant(row.text(field), row.line)
    return this.#instants.read(row.bytes, row.starts[field], row.ends[field], `line ${row.line}`)
  }
}

/** A bill file of the FinOps Foundation's specification: what is billed to an account in a month. */
const focusNames = ['BillingAccountId', 'BillingPeriodStart', 'BilledCost']
const ofFocus = {
  ...{ account: 'BillingAccountId', month: 'BillingPeriodStart' },
  ...{ amount: 'BilledCost', currency: 'BillingCurrency' },
} as const

/** Reads a file once, by what its conventions are assumed to be; gathers its errors. */
class InvoiceReader implements TableTaker {
  readonly needed = [['resource', 'hour', 'product', 'amount'], ['account', 'month'], focusNames]
  readonly faults: string[] = []
  wrong = 0
  taker: BillTaker | LineTaker | undefined
  readonly #file: string
  readonly #conventions: Conventions
  readonly #options: InvoiceOptions
  #columns = 0

  constructor(file: string, conventions: Conventions, options: InvoiceOptions) {
    this.#file = file
    this.#conventions = conventions
    this.#options = options
  }

  head(columns: TableColumns): void {
    const areLines = this.needed[0].every((name) => columns.has(name))
    this.#columns = columns.names.length
    const isOwn = areLines || this.needed[1].every((name) => columns.has(name))
    const found = isOwn ? columns : new TableColumns(columns.names, { ...ofFocus, ...this.#options.map })
    this.taker = areLines
      ? new LineTaker(found, this.#conventions, this.#options)
      : new BillTaker(found, this.#conventions, this.#options)
  }

  row(row: CsvRow): void {
    try {
      const surplus = surplusOf(row, this.#columns)
      if (surplus !== undefined)
        throw new BillingError(
          `line ${row.line}`,
          surplus,
          'quote fields that have the delimiter inside, or write --delimiter',
        )
      this.taker?.take(row)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      if (!(error instanceof BillingError))
        throw new InputError(error.what, error.hint, `${this.#file}, ${error.where}`)
      if (++this.wrong <= MOST_FAULTS) this.faults.push(error.message)
    }
  }
}

/**
 * Reads the invoices; all errors in one pass. `open` gives the bytes of the file from its beginning. A file is read again where
 * only its last rows show how its first ones are written. Throws InputError.
 */
export async function readInvoices(
  file: string,
  open: () => AsyncIterable<Uint8Array>,
  options: InvoiceOptions = {},
): Promise<Invoices & { readonly facts: InvoiceFacts }> {
  const conventions = new Conventions(options)
  for (;;) {
    const reader = new InvoiceReader(file, conventions, options)
    const table = await readTable(file, open, options, reader)
    const { faults, wrong, taker } = reader
    try {
      if (conventions.settle(file)) {
        if (taker instanceof LineTaker) taker.lines.close()
        continue
      }
    } catch (error) {
      if (wrong === 0 || !(error instanceof InputError)) throw error
      faults.push(`${error.where}: ${error.what}; ${error.hint}`)
    }
    if (wrong > 0) {
      const rest = Math.max(0, wrong - faults.length)
      const list = [...faults, ...(rest > 0 ? [`and ${rest} more`] : [])]
      throw new InputError(['unreadable rows', ...list].join('\n'), 'correct these lines', file)
    }
    if (taker === undefined)
      throw new InputError('the file is empty', 'name the columns in the first line: account,month,amount', file)
    const { totals, notes } = taker.below
    const facts = { ...table, rows: taker.rows, totals, notes }
    return taker instanceof BillTaker
      ? { level: 'bills', bills: taker.bills, facts }
      : { level: 'lines', lines: taker.lines, facts }
  }
}
