/**
 * Writes Parquet (apache/parquet-format 2.10): one page a column and row group, compressed by zstd, with a CRC of each page
 * and the least and largest value of each column chunk. Numbers are plain, places in a dictionary or differences, as the caller
 * gives them. The same rows give the same bytes.
 */
import { constants, crc32, zstdCompressSync } from 'node:zlib'
import { bitsOf, packBits } from './bit-packing.ts'
import { differenceBytes } from './differences.ts'
import { encodings, type ParquetColumn, pages, physicalOf, schemaFields, WIDE_BYTES, ZSTD } from './schema.ts'
import { type Field, thriftBytes } from './thrift.ts'

/** Words of a text column: each row's place in the list. */
export interface Words {
  readonly words: readonly string[]
  readonly places: Int32Array
}

/** Numbers of which there are few: each row's place in the list, of int32 or int64 as the column is; of wide decimals their bytes. */
export interface Few {
  readonly distinct: Int32Array | BigInt64Array | Uint8Array
  readonly places: Int32Array
}

/** Numbers of an int64 column that are near those before them: at most `MOST_OF_DIFFERENCES` in size. */
export interface Near {
  readonly near: Float64Array
}

/**
 * Values of a column in a row group: Int32Array for int32 and date, BigInt64Array for int64, instant and decimal, `bigint[]`
 * for wide decimals, or their bytes. Of an optional column, those that are there, and which rows have one.
 */
export interface ColumnValues {
  readonly values: Int32Array | BigInt64Array | Uint8Array | readonly bigint[] | Words | Few | Near
  /** By row, 1 where it has a value; undefined where all have. */
  readonly present?: Uint8Array
  /** The least and the largest of them, where the caller knows; else they are looked for. */
  readonly bounds?: readonly [least: bigint, most: bigint]
  /** How zstd looks for what repeats in them; `quick` where nothing is said. */
  readonly search?: Search | undefined
}

/** What a file says of itself. */
export type Note = readonly [key: string, value: string]

/**
 * How zstd looks for what repeats:
 * quick    runs of seven bytes or more
 * short    of four or more: for places, which have one or two bytes each
 * double   of five or more, the longest first: for numbers of which several in a row repeat, and single ones as well
 */
export type Search = 'quick' | 'short' | 'double'

/** The first level compresses least and fastest; so many bits of a hash find places of pages of some 100 KB. */
const searching = (strategy: number, shortest: number, bits: number) => ({
  params: {
    [constants.ZSTD_c_compressionLevel]: 1,
    [constants.ZSTD_c_strategy]: strategy,
    [constants.ZSTD_c_minMatch]: shortest,
    [constants.ZSTD_c_hashLog]: bits,
    [constants.ZSTD_c_chainLog]: bits,
  },
})

const searches: Readonly<Record<Search, ReturnType<typeof searching>>> = {
  quick: searching(constants.ZSTD_fast, 7, 15),
  short: searching(constants.ZSTD_fast, 4, 15),
  double: searching(constants.ZSTD_dfast, 5, 16),
}
const MAGIC = new TextEncoder().encode('PAR1')

interface Chunk {
  readonly encoding: number
  readonly dictionaryAt: number | undefined
  readonly dataAt: number
  readonly plain: number
  readonly packed: number
  readonly bounds: readonly [least: Uint8Array, most: Uint8Array] | undefined
  readonly nulls: number
}

export class ParquetWriter {
  readonly #columns: readonly ParquetColumn[]
  readonly #sink: (bytes: Uint8Array) => void
  readonly #notes: readonly Note[]
  readonly #groups: { readonly chunks: readonly Chunk[]; readonly rows: number }[] = []
  /** Pages that are not handed over yet. */
  readonly #pieces: Uint8Array[] = []
  #at = 0

  /** `sink` gets the file piece by piece; `notes` are kept in it as key and value. */
  constructor(columns: readonly ParquetColumn[], sink: (bytes: Uint8Array) => void, notes: readonly Note[] = []) {
    this.#columns = columns
    this.#sink = sink
    this.#notes = notes
    this.#put(MAGIC)
  }

