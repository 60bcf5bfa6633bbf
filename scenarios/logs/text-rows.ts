/** Rows of text files: CSV with any delimiter, fields between spaces, and one JSON object a line. */
import { type CsvRow, CsvRows } from '#base/csv-rows.ts'
import { InputError } from '#base/input-error.ts'
import { JsonObjects } from './json-objects.ts'
import { type LogColumns, type LogRow, type LogTaker, NamedColumns } from './log-row.ts'
import { isTotalWord } from './total-word.ts'

/** Takes bytes of UTF-8 as they come. */
export interface TextRows {
  take(bytes: Uint8Array): void
  end(): void
}

export interface CsvShape {
  /** Undefined: the first line decides. */
  readonly delimiter: string | undefined
  /**
   * Names of the columns where the file does not name them, by the number of its fields and, where one number has two, by the
   * first row; null where the first line names them.
   */
  readonly names: ((fields: number, row: CsvRow) => readonly string[] | null) | null
  /** Whether a line has the names of the columns; lines above it are titles. */
  readonly isHeader: (names: readonly string[]) => boolean
}

export const delimiters = [';', '\t', '|', ','] as const
const delimiterNames: Readonly<Record<string, string>> = { ';': 'semicolon', '\t': 'tab', '|': 'bar', ',': 'comma' }

/** The character between the fields: the one found most often outside quotes. */
export function delimiterOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '')
  const counts = delimiters.map((each) => bare.split(each).length - 1)
  const most = Math.max(...counts)
  return most === 0 ? ',' : delimiters[counts.indexOf(most)]
}

export const delimiterName = (delimiter: string): string => delimiterNames[delimiter] ?? `"${delimiter}"`

/** The first line that is not blank, or undefined where it does not end in these bytes. */
function firstLine(bytes: Buffer): string | undefined {
  let from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  while (bytes[from] === 10 || bytes[from] === 13 || bytes[from] === 32) from++
  const end = bytes.indexOf(10, from)
  return end < 0 ? undefined : bytes.toString('utf8', from, end)
}

const QUOTE = 34
/** Bytes and rows in which a header is looked for. */
export const HEADER_BYTES = 1 << 17
const MOST_TITLES = 100

/** The fields of a row as text. */
export const textsOf = (row: CsvRow): string[] =>
  Array.from({ length: row.fields }, (_, field) => row.text(field).trim())

/** The first row that is a header, by whichever delimiter finds it; undefined where none does. */
export function findHeader(
  file: string,
  bytes: Uint8Array,
  among: readonly string[],
  isHeader: (names: readonly string[]) => boolean,
): { readonly delimiter: string; readonly line: number } | undefined {
  let first: { readonly delimiter: string; readonly line: number } | undefined
  for (const delimiter of among) {
    let rows = 0
    let line: number | undefined
    const take = (row: CsvRow): void => {
      if (line === undefined && rows++ < MOST_TITLES && isHeader(textsOf(row))) line = row.line
    }
    const probe = new CsvRows(file, take, delimiter)
    try {
      // The probe unquotes in place.
      probe.take(Buffer.from(bytes))
      probe.end()
    } catch (error) {
      if (!(error instanceof InputError)) throw error
    }
    if (line !== undefined && (first === undefined || line < first.line)) first = { delimiter, line }
  }
  return first
}

export class CsvTable implements TextRows {
  readonly #file: string
  readonly #shape: CsvShape
  readonly #taker: LogTaker
  #held: Buffer = Buffer.alloc(0)
  #rows: CsvRows | undefined
  #fields = 0
  /** Fields of a row. */
  get fields(): number {
    return this.#fields
  }

  delimiter: string | undefined
  /** What awk cannot split by a character. */
  hasQuotes = false
  /** Whether a field has several lines. */
  hasBreaks = false
  hasHeader = false
  /** Lines above the header. */
  titles = 0
  #header = 0

  constructor(file: string, shape: CsvShape, taker: LogTaker) {
    this.#file = file
    this.#shape = shape
    this.#taker = taker
  }

