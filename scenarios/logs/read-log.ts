/** A log of any format read from its file into uses, one at a time, with totals of what was read, skipped and taken. */
import { InputError } from '#base/input-error.ts'
import { type Encoding, utf8Of } from './encoding.ts'
import { type Compression, logBytes } from './log-bytes.ts'
import type { LogColumns, LogRow, LogTaker } from './log-row.ts'
import { ExactSum } from './log-times.ts'
import { Selection, type SelectionSettings } from './selection.ts'
import { CsvTable, delimiterName, JsonTable, SpacedTable, type TextRows } from './text-rows.ts'
import type { Usage } from './usage.ts'
import { type ReaderSettings, UsageReader } from './usage-reader.ts'

export interface LogSettings extends ReaderSettings {
  readonly path: string
  readonly selection: SelectionSettings
  readonly encoding: Encoding | undefined
  readonly delimiter: string | undefined
  readonly header: boolean
  readonly mostBytes: number | undefined
  /** Stop at the first row that cannot be read. */
  readonly strict: boolean
}

export interface LogSink {
  /** A use, placed `copies` times; valid until the next. */
  use(usage: Usage, copies: number): void
  /** A row that cannot be read, or that is left out. */
  skipped(line: number, reason: string, detail: string): void
}

export interface LogTotals {
  /** Rows with data, comments and the header aside. */
  rows: number
  /** Rows read as uses, before any is left out. */
  read: number
  /** Units of the log times ms, in billionths. */
  readUnitMs: bigint
  /** Costs of the rows read, in billionths, by currency. */
  readonly costs: Map<string, bigint>
  /** Rows that cannot be read, by reason. */
  readonly skipped: Map<string, number>
  /** Rows that the format or an option leaves out, by reason. */
  readonly leftOut: Map<string, number>
  /** Uses written: orders. */
  written: number
  servers: number
  readonly serverMs: ExactSum
  /** Orders without an end. */
  endless: number
  readonly accounts: Set<string>
  /** Earliest begin and latest known end, ms. */
  first: number
  last: number
  rounded: number
  raised: number
  /** What was found out about the file. */
  compression: Compression | null
  encoding: Encoding | null
  delimiter: string | null
  unit: string | null
  /** The instant of 0, and whether the log itself says it. */
  origin: number
  originFrom: 'log' | 'option' | 'none'
  digest: string
}

const count = (reasons: Map<string, number>, reason: string) => reasons.set(reason, (reasons.get(reason) ?? 0) + 1)

/** Relative times without a date begin here, where neither the log nor an option says when 0 was. */
export const DEFAULT_ORIGIN = Date.parse('2024-01-01T00:00:00Z')

class LogReader implements LogTaker {
  readonly totals: LogTotals
  readonly #settings: LogSettings
  readonly #sink: LogSink
  #reader: UsageReader | undefined
  #selection: Selection | undefined

  constructor(settings: LogSettings, sink: LogSink) {
    this.#settings = settings
    this.#sink = sink
    const { origin, format } = settings
    this.totals = {
      rows: 0,
      read: 0,
      readUnitMs: 0n,
      costs: new Map(),
      skipped: new Map(),
      leftOut: new Map(),
      written: 0,
      servers: 0,
      serverMs: new ExactSum(),
      endless: 0,
      accounts: new Set(),
      first: Number.POSITIVE_INFINITY,
      last: Number.NEGATIVE_INFINITY,
      rounded: 0,
      raised: 0,
      compression: null,
      encoding: null,
      delimiter: null,
      unit: null,
      origin: origin ?? (format.isRelative ? DEFAULT_ORIGIN : 0),
      originFrom: origin === undefined ? 'none' : 'option',
      digest: '',
    }
  }

