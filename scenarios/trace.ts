/** Trace files: recorded arrivals read into columns. A trace is next to its scenario file or below it. */
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { type CsvError, parse } from 'csv-parse/sync'
import { didYouMean } from '#base/did-you-mean.ts'
import { own } from '#base/own.ts'
import { type Fault, ScenarioErrors } from './errors.ts'
import type { Place } from './excerpt.ts'
import { shown, type Words } from './explain.ts'
import type { TraceLoad } from './sections/load.ts'
import { isoOf, LAST_INSTANT, LONGEST_MS } from './time-text.ts'
import { tracePath, unreadable } from './trace-path.ts'
import type { Warning } from './warnings.ts'

/** Orders in order of time; those of one instant keep the order of the file. */
export interface Trace {
  /** Instants, whole milliseconds since the epoch. */
  readonly at: Float64Array
  /** Lifetimes in whole milliseconds; null when the trace has none. */
  readonly lifetime: Float64Array | null
  /** Quantities, 1 when the trace has none. */
  readonly quantity: Int32Array
  /** Index into `flavours`; null when the trace has none. */
  readonly flavour: Int32Array | null
  /** Flavours of servers, by first appearance in the file. */
  readonly flavours: readonly string[]
  /** Index into `buyers`. */
  readonly buyer: Int32Array
  /** Names of the buyers as the file writes them, by first appearance in it. */
  readonly buyers: readonly string[]
  /** SHA-256 of the file, in hex. */
  readonly digest: string
}

const largest = 256 * 1024 * 1024
const mostFaults = 20

/** Words to be placed at a key of the scenario's `load.trace`. */
export interface TraceProblem {
  readonly at: readonly string[]
  readonly words: Words
}

/** When the run is, ms: orders before its start are errors, and those after its end warn. */
export interface Period {
  readonly start: number
  readonly end: number
}

export type TraceReading =
  | { readonly trace: Trace; readonly warnings: readonly Warning[] }
  | { readonly problem: TraceProblem }
  | { readonly faults: Fault[] }

/** The file's bytes, or why not. */
async function bytesOf(file: string, scenarioPath: string): Promise<Buffer | Words> {
  const path = await tracePath(file, scenarioPath)
  if (typeof path !== 'string') return path
  try {
    const handle = await open(path)
    try {
      const status = await handle.stat()
      if (status.size <= largest) return await handle.readFile()
      return { what: `a file of ${status.size} bytes`, expected: 'at most 256 MiB', hint: 'split the trace' }
    } finally {
      await handle.close()
    }
  } catch (error) {
    return unreadable(file, error)
  }
}

type Row = { record: string[]; info: { lines: number } }

/**
 * Reads the trace of a segment. `sold`: flavours that have a pool wherever its buyers live; without it, any is taken. Problems of
 * the path or the columns are for the scenario, errors for the file.
 */
export async function readTraceFile(
  load: TraceLoad,
  scenarioPath: string,
  period: Period,
  sold?: ReadonlySet<string>,
): Promise<TraceReading> {
  const bytes = await bytesOf(load.file, scenarioPath)
  if (!Buffer.isBuffer(bytes)) return { problem: { at: ['file'], words: bytes } }
  const text = bytes.toString('utf8').replace(/^\ufeff/, '')
  const collected = new Collected(load, text, sold)
  let rows: Row[]
  try {
    const options = { info: true, relax_column_count: true, skip_empty_lines: true, trim: true } as const
    rows = parse(text, options) as unknown as Row[]
  } catch (error) {
    const { lines, message } = error as CsvError & { lines?: number }
    collected.fault(lines ?? 1, -1, { what: message, expected: 'a CSV file', hint: 'close the quotes' })
    return { faults: collected.faults }
  }
  const header = rows[0]?.record ?? []
  const isNumbered = typeof load.columns.at === 'number'
  const problem = isNumbered ? numberProblem(load, header) : columnProblem(load, header)
  if (problem && 'headerless' in problem) {
    collected.fault(rows[0].info.lines, -1, problem.headerless)
    return { faults: collected.faults }
  }
  if (problem) return { problem }
  const unselected = whereProblem(load, header, isNumbered)
  if (unselected) return { problem: unselected }
  collected.read(header, isNumbered ? rows : rows.slice(1), period)
  if (collected.faults.length > 0) return { faults: collected.faults }
  const trace = collected.trace(createHash('sha256').update(bytes).digest('hex'))
  return { trace, warnings: collected.warnings(period) }
}

