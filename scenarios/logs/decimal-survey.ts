/**
 * The decimal sign of a CSV and the order of its dates, found by its rows before it is imported: `1.234` is a thousand in one file and
 * not in another, and `05/06/2024` is in May or in June.
 */
import { BillingError } from '#base/billing-error.ts'
import { Conventions } from './conventions.ts'
import { utf8Of } from './encoding.ts'
import { firstOf, isJsonStart, logBytes } from './log-bytes.ts'
import { type LogColumns, type LogRow, NamedColumns } from './log-row.ts'
import { isPlainTime } from './log-times.ts'
import { isParquet } from './parquet-rows.ts'
import type { LogSettings } from './read-log.ts'
import { CsvTable } from './text-rows.ts'
import type { Role } from './usage.ts'
import { hasNeeds, UsageReader } from './usage-reader.ts'

const numbers: readonly Role[] = ['at', 'end', 'wait', 'lifetime', 'quantity', 'hours', 'cost']
const DECIMALS = 18
/** A time of day, or a date. */
const CIVIL = /[:/]|\d-\d|[A-Za-z]{2}/

/**
 * The settings with what the rows show; a sign is left open where the file cannot have commas in its numbers. Throws InputError where a
 * number or a date has two readings and no row decides.
 */
export async function surveyed(settings: LogSettings): Promise<LogSettings> {
  const { file, format, delimiter, header } = settings
  if (format.container !== 'csv' || (settings.decimal !== undefined && settings.dates !== undefined)) return settings
  const conventions = new Conventions({ dates: settings.dates })
  let fields: readonly number[] = []
  let times: readonly number[] = []
  let found = false
  let hasDates = false
  let isByCommas = true
  let hasQuotes = false
  const taker = {
    columns(columns: LogColumns) {
      const reader = new UsageReader(settings, columns)
      fields = [...new Set(numbers.flatMap((role) => reader.fieldsOf(role)))]
      times = [...reader.fieldsOf('at'), ...reader.fieldsOf('end')]
    },
    row(row: LogRow) {
      for (const field of times) {
        const text = row.text(field)
        if (text !== '' && !isPlainTime(text)) hasDates = conventions.date(text, row.line) || hasDates
      }
      if (settings.decimal !== undefined) return
      for (const field of fields) {
        const text = row.text(field)
        if (!/[.,'’ ]/.test(text) || text.length > 40 || CIVIL.test(text)) continue
        found ||= /,/.test(text)
        try {
          conventions.amount(text, row.line, DECIMALS)
        } catch (error) {
          // What is not a number is for the reading to report.
          if (!(error instanceof BillingError)) throw error
        }
      }
    },
    skip: () => {},
  }
  for (const path of [settings.path, ...(settings.parts ?? [])]) {
    if (isParquet(path) || isJsonStart(firstOf(path))) continue
    const numbered = (count: number) => Array.from({ length: count }, (_, field) => String(field + 1))
    const isHeader = (names: readonly string[]) => hasNeeds(settings, new NamedColumns(names, 0))
    const names = header ? (format.names ?? null) : numbered
    const rows = new CsvTable(file, { delimiter, names, isHeader }, taker)
    for await (const chunk of utf8Of(logBytes(path, settings.mostBytes).chunks, settings.encoding, () => {}, file)) {
      rows.take(chunk)
      // Between commas, and without quotes, no number has a comma.
      if (rows.delimiter === ',' && !rows.hasQuotes && !hasDates) return settings
    }
    rows.end()
    isByCommas &&= rows.delimiter === ','
    hasQuotes ||= rows.hasQuotes
  }
  if (hasDates) conventions.dates.settle(file)
  const dates = hasDates ? conventions.dates.assumed : settings.dates
  // Who separates fields by commas, and has numbers with points only, writes decimal points.
  if (settings.decimal !== undefined || (isByCommas && (!hasQuotes || !found))) return { ...settings, dates }
  conventions.decimal.settle(file)
  return { ...settings, dates, decimal: conventions.decimal.assumed }
}