  /** SWF says in its comments when second 0 was. */
  comment(text: string): void {
    const match = /^UnixStartTime:\s*(\d{1,12})\b/i.exec(text)
    if (match === null || this.totals.originFrom !== 'none' || this.#reader !== undefined) return
    this.totals.origin = Number(match[1]) * 1000
    this.totals.originFrom = 'log'
  }

  #columns: LogColumns | undefined

  columns(columns: LogColumns): void {
    this.#columns = columns
    this.#selection = new Selection(this.#settings.selection, columns)
    // Missing columns are reported first; the origin may follow in comments.
    new UsageReader(this.#settings, columns)
  }

  get reader(): UsageReader | undefined {
    return this.#reader
  }

  row(row: LogRow): void {
    this.totals.rows++
    if (this.#columns === undefined || this.#selection === undefined) return
    this.#reader ??= new UsageReader({ ...this.#settings, origin: this.totals.origin }, this.#columns)
    const unwanted = this.#selection.leavesOut(row)
    const leftOut = unwanted ?? this.#reader.rejected(row)
    if (leftOut !== null) {
      this.#leaveOut(row.line, leftOut)
      return
    }
    const skipped = this.#reader.read(row)
    if (skipped === null) this.#take(this.#reader, this.#selection)
    else this.#skip(row.line, skipped.reason, skipped.detail)
  }

  skip(line: number, reason: string): void {
    this.totals.rows++
    const [kind, detail = ''] = reason.split(': ')
    this.#skip(line, kind, detail)
  }

  #skip(line: number, reason: string, detail: string): void {
    if (this.#settings.strict)
      throw new InputError(
        `the first row that cannot be read stops (--strict): ${reason}${detail === '' ? '' : ` (${detail})`}`,
        'correct the row, leave it out with --skip, or remove --strict',
        `${this.#settings.file}, line ${line}`,
      )
    count(this.totals.skipped, reason)
    this.#sink.skipped(line, reason, detail)
  }

  #leaveOut(line: number, reason: string): void {
    count(this.totals.leftOut, reason)
    this.#sink.skipped(line, reason, '')
  }

  #take(reader: UsageReader, selection: Selection): void {
    const { totals } = this
    const { usage } = reader
    totals.read++
    totals.readUnitMs += reader.unitMs
    if (reader.cost !== 0n) totals.costs.set(reader.currency, (totals.costs.get(reader.currency) ?? 0n) + reader.cost)
    const unwanted = selection.select(usage)
    const copies = unwanted === null ? selection.copies() : 0
    if (copies === 0) this.#leaveOut(usage.line, unwanted ?? 'thinned by --scale')
    else if (usage.at < 0) this.#leaveOut(usage.line, 'before 1970 by --shift')
    else this.#place(usage, copies)
  }

  #place(usage: Usage, copies: number): void {
    const { totals } = this
    totals.written += copies
    totals.servers += copies * usage.quantity
    totals.accounts.add(usage.account)
    if (usage.at < totals.first) totals.first = usage.at
    const end = usage.at + Math.max(0, usage.lifetimeMs)
    if (end > totals.last) totals.last = end
    if (usage.lifetimeMs < 0) totals.endless += copies
    else totals.serverMs.add(copies * usage.quantity * usage.lifetimeMs)
    this.#sink.use(usage, copies)
  }
}

/** Reads a log. Throws InputError where it is none, lacks a column, or holds no use. */
export async function readLog(settings: LogSettings, sink: LogSink): Promise<LogTotals> {
  const log = new LogReader(settings, sink)
  const { totals } = log
  const bytes = logBytes(settings.path, settings.mostBytes)
  totals.compression = bytes.compression
  const rows = rowsOf(settings, log)
  const text = utf8Of(
    bytes.chunks,
    settings.encoding,
    (found) => {
      totals.encoding = found
    },
    settings.file,
  )
  for await (const chunk of text) rows.take(chunk)
  rows.end()
  totals.digest = bytes.digest()
  if (rows instanceof CsvTable) totals.delimiter = delimiterName(rows.delimiter ?? ',')
  if (totals.rows === 0) throw new InputError('the log has no rows', 'check the format and the file', settings.file)
  if (log.reader !== undefined) {
    totals.unit = log.reader.facts.unit ?? null
    totals.rounded = log.reader.facts.rounded
    totals.raised = log.reader.facts.raised
  }
  return totals
}

function rowsOf(settings: LogSettings, log: LogReader): TextRows {
  const { file, format, delimiter, header } = settings
  if (format.container === 'json') return new JsonTable(file, log)
  if (format.container === 'spaces')
    return new SpacedTable(file, format.names?.(0, null) ?? [], log, (text) => log.comment(text))
  const numbered = (fields: number) => Array.from({ length: fields }, (_, field) => String(field + 1))
  return new CsvTable(file, { delimiter, names: header ? (format.names ?? null) : numbered }, log)
}
