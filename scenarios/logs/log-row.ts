/** A log as rows of named fields, whatever the file is. */

/** One row while it is handed over; valid until the next. */
export interface LogRow {
  /** Line of the file, or number of the row in a file without lines; from 1. */
  readonly line: number
  readonly fields: number
  /** What a field says; empty where the row has no such field. */
  text(field: number): string
}

/** The columns of a log. */
export interface LogColumns {
  /** Names in their order; empty where each row has names of its own (JSON). */
  readonly names: readonly string[]
  /** The field of a column, by its name or, written as a number from 1, by its place; -1 where there is none. */
  find(name: string): number
}

/** Takes a log as it is read: first its columns, then its rows. */
export interface LogTaker {
  columns(columns: LogColumns): void
  row(row: LogRow): void
  /** A line that is no row, and why. */
  skip(line: number, reason: string): void
}

/** Columns of a file that names them in its first line, or whose format does. */
export class NamedColumns implements LogColumns {
  readonly names: readonly string[]
  readonly #fields: number

  constructor(names: readonly string[], fields = names.length) {
    this.names = names
    this.#fields = fields
  }

  find(name: string): number {
    const exact = this.names.indexOf(name)
    if (exact >= 0) return exact
    const loose = this.names.findIndex((each) => plainName(each) === plainName(name))
    if (loose >= 0) return loose
    return /^[1-9]\d{0,4}$/.test(name) && Number(name) <= this.#fields ? Number(name) - 1 : -1
  }
}

/** Characters without width, which text that is copied from a page may have. */
export const UNSEEN = /[\u200b-\u200d\u2060\ufeff]/g

/** Names are compared without case, spaces and the signs between words: `lineItem/UsageAmount` is `line_item_usage_amount`. */
export const plainName = (name: string): string =>
  name
    .toLowerCase()
    .replace(UNSEEN, '')
    .replace(/[\s_/.:-]/g, '')
