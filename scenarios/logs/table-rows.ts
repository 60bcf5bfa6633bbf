/**
 * A CSV whose columns are known by name, as people hand it over: any delimiter, title lines above the header, both again on each
 * page, lines without data below.
 */
import { type CsvRow, CsvRows } from '#base/csv-rows.ts'
import { InputError } from '#base/input-error.ts'
import { shown } from '#base/shown.ts'
import { type Encoding, utf8Of } from './encoding.ts'
import { plainName } from './log-row.ts'
import { delimiterOf, delimiters, findHeader, HEADER_BYTES, textsOf } from './text-rows.ts'

/** Columns of a file by what they are for: `amount` is `Net (EUR)`. */
export type ColumnNames = Readonly<Record<string, string>>

export interface TableOptions {
  readonly map?: ColumnNames | undefined
  readonly delimiter?: string | undefined
  readonly encoding?: Encoding | undefined
  /** What the file is, where it is no CSV: then its CSV was made of it, with a header before its first line. */
  readonly container?: 'json' | 'parquet' | undefined
}

/** Field of each column; -1 for one that the file lacks. */
export type Head<N extends string> = Readonly<Record<N, number>>

/** What was found out about a file. */
export interface TableFacts {
  encoding: Encoding
  delimiter: string
  /** Line of the header. */
  header: number
  /** Lines above it that are not blank. */
  titles: number
  /** Times that the header came again. */
  repeated: number
  /** What the file is, where it is no CSV. */
  container?: 'json' | 'parquet' | undefined
  /** Times in an hour that clocks show twice, where some are. */
  twice?: number
}

/** Takes a table as it is read. */
export interface TableTaker {
  /** Columns without which nothing can be read: one list of them has to be there. */
  readonly needed: readonly (readonly string[])[]
  /** Whether a row without them is a header nevertheless; it is asked for where no row of the file has them. */
  isOtherHeader?(columns: TableColumns): boolean
  /** A line above the header that is not blank; throws InputError where the table cannot be what it says. */
  title?(text: string, line: number): void
  /** The header, by its names; throws InputError where the columns cannot be used. */
  head(columns: TableColumns, line: number): void
  row(row: CsvRow): void
}

/** `Amount (USD)`, `amount in EUR` and `Amount USD` are `amount`. */
const UNIT = /\s*(?:\((.*)\)|\[(.*)\]|\b[iI][nN]\s+(\S{1,3})|\s([A-Z]{3}))\s*$/
const withoutUnit = (name: string): string => name.replace(UNIT, '')

/** The columns of a header. */
export class TableColumns {
  readonly names: readonly string[]
  readonly #map: ColumnNames
  readonly #plain: readonly string[]
  readonly #bare: readonly string[]
  /** The names without their units. */
  readonly bareNames: readonly string[]

  constructor(names: readonly string[], map: ColumnNames) {
    this.names = names
    this.#map = map
    this.#plain = names.map(plainName)
    this.bareNames = names.map(withoutUnit)
    this.#bare = this.bareNames.map(plainName)
  }

  /** The field of a column, or -1. Throws InputError where two columns have the name. */
  find(column: string): number {
    const [first = -1, second] = this.#fields(column)
    if (second === undefined) return first
    throw new InputError(
      `two columns are called ${column}`,
      `rename one of them, or name one by its number: --map ${column}=${first + 1}`,
    )
  }

