/**
 * Reads the Parquet that `writer.ts` writes, column by column. Every page is checked by its CRC, so that damage is
 * reported by file, column and row group and never read as numbers.
 */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { crc32, zstdDecompressSync } from 'node:zlib'
import { DamageError } from '#base/damage-error.ts'
import { unpackBits, unpackSome } from './bit-packing.ts'
import { readDifferences } from './differences.ts'
import { encodings, pages, physical, WIDE_BYTES, ZSTD } from './schema.ts'
import { readThrift, ThriftError, type ThriftStruct, type ThriftValue } from './thrift.ts'

/** A Parquet file that is not what was written. `place`: the column and row group, or the part of the file. */
export class ParquetDamage extends DamageError {
  constructor(path: string, place: string, what: string) {
    super(path, `${basename(path)} is damaged, ${place}: ${what}`)
    // By this name another thread knows what it is.
    this.name = DamageError.name
  }
}

/** A column of a row group: its values, and by row whether there is one; undefined where all rows have theirs. */
export interface ColumnRead {
  readonly values: Int32Array | BigInt64Array | WideRead | WordsRead | FewRead | NearRead
  readonly present?: Uint8Array
}

/** Wide decimals: 16 bytes each, the high one first. */
export interface WideRead {
  readonly wide: DataView
  readonly length: number
}

/** A wide decimal by its place. */
export const wideAt = ({ wide }: WideRead, place: number): bigint =>
  (wide.getBigInt64(place * WIDE_BYTES) << 64n) + wide.getBigUint64(place * WIDE_BYTES + 8)

/** Words of a text column, and by value its place among them. */
export interface WordsRead {
  readonly words: readonly string[]
  readonly places: Int32Array
}

/** Numbers of which there are few, and by value its place among them. */
export interface FewRead {
  readonly distinct: Int32Array | BigInt64Array | WideRead
  readonly places: Int32Array
}

/** Numbers that were written as differences: float64 holds each exactly. */
export interface NearRead {
  readonly near: Float64Array
}

export interface ReadColumn {
  readonly name: string
  readonly type: number
  readonly isOptional: boolean
}

/**
 * Memory that columns are read into, one after the other: what a reader answers is there until it reads the next column. Millions of
 * rows would leave a gigabyte for V8 to collect.
 */
export class ReadingRoom {
  #places = new Int32Array(0)
  #near = new Float64Array(0)

  places(count: number): Int32Array {
    if (this.#places.length < count) this.#places = new Int32Array(count)
    return this.#places.subarray(0, count)
  }

  near(count: number): Float64Array {
    if (this.#near.length < count) this.#near = new Float64Array(count)
    return this.#near.subarray(0, count)
  }
}

interface ChunkPlace {
  readonly from: number
  readonly bytes: number
}

/** The footer is at the end, and behind it its length and the mark. */
const TAIL = 8
const MAGIC = 0x31524150

export class ParquetReader {
  readonly path: string
  readonly columns: readonly ReadColumn[]
  /** Rows of each row group. */
  readonly groups: readonly number[]
  readonly notes: ReadonlyMap<string, string>
  readonly #content: Uint8Array
  readonly #chunks: readonly (readonly ChunkPlace[])[]

  /** `content`: the bytes of the file, where they are known. @throws ParquetDamage where the file is not a whole one */
  constructor(path: string, content: Uint8Array = readFileSync(path)) {
    this.path = path
    this.#content = content
    try {
      const footer = this.#footer()
      const [, ...columns] = structs(footer.get(2)).map((fields) => ({
        name: text(fields.get(4)),
        type: Number(fields.get(1)),
        isOptional: fields.get(3) === 1,
      }))
      this.columns = columns
      const groups = structs(footer.get(4))
      this.groups = groups.map((group) => Number(group.get(3)))
      this.#chunks = groups.map((group) => structs(group.get(1)).map((chunk) => this.#placeOf(chunk)))
      this.notes = new Map(structs(footer.get(5)).map((note) => [text(note.get(1)), text(note.get(2))]))
    } catch (error) {
      throw error instanceof ParquetDamage ? error : this.#damage('its footer', (error as Error).message)
    }
  }

  get rows(): number {
    return this.groups.reduce((sum, rows) => sum + rows, 0)
  }

  #damage(place: string, what: string): ParquetDamage {
    return new ParquetDamage(this.path, place, what)
  }

  #bytes(from: number, length: number): Uint8Array {
    const bytes = this.#content.subarray(from, from + length)
    if (bytes.length < length) throw this.#damage(`byte ${this.#content.length}`, 'the file ends here')
    return bytes
  }

