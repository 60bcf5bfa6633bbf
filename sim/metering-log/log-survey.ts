/**
 * A log is rated row by row. Where its first time could be of several days (`05/06/2024`), all times are read once before, so that
 * those with one reading decide the others. So are the sizes of disks, which may be written with a comma.
 */
import { BillingError } from '#base/billing-error.ts'
import type { CsvRow } from '#base/csv-rows.ts'
import { InputError } from '#base/input-error.ts'
import { MONEY_DECIMALS } from '#base/money.ts'
import { type AskedConventions, Conventions } from '#scenarios/logs/conventions.ts'
import { readTable, type TableColumns, type TableOptions, type TableTaker } from '#scenarios/logs/table-rows.ts'

/** Ends a reading early. */
class Enough extends Error {}

/** Times that begin with the year read in one way only. */
const YEAR_FIRST = /^\d{4}-|^\d{9,}$/

class RowSurvey implements TableTaker {
  readonly needed = [['at', 'account', 'resource', 'do']]
  readonly #file: string
  readonly #conventions: Conventions
  #at = -1
  #disk = -1
  #isFirst = true

  constructor(file: string, conventions: Conventions) {
    this.#file = file
    this.#conventions = conventions
  }

  head(columns: TableColumns): void {
    this.#at = columns.find('at')
    this.#disk = columns.find('disk')
  }

  row(row: CsvRow): void {
    const text = row.text(this.#at)
    if (this.#isFirst && this.#disk < 0 && YEAR_FIRST.test(text)) throw new Enough()
    this.#isFirst = false
    try {
      if (!YEAR_FIRST.test(text)) this.#conventions.instant(text, row.line)
      const size = this.#disk < 0 ? '' : row.text(this.#disk)
      if (size !== '') this.#conventions.amount(size, row.line, MONEY_DECIMALS)
    } catch (error) {
      if (error instanceof BillingError) return
      if (error instanceof InputError) throw new InputError(error.what, error.hint, `${this.#file}, ${error.where}`)
      throw error
    }
  }
}

/** The options with the order of dates and the decimal sign that the log shows. Throws InputError where it shows none. */
export async function surveyed<O extends TableOptions & AskedConventions>(
  file: string,
  open: () => AsyncIterable<Uint8Array>,
  options: O,
): Promise<O> {
  if (options.dates !== undefined && options.decimal !== undefined) return options
  const conventions = new Conventions(options)
  try {
    await readTable(file, open, options, new RowSurvey(file, conventions))
  } catch (error) {
    if (error instanceof Enough) return options
    throw error
  }
  conventions.settle(file)
  return { ...options, dates: conventions.dates.assumed, decimal: conventions.decimal.assumed }
}
