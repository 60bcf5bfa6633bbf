/** The formats that the books of a run can be written in. A new one is an entry here; see CONTRIBUTING.md. */
import type { RunRecord } from '../record.ts'
import type { ExportFiles, ExportOptions, ExportOutcome } from './journal.ts'

/** What the files of the books are called. */
const NAME = 'books'

/** Writes the books or the whole record into files, and returns the number of transactions, or of rows, and what else it came to. */
export type Export = (
  record: RunRecord,
  files: ExportFiles,
  options?: ExportOptions,
) => number | ExportOutcome | Promise<number | ExportOutcome>

const NO_DOCUMENTS =
  'the run issued no invoice and refunded nothing; with policies.invoice.mode: auto every final bill is invoiced'

export interface ExportFormat {
  /** Which program reads it. */
  readonly text: string
  /** What the number that it returns counts; transactions where it is left out. */
  readonly counted?: string
  /** Why there may be no file at all. */
  readonly whenNone?: string
  /** Options of `export` that it takes. */
  readonly takes?: readonly string[]
  /** Loads the code that writes it; nothing is loaded before a format is asked for. */
  readonly load: () => Promise<Export>
}

export const exportFormats: Readonly<Record<string, ExportFormat>> = {
  hledger: {
    text: 'a journal for hledger and Ledger',
    takes: ['by-month'],
    async load() {
      const { hledgerFormat } = await import('./hledger.ts')
      const { writeJournal } = await import('./journal.ts')
      return (record, files, { byMonth = false } = {}) =>
        writeJournal(record, files, NAME, hledgerFormat(record.meta), { byMonth })
    },
  },
  beancount: {
    text: 'a ledger for Beancount',
    takes: ['by-month'],
    async load() {
      const { beancountFormat } = await import('./beancount.ts')
      const { writeJournal } = await import('./journal.ts')
      return (record, files, { byMonth = false } = {}) =>
        writeJournal(record, files, NAME, beancountFormat(record.meta), { byMonth })
    },
  },
  budget: {
    text: 'the months of the run as a budget and a forecast for hledger, in periodic rules',
    counted: 'months',
    load: async () => (await import('./budget.ts')).exportBudget,
  },
  csv: {
    text: 'postings, balances, bills, charges and order lines as CSV',
    load: async () => (await import('./tables.ts')).exportTables,
  },
  focus: {
    text: 'the charges of all bills, and the credit notes, in FOCUS of the FinOps Foundation; 1.4 adds invoice lines and billing periods',
    takes: ['focus-version'],
    counted: 'rows',
    load: async () => (await import('./focus.ts')).exportFocus,
  },
  invoices: {
    text: 'every issued invoice and every credit note as HTML, one printed page each; also those to resellers and to their customers',
    counted: 'documents',
    whenNone: NO_DOCUMENTS,
    takes: ['document'],
    load: async () => (await import('./documents.ts')).exportInvoices,
  },
  ubl: {
    text: 'valid invoices and the credit notes that correct them in UBL 2.1 of EN 16931; needs `parties` in the scenario, of resellers also `parties.resellers`',
    counted: 'documents',
    whenNone: NO_DOCUMENTS,
    takes: ['document'],
    load: async () => (await import('./documents.ts')).exportUbl,
  },
  log: {
    text: 'the use of the run as meter reads it: events, prices and rules, with the bills that they come to',
    counted: 'events',
    whenNone: 'nothing of the run is metered by the hour',
    load: async () => (await import('./log/run-log.ts')).exportLog,
  },
  xlsx: {
    text: 'the tables of csv for spreadsheets: each amount as a number, and as its exact text',
    load: async () => (await import('./xlsx.ts')).exportXlsx,
  },
  parquet: {
    text: 'every table of the record as Parquet, for DuckDB, pandas and Polars',
    load: async () => (await import('./parquet.ts')).exportParquet,
  },
  sqlite: {
    text: 'the whole record as one SQLite file, with every table, index and view',
    load: async () => (await import('./sqlite.ts')).exportSqlite,
  },
}

export const exportNames: readonly string[] = Object.keys(exportFormats)