  #footer(): ThriftStruct {
    const size = this.#content.length
    if (size < TAIL + 4) throw this.#damage('its end', `${size} bytes are no Parquet file`)
    const tail = viewOf(this.#bytes(size - TAIL, TAIL))
    if (tail.getUint32(4, true) !== MAGIC) throw this.#damage('its end', 'the file was cut off, or is no Parquet file')
    const length = tail.getUint32(0, true)
    if (length > size - TAIL) throw this.#damage('its end', `a footer of ${length} bytes is longer than the file`)
    return readThrift(this.#bytes(size - TAIL - length, length), 0).value
  }

  #placeOf(chunk: ThriftStruct): ChunkPlace {
    const meta = chunk.get(3)
    if (!(meta instanceof Map)) throw new ThriftError('a column chunk says nothing of itself')
    if (meta.get(4) !== ZSTD) throw new ThriftError('a column is not compressed by zstd')
    return { from: Number(meta.get(11) ?? meta.get(9)), bytes: Number(meta.get(7)) }
  }

  /**
   * One column of one row group; in `room` where the answer is used up before the next one. Of `chosen`, if it is given, the answer is that of a
   * row group which has only those rows; they ascend. @throws ParquetDamage
   */
  read(group: number, column: number, room = new ReadingRoom(), chosen?: Int32Array): ColumnRead {
    const { name, type, isOptional } = this.columns[column]
    const place = `column ${name}, row group ${group}`
    const rows = this.groups[group]
    try {
      const { from, bytes: length } = this.#chunks[group][column]
      const bytes = this.#bytes(from, length)
      let at = 0
      let listed: readonly string[] | FewRead['distinct'] = []
      for (;;) {
        const { value: head, end } = readThrift(bytes, at)
        const packed = bytes.subarray(end, end + Number(head.get(3)))
        if (crc32(packed) !== Number(head.get(4)) >>> 0)
          throw this.#damage(place, 'its bytes are not those that were written')
        const page = unpacked(packed, Number(head.get(2)))
        at = end + packed.length
        if (head.get(1) === pages.DICTIONARY) {
          listed = type === physical.BYTE_ARRAY ? wordsOf(page) : valuesOf(page, type, lengthIn(head))
          continue
        }
        const present = isOptional ? presentOf(page, rows) : undefined
        const data = isOptional ? page.subarray(4 + lengthOf(page)) : page
        const count = present === undefined ? rows : present.reduce((sum, one) => sum + one, 0)
        const encoding = (head.get(5) as ThriftStruct).get(2)
        if (encoding === encodings.RLE_DICTIONARY && chosen !== undefined && present === undefined)
          return { values: placed(listed, unpackSome(data, 1, data[0], chosen, room.places(chosen.length))) }
        const values =
          encoding === encodings.RLE_DICTIONARY
            ? placed(listed, unpackBits(data, 1, data[0], room.places(count)))
            : encoding === encodings.DELTA_BINARY_PACKED
              ? { near: readDifferences(data, room.near(count)) }
              : valuesOf(data, type, count)
        const read = present === undefined ? { values } : { values, present }
        return chosen === undefined ? read : chosenOf(read, chosen)
      }
    } catch (error) {
      if (error instanceof ParquetDamage) throw error
      throw this.#damage(place, (error as Error).message)
    }
  }
}

function structs(value: ThriftValue | undefined): readonly ThriftStruct[] {
  if (value === undefined) return []
  if (Array.isArray(value) && value.every((each) => each instanceof Map)) return value as readonly ThriftStruct[]
  throw new ThriftError('metadata lacks a list')
}

function text(value: ThriftValue | undefined): string {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value)
  throw new ThriftError('metadata lacks a name')
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Pages are said to be of at most so many bytes: of a damaged length no more is set aside. */
const LARGEST_PAGE = 1 << 26

/**
 * What zstd made of a page of so many bytes. With room for one byte more it is done in one step, which takes two thirds of the time that
 * steps of 64 KiB take, and their copies.
 */
const unpacked = (packed: Uint8Array, bytes: number): Uint8Array =>
  bytes > 0 && bytes < LARGEST_PAGE
    ? zstdDecompressSync(packed, { chunkSize: Math.max(bytes + 1, LEAST_CHUNK) })
    : zstdDecompressSync(packed)

/** Node takes no smaller one. */
const LEAST_CHUNK = 64

