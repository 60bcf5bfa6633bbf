/** A log of any format read from its file into uses, one at a time, with totals of what was read, skipped and taken. */
import { createHash } from 'node:crypto'
import { InputError } from '#base/input-error.ts'
import { awkOf } from './awk-check.ts'
import { type Encoding, utf8Of } from './encoding.ts'
import { BegunUses, JoinedUses } from './joined-uses.ts'
import { type Compression, firstOf, isJsonStart, logBytes } from './log-bytes.ts'
import { type LogColumns, type LogRow, type LogTaker, NamedColumns } from './log-row.ts'
import { ExactSum } from './log-times.ts'
import { digestOf, isParquet, parquetGroups } from './parquet-rows.ts'
import { SeenNames } from './seen-names.ts'
import { Selection, type SelectionSettings } from './selection.ts'
import { CsvTable, delimiterName, JsonTable, NOTE, SpacedTable, type TextRows } from './text-rows.ts'
import type { Usage } from './usage.ts'
import { hasNeeds, type ReaderSettings, UsageReader } from './usage-reader.ts'

export interface LogSettings extends ReaderSettings {
  readonly path: string
  /** Further files that continue where the first one ends, each with its header. */
  readonly parts?: readonly string[] | undefined
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
  /** Costs of all rows, in 1e-18, by currency. */
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
  /** Times in an hour that clocks show twice. */
  twice: number
  /** Lifetimes whose unit is known by the digits of the times only. */
  guessed: number
  unreadableCosts: number
  /** What was found out about the file. */
  compression: Compression | null
  encoding: Encoding | null
  delimiter: string | null
  /** Lines above the header, and rows that are totals or remarks. */
  titles: number
  notes: number
  unit: string | null
  /** The instant of 0, and whether the log itself says it. */
  origin: number
  originFrom: 'log' | 'option' | 'none'
  digest: string
  /** A command that computes rows and unit-seconds again from the text of the log; null where none does. */
  awk: string | null
}

const count = (reasons: Map<string, number>, reason: string) => reasons.set(reason, (reasons.get(reason) ?? 0) + 1)

/** Relative times without a date begin here, where neither the log nor an option says when 0 was. */
export const DEFAULT_ORIGIN = Date.parse('2024-01-01T00:00:00Z')

/** The column of kinds of events, and which begin and end a use. */
interface EventColumn {
  readonly field: number
  readonly begin: readonly string[]
  readonly end: readonly string[]
}

function eventColumnOf({ file, format }: LogSettings, columns: LogColumns): EventColumn | undefined {
  if (format.events === undefined) return undefined
  for (const { column, begin, end } of format.events) {
    const field = columns.find(column)
    if (field >= 0) return { field, begin, end }
  }
  const names = format.events.map(({ column }) => column).join(' or ')
  throw new InputError(`${format.name}: the log has no column ${names}`, 'check the format of the log', file)
}

class LogReader implements LogTaker {
  readonly totals: LogTotals
  readonly #settings: LogSettings
  readonly #sink: LogSink
  #reader: UsageReader | undefined
  #selection: Selection | undefined
  #events: EventColumn | undefined
  #identity: readonly number[] = []
  readonly #seen = new SeenNames()
  readonly #readers: UsageReader[] = []
  /** Lines of the files before, and the line of the present row among all of them. */
  #offset = 0
  #last = 0
  readonly #begun = new BegunUses()
  readonly #joined = new JoinedUses((usage) => this.#scale(usage))

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
      ...{ twice: 0, guessed: 0, unreadableCosts: 0 },
      compression: null,
      encoding: null,
      delimiter: null,
      titles: 0,
      notes: 0,
      unit: null,
      origin: origin ?? (format.isRelative ? DEFAULT_ORIGIN : 0),
      originFrom: origin === undefined ? 'none' : 'option',
      digest: '',
      awk: null,
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
    this.#reader = undefined
    this.#selection = new Selection(this.#settings.selection, columns, this.#selection)
    const { format } = this.#settings
    this.#events = eventColumnOf(this.#settings, columns)
    const identity = format.identity?.map((name) => columns.find(name)) ?? []
    this.#identity = identity.every((field) => field >= 0) ? identity : []
    // Missing columns are reported first; the origin may follow in comments.
    new UsageReader(this.#settings, columns)
  }