  take(bytes: Uint8Array): void {
    this.hasQuotes ||= bytes.includes(QUOTE)
    if (this.#rows !== undefined) {
      this.#rows.take(bytes)
      return
    }
    this.#held = Buffer.concat([this.#held, bytes])
    if (this.#held.length >= HEADER_BYTES) this.#open(firstLine(this.#held) ?? '')
  }

  end(): void {
    if (this.#rows === undefined)
      this.#open(
        this.#held
          .toString('utf8')
          .split('\n')
          .find((line) => line.trim()) ?? '',
      )
    this.#rows?.end()
  }

  #open(line: string): void {
    const asked = this.#shape.delimiter
    const { isHeader } = this.#shape
    const found = findHeader(this.#file, this.#held, asked === undefined ? delimiters : [asked], isHeader)
    this.delimiter = found?.delimiter ?? asked ?? delimiterOf(line)
    this.#header = found?.line ?? 0
    this.#rows = new CsvRows(this.#file, (row) => this.#row(row), this.delimiter)
    this.#rows.take(this.#held)
    this.#held = Buffer.alloc(0)
  }

  #row(row: CsvRow): void {
    this.hasBreaks ||= row.lines > 1
    if (row.line < this.#header) {
      this.titles++
      return
    }
    if (this.#fields === 0) {
      this.#fields = row.fields
      const named = this.#shape.names
      const names = named?.(row.fields, row) ?? null
      const written = () => Array.from({ length: row.fields }, (_, field) => row.text(field))
      this.#taker.columns(new NamedColumns(names ?? written(), row.fields))
      // Where the format has no names for it, the first line has them.
      this.hasHeader = names === null
      if (names === null) return
    }
    if (row.fields === this.#fields || hasEmptyRest(row, this.#fields)) this.#taker.row(row)
    else if (isNote(row)) this.#taker.skip(row.line, NOTE)
    else this.#taker.skip(row.line, `fields: ${row.fields} where the first line has ${this.#fields}`)
  }
}

/** Whether a row has more delimiters than the header, and nothing after them. */
function hasEmptyRest(row: CsvRow, fields: number): boolean {
  if (row.fields < fields) return false
  for (let field = fields; field < row.fields; field++) if (row.text(field) !== '') return false
  return true
}

/** Why a row that is no data is left out. */
export const NOTE = 'total or remark'

/** A short row below the data: a remark, a total. */
function isNote(row: CsvRow): boolean {
  const texts = textsOf(row).filter((text) => text !== '')
  return texts.length < 2 || isTotalWord(texts[0])
}

const LONGEST_LINE = 1 << 20

/** Lines with their numbers. */
export abstract class Lines implements TextRows {
  readonly #file: string
  #rest = ''
  #line = 0
  readonly #decoder = new TextDecoder()

  constructor(file: string) {
    this.#file = file
  }

  take(bytes: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > LONGEST_LINE)
      throw new InputError('a line of more than 1 MiB', 'is this a text file?', `${this.#file}, line ${this.#line + 1}`)
    for (const line of lines) this.line(line, ++this.#line)
  }

  end(): void {
    if (this.#rest !== '') this.line(this.#rest, ++this.#line)
  }

  protected abstract line(text: string, number: number): void
}

class SplitRow implements LogRow {
  line = 0
  parts: readonly string[] = []

  get fields(): number {
    return this.parts.length
  }

  text(field: number): string {
    return this.parts[field] ?? ''
  }
}

/** Fields between spaces; lines that begin with `;` or `#` are comments. */
export class SpacedTable extends Lines {
  readonly #taker: LogTaker
  readonly #row = new SplitRow()
  readonly #fields: number
  readonly #onComment: (text: string) => void

  /** `names` of the columns; rows of less fields are skipped. */
  constructor(file: string, names: readonly string[], taker: LogTaker, onComment: (text: string) => void) {
    super(file)
    this.#taker = taker
    this.#fields = names.length
    this.#onComment = onComment
    taker.columns(new NamedColumns(names))
  }