/** Reads a trace. Throws ScenarioErrors, with line numbers of the trace file. */
export async function readTrace(load: TraceLoad, scenarioPath: string): Promise<Trace> {
  const reading = await readTraceFile(load, scenarioPath, { start: -Infinity, end: Infinity })
  if ('trace' in reading) return reading.trace
  if ('faults' in reading) throw new ScenarioErrors(reading.faults)
  const { what, expected, hint } = reading.problem.words
  const place = { file: load.file, line: 1, column: 1, length: 1, sourceLine: '', path: '' }
  throw new ScenarioErrors([{ ...place, code: 'value', what, expected, hint }])
}

/** The key, the name and the column of each key that is written. */
const namedColumns = (load: TraceLoad) => Object.entries(load.columns).filter(([, name]) => name !== null)

/** A first line with a number in it is data: columns are called by words. */
const looksLikeData = (header: readonly string[]): boolean => header.some((field) => /^[-+]?[\d.]+$/.test(field))

function columnProblem(load: TraceLoad, header: readonly string[]): TraceProblem | { headerless: Words } | null {
  const missing = namedColumns(load).filter(([, name]) => !header.includes(String(name)))
  if (missing.length === namedColumns(load).length && looksLikeData(header)) return { headerless: headerless(load) }
  for (const [key, name] of namedColumns(load)) {
    const text = String(name)
    const times = header.filter((field) => field === text).length
    if (times === 1) continue
    const near = times > 1 ? undefined : didYouMean(text, header)
    const expected = `one of the columns of ${basename(load.file)}: ${header.slice(0, 12).join(', ')}`
    const hint = times > 1 ? 'rename one of them' : near === undefined ? 'write a column of the file' : `write ${near}`
    const what = times > 1 ? `the column ${shown(text)} ${times} times in the file` : `no column ${shown(text)}`
    return { at: ['columns', key], words: { what, expected, hint, didYouMean: near } }
  }
  return null
}

/** A file of data alone: what its first line should be, or how to do without one. */
function headerless(load: TraceLoad): Words {
  const names = namedColumns(load)
  return {
    what: 'data in the first line: the file has no header',
    expected: `a header with the columns ${names.map(([, name]) => name).join(', ')}`,
    hint: `add that line, or write columns by number: { ${names.map(([key], index) => `${key}: ${index + 1}`).join(', ')} }`,
  }
}

function numberProblem(load: TraceLoad, first: readonly string[]): TraceProblem | null {
  for (const [key, number] of namedColumns(load)) {
    if (Number(number) <= first.length) continue
    const what = `no column ${number}`
    const expected = `a column from 1 to ${first.length} of ${basename(load.file)}`
    return { at: ['columns', key], words: { what, expected, hint: 'write a column of the file' } }
  }
  return null
}

/** The field of a column that `where` names: by number in a file without a header. */
const whereField = (name: string, header: readonly string[], isNumbered: boolean): number =>
  isNumbered ? Number(name) - 1 : header.indexOf(name)

function whereProblem(load: TraceLoad, header: readonly string[], isNumbered: boolean): TraceProblem | null {
  for (const name of Object.keys(load.where ?? {})) {
    const field = whereField(name, header, isNumbered)
    if (Number.isInteger(field) && field >= 0 && field < header.length) continue
    const near = isNumbered ? undefined : didYouMean(name, header)
    const columns = isNumbered ? `from 1 to ${header.length}` : `: ${header.slice(0, 12).join(', ')}`
    const expected = `one of the columns of ${basename(load.file)}${columns.replace(/^(?!:)/, ' ')}`
    const hint = near === undefined ? 'write a column of the file' : `write ${near}`
    return { at: ['where', name], words: { what: `no column ${shown(name)}`, expected, hint, didYouMean: near } }
  }
  return null
}