/** The length of the levels, which the page begins with. */
const lengthOf = (page: Uint8Array): number => viewOf(page).getUint32(0, true)

const presentOf = (page: Uint8Array, rows: number): Uint8Array =>
  Uint8Array.from(unpackBits(page, 4, 1, new Int32Array(rows)))

function wordsOf(page: Uint8Array): string[] {
  const words: string[] = []
  const view = viewOf(page)
  for (let at = 0; at < page.length; ) {
    const length = view.getUint32(at, true)
    words.push(new TextDecoder().decode(page.subarray(at + 4, at + 4 + length)))
    at += 4 + length
  }
  return words
}

/** How many values the page of a dictionary has. */
const lengthIn = (head: ThriftStruct): number => Number((head.get(7) as ThriftStruct).get(1))

function placed(listed: readonly string[] | FewRead['distinct'], places: Int32Array): WordsRead | FewRead {
  let most = -1
  for (let at = 0; at < places.length; at++) if (places[at] > most) most = places[at]
  if (most >= listed.length) throw new Error(`a dictionary of ${listed.length} values lacks number ${most}`)
  return isWords(listed) ? { words: listed, places } : { distinct: listed, places }
}

const isWords = (listed: readonly string[] | FewRead['distinct']): listed is readonly string[] => Array.isArray(listed)

function valuesOf(page: Uint8Array, type: number, count: number): Int32Array | BigInt64Array | WideRead {
  if (type !== physical.FIXED) return numbersOf(page, type, count)
  if (page.length !== WIDE_BYTES * count) throw new Error(`a page of ${page.length} bytes is none of ${count} values`)
  return { wide: viewOf(page), length: count }
}

/** The same of chosen rows alone. */
function chosenOf({ values, present }: ColumnRead, rows: Int32Array): ColumnRead {
  if (present === undefined) return { values: valuesAt(values, rows) }
  const there = new Uint8Array(rows.length)
  const places = new Int32Array(rows.length)
  let count = 0
  let row = 0
  let before = 0
  for (let at = 0; at < rows.length; at++) {
    for (; row < rows[at]; row++) before += present[row]
    there[at] = present[row]
    if (there[at] === 1) places[count++] = before
  }
  return { values: valuesAt(values, places.subarray(0, count)), present: there }
}

function valuesAt(values: ColumnRead['values'], places: Int32Array): ColumnRead['values'] {
  if (values instanceof Int32Array) return numbersAt(values, places)
  if (values instanceof BigInt64Array) {
    const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
    const chosen = new Int32Array(places.length * 2)
    for (let at = 0; at < places.length; at++) {
      chosen[at * 2] = halves[places[at] * 2]
      chosen[at * 2 + 1] = halves[places[at] * 2 + 1]
    }
    return new BigInt64Array(chosen.buffer)
  }
  if ('wide' in values) {
    const from = new Uint8Array(values.wide.buffer, values.wide.byteOffset, values.wide.byteLength)
    const bytes = new Uint8Array(places.length * WIDE_BYTES)
    for (let at = 0; at < places.length; at++)
      bytes.set(from.subarray(places[at] * WIDE_BYTES, (places[at] + 1) * WIDE_BYTES), at * WIDE_BYTES)
    return { wide: viewOf(bytes), length: places.length }
  }
  if ('near' in values) {
    // Places ascend, so that none is overwritten before it is read.
    const { near } = values
    for (let at = 0; at < places.length; at++) near[at] = near[places[at]]
    return { near: near.subarray(0, places.length) }
  }
  return { ...values, places: numbersAt(values.places, places) }
}

function numbersAt(numbers: Int32Array, places: Int32Array): Int32Array {
  const chosen = new Int32Array(places.length)
  for (let at = 0; at < places.length; at++) chosen[at] = numbers[places[at]]
  return chosen
}

/** Numbers of a page that was written on a machine with the low byte first. */
function numbersOf(page: Uint8Array, type: number, count: number): Int32Array | BigInt64Array {
  const size = type === physical.INT32 ? 4 : 8
  if (page.length !== size * count) throw new Error(`a page of ${page.length} bytes is none of ${count} values`)
  // Small pages may be anywhere within a larger buffer.
  const { buffer, byteOffset } = page.byteOffset % size === 0 ? page : new Uint8Array(page)
  return type === physical.INT32
    ? new Int32Array(buffer, byteOffset, count)
    : new BigInt64Array(buffer, byteOffset, count)
}
