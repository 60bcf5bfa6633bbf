/**
 * Writes a table of whole numbers as an SQLite database of its own, page by page (the file format of sqlite.org/fileformat2.html):
 * ten times as fast as inserting its rows. A connection attaches it, so that SQL asks it like any other table.
 */
import { closeSync, openSync } from 'node:fs'
import { writeAll } from '#base/files.ts'
import { inOrderOf } from './number-order.ts'

/** Numbers of a column by row; those that float64 does not hold exactly are NaN there and in `vast`. */
export interface ImageColumn {
  readonly name: string
  readonly values: Float64Array | Int32Array
  readonly vast?: ReadonlyMap<number, bigint>
}

/** A table to be written. A column `id` is its key; other rows are numbered from 1. */
export interface ImageTable {
  readonly name: string
  /** The statement that creates it. */
  readonly sql: string
  readonly rows: number
  readonly columns: readonly ImageColumn[]
  /** Columns that get an index. */
  readonly indexed: readonly string[]
}

const PAGE = 8192
/** Pages that are written at a time. */
const PIECE_PAGES = 256
const LEAF_HEAD = 8
const INTERIOR_HEAD = 12
const TABLE_LEAF = 0x0d
const TABLE_INTERIOR = 0x05
const INDEX_LEAF = 0x0a
const INDEX_INTERIOR = 0x02
/** Bytes of a number by its serial type. */
const SIZES = Uint8Array.of(0, 1, 2, 3, 4, 6, 8, 8, 0, 0)
const TWO_32 = 4_294_967_296

/** The serial type of a whole number: the shortest that holds it. */
function typeOf(value: number): number {
  if (value === 0) return 8
  if (value === 1) return 9
  if (value >= -128 && value < 128) return 1
  if (value >= -32_768 && value < 32_768) return 2
  if (value >= -8_388_608 && value < 8_388_608) return 3
  if (value >= -2_147_483_648 && value < 2_147_483_648) return 4
  return value >= -140_737_488_355_328 && value < 140_737_488_355_328 ? 5 : 6
}

/** Bytes of a varint of 0 or more. */
function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++
  return size
}

/** The pages of a file, written in their order; the first one last, when the roots of all trees are known. */
class Pages {
  readonly #file: number
  readonly bytes = new Uint8Array(PAGE * PIECE_PAGES)
  readonly #view = new DataView(this.bytes.buffer)
  /** Pages begun, the first among them. */
  count = 1
  #held = 0
  /** Within the page that is being filled: where its cells begin, and its next pointer. */
  #content = PAGE
  #pointer = 0
  #cells = 0
  #head = 0

  constructor(path: string) {
    this.#file = openSync(path, 'w')
  }