  #put(bytes: Uint8Array): void {
    this.#pieces.push(bytes)
    this.#at += bytes.length
  }

  /** Hands over what has gathered, as one piece: a call of the system for each page would cost more than copying it. */
  #handOver(): void {
    this.#sink(Buffer.concat(this.#pieces))
    this.#pieces.length = 0
  }

  /** Writes so many rows: the values of each column, in their order; those of one are written before the next are asked for. */
  rowGroup(columns: Iterable<ColumnValues>, rows: number): void {
    const chunks: Chunk[] = []
    for (const values of columns) chunks.push(this.#chunk(this.#columns[chunks.length], values, rows))
    this.#groups.push({ chunks, rows })
    this.#handOver()
  }

  #chunk(column: ParquetColumn, { values, present, bounds, search }: ColumnValues, rows: number): Chunk {
    const from = this.#at
    let plain = 0
    let dictionaryAt: number | undefined
    let data: Uint8Array
    let encoding: number = encodings.PLAIN
    if ('places' in values) {
      dictionaryAt = from
      const [listed, length] = dictionaryBytes(values)
      plain += this.#page(listed, 'short', (sizes) => [
        ...sizes(pages.DICTIONARY),
        [
          7,
          'struct',
          [
            [1, 'i32', length],
            [2, 'i32', encodings.PLAIN],
          ],
        ],
      ])
      const bits = placeBits(length)
      data = joined(Uint8Array.of(bits), packBits(values.places, bits))
      encoding = encodings.RLE_DICTIONARY
    } else if ('near' in values) {
      data = differenceBytes(values.near)
      encoding = encodings.DELTA_BINARY_PACKED
    } else data = plainBytes(values)
    const dataAt = this.#at
    const levels = column.isOptional ? levelBytes(present ?? new Uint8Array(rows).fill(1)) : new Uint8Array(0)
    plain += this.#page(joined(levels, data), search, (sizes) => [
      ...sizes(pages.DATA),
      [
        5,
        'struct',
        [
          [1, 'i32', rows],
          [2, 'i32', encoding],
          [3, 'i32', encodings.RLE],
          [4, 'i32', encodings.RLE],
        ],
      ],
    ])
    const nulls = present === undefined ? 0 : present.reduce((sum, one) => sum + 1 - one, 0)
    return {
      encoding,
      dictionaryAt,
      dataAt,
      plain,
      packed: this.#at - from,
      bounds: bounds === undefined ? boundsOf(values) : boundBytes(bounds),
      nulls,
    }
  }

  /** Writes a page; returns its size with its head, were it not compressed. */
  #page(
    bytes: Uint8Array,
    search: Search | undefined,
    headOf: (sizes: (type: number) => Field[]) => readonly Field[],
  ): number {
    const packed = zstdCompressSync(bytes, searches[search ?? 'quick'])
    const head = thriftBytes(
      headOf((type) => [
        [1, 'i32', type],
        [2, 'i32', bytes.length],
        [3, 'i32', packed.length],
        // As a signed number.
        [4, 'i32', crc32(packed) | 0],
      ]),
    )
    this.#put(head)
    this.#put(packed)
    return head.length + bytes.length
  }

  /** Writes what a reader begins with. */
  end(): void {
    const rows = this.#groups.reduce((sum, group) => sum + group.rows, 0)
    const notes = this.#notes
    const footer = thriftBytes([
      [1, 'i32', 2],
      [2, 'structs', schemaFields(this.#columns)],
      [3, 'i64', rows],
      [4, 'structs', this.#groups.map(({ chunks, rows: count }) => this.#groupFields(chunks, count))],
      ...(notes.length === 0 ? [] : [[5, 'structs', notes.map(noteFields)] as Field]),
      [6, 'text', 'marketsim'],
      // How the bounds of each column are compared: as its type is.
      [7, 'structs', this.#columns.map((): Field[] => [[1, 'struct', []]])],
    ])
    const tail = new Uint8Array(8)
    new DataView(tail.buffer).setUint32(0, footer.length, true)
    tail.set(MAGIC, 4)
    this.#put(footer)
    this.#put(tail)
    this.#handOver()
  }

  #groupFields(chunks: readonly Chunk[], rows: number): Field[] {
    return [
      [1, 'structs', chunks.map((chunk, index) => chunkFields(this.#columns[index], chunk, rows))],
      [2, 'i64', chunks.reduce((sum, { plain }) => sum + plain, 0)],
      [3, 'i64', rows],
    ]
  }
}

const noteFields = ([key, value]: Note): Field[] => [
  [1, 'text', key],
  [2, 'text', value],
]

function chunkFields(column: ParquetColumn, chunk: Chunk, rows: number): Field[] {
  const { encoding, dictionaryAt, dataAt, plain, packed, bounds, nulls } = chunk
  const meta: Field[] = [
    [1, 'i32', physicalOf(column)],
    [2, 'i32s', [...new Set([...(dictionaryAt === undefined ? [] : [encodings.PLAIN]), encodings.RLE, encoding])]],
    [3, 'texts', [column.name]],
    [4, 'i32', ZSTD],
    [5, 'i64', rows],
    [6, 'i64', plain],
    [7, 'i64', packed],
    [9, 'i64', dataAt],
  ]
  if (dictionaryAt !== undefined) meta.push([11, 'i64', dictionaryAt])
  const statistics: Field[] = [[3, 'i64', nulls]]
  if (bounds !== undefined) statistics.push([5, 'bytes', bounds[1]], [6, 'bytes', bounds[0]])
  meta.push([12, 'struct', statistics])
  return [
    [2, 'i64', dictionaryAt ?? dataAt],
    [3, 'struct', meta],
  ]
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

/** What places are in, one after the other, and how many. */
function dictionaryBytes(values: Words | Few): readonly [Uint8Array, number] {
  if ('words' in values) return [textBytes(values.words), values.words.length]
  const { distinct } = values
  return [plainBytes(distinct), distinct instanceof Uint8Array ? distinct.length / WIDE_BYTES : distinct.length]
}

/** Bits of a place among so many: whole bytes where there are more than a few, in which zstd finds what repeats. */
const placeBits = (length: number): number => {
  const bits = bitsOf(Math.max(1, length - 1))
  return bits < 3 ? bits : Math.ceil(bits / 8) * 8
}

/** Words one after the other, each behind its length. */
function textBytes(words: readonly string[]): Uint8Array {
  const parts = words.map((word) => new TextEncoder().encode(word))
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + 4 + length, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const part of parts) {
    view.setUint32(at, part.length, true)
    bytes.set(part, at + 4)
    at += 4 + part.length
  }
  return bytes
}

/** Numbers as they are in memory, low byte first; wide ones with the high byte first, as Parquet wants decimals. */
function plainBytes(values: Int32Array | BigInt64Array | Uint8Array | readonly bigint[]): Uint8Array {
  if (values instanceof Uint8Array) return values
  if (values instanceof Int32Array || values instanceof BigInt64Array)
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const bytes = new Uint8Array(values.length * WIDE_BYTES)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of values.entries()) {
    view.setBigInt64(index * WIDE_BYTES, value >> 64n)
    view.setBigUint64(index * WIDE_BYTES + 8, BigInt.asUintN(64, value))
  }
  return bytes
}

/** Which rows have a value: behind its length, one bit a row. */
function levelBytes(present: Uint8Array): Uint8Array {
  const packed = packBits(present, 1)
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, packed.length, true)
  return joined(length, packed)
}

/** The least and the largest number, so that readers may skip a row group; undefined where none is worth it. */
function boundsOf(values: ColumnValues['values']): Chunk['bounds'] {
  if ('distinct' in values) return boundsOf(values.distinct)
  if (values instanceof Int32Array) {
    let [least, most] = [values[0], values[0]]
    for (const value of values) {
      if (value < least) least = value
      if (value > most) most = value
    }
    return values.length === 0 ? undefined : [plainBytes(Int32Array.of(least)), plainBytes(Int32Array.of(most))]
  }
  if (!(values instanceof BigInt64Array) || values.length === 0) return undefined
  let [least, most] = [values[0], values[0]]
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  return boundBytes([least, most])
}

const boundBytes = ([least, most]: readonly [bigint, bigint]): Chunk['bounds'] => [
  plainBytes(BigInt64Array.of(least)),
  plainBytes(BigInt64Array.of(most)),
]
