/**
 * The mass tables of a record read back from their column files: of each table all cells' rows, in the order of cells. A file
 * that is missing, altered or cut off is never read as numbers.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { MassTable } from './column-files.ts'
import {
  type ColumnRead,
  type FewRead,
  type NearRead,
  ParquetDamage,
  ParquetReader,
  ReadingRoom,
  type WideRead,
  wideAt,
} from './parquet/reader.ts'

/** Numbers by row. Those that float64 does not hold exactly are NaN, and in `vast` by their row. */
export interface FactColumn {
  readonly values: Float64Array | Int32Array
  readonly vast?: ReadonlyMap<number, bigint>
}

/** A column file, as the record lists it. */
export interface ColumnFileNote {
  readonly cell: number
  readonly table: string
  /** Below the folder of the record. */
  readonly file: string
  readonly rows: number
  readonly bytes: number
  /** Of the whole file. */
  readonly crc: number
}

/** Rows of one table; each column is read when it is asked for. */
export interface FactRows {
  readonly rows: number
  /** @throws ParquetDamage */
  column(name: string): FactColumn
}

/** Rows of a table that were written together. */
export interface FactPart extends FactRows {
  /**
   * In `room`, if it is given, where it stays until a column of the same name is read there; of `chosen` rows alone, which ascend, if they
   * are given: of others nothing is decoded that need not be. @throws ParquetDamage
   */
  column(name: string, room?: ColumnRoom, chosen?: Int32Array): FactColumn
}

/** Memory for columns of a part after those of another: a pass over a table needs no more than a part of it. */
export interface ColumnRoom {
  /** As many numbers, where those of an earlier column of that name were. */
  of(name: string, rows: number): Float64Array
}

/** The mass tables of a record. */
export interface MassFacts {
  /** Numbers of the cells whose facts are in files of their own; none where all facts are together. */
  readonly cells: readonly number[]
  /** What some of these cells wrote. */
  of(cells: readonly number[]): MassFacts
  table(table: MassTable): FactRows
  /** The rows of a table in the parts in which they were written, where they are in files of their own. */
  parts?(table: MassTable): readonly FactPart[]
  /** How many rows a table has; no file is opened for it. */
  count(table: MassTable): number
}

/** The mass tables of a record in its column files. */
export class ColumnFacts implements MassFacts {
  readonly cells: readonly number[]
  readonly #folder: string
  readonly #notes: readonly ColumnFileNote[]
  readonly #numberOf: (word: string) => number

  /** `numberOf` gives a word its number in the record. */
  constructor(folder: string, notes: readonly ColumnFileNote[], numberOf: (word: string) => number) {
    this.#folder = folder
    this.#notes = notes
    this.#numberOf = numberOf
    this.cells = [...new Set(notes.map(({ cell }) => cell))]
  }