  protected line(text: string, number: number): void {
    const bare = text.trim()
    if (bare === '') return
    if (bare.startsWith(';') || bare.startsWith('#')) {
      this.#onComment(bare.slice(1).trim())
      return
    }
    this.#row.line = number
    this.#row.parts = bare.split(/\s+/)
    if (this.#row.fields >= this.#fields) this.#taker.row(this.#row)
    else this.#taker.skip(number, `fields: ${this.#row.fields} where the format has ${this.#fields}`)
  }
}

/** A path into an object, `data.usage.seconds`, is a column; a key with points in its own name is found first. */
class JsonColumns implements LogColumns {
  readonly names: readonly string[] = []
  readonly paths: string[] = []

  find(name: string): number {
    const known = this.paths.indexOf(name)
    return known >= 0 ? known : this.paths.push(name) - 1
  }
}

type JsonObject = Readonly<Record<string, unknown>>

class JsonRow implements LogRow {
  line = 0
  value: JsonObject = Object.create(null)
  readonly #columns: JsonColumns

  constructor(columns: JsonColumns) {
    this.#columns = columns
  }

  get fields(): number {
    return this.#columns.paths.length
  }

  text(field: number): string {
    return textAt(this.value, this.#columns.paths[field] ?? '')
  }
}

/** What an object has at a path; undefined where it has nothing. */
export function valueAt(value: JsonObject, path: string): unknown {
  if (Object.hasOwn(value, path)) return value[path]
  let found: unknown = value
  for (const key of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined
    found = (found as Record<string, unknown>)[key]
  }
  return found
}

/** What a path of an object says, as text; empty where it says nothing. */
export function textAt(value: JsonObject, path: string): string {
  const found = valueAt(value, path)
  if (found === null || found === undefined) return ''
  return typeof found === 'object' ? JSON.stringify(found) : String(found)
}

/** Objects whose keys are looked at before the first of them is read. */
const MOST_LOOKED_AT = 100

/** The keys of objects as the columns of a format, which are compared as those of a CSV are; and paths into them. */
class KeyColumns extends NamedColumns {
  readonly #paths: JsonColumns

  constructor(names: readonly string[], paths: JsonColumns) {
    super(names)
    this.#paths = paths
  }

  override find(name: string): number {
    const found = super.find(name)
    const key = found >= 0 ? this.names[found] : name.includes('.') ? name : undefined
    return key === undefined ? -1 : this.#paths.find(key)
  }
}

/** JSON lines, arrays of objects as CloudEvents are sent in batches, and objects over several lines. */
export class JsonTable extends Lines {
  readonly #columns = new JsonColumns()
  readonly #row = new JsonRow(this.#columns)
  readonly #objects: JsonObjects
  readonly #taker: LogTaker
  /** The first objects, whose keys are the columns: a program that leaves out what is null names all of them in none. */
  #held: { readonly value: JsonObject; readonly line: number }[] | undefined

  /** `isNamed`: the log has columns by the names of its format, and no paths that are asked for. */
  constructor(file: string, taker: LogTaker, isNamed = false) {
    super(file)
    this.#taker = taker
    this.#held = isNamed ? [] : undefined
    this.#objects = new JsonObjects(file, {
      object: (value, line) => {
        if (this.#held === undefined) this.#give(value, line)
        else if (this.#held.push({ value, line }) >= MOST_LOOKED_AT) this.#open()
      },
      skip: (line, reason) => taker.skip(line, reason),
    })
    if (!isNamed) taker.columns(this.#columns)
  }

  #open(): void {
    const held = this.#held
    if (held === undefined) return
    this.#held = undefined
    const keys = new Set(held.flatMap(({ value }) => Object.keys(value)))
    this.#taker.columns(new KeyColumns([...keys], this.#columns))
    for (const { value, line } of held) this.#give(value, line)
  }

  #give(value: JsonObject, line: number): void {
    this.#row.line = line
    this.#row.value = value
    this.#taker.row(this.#row)
  }

  protected line(text: string, number: number): void {
    this.#objects.line(number === 1 ? text.replace(/^\ufeff/, '') : text, number)
  }

  override end(): void {
    super.end()
    this.#objects.end()
    if (this.#held !== undefined && this.#held.length > 0) this.#open()
  }
}
