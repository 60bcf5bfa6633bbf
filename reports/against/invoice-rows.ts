/** Rows of the bills of another system, by what a row is: a bill, an account with a column for each month, a charge. */
import { BillingError } from '#base/billing-error.ts'
import { formatMonth } from '#base/civil-time.ts'
import type { CsvRow } from '#base/csv-rows.ts'
import { InputError } from '#base/input-error.ts'
import { Instants } from '#base/instant-reader.ts'
import { MONEY_DECIMALS, moneyText } from '#base/money.ts'
import { shown } from '#base/shown.ts'
import { mayMean } from '#scenarios/logs/amount-text.ts'
import type { AskedConventions, Conventions } from '#scenarios/logs/conventions.ts'
import { mayBeMonth } from '#scenarios/logs/date-text.ts'
import { UNSEEN } from '#scenarios/logs/log-row.ts'
import { isInstant, type TableColumns, type TableOptions } from '#scenarios/logs/table-rows.ts'
import { isTotalOf, isTotalWord } from '#scenarios/logs/total-word.ts'
import { type AmountColumns, amountColumns, OneColumn, sidesOf } from './amount-columns.ts'
import { billKey, type Figure, type InvoiceBill, InvoiceLines, isOrder, ORDER_HOUR } from './invoices.ts'
import { RowStates } from './row-states.ts'
import type { AskedSides, SideSum, Sides } from './sides.ts'
import { refuseColumn, refuseText } from './stated-units.ts'
import { TotalRows } from './total-rows.ts'

/** What a spreadsheet was kept from running has an apostrophe in front, or is `="text"`. */
const plain = (text: string): string => {
  const bare = text.replace(UNSEEN, '').trim()
  return /^'[=+\-@]/.test(bare) ? bare.slice(1) : (/^="(.*)"$/.exec(bare)?.[1] ?? bare)
}

/** How a file of invoices is read, where it does not show it itself. */
export interface InvoiceOptions extends TableOptions, AskedConventions, AskedSides {
  /** The currency that amounts have to be in. */
  readonly currency?: string | undefined
  /** Of the civil time by which months are named, ms. */
  readonly utcOffset?: number | undefined
  /** What amounts of bills are that the file does not call either. */
  readonly figure?: 'payable' | 'charges' | undefined
  /** Charges in memory, about; the others are in a temporary file. */
  readonly mostHeld?: number | undefined
}

/** What rows are read by. */
export interface RowRules {
  readonly conventions: Conventions
  readonly sides: Sides
  readonly options: InvoiceOptions
}

/** Names of a column of currencies in bills of other languages. */
const CURRENCY =
  /^(?:(?:(?:iso|billing|invoice|payment|local|transaction|document) ?)?(?:currency|curr|ccy|cur)(?: ?(?:code|iso))?|iso code|wahrung(?:sschlussel)?|wahrg|whrg|wkz|devise|moneda|divisa|valuta|moeda|waluta|mena|币种|通貨)$/i

/** Fields that say in which currency a row is. */
function currencyFields(columns: TableColumns): number[] {
  const own = columns.find('currency')
  if (own >= 0) return [own]
  const bare = (name: string): string =>
    name
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .replace(/[\s_-]+/g, ' ')
      .trim()
  return columns.bareNames.flatMap((name, field) => (CURRENCY.test(bare(name)) ? [field] : []))
}

/** What a spreadsheet makes of a long number: accounts that differ in their last digits become one. */
const SHORTENED = /^\d(?:[.,]\d+)?E\+\d{1,2}$/