  of(cells: readonly number[]): ColumnFacts {
    const notes = this.#notes.filter(({ cell }) => cells.includes(cell))
    return new ColumnFacts(this.#folder, notes, this.#numberOf)
  }

  /** Of all files. */
  get bytes(): number {
    return this.#notes.reduce((sum, note) => sum + note.bytes, 0)
  }

  count(table: MassTable): number {
    return this.#notes.reduce((sum, note) => (note.table === table ? sum + note.rows : sum), 0)
  }

  /** The rows of a table. @throws ParquetDamage */
  table(table: MassTable): FactRows {
    const files = this.#filesOf(table)
    const rows = this.count(table)
    return { rows, column: (name) => columnOf(allGroups(files), rows, name, this.#numberOf) }
  }

  /** The same in the parts in which they were written: what asks for a few rows reads few parts. @throws ParquetDamage */
  parts(table: MassTable): FactPart[] {
    return [...allGroups(this.#filesOf(table))].map((place) => ({
      rows: place.rows,
      column: (name, room, chosen) => {
        const rows = chosen?.length ?? place.rows
        return columnOf([{ ...place, rows, chosen }], rows, name, this.#numberOf, room?.of(name, rows))
      },
    }))
  }

  #filesOf(table: MassTable): ParquetReader[] {
    return this.#notes.filter((note) => note.table === table).map((note) => this.#open(note))
  }

  #open({ file, bytes, crc, rows }: ColumnFileNote): ParquetReader {
    const path = join(this.#folder, file)
    const content = contentOf(path)
    if (content.length !== bytes)
      throw new ParquetDamage(path, 'its end', `it has ${content.length} bytes, and ${bytes} were written`)
    if (crc32(content) !== crc)
      throw new ParquetDamage(path, 'its checksum', 'its bytes are not those that were written')
    const reader = new ParquetReader(path, content)
    if (reader.rows !== rows) throw new ParquetDamage(path, 'its footer', `it has ${reader.rows} rows, not ${rows}`)
    return reader
  }
}

/** The bytes of a column file. @throws ParquetDamage where it is missing */
export function contentOf(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new ParquetDamage(path, 'the file', 'it is missing')
  }
}

const LEAST = -(2 ** 31)
const MOST = 2 ** 31 - 1

/** Whether all numbers of a row group are of 32 bits. Wide decimals are looked at when all groups are read. */
function isSmall(values: ColumnRead['values']): boolean {
  if (values instanceof Int32Array || 'words' in values) return true
  if ('wide' in values) return false
  if ('distinct' in values) return isSmall(values.distinct)
  if ('near' in values) return areSmall(values.near)
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
  for (let half = 0; half < halves.length; half += 2) if (halves[half + 1] !== halves[half] >> 31) return false
  return true
}

/** Whether a row group has wide decimals, each by itself or in a list of the few that there are. */
const isOfWide = (values: ColumnRead['values']): boolean =>
  'distinct' in values ? 'wide' in values.distinct : 'wide' in values

function areSmall(values: Float64Array): boolean {
  for (let at = 0; at < values.length; at++) if (values[at] < LEAST || values[at] > MOST) return false
  return true
}

/** A row group of a file. */
interface GroupPlace {
  readonly file: ParquetReader
  readonly group: number
  readonly rows: number
  /** The rows that are wanted, if not all: so many as `rows` says. */
  readonly chosen?: Int32Array | undefined
}

function* allGroups(files: readonly ParquetReader[]): Generator<GroupPlace> {
  for (const file of files) for (const [group, rows] of file.groups.entries()) yield { file, group, rows }
}

/** What row groups are read into before they are put in their places. */
const readingRoom = new ReadingRoom()

function columnOf(
  places: Iterable<GroupPlace>,
  rows: number,
  name: string,
  numberOf: (word: string) => number,
  room?: Float64Array,
): FactColumn {
  let values: Float64Array | Int32Array | undefined = room
  const vast = new Map<number, bigint>()
  let at = 0
  let isWide = false
  for (const { file, group, rows: count, chosen } of places) {
    const column = file.columns.findIndex((each) => each.name === name)
    if (column < 0) throw new ParquetDamage(file.path, 'its footer', `it has no column ${name}`)
    const read = file.read(group, column, readingRoom, chosen)
    // Most columns are numbers of things: half the memory. A copy of a column that was read wide would cost more than looking at each group.
    if (values === undefined) values = isSmall(read.values) ? new Int32Array(rows) : new Float64Array(rows)
    else if (values instanceof Int32Array && !isSmall(read.values)) values = Float64Array.from(values)
    isWide ||= isOfWide(read.values)
    spread(read, count, { values, at, vast, numberOf })
    at += count
  }
  values ??= new Int32Array(0)
  if (vast.size > 0) return { values, vast }
  return { values: isWide && room === undefined ? narrowed(values) : values }
}

/** The same numbers in half the memory, where they fit: most columns are numbers of things, and a record has millions of rows. */
export function narrowed(values: Float64Array | Int32Array): Float64Array | Int32Array {
  if (values instanceof Int32Array) return values
  return areSmall(values) ? Int32Array.from(values) : values
}

interface Target {
  readonly values: Float64Array | Int32Array
  readonly at: number
  readonly vast: Map<number, bigint>
  readonly numberOf: (word: string) => number
}

/** Puts the numbers of a row group in their places; a row without one has 0. */
function spread({ values: read, present }: ColumnRead, count: number, { values, at, vast, numberOf }: Target): void {
  if ('words' in read) {
    const numbers = Int32Array.from(read.words, numberOf)
    const { places } = read
    for (let row = 0; row < count; row++) values[at + row] = numbers[places[row]]
  } else if ('wide' in read) spreadWide(read, values, at, vast)
  else if (present === undefined) spreadWholes(read, values, at, vast)
  else {
    const there = new Float64Array(count)
    spreadWholes(read, there, 0, vast)
    for (let row = 0, next = 0; row < count; row++) values[at + row] = present[row] === 0 ? 0 : there[next++]
  }
}

/** Numbers that are all there, as they were written. */
type WholesRead = Int32Array | BigInt64Array | FewRead | NearRead

function spreadWholes(
  read: WholesRead,
  values: Float64Array | Int32Array,
  at: number,
  vast: Map<number, bigint>,
): void {
  if (read instanceof Int32Array) values.set(read, at)
  else if (read instanceof BigInt64Array) spreadLong(read, values, at, vast)
  else if ('near' in read) values.set(read.near, at)
  else spreadFew(read, values, at, vast)
}

function spreadFew(
  { distinct, places }: FewRead,
  values: Float64Array | Int32Array,
  at: number,
  vast: Map<number, bigint>,
): void {
  const numbers = new Float64Array(distinct.length)
  const beyond = new Map<number, bigint>()
  if ('wide' in distinct) spreadWide(distinct, numbers, 0, beyond)
  else spreadWholes(distinct, numbers, 0, beyond)
  for (let row = 0; row < places.length; row++) values[at + row] = numbers[places[row]]
  if (beyond.size === 0) return
  for (let row = 0; row < places.length; row++) {
    const number = beyond.get(places[row])
    if (number !== undefined) vast.set(at + row, number)
  }
}

const TWO_32 = 4_294_967_296
/** High halves of numbers that float64 holds exactly. */
const HIGH_LIMIT = 2 ** 21

function spreadLong(
  read: BigInt64Array,
  values: Float64Array | Int32Array,
  at: number,
  vast: Map<number, bigint>,
): void {
  const halves = new Int32Array(read.buffer, read.byteOffset, read.length * 2)
  for (let row = 0; row < read.length; row++) {
    const high = halves[row * 2 + 1]
    if (high < HIGH_LIMIT && high > -HIGH_LIMIT) values[at + row] = high * TWO_32 + (halves[row * 2] >>> 0)
    else {
      values[at + row] = Number.NaN
      vast.set(at + row, read[row])
    }
  }
}

function spreadWide(read: WideRead, values: Float64Array | Int32Array, at: number, vast: Map<number, bigint>): void {
  const { wide, length } = read
  const bytes = new Uint8Array(wide.buffer, wide.byteOffset, wide.byteLength)
  for (let row = 0, from = 0; row < length; row++, from += 16) {
    const high = wide.getInt32(from + 8)
    // Nearly all amounts fit float64: what is above them repeats their sign.
    const above = high < 0 ? 0xff : 0
    let isNarrow = high < HIGH_LIMIT && high > -HIGH_LIMIT
    for (let byte = from; byte < from + 8; byte++) if (bytes[byte] !== above) isNarrow = false
    if (isNarrow) values[at + row] = high * TWO_32 + wide.getUint32(from + 12)
    else {
      values[at + row] = Number.NaN
      vast.set(at + row, wideAt(read, row))
    }
  }
}
