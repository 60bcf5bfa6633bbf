/**
 * CSV (RFC 4180) read from bytes as they come: no string is made of a field that is not asked for, so that a log of any
 * length passes at the speed of its bytes. Fields may be quoted and then hold commas, quotes and line ends.
 */
import { Buffer } from 'node:buffer'
import { InputError } from './input-error.ts'

const QUOTE = 34
const EQUALS = 61
const NEWLINE = 10
const RETURN = 13
const SPACE = 32
/** No sensible row is longer; a lost quote must not swallow the whole file. */
const LONGEST_ROW = 1 << 20

/** One row while it is being handed over: the fields' bytes, valid until the next row. */
export interface CsvRow {
  /** Line of the file the row begins in, from 1. */
  readonly line: number
  /** Lines of the file that it has. */
  readonly lines: number
  readonly fields: number
  readonly bytes: Buffer
  /** Where field n begins and ends in `bytes`. */
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  text(field: number): string
}

export class CsvRows implements CsvRow {
  line = 1
  lines = 1
  fields = 0
  bytes: Buffer = Buffer.alloc(0)
  readonly starts: number[] = []
  readonly ends: number[] = []
  readonly #name: string
  readonly #onRow: (row: CsvRow) => void
  #nextLine: number
  #isFirst = true

  readonly #delimiter: number

  /**
   * `name` is the file's, for errors; `onRow` gets every row that is not blank; `delimiter` is one ASCII character; `firstLine` is 0
   * where a header was put before what a file has.
   */
  constructor(name: string, onRow: (row: CsvRow) => void, delimiter = ',', firstLine = 1) {
    this.#name = name
    this.#onRow = onRow
    this.#delimiter = delimiter.charCodeAt(0)
    this.#nextLine = firstLine
  }

  text(field: number): string {
    return field < this.fields ? this.bytes.toString('utf8', this.starts[field], this.ends[field]) : ''
  }

  /** Takes the next bytes of the file; a row that does not end in them waits for more. */
  take(chunk: Uint8Array): void {
    const more = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    this.bytes = this.bytes.length === 0 ? more : Buffer.concat([this.bytes, more])
    if (this.#isFirst && this.bytes.length >= 3) this.#skipMark()
    this.#read(false)
  }

  /** The file has ended: its last row may lack a line end. */
  end(): void {
    this.#read(true)
  }

  /** A file may begin with the byte order mark that spreadsheets write. */
  #skipMark(): void {
    this.#isFirst = false
    if (this.bytes[0] === 0xef && this.bytes[1] === 0xbb && this.bytes[2] === 0xbf) this.bytes = this.bytes.subarray(3)
  }

  #read(isEnd: boolean): void {
    let at = 0
    while (at < this.bytes.length) {
      const next = this.#row(at, isEnd)
      if (next < 0) break
      at = next
    }
    this.bytes = this.bytes.subarray(at)
    if (this.bytes.length > LONGEST_ROW)
      throw new InputError(
        'a row of more than 1 MiB',
        'is a quote not closed?',
        `${this.#name}, line ${this.#nextLine}`,
      )
  }

  /** Reads one row from `from`; answers where the next begins, or -1 where it does not end in these bytes. */
  #row(from: number, isEnd: boolean): number {
    const { bytes, starts, ends } = this
    const delimiter = this.#delimiter
    const length = bytes.length
    let field = 0
    let lines = 0
    let at = from
    let hasQuotes = false
    let hasFormulas = false
    starts[0] = from
    for (; at < length; at++) {
      const code = bytes[at]
      if (code === delimiter) {
        ends[field++] = at
        starts[field] = at + 1
      } else if (code === NEWLINE) break
      else if (code === QUOTE && bytes[at - 1] === EQUALS && at > starts[field]) hasFormulas = true
      else if (code === QUOTE && isBlank(bytes, starts[field], at)) {
        hasQuotes = true
        const before = lines
        for (at++; at < length; at++) {
          if (bytes[at] === NEWLINE) lines++
          if (bytes[at] !== QUOTE) continue
          if (bytes[at + 1] !== QUOTE) break
          at++
        }
        // A quote that is not closed would take the next rows along, to the end or to the next quote.
        if (at >= length ? isEnd : lines > before && !endsField(bytes[at + 1], delimiter)) this.#refuseQuote()
      }
    }
    if (at >= length && !isEnd) return -1
    ends[field] = Math.min(at, length)
    this.fields = field + 1
    this.line = this.#nextLine
    this.lines = lines + 1
    this.#nextLine += this.lines
    for (let each = 0; each <= field; each++) this.#trim(each)
    if (hasQuotes) for (let each = 0; each <= field; each++) this.#unquote(each)
    if (hasQuotes || hasFormulas) for (let each = 0; each <= field; each++) this.#bare(each)
    if (this.fields > 1 || this.ends[0] > this.starts[0]) this.#onRow(this)
    return at + 1
  }

  #refuseQuote(): never {
    throw new InputError(
      'a quote that is not closed in its field',
      'close it, or double each quote that belongs to the text',
      `${this.#name}, line ${this.#nextLine}`,
    )
  }

  #trim(field: number): void {
    const { bytes, starts, ends } = this
    let start = starts[field]
    let end = ends[field]
    while (start < end && bytes[start] === SPACE) start++
    while (end > start && (bytes[end - 1] === SPACE || bytes[end - 1] === RETURN)) end--
    starts[field] = start
    ends[field] = end
  }

  /** `="2024-05"`, which keeps a spreadsheet from reading a number or a date, is the text alone. */
  #bare(field: number): void {
    const { bytes, starts, ends } = this
    const [start, end] = [starts[field], ends[field]]
    if (end - start < 3 || bytes[start] !== EQUALS || bytes[start + 1] !== QUOTE || bytes[end - 1] !== QUOTE) return
    starts[field] = start + 2
    ends[field] = end - 1
  }

  /**
   * Takes off the quotes around a field and one of each two inside, in place: the row is complete and not read again.
   */
  #unquote(field: number): void {
    const { bytes, starts, ends } = this
    const start = starts[field]
    if (bytes[start] !== QUOTE || ends[field] === start) return
    let to = start
    for (let at = start + 1; at < ends[field]; at++) {
      if (bytes[at] === QUOTE) {
        if (bytes[at + 1] !== QUOTE || at + 1 >= ends[field]) continue
        at++
      }
      bytes[to++] = bytes[at]
    }
    ends[field] = to
  }
}

/** Whether a quoted field may end before a byte. */
const endsField = (byte: number | undefined, delimiter: number): boolean =>
  byte === undefined || byte === delimiter || byte === NEWLINE || byte === RETURN || byte === SPACE

function isBlank(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== SPACE) return false
  return true
}

/** Feeds a whole file, or what is left of a stream, to rows. */
export async function readCsv(input: AsyncIterable<Uint8Array>, rows: CsvRows): Promise<void> {
  for await (const chunk of input) rows.take(chunk)
  rows.end()
}
