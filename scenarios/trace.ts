/** Trace files: recorded arrivals read into columns. A trace lies beside its scenario file or below it. */
import { createHash } from 'node:crypto'
import { open, realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { type CsvError, parse } from 'csv-parse/sync'
import { didYouMean, shown, type Words } from './explain.ts'
import { type Fault, ScenarioFaults } from './faults.ts'
import type { TraceLoad } from './sections/load.ts'

/** Orders in order of time; those of one instant keep the order of the file. */
export interface Trace {
  /** Instants, whole milliseconds since the epoch. */
  readonly at: Float64Array
  /** Lifetimes in whole milliseconds; null when the trace has none. */
  readonly lifetime: Float64Array | null
  /** Quantities, 1 when the trace has none. */
  readonly quantity: Int32Array
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

export type TraceReading = { readonly trace: Trace } | { readonly problem: TraceProblem } | { readonly faults: Fault[] }

const inside = (folder: string, path: string) => {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** The file's bytes, or why not. Links are followed first, so that none leads out of the scenario's folder. */
async function bytesOf(file: string, scenarioPath: string): Promise<Buffer | Words> {
  const expected = 'a file beside the scenario file or below it'
  const folder = await realpath(dirname(resolve(scenarioPath)))
  const outside = { what: `the path ${shown(file)} leads out of the folder`, expected, mend: 'copy the file there' }
  if (isAbsolute(file) || file.includes('\u0000') || !inside(folder, resolve(folder, file))) return outside
  try {
    const real = await realpath(resolve(folder, file))
    if (!inside(folder, real)) return outside
    const handle = await open(real)
    try {
      const status = await handle.stat()
      if (!status.isFile()) return { what: `${shown(file)} is no file`, expected, mend: 'write the path of a CSV file' }
      if (status.size <= largest) return await handle.readFile()
      return { what: `a file of ${status.size} bytes`, expected: 'at most 256 MiB', mend: 'split the trace' }
    } finally {
      await handle.close()
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const what = code === 'ENOENT' ? `there is no file ${shown(file)}` : `${shown(file)} cannot be read (${code})`
    return { what, expected, mend: 'check the path' }
  }
}

type Row = { record: string[]; info: { lines: number } }

/** Reads the trace of a segment; problems of the path or the columns are for the scenario, faults for the file. */
export async function readTraceFile(load: TraceLoad, scenarioPath: string, start = -Infinity): Promise<TraceReading> {
  const bytes = await bytesOf(load.file, scenarioPath)
  if (!Buffer.isBuffer(bytes)) return { problem: { at: ['file'], words: bytes } }
  const text = bytes.toString('utf8').replace(/^\ufeff/, '')
  const collected = new Collected(load, text)
  let rows: Row[]
  try {
    const options = { info: true, relax_column_count: true, skip_empty_lines: true, trim: true } as const
    rows = parse(text, options) as unknown as Row[]
  } catch (error) {
    const { lines, message } = error as CsvError & { lines?: number }
    collected.fault(lines ?? 1, -1, { what: message, expected: 'a CSV file', mend: 'close the quotes' })
    return { faults: collected.faults }
  }
  const header = rows[0]?.record ?? []
  const problem = columnProblem(load, header)
  if (problem) return { problem }
  collected.read(header, rows, start)
  if (collected.faults.length > 0) return { faults: collected.faults }
  return { trace: collected.trace(createHash('sha256').update(bytes).digest('hex')) }
}

/** Reads a trace. Throws ScenarioFaults, with line numbers of the trace file. */
export async function readTrace(load: TraceLoad, scenarioPath: string): Promise<Trace> {
  const reading = await readTraceFile(load, scenarioPath)
  if ('trace' in reading) return reading.trace
  if ('faults' in reading) throw new ScenarioFaults(reading.faults)
  const { what, expected, mend } = reading.problem.words
  const place = { file: load.file, line: 1, column: 1, length: 1, sourceLine: '', path: '' }
  throw new ScenarioFaults([{ ...place, what, expected, mend }])
}

function columnProblem(load: TraceLoad, header: readonly string[]): TraceProblem | null {
  for (const [key, name] of Object.entries(load.columns)) {
    if (name === null || header.includes(name)) continue
    const near = didYouMean(name, header)
    const expected = `one of the columns of ${basename(load.file)}: ${header.slice(0, 12).join(', ')}`
    const mend = near === undefined ? 'write a column of the file' : `write ${near}`
    return { at: ['columns', key], words: { what: `no column ${shown(name)}`, expected, mend, didYouMean: near } }
  }
  return null
}

const numberPattern = /^\d{1,15}(\.\d{1,9})?$/

/** Rows gathered into columns, and the faults found on the way. */
class Collected {
  readonly faults: Fault[] = []
  readonly #load: TraceLoad
  readonly #text: string
  #lines: string[] | null = null
  readonly #at: number[] = []
  readonly #lifetime: number[] = []
  readonly #quantity: number[] = []
  readonly #buyer: number[] = []
  readonly #buyers = new Map<string, number>()

  constructor(load: TraceLoad, text: string) {
    this.#load = load
    this.#text = text
  }

  /** A fault in a line and field (-1: the whole line). */
  fault(line: number, field: number, words: Words): void {
    if (this.faults.length >= mostFaults) return
    this.#lines ??= this.#text.split(/\r?\n/)
    const sourceLine = this.#lines[line - 1] ?? ''
    const fields = sourceLine.includes('"') || field < 0 ? [sourceLine] : sourceLine.split(',')
    const before = fields.slice(0, field).reduce((sum, text) => sum + text.length + 1, 0)
    const whole = fields.length === 1
    const column = whole ? 1 : before + 1
    const length = Math.max(1, whole ? sourceLine.length : (fields[field]?.length ?? 0))
    const { what, expected, mend } = words
    this.faults.push({ file: this.#load.file, line, column, length, sourceLine, path: '', what, expected, mend })
  }

  read(header: readonly string[], rows: readonly Row[], start: number): void {
    const { columns } = this.#load
    const field = (name: string | null) => (name === null ? -1 : header.indexOf(name))
    const fields = {
      at: field(columns.at),
      lifetime: field(columns.lifetime),
      quantity: field(columns.quantity),
      buyer: field(columns.buyer),
    }
    for (let index = 1; index < rows.length; index++) {
      const { record, info } = rows[index]
      if (record.length !== header.length) {
        const expected = `${header.length} as in the first line`
        this.fault(info.lines, -1, { what: `${record.length} fields`, expected, mend: 'add or remove fields' })
      } else this.#row(record, info.lines, fields, start)
    }
    if (rows.length < 2) this.fault(1, -1, { what: 'no orders', expected: 'a header and orders', mend: 'add lines' })
  }

  #row(record: readonly string[], line: number, fields: Record<keyof TraceLoad['columns'], number>, start: number) {
    const at = this.#load.origin + this.#time(record, line, fields.at)
    if (at < start)
      this.fault(line, fields.at, {
        what: `an order at ${new Date(at).toISOString()}, before the run`,
        expected: `orders from ${new Date(start).toISOString()} on`,
        mend: 'start the run earlier, or check origin and unit',
      })
    this.#at.push(at)
    if (fields.lifetime >= 0) this.#lifetime.push(this.#time(record, line, fields.lifetime))
    this.#quantity.push(fields.quantity < 0 ? 1 : this.#whole(record, line, fields.quantity))
    this.#buyer.push(fields.buyer < 0 ? this.#index('1') : this.#index(this.#name(record, line, fields.buyer)))
  }

  #time(record: readonly string[], line: number, field: number): number {
    const text = record[field]
    if (numberPattern.test(text)) return Math.round(Number(text) * this.#load.unitMs)
    this.fault(line, field, { what: `found ${shown(text)}`, expected: 'a time of 0 or more', mend: 'write a number' })
    return 0
  }

  #whole(record: readonly string[], line: number, field: number): number {
    const text = record[field]
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= 1 && value <= 1_000_000) return value
    const expected = 'a whole quantity from 1 to 1,000,000'
    this.fault(line, field, { what: `found ${shown(text)}`, expected, mend: 'write a whole number' })
    return 1
  }

  #name(record: readonly string[], line: number, field: number): string {
    if (record[field] === '') this.fault(line, field, { what: 'no buyer', expected: 'a name', mend: 'name the buyer' })
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
      buyer: Int32Array.from(order, (index) => this.#buyer[index]),
      buyers: [...this.#buyers.keys()],
      digest,
    }
  }
}