const numberPattern = /^\d{1,15}(\.\d{1,9})?$/

/** Rows gathered into columns, and the errors found on the way. */
class Collected {
  readonly faults: Fault[] = []
  readonly #load: TraceLoad
  readonly #text: string
  readonly #sold: ReadonlySet<string> | undefined
  readonly #flavour: number[] = []
  readonly #flavours = new Map<string, number>()
  #lines: string[] | null = null
  readonly #at: number[] = []
  readonly #lifetime: number[] = []
  readonly #quantity: number[] = []
  readonly #buyer: number[] = []
  readonly #buyers = new Map<string, number>()
  /** Orders after the end: where the first one is, and how many there are. */
  #late: { line: number; field: number; count: number } | null = null

  constructor(load: TraceLoad, text: string, sold: ReadonlySet<string> | undefined) {
    this.#sold = sold
    this.#load = load
    this.#text = text
  }

  /** An error in a line and field (-1: the whole line). */
  fault(line: number, field: number, words: Words): void {
    if (this.faults.length >= mostFaults) return
    const { what, expected, hint } = words
    this.faults.push({ ...this.#place(line, field), path: '', code: 'value', what, expected, hint })
  }

  #place(line: number, field: number): Place {
    this.#lines ??= this.#text.split(/\r?\n/)
    const sourceLine = this.#lines[line - 1] ?? ''
    const fields = sourceLine.includes('"') || field < 0 ? [sourceLine] : sourceLine.split(',')
    const before = fields.slice(0, field).reduce((sum, text) => sum + text.length + 1, 0)
    const whole = fields.length === 1
    const column = whole ? 1 : before + 1
    const length = Math.max(1, whole ? sourceLine.length : (fields[field]?.length ?? 0))
    return { file: this.#load.file, line, column, length, sourceLine }
  }

  warnings({ end }: Period): Warning[] {
    if (this.#late === null) return []
    const { line, field, count } = this.#late
    const all = this.#at.length
    const are = count === 1 ? 'is' : 'are'
    const last = this.#at.reduce((latest, at) => Math.max(latest, at), 0)
    return [
      {
        ...this.#place(line, field),
        path: '',
        code: 'trace-after-end',
        what: `${count} of ${all} orders of the trace ${are} at or after the end of the run, ${isoOf(end)}, and ${are} not placed`,
        hint: `end the run after ${isoOf(last)}, or check origin and unit`,
      },
    ]
  }

  /** `header` is the first line, whatever is in it. */
  read(header: readonly string[], rows: readonly Row[], period: Period): void {
    const { columns } = this.#load
    const field = (name: string | number | null) => {
      if (name === null) return -1
      return typeof name === 'number' ? name - 1 : header.indexOf(name)
    }
    const fields = {
      at: field(columns.at),
      lifetime: field(columns.lifetime),
      quantity: field(columns.quantity),
      flavour: field(columns.flavour),
      buyer: field(columns.buyer),
    }
    const isNumbered = typeof columns.at === 'number'
    const conditions = Object.entries(this.#load.where ?? {}).map(([name, values]) => ({
      field: whereField(name, header, isNumbered),
      values: new Set(values),
    }))
    let selected = 0
    for (const { record, info } of rows) {
      if (!conditions.every(({ field: place, values }) => values.has(record[place] ?? ''))) continue
      selected++
      if (record.length !== header.length) {
        const expected = `${header.length} as in the first line`
        this.fault(info.lines, -1, { what: `${record.length} fields`, expected, hint: 'add or remove fields' })
      } else this.#row(record, info.lines, fields, period)
    }
    if (selected === 0 && rows.length > 0) {
      const expected = 'values that some order has'
      this.fault(1, -1, { what: 'no order is what `where` says', expected, hint: 'check its columns and values' })
    }
    if (rows.length === 0) this.fault(1, -1, { what: 'no orders', expected: 'a header and orders', hint: 'add lines' })
  }

  #row(
    record: readonly string[],
    line: number,
    fields: Record<keyof TraceLoad['columns'], number>,
    { start, end }: Period,
  ) {
    const at = this.#load.origin + this.#time(record, line, fields.at)
    if (at > LAST_INSTANT) {
      const expected = `a time up to ${isoOf(LAST_INSTANT)}`
      this.fault(line, fields.at, {
        what: `found ${shown(record[fields.at])}, a time beyond the year 9999`,
        expected,
        hint: 'check origin and unit',
      })
      return
    }
    if (at < start)
      this.fault(line, fields.at, {
        what: `an order at ${isoOf(at)}, before the run`,
        expected: `orders from ${isoOf(start)} on`,
        hint: 'start the run earlier, or check origin and unit',
      })
    if (at >= end) this.#late ??= { line, field: fields.at, count: 0 }
    if (this.#late !== null && at >= end) this.#late.count++
    this.#at.push(at)
    // A lifetime beyond all bounds does not end in the run, which is what a sentinel such as 999999999 means.
    if (fields.lifetime >= 0) this.#lifetime.push(Math.min(LONGEST_MS, this.#time(record, line, fields.lifetime)))
    this.#quantity.push(fields.quantity < 0 ? 1 : this.#whole(record, line, fields.quantity))
    if (fields.flavour >= 0) this.#flavour.push(this.#flavourOf(record, line, fields.flavour))
    this.#buyer.push(fields.buyer < 0 ? this.#index('1') : this.#index(this.#name(record, line, fields.buyer)))
  }

  #time(record: readonly string[], line: number, field: number): number {
    const text = record[field]
    if (numberPattern.test(text)) return Math.round(Number(text) * this.#load.unitMs)
    const expected = 'a time from 0 to 999,999,999,999,999 with at most 9 decimals'
    const hint = Number.isFinite(Number(text)) ? 'write it in digits, without an exponent' : 'write a number'
    this.fault(line, field, {
      what: `found ${shown(text)}`,
      expected,
      hint: Number(text) < 0 ? 'write 0 or more' : hint,
    })
    return 0
  }

  #whole(record: readonly string[], line: number, field: number): number {
    const text = record[field]
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= 1 && value <= 1_000_000) return value
    const expected = 'a whole quantity from 1 to 1,000,000'
    this.fault(line, field, { what: `found ${shown(text)}`, expected, hint: 'write a whole number' })
    return 1
  }

  #flavourOf(record: readonly string[], line: number, field: number): number {
    const text = record[field]
    const { flavours } = this.#load
    const named = flavours === null ? text : own(flavours, text)
    if (named === undefined || (this.#sold !== undefined && !this.#sold.has(named))) {
      const known = flavours === null ? [...(this.#sold ?? [])] : Object.keys(flavours)
      const expected = `one of: ${known.slice(0, 12).join(', ')}`
      const what =
        named === undefined
          ? `found ${shown(text)}`
          : `no pool of ${shown(named)} wherever the buyers of the trace live`
      this.fault(line, field, { what, expected, hint: 'add a pool of the flavour, or name it in flavours' })
      return 0
    }
    const known = this.#flavours.get(named) ?? this.#flavours.size
    this.#flavours.set(named, known)
    return known
  }

  #name(record: readonly string[], line: number, field: number): string {
    if (record[field] === '') this.fault(line, field, { what: 'no buyer', expected: 'a name', hint: 'name the buyer' })
    return record[field]
  }

  #index(name: string): number {
    const known = this.#buyers.get(name) ?? this.#buyers.size
    this.#buyers.set(name, known)
    return known
  }

  trace(digest: string): Trace {
    const order = this.#at.map((_, index) => index).sort((a, b) => this.#at[a] - this.#at[b] || a - b)
    const lifetime = this.#lifetime.length > 0 ? Float64Array.from(order, (index) => this.#lifetime[index]) : null
    return {
      at: Float64Array.from(order, (index) => this.#at[index]),
      lifetime,
      quantity: Int32Array.from(order, (index) => this.#quantity[index]),
      flavour: this.#flavour.length > 0 ? Int32Array.from(order, (index) => this.#flavour[index]) : null,
      flavours: [...this.#flavours.keys()],
      buyer: Int32Array.from(order, (index) => this.#buyer[index]),
      buyers: [...this.#buyers.keys()],
      digest,
    }
  }
}