  /** A command for the rows of a CSV. */
  awk(rows: TextRows): string | null {
    const [reader, columns] = [this.#reader, this.#columns]
    const { format, lifetimeUnit, decimal, selection } = this.#settings
    if (!(rows instanceof CsvTable) || rows.titles > 0 || reader === undefined || columns === undefined) return null
    const { facts } = reader
    if (decimal === 'comma' || selection.skip.length > 0 || facts.written > 0 || this.totals.notes > 0) return null
    if ((rows.hasQuotes && rows.hasBreaks) || !this.#isOneKindOfTime(facts)) return null
    return awkOf({
      format,
      field: (role) => reader.fieldsOf(role),
      column: (name) => columns.find(name),
      delimiter: rows.delimiter ?? ',',
      hasHeader: rows.hasHeader,
      isQuoted: rows.hasQuotes,
      fields: this.totals.skipped.has('fields') ? rows.fields : undefined,
      unit: facts.unit,
      lifetimeUnit: lifetimeUnit ?? format.lifetimeUnit,
    })
  }

  /** Whether all times are numbers, or all civil times of one offset. */
  #isOneKindOfTime({ unit, numbers, universal, local }: UsageReader['facts']): boolean {
    if (unit !== undefined) return universal + local === 0
    const { zone, utcOffset } = this.#settings
    const isSame = universal === 0 || local === 0 || (zone ?? utcOffset) === 0
    return numbers === 0 && isSame && (local === 0 || typeof (zone ?? utcOffset) === 'number')
  }

  row(row: LogRow): void {
    this.totals.rows++
    this.#last = this.#offset + row.line
    if (this.#columns === undefined || this.#selection === undefined) return
    this.#reader ??= this.#readerOf(this.#columns)
    const reader = this.#reader
    if (this.#settings.format.container === 'csv' && reader.isNote(row)) {
      this.totals.notes++
      this.#leaveOut(this.#last, NOTE)
      return
    }
    reader.readCost(row)
    const { costs } = this.totals
    if (reader.cost !== 0n) costs.set(reader.currency, (costs.get(reader.currency) ?? 0n) + reader.cost)
    const leftOut = this.#selection.leavesOut(row) ?? reader.rejected(row) ?? this.#repeated(row)
    if (leftOut !== null) {
      this.#leaveOut(this.#last, leftOut)
      return
    }
    if (this.#events !== undefined) {
      this.#event(row, reader, this.#events)
      return
    }
    const skipped = reader.read(row, this.#last)
    if (skipped?.isOther) {
      this.#leaveOut(this.#last, skipped.reason, skipped.detail)
      return
    }
    if (skipped === null) this.#take(reader.usage, reader.unitMs)
    else this.#skip(this.#last, skipped.reason, skipped.detail)
  }

  /** A file may have its columns in another order than the one before it. */
  #readerOf(columns: LogColumns): UsageReader {
    const reader = new UsageReader({ ...this.#settings, origin: this.totals.origin }, columns)
    this.#readers.push(reader)
    return reader
  }

  /** Another file begins. Its lines are counted on, so that each row of the log has its own number. */
  nextPart(): void {
    this.#offset = this.#last
  }

  get readers(): readonly UsageReader[] {
    return this.#readers
  }

  skip(line: number, reason: string): void {
    this.#last = this.#offset + line
    this.totals.rows++
    const [kind, detail = ''] = reason.split(': ')
    if (kind === NOTE) {
      this.totals.notes++
      this.#leaveOut(this.#last, kind)
      return
    }
    this.#skip(this.#last, kind, detail)
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

  #leaveOut(line: number, reason: string, detail = ''): void {
    count(this.totals.leftOut, reason)
    this.#sink.skipped(line, reason, detail)
  }

  /** A row whose identity has come before was sent again. */
  #repeated(row: LogRow): string | null {
    if (this.#identity.length === 0) return null
    const name = JSON.stringify(this.#identity.map((field) => row.text(field)))
    return this.#seen.add(name) ? 'sent twice' : null
  }

  /** A use is from a beginning to the next end of its resource. */
  #event(row: LogRow, reader: UsageReader, { field, begin, end }: EventColumn): void {
    const kind = row.text(field)
    const isBegin = begin.includes(kind)
    if (!isBegin && !end.includes(kind)) {
      this.#leaveOut(this.#last, 'event that neither begins nor ends a use', kind)
      return
    }
    const skipped = reader.read(row, this.#last)
    if (skipped !== null) {
      this.#skip(this.#last, skipped.reason, skipped.detail)
      return
    }
    const { usage, exactAt } = reader
    if (isBegin) {
      if (!this.#begun.begin(usage, exactAt)) this.#leaveOut(this.#last, 'begins again without an end', usage.resource)
      return
    }
    const begun = this.#begun.end(usage.resource)
    if (begun === undefined) this.#leaveOut(this.#last, 'end of a use that began before the log', usage.resource)
    else if (exactAt < begun.exactAt) this.#skip(this.#last, 'ends before it begins', usage.resource)
    else {
      begun.usage.lifetimeMs = usage.at - begun.usage.at
      this.#take(begun.usage, exactAt - begun.exactAt)
    }
  }

  /** The log has ended: what is still open is written. */
  end(): void {
    for (const usage of this.#begun.rest()) this.#take(usage, 0n)
    this.#joined.end()
    this.#seen.close()
  }

  #take(usage: Usage, unitMs: bigint): void {
    this.totals.read++
    this.totals.readUnitMs += unitMs
    const unwanted = this.#selection?.select(usage) ?? null
    if (unwanted !== null) this.#leaveOut(usage.line, unwanted)
    else if (usage.at < 0) this.#leaveOut(usage.line, 'before 1970 by --shift')
    else if (this.#settings.format.joins === true) this.#joined.add(usage)
    else this.#scale(usage)
  }

  #scale(usage: Usage): void {
    const copies = this.#selection?.copies() ?? 0
    if (copies === 0) this.#leaveOut(usage.line, 'thinned by --scale')
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
  const reading = readingOf(settings, sink)
  for (;;) {
    const { done, value } = await reading.next()
    if (done === true) return value
  }
}

/** The same, giving way after each part of a file, so that what was read of it can be handed on. */
export async function* readingOf(settings: LogSettings, sink: LogSink): AsyncGenerator<void, LogTotals> {
  const log = new LogReader(settings, sink)
  const digests: string[] = []
  let rows: TextRows | null = null
  const paths = [settings.path, ...(settings.parts ?? [])]
  for (const [index, path] of paths.entries()) {
    if (index > 0) log.nextPart()
    rows = yield* filePart(settings, path, log, digests)
  }
  const { totals } = log
  totals.digest = paths.length === 1 ? digests[0] : createHash('sha256').update(digests.join('\n')).digest('hex')
  return finished(settings, log, paths.length === 1 ? rows : null)
}

async function* filePart(
  settings: LogSettings,
  path: string,
  log: LogReader,
  digests: string[],
): AsyncGenerator<void, TextRows | null> {
  const { totals } = log
  if (isParquet(path)) {
    yield* parquetGroups(path, settings.file, log)
    digests.push(await digestOf(path))
    return null
  }
  if (settings.format.container === 'parquet')
    throw new InputError(`${settings.format.name} is Parquet, and this file is not`, 'check the format', settings.file)
  const bytes = logBytes(path, settings.mostBytes)
  totals.compression = bytes.compression
  const rows = rowsOf(settings, path, log)
  const text = utf8Of(
    bytes.chunks,
    settings.encoding,
    (found) => {
      totals.encoding = found
    },
    settings.file,
  )
  for await (const chunk of text) {
    rows.take(chunk)
    yield
  }
  rows.end()
  digests.push(bytes.digest())
  if (rows instanceof CsvTable) {
    totals.delimiter = delimiterName(rows.delimiter ?? ',')
    totals.titles += rows.titles
  }
  return rows
}

/** The totals of a log that has been read. */
function finished(settings: LogSettings, log: LogReader, rows: TextRows | null): LogTotals {
  const { totals } = log
  log.end()
  if (totals.rows === 0) throw new InputError('the log has no rows', 'check the format and the file', settings.file)
  for (const { facts } of log.readers) {
    totals.unit ??= facts.unit ?? null
    totals.rounded += facts.rounded
    totals.raised += facts.raised
    totals.twice += facts.twice
    totals.guessed += facts.guessed
    totals.unreadableCosts += facts.unreadableCosts
  }
  if (log.readers.length > 0 && (settings.parts ?? []).length === 0) {
    const { format, map, selection } = settings
    const isOwn = format.awk !== undefined && Object.keys(map).length + selection.skip.length === 0
    totals.awk = isOwn ? `awk '${format.awk}'` : rows === null ? null : log.awk(rows)
  }
  return totals
}

function rowsOf(settings: LogSettings, path: string, log: LogReader): TextRows {
  const { file, format, delimiter, header } = settings
  if (format.container === 'json') return new JsonTable(file, log)
  // Exports of databases have the columns of a format as keys of objects.
  if (format.container === 'csv' && isJsonStart(firstOf(path)))
    return new JsonTable(file, log, Object.keys(format.columns).length > 0)
  if (format.container === 'spaces')
    return new SpacedTable(file, format.names?.(0, null) ?? [], log, (text) => log.comment(text))
  const numbered = (fields: number) => Array.from({ length: fields }, (_, field) => String(field + 1))
  const isHeader = (names: readonly string[]): boolean => hasNeeds(settings, new NamedColumns(names, 0))
  return new CsvTable(file, { delimiter, names: header ? (format.names ?? null) : numbered, isHeader }, log)
}