/** In the place of the name in the row above. */
const DITTO = /^(?:["”″〃]|ditto|dito|idem|do\.|-"-)$/i

/** The name of an account or resource. Throws BillingError where a spreadsheet has shortened it. */
function nameOf(row: CsvRow, field: number): string {
  const name = plain(row.text(field))
  if (DITTO.test(name))
    throw new BillingError(`line ${row.line}`, `${shown(name)} means the name above`, 'name it in each row')
  if (!SHORTENED.test(name)) return name
  throw new BillingError(
    `line ${row.line}`,
    `${shown(name)} is a number that a spreadsheet has shortened`,
    'export the column as text, so that it has all digits',
  )
}

/** Reads rows of one level. */
export abstract class InvoiceTaker {
  rows = 0
  /** What is below, once the columns of amounts are known. */
  below = new TotalRows([], MONEY_DECIMALS)
  protected readonly columns: TableColumns
  protected readonly conventions: Conventions
  protected readonly options: InvoiceOptions
  readonly #sides: Sides
  readonly #currencies: readonly number[]
  readonly states: RowStates

  constructor(columns: TableColumns, { conventions, sides, options }: RowRules) {
    this.columns = columns
    this.conventions = conventions
    this.options = options
    this.#sides = sides
    this.#currencies = currencyFields(columns)
    this.states = new RowStates(columns, columns.find('account'))
  }

  /** Takes a row. Throws BillingError. */
  take(row: CsvRow): void {
    if (!this.isData(row) && this.below.takes(row)) return
    this.rows++
    const { currency } = this.options
    for (const field of currency === undefined ? [] : this.#currencies) {
      const stated = row.text(field).trim()
      if (stated === '' || mayMean(stated.toUpperCase(), currency ?? '')) continue
      throw new BillingError(`line ${row.line}`, `${shown(stated)} is another currency than ${currency}`, 'convert it')
    }
    this.data(row)
    this.states.take(row)
  }

  /** Sums that are not below 0, whatever the side of their amounts is. */
  abstract sums(): Iterable<SideSum>

  /** Columns of amounts by what each is for; those without any are left out. */
  protected amounts<F extends string>(
    fields: readonly (readonly [figure: F, field: number, isNamed: boolean])[],
  ): (readonly [figure: F, columns: AmountColumns])[] {
    const read = (row: CsvRow, field: number): bigint => this.amount(row, field)
    const found = fields.flatMap(([figure, field, isNamed]) => {
      const of = amountColumns(this.columns, field, isNamed, { sides: this.#sides, read })
      return of === undefined ? [] : [[figure, of] as const]
    })
    this.totalled(found.flatMap(([, { fields }]) => fields))
    return found
  }

  /** Names the columns that totals are of. */
  protected totalled(fields: readonly number[]): void {
    const { currency } = this.options
    for (const field of fields) refuseColumn(this.columns.names[field], this.columns.unitOf(field), currency)
    this.below = new TotalRows(fields, MONEY_DECIMALS, (text, line) => refuseText(text, line, currency))
  }

  protected amount(row: CsvRow, field: number): bigint {
    return this.conventions.amount(row.text(field), row.line, MONEY_DECIMALS, this.options.currency)
  }

  /** Whether a row has the keys of a charge. */
  protected abstract isData(row: CsvRow): boolean
  protected abstract data(row: CsvRow): void
}

/** Bills, of which several rows may be parts. */
export abstract class BillTaker extends InvoiceTaker {
  readonly bills = new Map<string, InvoiceBill>()

  protected get figure(): Figure {
    return this.options.figure ?? 'payable'
  }

  *sums(): Generator<SideSum> {
    for (const { line, figures } of this.bills.values())
      yield { line, sum: figures.payable ?? figures.charges ?? figures.tax ?? 0n }
  }

  protected add(account: string, month: number, line: number, figures: Partial<Record<Figure, bigint>>): void {
    const known = this.bills.get(billKey(account, month))
    if (known === undefined) this.bills.set(billKey(account, month), { account, month, line, figures, count: 1 })
    else {
      known.count++
      for (const figure of ['payable', 'charges', 'tax'] as const)
        if (figures[figure] !== undefined) known.figures[figure] = (known.figures[figure] ?? 0n) + figures[figure]
    }
  }
}

/** Names of a column of years. */
const YEAR = /^(?:calendar )?(?:year|yyyy|jahr|année|annee|año|anno|ano|jaar|år|rok|yıl|yil|年)$/i

/** One bill a row. */
export class MonthlyTaker extends BillTaker {
  readonly #account: number
  readonly #month: number
  /** The year of a month that is a number or a word; -1 where months have theirs. */
  readonly #year: number
  readonly #amounts: readonly (readonly [figure: Figure, columns: AmountColumns])[]

  constructor(columns: TableColumns, rules: RowRules) {
    super(columns, rules)
    const { account, month, payable, charges, tax } = columns.heads(['account', 'month', 'payable', 'charges', 'tax'])
    const { map } = this.options
    // A column that --map names to be something else is no amount besides, whatever it is called.
    const isMapped = map?.amount === undefined && (map?.payable ?? map?.charges) !== undefined
    const amount = isMapped ? -1 : columns.find('amount')
    if (amount >= 0 && payable >= 0) throw new InputError('both amount and payable', 'remove one of them')
    const areNamed = payable >= 0 || charges >= 0
    this.#account = account
    this.#month = month
    this.#year = columns.bareNames.findIndex((name) => YEAR.test(name.trim()))
    this.#amounts = this.amounts([
      ...(amount >= 0 || !areNamed ? [[this.figure, amount, map?.amount !== undefined] as const] : []),
      ...(payable >= 0 ? [['payable', payable, true] as const] : []),
      ...(charges >= 0 ? [['charges', charges, true] as const] : []),
      ...(tax >= 0 ? [['tax', tax, true] as const] : []),
    ])
    if (this.#amounts.every(([figure]) => figure === 'tax'))
      throw new InputError(
        'no column has an amount',
        'name one amount, payable or charges, or debit and credit, or write --map amount=COLUMN',
      )
    const figures = this.#amounts.map(([figure]) => figure)
    if (new Set(figures).size < figures.length)
      throw new InputError(`both amount and ${this.figure}`, 'remove one of them')
  }

  protected isData(row: CsvRow): boolean {
    return plain(row.text(this.#account)) !== '' && row.text(this.#month) !== ''
  }

  /** The month with the year of its own column, where it has none itself: `2024` and `5`, or `May`. */
  #monthText(row: CsvRow): string {
    const month = row.text(this.#month).trim()
    const year = this.#year < 0 ? '' : row.text(this.#year).trim()
    if (!/^\d{4}$/.test(year)) return month
    if (/^\d{1,2}$/.test(month)) return `${year}-${month}`
    return /\d/.test(month) ? month : `${month} ${year}`
  }

  protected data(row: CsvRow): void {
    const account = nameOf(row, this.#account)
    const where = `line ${row.line}`
    // A subtotal of an account: `acme, Total`.
    if (isTotalOf(row.text(this.#month)) && this.below.takes(row)) {
      this.rows--
      return
    }
    const month = this.conventions.month(this.#monthText(row), row.line, this.options.utcOffset ?? 0)
    if (isTotalOf(account) && this.below.takes(row, month)) {
      this.rows--
      return
    }
    if (account === '') throw new BillingError(where, 'no account', 'name it in each row')
    const figures: Partial<Record<Figure, bigint>> = {}
    for (const [figure, columns] of this.#amounts)
      figures[figure] = columns.read(row, (field, amount) => this.below.add(field, amount, month))
    this.add(account, month, row.line, figures)
  }
}

/** One account a row, and a column for each month. */
export class MonthColumnsTaker extends BillTaker {
  readonly #account: number
  readonly #months: readonly (readonly [month: number, columns: AmountColumns])[]
  readonly #totals: readonly number[]

  constructor(columns: TableColumns, rules: RowRules, line: number) {
    super(columns, rules)
    this.#account = columns.find('account')
    const read = (row: CsvRow, field: number): bigint => this.amount(row, field)
    const places = columns.names.map((_, field) => field)
    const seen = new Map<number, string>()
    this.#months = places.flatMap((field) => {
      const name = monthName(columns, field)
      if (name === undefined) return []
      const month = this.conventions.month(name, line, this.options.utcOffset ?? 0)
      const other = seen.get(month)
      if (other !== undefined)
        throw new InputError(
          `${shown(other)} and ${shown(columns.names[field])} are columns of ${formatMonth(month)}`,
          'remove the one that is not charged',
        )
      seen.set(month, columns.names[field])
      return [[month, new OneColumn(field, read)] as const]
    })
    this.#totals = places.filter((field) => field !== this.#account && isTotalWord(columns.names[field]))
    this.totalled([...this.#months.flatMap(([, { fields }]) => fields), ...this.#totals])
  }

  protected isData(row: CsvRow): boolean {
    const account = plain(row.text(this.#account))
    return account !== '' && !isTotalOf(account) && this.#months.some(([, { fields }]) => row.text(fields[0]) !== '')
  }

  protected data(row: CsvRow): void {
    const account = nameOf(row, this.#account)
    if (account === '') throw new BillingError(`line ${row.line}`, 'no account', 'name it in each row')
    let sum = 0n
    for (const [month, columns] of this.#months) {
      // Where nothing is written there is no bill.
      if (row.text(columns.fields[0]).trim() === '') continue
      const amount = columns.read(row, (field, each) => this.below.add(field, each, ''))
      sum += amount
      this.add(account, month, row.line, { [this.figure]: amount })
    }
    for (const field of this.#totals) {
      this.below.add(field, sum, '')
      if (row.text(field).trim() === '') continue
      const total = this.amount(row, field)
      if (total !== sum)
        throw new BillingError(
          `line ${row.line}`,
          `${this.columns.names[field]} is ${row.text(field)}, and the months of the row come to ${moneyText(sum)}`,
          'are columns missing? Complete the row, or remove the total',
        )
    }
  }
}

/** What a header calls a month: `May 24`, `2024-05 (USD)`; undefined where it is none. */
function monthName({ names, bareNames }: TableColumns, field: number): string | undefined {
  return [names[field], bareNames[field]].map((name) => plain(name)).find(mayBeMonth)
}

/** Whether a header has accounts, and a column for each month in place of one of months. */
export const hasMonthColumns = (columns: TableColumns): boolean =>
  columns.has('account') &&
  !columns.has('month') &&
  columns.names.some((_, field) => monthName(columns, field) !== undefined)

/** One charge a row. */
export class LineTaker extends InvoiceTaker {
  readonly lines: InvoiceLines
  readonly #head: Readonly<Record<'account' | 'resource' | 'hour' | 'kind' | 'product', number>>
  readonly #amount: AmountColumns
  readonly #instants = new Instants()
  readonly #onField = (field: number, amount: bigint): void => this.below.add(field, amount, '')

  constructor(columns: TableColumns, rules: RowRules) {
    super(columns, rules)
    this.#head = columns.heads(['account', 'resource', 'hour', 'kind', 'product'])
    const [[, amount]] = this.amounts([['amount', columns.find('amount'), rules.options.map?.amount !== undefined]])
    this.#amount = amount
    this.lines = new InvoiceLines(this.#head.kind >= 0, rules.options.mostHeld)
  }

  /** Of each resource. */
  *sums(): Generator<SideSum> {
    const { table } = this.lines
    const sums = new Map<number, bigint>()
    for (let row = 0; row < table.rows; row++) {
      const resource = table.resource(row)
      sums.set(resource, (sums.get(resource) ?? 0n) + table.amount(row))
    }
    for (const sum of sums.values()) yield { line: 0, sum }
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
    const name = nameOf(row, head.resource)
    if (name === '') throw new BillingError(`line ${row.line}`, 'no resource', 'name it in each row')
    const isOfOrder = isOrder(name)
    const hasHour = !isOfOrder || starts[head.hour] < ends[head.hour]
    const at = hasHour ? this.#instant(row, head.hour) : Number.NaN
    const hour = isOfOrder ? ORDER_HOUR : at
    const amount = this.#amount.read(row, this.#onField)
    const kind = head.kind < 0 ? '' : `${row.text(head.kind)} `
    if (isOfOrder && kind !== '' && kind !== 'order ') lines.detail = 'lines'
    const resource = lines.resources.numberOf(name)
    const product = lines.products.numberOf(kind + plain(row.text(head.product)))
    const account = head.account < 0 ? -1 : lines.accounts.numberOf(nameOf(row, head.account))
    lines.table.add({ resource, product, hour, account, at }, amount, row.line)
  }

  #instant(row: CsvRow, field: number): number {
    if (!isInstant(row, field)) return this.conventions.instant(row.text(field), row.line)
    return this.#instants.read(row.bytes, row.starts[field], row.ends[field], `line ${row.line}`)
  }
}

/** Whether a header is that of single charges. */
export const hasLines = (columns: TableColumns): boolean =>
  ['resource', 'hour', 'product'].every((name) => columns.has(name)) &&
  (columns.has('amount') || sidesOf(columns) !== undefined)