  /** The field that `--map` names for a column; -1 where it names none. */
  findAsked(column: string): number {
    return Object.hasOwn(this.#map, column) ? this.find(column) : -1
  }

  /** What the header says next to a name: `USD`; empty where it says nothing. */
  unitOf(field: number): string {
    const [, ...units] = UNIT.exec(this.names[field] ?? '') ?? []
    return (units.find((unit) => unit !== undefined) ?? '').trim()
  }

  has(column: string): boolean {
    return this.#fields(column).length > 0
  }

  #fields(column: string): number[] {
    const asked = Object.hasOwn(this.#map, column) ? this.#map[column] : undefined
    const wanted = plainName(asked ?? column)
    const exact = placesOf(this.#plain, wanted)
    if (exact.length > 0) return exact
    if (asked !== undefined)
      return /^[1-9]\d{0,3}$/.test(asked) && Number(asked) <= this.names.length ? [Number(asked) - 1] : []
    return placesOf(this.#bare, wanted)
  }

  /** Fields by name; -1 for one that is not there. */
  heads<N extends string>(columns: readonly N[]): Head<N> {
    return Object.fromEntries(columns.map((column) => [column, this.find(column)])) as Head<N>
  }
}

const placesOf = (names: readonly string[], wanted: string): number[] =>
  names.flatMap((name, place) => (name === wanted ? [place] : []))

interface Found {
  readonly delimiter: string
  readonly line: number
}

class TableRows {
  facts: Omit<TableFacts, 'encoding'> = { delimiter: ',', header: 0, titles: 0, repeated: 0 }
  readonly #file: string
  readonly #options: TableOptions
  readonly #taker: TableTaker
  #held: Buffer = Buffer.alloc(0)
  #rows: CsvRows | undefined
  #header: readonly string[] = []
  /** Bytes of the header's first field. */
  #first: Buffer = Buffer.alloc(0)
  #columns = 0
  readonly #titles = new Set<string>()

  constructor(file: string, options: TableOptions, taker: TableTaker) {
    this.#file = file
    this.#options = options
    this.#taker = taker
  }

  take(bytes: Uint8Array): void {
    if (this.#rows !== undefined) {
      this.#rows.take(bytes)
      return
    }
    this.#held = this.#held.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#held, bytes])
    if (this.#held.length >= HEADER_BYTES) this.#open()
  }

  end(): void {
    if (this.#rows === undefined) this.#open()
    this.#rows?.end()
  }

  #open(): void {
    const { container } = this.#options
    const found = container === undefined ? this.#findHeader() : { delimiter: ',', line: 0 }
    this.facts = { ...this.facts, delimiter: found.delimiter, header: found.line }
    this.#rows = new CsvRows(this.#file, (row) => this.#row(row), found.delimiter, container === undefined ? 1 : 0)
    this.#rows.take(this.#held)
    this.#held = Buffer.alloc(0)
  }

  /** The first row with the needed names, by whichever delimiter finds it. */
  #findHeader(): Found {
    const asked = this.#options.delimiter
    const among = asked === undefined ? delimiters : [asked]
    const found =
      findHeader(this.#file, this.#held, among, (names) => this.#hasNeeded(names)) ??
      findHeader(this.#file, this.#held, among, (names) => this.#isOther(names))
    if (found !== undefined) return found
    const text = this.#held.toString('utf8').replace(/^\ufeff/, '')
    const titled = text.split('\n').findIndex((line) => line.trim() !== '')
    const delimiter = asked ?? delimiterOf(text.split('\n')[titled] ?? '')
    return { delimiter, line: titled + 1 }
  }

  #hasNeeded(names: readonly string[]): boolean {
    const columns = new TableColumns(names, this.#options.map ?? {})
    return this.#taker.needed.some((all) => all.every((name) => columns.has(name)))
  }

  #isOther(names: readonly string[]): boolean {
    return this.#taker.isOtherHeader?.(new TableColumns(names, this.#options.map ?? {})) ?? false
  }

  #row(row: CsvRow): void {
    if (row.line < this.facts.header) {
      this.facts.titles++
      this.#titles.add(titleOf(row))
      this.#taker.title?.(textsOf(row).join(' '), row.line)
    } else if (this.#columns === 0) this.#head(row)
    else if (this.#isRepeated(row) || this.#isTitle(row)) this.facts.repeated++
    else this.#taker.row(row)
  }

  #head(row: CsvRow): void {
    this.#header = textsOf(row)
    this.#first = Buffer.from(row.text(0))
    this.#columns = row.fields
    const columns = new TableColumns(this.#header, this.#options.map ?? {})
    const where = `${this.#file}, line ${row.line}`
    if (!this.#hasNeeded(this.#header) && !this.#isOther(this.#header)) throw this.#noHeader(columns, where)
    try {
      this.#taker.head(columns, row.line)
    } catch (error) {
      if (error instanceof InputError && error.where === undefined) throw new InputError(error.what, error.hint, where)
      throw error
    }
  }

  #noHeader(columns: TableColumns, where: string): InputError {
    const closest = this.#taker.needed
      .map((all) => ({ all, missing: all.filter((name) => !columns.has(name)) }))
      .reduce((a, b) => (b.missing.length < a.missing.length ? b : a))
    const names = columns.names.slice(0, 12).join(',')
    return new InputError(
      this.#options.container === undefined
        ? `the first line lacks ${closest.missing.join(', ')}; it reads ${names}`
        : `there is no ${closest.missing.join(', ')}; the file has ${names}`,
      `name the columns${this.#options.container === undefined ? ' in the first line' : ''}: ${closest.all.join(',')}; or write --map ${closest.missing[0]}=COLUMN`,
      where,
    )
  }

  /** The header again, in any case of letters, or a line drawn below it. */
  #isRepeated(row: CsvRow): boolean {
    const { starts, ends, bytes } = row
    // No text is made of a row that begins with something else.
    const start = starts[0]
    const isRule = isDrawn(bytes[start]) || ends[0] === start || bytes[start] === SPACE
    if (!isRule && (ends[0] - start !== this.#first.length || !this.#beginsLikeHeader(bytes, start))) return false
    const texts = textsOf(row)
    if (texts.length === this.#header.length && texts.every((text, field) => isSameName(text, this.#header[field])))
      return true
    const cells = texts.map((text) => text.trim()).filter((text) => text !== '')
    return cells.length > 1 && cells.length >= this.#columns / 2 && cells.every((text) => RULE.test(text))
  }

  /** A title again, on the next page: shorter than a row of the table, and the same but for its numbers. */
  #isTitle(row: CsvRow): boolean {
    return this.#titles.size > 0 && row.fields < this.#columns && this.#titles.has(titleOf(row))
  }

  #beginsLikeHeader(bytes: Uint8Array, start: number): boolean {
    const first = this.#first
    for (let at = 0; at < first.length; at++) if ((bytes[start + at] | 32) !== (first[at] | 32)) return false
    return true
  }
}

const titleOf = (row: CsvRow): string => textsOf(row).join(' ').replace(/\d+/g, '0').trim()

const SPACE = 32
/** `---`, `===`, and `:---:` of Markdown: one or two of them may be a zero. */
const RULE = /^:?[-=_]{3,}:?$/
const isDrawn = (byte: number): boolean => byte === 45 || byte === 61 || byte === 95 || byte === 58

const isSameName = (a: string, b: string): boolean => a === b || a.toLowerCase() === b.toLowerCase()

const [ZULU, PLUS, MINUS, COLON] = [90, 43, 45, 58]

/** Whether a field is a time of the house's own form, which is read from its bytes: `2024-05-06T08:45:30+08:00`, or with a `Z`. */
export function isInstant({ starts, ends, bytes }: CsvRow, field: number): boolean {
  const [start, end] = [starts[field], ends[field]]
  if (end - start < 17 || bytes[start + 10] !== 84 || bytes[start + 4] !== MINUS) return false
  if (bytes[end - 1] === ZULU) return true
  return bytes[end - 3] === COLON && (bytes[end - 6] === PLUS || bytes[end - 6] === MINUS)
}

/** Reads a table; `open` gives its bytes. Throws InputError. */
export async function readTable(
  file: string,
  open: () => AsyncIterable<Uint8Array>,
  options: TableOptions,
  taker: TableTaker,
): Promise<TableFacts> {
  const rows = new TableRows(file, options, taker)
  let encoding: Encoding = 'utf-8'
  const { container } = options
  const asked = container === undefined ? options.encoding : 'utf-8'
  for await (const bytes of utf8Of(open(), asked, (found) => (encoding = found), file)) rows.take(bytes)
  rows.end()
  return { ...rows.facts, encoding, ...(container === undefined ? {} : { container }) }
}

/**
 * What is beyond the columns of the header: empty where nothing is. A decimal comma in a file of commas makes one field two, so
 * such a row has no certain reading.
 */
export function surplusOf(row: CsvRow, columns: number): string | undefined {
  for (let field = columns; field < row.fields; field++)
    if (row.text(field) !== '') return `${row.fields} fields where the header has ${columns}: ${shown(row.text(field))}`
  return undefined
}
