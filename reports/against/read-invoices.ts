/**
 * INVOICES.csv: the bills of another system. Its header says what it is: `account,month,amount` (or `payable`, `charges`) is
 * one bill a row, `account,2024-05,2024-06` one account a row, `resource,hour,product,amount` one charge a row; further columns
 * are left alone.
 */
import { BillingError } from '#base/billing-error.ts'
import type { CsvRow } from '#base/csv-rows.ts'
import { InputError } from '#base/input-error.ts'
import { Conventions } from '#scenarios/logs/conventions.ts'
import { readTable, surplusOf, TableColumns, type TableFacts, type TableTaker } from '#scenarios/logs/table-rows.ts'
import {
  type BillTaker,
  hasLines,
  hasMonthColumns,
  type InvoiceOptions,
  LineTaker,
  MonthColumnsTaker,
  MonthlyTaker,
  type RowRules,
} from './invoice-rows.ts'
import type { Invoices } from './invoices.ts'
import { Sides } from './sides.ts'
import { refuseText } from './stated-units.ts'

const MOST_FAULTS = 20

/** What was read besides charges. */
export interface InvoiceFacts extends TableFacts {
  readonly rows: number
  /** Totals that agree with their rows. */
  readonly totals: number
  /** Rows without amounts. */
  readonly notes: number
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
  readonly #rules: RowRules
  #columns = 0

  constructor(file: string, rules: RowRules) {
    this.#file = file
    this.#rules = rules
  }

  isOtherHeader(columns: TableColumns): boolean {
    return hasLines(columns) || hasMonthColumns(columns)
  }

  title(text: string, line: number): void {
    try {
      refuseText(text, line, this.#rules.options.currency)
    } catch (error) {
      if (error instanceof InputError) throw new InputError(error.what, error.hint, `${this.#file}, ${error.where}`)
      throw error
    }
  }

  head(columns: TableColumns, line: number): void {
    this.#columns = columns.names.length
    try {
      this.taker = this.#takerOf(columns, line)
    } catch (error) {
      if (error instanceof BillingError) throw new InputError(error.what, error.hint, `${this.#file}, ${error.where}`)
      throw error
    }
  }

  #takerOf(columns: TableColumns, line: number): BillTaker | LineTaker {
    const rules = this.#rules
    if (hasLines(columns)) return new LineTaker(columns, rules)
    if (this.needed[1].every((name) => columns.has(name))) return new MonthlyTaker(columns, rules)
    if (!focusNames.every((name) => columns.has(name))) return new MonthColumnsTaker(columns, rules, line)
    return new MonthlyTaker(new TableColumns(columns.names, { ...ofFocus, ...rules.options.map }), rules)
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
  const rules = { conventions: new Conventions(options), sides: new Sides(options), options }
  for (;;) {
    const reader = new InvoiceReader(file, rules)
    const table = await readTable(file, open, options, reader)
    const { faults, wrong, taker } = reader
    try {
      if (rules.conventions.settle(file) || rules.sides.settle(file, taker?.sums() ?? [])) {
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
    taker.states.settle(file)
    const { totals, notes } = taker.below
    const facts = { ...table, rows: taker.rows, totals, notes }
    return taker instanceof LineTaker
      ? { level: 'lines', lines: taker.lines, facts }
      : { level: 'bills', bills: taker.bills, facts }
  }
}
