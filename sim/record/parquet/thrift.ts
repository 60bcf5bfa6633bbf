/**
 * Thrift's compact protocol, as far as the metadata of Parquet needs it (Apache Thrift, `thrift-compact-protocol.md`):
 * a value is a tree of structs, each field with its number.
 */
export const fieldTypes = { true: 1, false: 2, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const

/** A struct: its fields by number. A list is an array, a flag a boolean, text and bytes are bytes. */
export type ThriftValue = number | boolean | Uint8Array | readonly ThriftValue[] | ThriftStruct
export type ThriftStruct = ReadonlyMap<number, ThriftValue>

/** A field to be written: i64 is distinguished from i32 where both are numbers. */
export type Field =
  | readonly [id: number, type: 'i32' | 'i64', value: number]
  | readonly [id: number, type: 'text', value: string]
  | readonly [id: number, type: 'bytes', value: Uint8Array]
  | readonly [id: number, type: 'flag', value: boolean]
  | readonly [id: number, type: 'struct', fields: readonly Field[]]
  | readonly [id: number, type: 'structs', list: readonly (readonly Field[])[]]
  | readonly [id: number, type: 'i32s', list: readonly number[]]
  | readonly [id: number, type: 'texts', list: readonly string[]]

class Writer {
  readonly #bytes: number[] = []

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }

  struct(fields: readonly Field[]): void {
    let last = 0
    for (const field of fields) {
      const [id] = field
      this.#bytes.push(((id - last) << 4) | this.#typeOf(field))
      last = id
      this.#value(field)
    }
    this.#bytes.push(0)
  }

  #typeOf([, type, value]: Field): number {
    switch (type) {
      case 'i32':
      case 'i64':
        return fieldTypes[type]
      case 'text':
      case 'bytes':
        return fieldTypes.binary
      case 'flag':
        return value ? fieldTypes.true : fieldTypes.false
      case 'struct':
        return fieldTypes.struct
      default:
        return fieldTypes.list
    }
  }

  #value([, type, value]: Field): void {
    if (type === 'i32' || type === 'i64') this.#zigzag(value)
    else if (type === 'text') this.#binary(new TextEncoder().encode(value))
    else if (type === 'bytes') this.#binary(value)
    else if (type === 'struct') this.struct(value)
    else if (type === 'structs') {
      this.#listHead(value.length, fieldTypes.struct)
      for (const fields of value) this.struct(fields)
    } else if (type === 'i32s') {
      this.#listHead(value.length, fieldTypes.i32)
      for (const number of value) this.#zigzag(number)
    } else if (type === 'texts') {
      this.#listHead(value.length, fieldTypes.binary)
      for (const text of value) this.#binary(new TextEncoder().encode(text))
    }
  }

  #listHead(length: number, type: number): void {
    if (length < 15) this.#bytes.push((length << 4) | type)
    else {
      this.#bytes.push(0xf0 | type)
      this.#varint(length)
    }
  }

  #binary(bytes: Uint8Array): void {
    this.#varint(bytes.length)
    for (const byte of bytes) this.#bytes.push(byte)
  }

  #zigzag(number: number): void {
    this.#varint(number >= 0 ? number * 2 : -number * 2 - 1)
  }

  #varint(number: number): void {
    let rest = number
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes.push((rest % 128) | 128)
    this.#bytes.push(rest)
  }
}

/** The bytes of a struct. */
export function thriftBytes(fields: readonly Field[]): Uint8Array {
  const writer = new Writer()
  writer.struct(fields)
  return writer.bytes()
}

/** Raised where bytes are no struct. */
export class ThriftError extends Error {}

/** Reads a struct that begins at `from`; answers it and where it ends. @throws ThriftError */
export function readThrift(bytes: Uint8Array, from: number): { readonly value: ThriftStruct; readonly end: number } {
  let at = from
  const byte = (): number => {
    if (at >= bytes.length) throw new ThriftError('metadata ends within a value')
    return bytes[at++]
  }
  const varint = (): number => {
    let [number, scale] = [0, 1]
    for (;;) {
      const next = byte()
      number += (next & 127) * scale
      if (next < 128) return number
      scale *= 128
      if (scale > 2 ** 63) throw new ThriftError('a number of metadata has no end')
    }
  }
  const zigzag = (): number => {
    const number = varint()
    return number % 2 === 0 ? number / 2 : -(number + 1) / 2
  }
  const binary = (): Uint8Array => {
    const length = varint()
    if (at + length > bytes.length) throw new ThriftError('metadata ends within a text')
    at += length
    return bytes.subarray(at - length, at)
  }
  const value = (type: number): ThriftValue => {
    switch (type) {
      case fieldTypes.true:
      case fieldTypes.false:
        return type === fieldTypes.true
      case fieldTypes.i32:
      case fieldTypes.i64:
        return zigzag()
      case fieldTypes.binary:
        return binary()
      case fieldTypes.struct:
        return struct()
      case fieldTypes.list: {
        const head = byte()
        const length = head >> 4 === 15 ? varint() : head >> 4
        if (length > bytes.length) throw new ThriftError('a list of metadata is longer than its file')
        return Array.from({ length }, () => value(head & 15))
      }
      default:
        throw new ThriftError(`metadata has a value of the unknown type ${type}`)
    }
  }
  function struct(): ThriftStruct {
    const fields = new Map<number, ThriftValue>()
    let last = 0
    for (;;) {
      const head = byte()
      if (head === 0) return fields
      last = head >> 4 === 0 ? zigzag() : last + (head >> 4)
      fields.set(last, value(head & 15))
    }
  }
  return { value: struct(), end: at }
}