  /** Begins a page; answers its number. */
  begin(type: number, right = 0): number {
    if (this.#held === PIECE_PAGES) this.#flush()
    const start = this.#held++ * PAGE
    this.bytes.fill(0, start, start + PAGE)
    this.#head = start
    this.bytes[start] = type
    const isInterior = type === TABLE_INTERIOR || type === INDEX_INTERIOR
    if (isInterior) this.#view.setUint32(start + 8, right)
    this.#pointer = start + (isInterior ? INTERIOR_HEAD : LEAF_HEAD)
    this.#content = start + PAGE
    this.#cells = 0
    return ++this.count
  }

  /** Whether a cell of so many bytes fits the page. */
  hasRoom(size: number): boolean {
    return this.#content - size >= this.#pointer + 2
  }

  /** Makes room for a cell; answers where its bytes go. */
  cell(size: number): number {
    this.#content -= size
    const place = this.#content - this.#head
    this.bytes[this.#pointer++] = place >> 8
    this.bytes[this.#pointer++] = place
    this.#cells++
    return this.#content
  }

  end(): void {
    this.#view.setUint16(this.#head + 3, this.#cells)
    this.#view.setUint16(this.#head + 5, this.#content - this.#head)
  }

  putByte(at: number, value: number): number {
    this.bytes[at] = value
    return at + 1
  }

  putPage(at: number, page: number): number {
    this.#view.setUint32(at, page)
    return at + 4
  }

  putVarint(at: number, value: number): number {
    const { bytes } = this
    if (value < 128) {
      bytes[at] = value
      return at + 1
    }
    if (value < 16_384) {
      bytes[at] = (value >> 7) | 128
      bytes[at + 1] = value & 127
      return at + 2
    }
    if (value < 2_097_152) {
      bytes[at] = (value >> 14) | 128
      bytes[at + 1] = (value >> 7) | 128
      bytes[at + 2] = value & 127
      return at + 3
    }
    const size = varintSize(value)
    let rest = value
    for (let place = at + size - 1; place >= at; place--) {
      const next = Math.floor(rest / 128)
      bytes[place] = (rest - next * 128) | (place === at + size - 1 ? 0 : 128)
      rest = next
    }
    return at + size
  }

  /** Puts a number as its serial type has it. */
  putNumber(at: number, type: number, value: number): number {
    const bytes = this.bytes
    if (type === 1) {
      bytes[at] = value
      return at + 1
    }
    if (type === 2) {
      bytes[at] = value >> 8
      bytes[at + 1] = value
      return at + 2
    }
    if (type === 3) {
      bytes[at] = value >> 16
      bytes[at + 1] = value >> 8
      bytes[at + 2] = value
      return at + 3
    }
    if (type === 4) {
      bytes[at] = value >> 24
      bytes[at + 1] = value >> 16
      bytes[at + 2] = value >> 8
      bytes[at + 3] = value
      return at + 4
    }
    if (type === 0 || type > 6) return at
    const high = Math.floor(value / TWO_32)
    if (type === 5) {
      this.#view.setInt16(at, high)
      this.#view.setUint32(at + 2, value - high * TWO_32)
      return at + 6
    }
    this.#view.setInt32(at, high)
    this.#view.setUint32(at + 4, value - high * TWO_32)
    return at + 8
  }

  putWhole(at: number, value: bigint): number {
    this.#view.setBigInt64(at, value)
    return at + 8
  }

  #flush(): void {
    const from = (this.count - this.#held) * PAGE
    writeAll(this.#file, this.bytes.subarray(0, this.#held * PAGE), from)
    this.#held = 0
  }

  /** Writes the first page, which the content of `sqlite_schema` is given for, and closes the file. */
  close(first: Uint8Array): void {
    this.#flush()
    writeAll(this.#file, first, 0)
    this.abandon()
  }

  abandon(): void {
    closeSync(this.#file)
  }
}

/** Writes the database of a table. */
export function writeSqliteImage(path: string, table: ImageTable): void {
  const pages = new Pages(path)
  try {
    const order = rowOrder(table)
    const objects: SchemaRow[] = [['table', table.name, table.name, tableTree(pages, table, order), table.sql]]
    const statistics: (readonly [index: string, text: string])[] = []
    for (const name of table.indexed) {
      const index = `${table.name}_by_${name}`
      const { root, distinct } = indexTree(pages, table, name, order)
      objects.push(['index', index, table.name, root, `CREATE INDEX ${index} ON ${table.name} (${name})`])
      statistics.push([index, `${table.rows} ${Math.max(1, Math.ceil(table.rows / Math.max(1, distinct)))}`])
    }
    if (table.rows > 0 && statistics.length > 0) {
      const root = textPage(
        pages,
        statistics.map(([index, text]) => [table.name, index, text]),
      )
      objects.push(['table', 'sqlite_stat1', 'sqlite_stat1', root, 'CREATE TABLE sqlite_stat1(tbl,idx,stat)'])
    }
    pages.close(firstPage(objects, pages.count))
  } catch (error) {
    pages.abandon()
    throw error
  }
}

/** Rows in the order of their keys; undefined where they are in it. */
function rowOrder({ columns, rows }: ImageTable): Int32Array | undefined {
  const key = columns.find(({ name }) => name === 'id')
  if (key === undefined) return undefined
  let isSorted = true
  for (let row = 1; row < rows && isSorted; row++) isSorted = key.values[row - 1] < key.values[row]
  return isSorted ? undefined : inOrderOf(key.values)
}

/** Rows that are brought together from their columns at a time. */
const BLOCK = 1024

/** The tree of the rows; answers the number of its root. */
function tableTree(pages: Pages, { columns, rows }: ImageTable, order: Int32Array | undefined): number {
  const width = columns.length
  const key = columns.findIndex(({ name }) => name === 'id')
  const block = new Float64Array(BLOCK * width)
  const types = new Uint8Array(width)
  const leaves: number[] = []
  const lasts: number[] = []
  const begin = (): void => {
    leaves.push(pages.begin(TABLE_LEAF))
  }
  begin()
  let last = 0
  for (let from = 0; from < rows; from += BLOCK) {
    const count = Math.min(BLOCK, rows - from)
    for (let column = 0; column < width; column++)
      gather(block, columns[column].values, column, width, from, count, order)
    for (let row = 0; row < count; row++) {
      const start = row * width
      const id = key < 0 ? from + row + 1 : block[start + key]
      let size = width + 1
      for (let column = 0; column < width; column++) {
        const value = block[start + column]
        let type = 6
        // The shortest that holds it: most numbers take two bytes at most.
        if (column === key) type = 0
        else if (value >= -128 && value < 128) type = value === 0 ? 8 : value === 1 ? 9 : 1
        else if (value >= -32_768 && value < 32_768) type = 2
        else if (!Number.isNaN(value)) type = typeOf(value)
        types[column] = type
        size += SIZES[type]
      }
      // Most rows take less than 128 bytes, so that their size takes one.
      const idSize = id < 128 ? 1 : id < 16_384 ? 2 : id < 2_097_152 ? 3 : varintSize(id)
      const whole = varintSize(size) + idSize + size
      if (!pages.hasRoom(whole)) {
        lasts.push(last)
        pages.end()
        begin()
      }
      let at = pages.cell(whole)
      const { bytes } = pages
      at = pages.putVarint(at, size)
      at = pages.putVarint(at, id)
      bytes[at++] = width + 1
      for (let column = 0; column < width; column++) bytes[at++] = types[column]
      for (let column = 0; column < width; column++) {
        const value = block[start + column]
        const type = types[column]
        if (type === 1) bytes[at++] = value
        else if (type === 2) {
          bytes[at++] = value >> 8
          bytes[at++] = value
        } else if (type <= 6)
          if (!Number.isNaN(value)) at = pages.putNumber(at, type, value)
          else {
            const place = order === undefined ? from + row : order[from + row]
            at = pages.putWhole(at, columns[column].vast?.get(place) as bigint)
          }
      }
      last = id
    }
  }
  lasts.push(last)
  pages.end()
  return interiorOfTable(pages, leaves, lasts)
}

/** Brings rows of one column into a block of rows. */
function gather(
  block: Float64Array,
  values: Float64Array | Int32Array,
  column: number,
  width: number,
  from: number,
  count: number,
  order: Int32Array | undefined,
): void {
  if (order === undefined) for (let row = 0; row < count; row++) block[row * width + column] = values[from + row]
  else for (let row = 0; row < count; row++) block[row * width + column] = values[order[from + row]]
}

/** Children of an interior page: each with its largest key but the last. */
const TABLE_FAN = Math.floor((PAGE - INTERIOR_HEAD) / 15)

function interiorOfTable(pages: Pages, children: readonly number[], lasts: readonly number[]): number {
  if (children.length === 1) return children[0]
  const parents: number[] = []
  const ends: number[] = []
  for (const [from, to] of evenly(children.length, TABLE_FAN)) {
    parents.push(pages.begin(TABLE_INTERIOR, children[to - 1]))
    for (let child = from; child < to - 1; child++) {
      const at = pages.cell(4 + varintSize(lasts[child]))
      pages.putVarint(pages.putPage(at, children[child]), lasts[child])
    }
    pages.end()
    ends.push(lasts[to - 1])
  }
  return interiorOfTable(pages, parents, ends)
}

/** Parts of about equal size of so many things, each of at most `most`: from and to. */
function evenly(things: number, most: number): [from: number, to: number][] {
  const parts = Math.ceil(things / most)
  const bound = (part: number): number => Math.floor((things * part) / parts)
  return Array.from({ length: parts }, (_, part) => [bound(part), bound(part + 1)])
}

/** An entry of an index: the number of the column, and that of the row. */
interface Entry {
  readonly value: number
  readonly id: number
}

const entrySize = ({ value, id }: Entry): number => 3 + SIZES[typeOf(value)] + SIZES[typeOf(id)]

function putEntry(pages: Pages, at: number, { value, id }: Entry): void {
  const [first, second] = [typeOf(value), typeOf(id)]
  let next = pages.putByte(at, 3 + SIZES[first] + SIZES[second])
  next = pages.putByte(next, 3)
  next = pages.putByte(next, first)
  next = pages.putByte(next, second)
  pages.putNumber(pages.putNumber(next, first, value), second, id)
}

/** The largest cell of an index, with its pointer, on a leaf and on a page above. */
const LEAF_ENTRY = 4 + 16 + 2
const INDEX_LEAF_CELLS = Math.floor((PAGE - LEAF_HEAD) / LEAF_ENTRY)
const INDEX_FAN = Math.floor((PAGE - INTERIOR_HEAD) / (LEAF_ENTRY + 4)) + 1

/** The tree of an index; answers its root and how many different numbers there are. */
function indexTree(
  pages: Pages,
  { columns, rows }: ImageTable,
  column: string,
  order: Int32Array | undefined,
): { root: number; distinct: number } {
  const { values } = columns.find(({ name }) => name === column) as ImageColumn
  const ids = columns.find(({ name }) => name === 'id')?.values
  const sorted = inOrderOf(values, order)
  const entry = (place: number): Entry => ({
    value: values[sorted[place]],
    id: ids === undefined ? sorted[place] + 1 : ids[sorted[place]],
  })
  let distinct = rows === 0 ? 0 : 1
  for (let place = 1; place < rows; place++) if (values[sorted[place]] !== values[sorted[place - 1]]) distinct++
  // Between two leaves there is an entry that is on neither.
  const leaves: number[] = []
  const between: Entry[] = []
  const parts = rows <= INDEX_LEAF_CELLS ? 1 : Math.ceil((rows + 1) / (INDEX_LEAF_CELLS + 1))
  const bound = (part: number): number => Math.floor(((rows + 1) * part) / parts)
  for (let part = 0; part < parts; part++) {
    leaves.push(pages.begin(INDEX_LEAF))
    const to = bound(part + 1) - 1
    for (let place = bound(part); place < to; place++) {
      const each = entry(place)
      putEntry(pages, pages.cell(entrySize(each) + 1), each)
    }
    pages.end()
    if (part < parts - 1) between.push(entry(to))
  }
  return { root: interiorOfIndex(pages, leaves, between), distinct }
}

function interiorOfIndex(pages: Pages, children: readonly number[], between: readonly Entry[]): number {
  if (children.length === 1) return children[0]
  const parents: number[] = []
  const above: Entry[] = []
  for (const [from, to] of evenly(children.length, INDEX_FAN)) {
    parents.push(pages.begin(INDEX_INTERIOR, children[to - 1]))
    for (let child = from; child < to - 1; child++) {
      const at = pages.cell(4 + entrySize(between[child]) + 1)
      putEntry(pages, pages.putPage(at, children[child]), between[child])
    }
    pages.end()
    if (to < children.length) above.push(between[to - 1])
  }
  return interiorOfIndex(pages, parents, above)
}

type SchemaRow = readonly [type: string, name: string, table: string, root: number, sql: string]

/** A cell of a small table: texts, and whole numbers. */
function textCell(id: number, values: readonly (string | number)[]): Uint8Array {
  const encoder = new TextEncoder()
  const parts = values.map((value) => {
    if (typeof value === 'string') {
      const bytes = encoder.encode(value)
      return { type: 13 + 2 * bytes.length, bytes }
    }
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setInt32(0, value)
    return { type: 4, bytes }
  })
  const types = parts.flatMap(({ type }) => varint(type))
  const head = types.length + 1
  const size = head + parts.reduce((sum, { bytes }) => sum + bytes.length, 0)
  return Uint8Array.from([...varint(size), ...varint(id), head, ...types, ...parts.flatMap(({ bytes }) => [...bytes])])
}

function varint(value: number): number[] {
  const bytes = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift((rest % 128) | 128)
  return bytes
}

/** A leaf of a small table that fits one page. */
function textPage(pages: Pages, rows: readonly (readonly (string | number)[])[]): number {
  const page = pages.begin(TABLE_LEAF)
  for (const [index, row] of rows.entries()) {
    const bytes = textCell(index + 1, row)
    let at = pages.cell(bytes.length)
    for (const byte of bytes) at = pages.putByte(at, byte)
  }
  pages.end()
  return page
}

const FILE_HEAD = 100

/** The first page: the head of the file, and `sqlite_schema` with its objects. */
function firstPage(objects: readonly SchemaRow[], pages: number): Uint8Array {
  const bytes = new Uint8Array(PAGE)
  const view = new DataView(bytes.buffer)
  bytes.set(new TextEncoder().encode('SQLite format 3\0'))
  view.setUint16(16, PAGE)
  // Formats of writing and reading: without a write-ahead log. Then no bytes are reserved, and fractions of payloads.
  bytes.set([1, 1, 0, 64, 32, 32], 18)
  const CHANGES = 1
  view.setUint32(24, CHANGES)
  view.setUint32(28, pages)
  view.setUint32(40, 1)
  const SCHEMA_FORMAT = 4
  view.setUint32(44, SCHEMA_FORMAT)
  const UTF8 = 1
  view.setUint32(56, UTF8)
  view.setUint32(92, CHANGES)
  const SQLITE_VERSION = 3_050_000
  view.setUint32(96, SQLITE_VERSION)
  bytes[FILE_HEAD] = TABLE_LEAF
  let content = PAGE
  let pointer = FILE_HEAD + LEAF_HEAD
  for (const [index, object] of objects.entries()) {
    const cell = textCell(index + 1, object)
    content -= cell.length
    if (content < pointer + 2) throw new Error('the schema of an SQLite image is longer than its first page')
    bytes.set(cell, content)
    view.setUint16(pointer, content)
    pointer += 2
  }
  view.setUint16(FILE_HEAD + 3, objects.length)
  view.setUint16(FILE_HEAD + 5, content)
  return bytes
}
