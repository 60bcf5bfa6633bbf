/**
 * A second reader of Parquet, written from the format's specification alone and row by row: slow, and with nothing in common
 * with the reader that it proves. Every value is a bigint, a text or null.
 */
import { readFileSync } from 'node:fs'
import { zstdDecompressSync } from 'node:zlib'

type Value = bigint | string | null
type Node = { [field: number]: unknown }

class Bytes {
  at: number
  readonly #bytes: Buffer
  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes
    this.at = at
  }
  byte(): number {
    return this.#bytes[this.at++]
  }
  take(length: number): Buffer {
    this.at += length
    return this.#bytes.subarray(this.at - length, this.at)
  }
  /** ULEB128. */
  unsigned(): bigint {
    let [sum, shift] = [0n, 0n]
    for (;;) {
      const byte = this.byte()
      sum |= BigInt(byte & 0x7f) << shift
      shift += 7n
      if ((byte & 0x80) === 0) return sum
    }
  }
  signed(): bigint {
    const raw = this.unsigned()
    return (raw & 1n) === 0n ? raw >> 1n : -(raw >> 1n) - 1n
  }
}

/** Thrift compact: 1, 2 booleans; 3 byte; 4..6 zigzag; 7 double; 8 binary; 9, 10 lists; 12 structs. */
function element(bytes: Bytes, type: number): unknown {
  if (type === 1) return true
  if (type === 2) return false
  if (type >= 4 && type <= 6) return bytes.signed()
  if (type === 8) return bytes.take(Number(bytes.unsigned()))
  if (type === 12) return node(bytes)
  if (type === 9 || type === 10) {
    const head = bytes.byte()
    const size = head >> 4 === 0xf ? Number(bytes.unsigned()) : head >> 4
    const list: unknown[] = []
    while (list.length < size) list.push(element(bytes, head & 0xf))
    return list
  }
  throw new Error(`thrift type ${type}`)
}

function node(bytes: Bytes): Node {
  const fields: Node = {}
  let id = 0
  for (let head = bytes.byte(); head !== 0; head = bytes.byte()) {
    id = head >> 4 === 0 ? Number(bytes.signed()) : id + (head >> 4)
    fields[id] = element(bytes, head & 0xf)
  }
  return fields
}

/** RLE / bit-packing hybrid: runs of one value, or groups of eight packed ones, until there are enough. */
function hybrid(bytes: Bytes, width: number, count: number): number[] {
  const found: number[] = []
  while (found.length < count) {
    const head = Number(bytes.unsigned())
    if ((head & 1) === 0) {
      const value = bytes.take(Math.ceil(width / 8)).reduceRight((sum, byte) => sum * 256 + byte, 0)
      for (let turn = 0; turn < head >> 1; turn++) found.push(value)
    } else {
      const packed = bytes.take((head >> 1) * width)
      const bit = (index: number): number => (packed[index >> 3] >> (index & 7)) & 1
      for (let index = 0; index < (head >> 1) * 8; index++) {
        let value = 0
        for (let place = width - 1; place >= 0; place--) value = value * 2 + bit(index * width + place)
        found.push(value)
      }
    }
  }
  return found.slice(0, count)
}

function plain(bytes: Bytes, type: bigint, length: number): Value {
  if (type === 1n) return BigInt(bytes.take(4).readInt32LE())
  if (type === 2n) return bytes.take(8).readBigInt64LE()
  if (type === 6n) return bytes.take(bytes.take(4).readUInt32LE()).toString('utf8')
  if (type === 7n) return BigInt.asIntN(length * 8, BigInt(`0x${bytes.take(length).toString('hex')}`))
  throw new Error(`physical type ${type}`)
}

/** DELTA_BINARY_PACKED: blocks of miniblocks, each with its width in bits. */
function differences(bytes: Bytes): bigint[] {
  const block = Number(bytes.unsigned())
  const miniblocks = Number(bytes.unsigned())
  const count = Number(bytes.unsigned())
  let last = bytes.signed()
  const found = count === 0 ? [] : [last]
  while (found.length < count) {
    const least = bytes.signed()
    const widths = [...bytes.take(miniblocks)]
    for (const width of widths) {
      if (found.length === count) break
      const packed = bytes.take(((block / miniblocks) * width) / 8)
      for (let index = 0; index < block / miniblocks && found.length < count; index++) {
        let difference = 0n
        for (let place = width - 1; place >= 0; place--) {
          const bit = index * width + place
          difference = difference * 2n + BigInt((packed[bit >> 3] >> (bit & 7)) & 1)
        }
        last = BigInt.asIntN(64, last + least + difference)
        found.push(last)
      }
    }
  }
  return found
}

function chunk(file: Buffer, meta: Node, column: Node, rows: number): Value[] {
  const isOptional = column[3] === 1n
  const [type, length] = [column[1] as bigint, Number(column[2] ?? 0n)]
  const bytes = new Bytes(file, Number((meta[11] as bigint | undefined) ?? (meta[9] as bigint)))
  let dictionary: Value[] = []
  const values: Value[] = []
  while (values.length < rows) {
    const head = node(bytes)
    const page = zstdDecompressSync(bytes.take(Number(head[3])))
    if (page.length !== Number(head[2])) throw new Error('a page has another size than it says')
    const data = new Bytes(Buffer.from(page))
    if (head[1] === 2n) {
      const count = Number((head[7] as Node)[1])
      dictionary = Array.from({ length: count }, () => plain(data, type, length))
      continue
    }
    const { 1: count, 2: encoding } = head[5] as { 1: bigint; 2: bigint }
    const levels = isOptional ? hybrid(new Bytes(data.take(data.take(4).readUInt32LE())), 1, Number(count)) : []
    const present = isOptional ? levels.filter((level) => level === 1).length : Number(count)
    const read: Value[] =
      encoding === 8n
        ? hybrid(data, data.byte(), present).map((place) => dictionary[place])
        : encoding === 5n
          ? differences(data)
          : Array.from({ length: present }, () => plain(data, type, length))
    let next = 0
    for (let row = 0; row < Number(count); row++) values.push(isOptional && levels[row] === 0 ? null : read[next++])
  }
  return values
}

/** All rows of a file, by the names of its columns. */
export function naiveRows(path: string): Record<string, Value>[] {
  const file = readFileSync(path)
  const mark = (from: number): string => file.toString('latin1', from, from + 4)
  if (mark(0) !== 'PAR1' || mark(file.length - 4) !== 'PAR1') throw new Error('no Parquet file')
  const footer = node(new Bytes(file, file.length - 8 - file.readUInt32LE(file.length - 8)))
  const columns = (footer[2] as Node[]).slice(1)
  return (footer[4] as Node[]).flatMap((group) => {
    const rows = Number(group[3])
    const read = (group[1] as Node[]).map((each, index) => chunk(file, each[3] as Node, columns[index], rows))
    return Array.from({ length: rows }, (_, row) =>
      Object.fromEntries(columns.map((column, index) => [(column[4] as Buffer).toString('utf8'), read[index][row]])),
    )
  })
}
