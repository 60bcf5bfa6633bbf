/** The file in a zip archive that holds a log: where its bytes are, and how they are compressed (APPNOTE 6.3.10, PKWARE). */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { InputError } from '#base/input-error.ts'

export type ZipMethod = 'stored' | 'deflated' | 'zstd'

export interface ZipMember {
  readonly name: string
  readonly method: ZipMethod
  /** Of the compressed bytes. */
  readonly start: number
  readonly size: number
  /** Of the file, decompressed. */
  readonly bytes: number
  readonly crc: number
}

const methods: Readonly<Record<number, ZipMethod>> = { 0: 'stored', 8: 'deflated', 93: 'zstd' }
const END = 0x06054b50
const END_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const ENTRY = 0x02014b50
const LOCAL = 0x04034b50
const UNKNOWN = 0xffffffff
/** The end record and the longest comment after it. */
const TAIL = 22 + 0xffff
/** A list of files longer than this is none of a log. */
const MOST_LIST = 64 * 1024 * 1024
const SHOWN = 5

interface Entry {
  readonly name: string
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly size: number
  readonly bytes: number
  readonly local: number
}

/** Folders, and what the finder of macOS adds. */
const isFile = ({ name }: Entry): boolean => !name.endsWith('/') && !/(^|\/)(__MACOSX\/|\.)/.test(name)

/** Finds the one file of an archive. Throws InputError where there are several, or it cannot be read. */
export function zipMember(path: string): ZipMember {
  const file = openSync(path, 'r')
  const read = (start: number, size: number): Buffer => {
    const bytes = Buffer.alloc(size)
    return bytes.subarray(0, readSync(file, bytes, 0, size, start))
  }
  try {
    const all = entriesOf(read, fstatSync(file).size)
    const files = all.filter(isFile)
    const [found] = files
    if (found === undefined) throw new InputError('the archive has no file', 'put the log into it', path)
    if (files.length > 1) {
      const names = files.slice(0, SHOWN).map(({ name }) => name)
      const list = `${names.join(', ')}${files.length > SHOWN ? ', …' : ''}`
      throw new InputError(
        `the archive has ${files.length} files: ${list}`,
        `pass the one you mean to stdin: unzip -p ${path} '${found.name}' | marketsim … -`,
        path,
      )
    }
    if ((found.flags & 1) === 1) throw new InputError('the archive is encrypted', 'extract it first', path)
    const method = methods[found.method]
    if (method === undefined)
      throw new InputError(`the archive uses method ${found.method} of compression`, 'extract it first', path)
    const local = read(found.local, 30)
    if (local.length < 30 || local.readUInt32LE(0) !== LOCAL) throw new RangeError('no local header')
    const start = found.local + 30 + local.readUInt16LE(26) + local.readUInt16LE(28)
    return { name: found.name, method, start, size: found.size, bytes: found.bytes, crc: found.crc }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new InputError(`the zip archive is damaged (${error.message})`, 'copy or download the file again', path)
  } finally {
    closeSync(file)
  }
}

/** The files of the directory at the end. Throws RangeError where there is none. */
function entriesOf(read: (start: number, size: number) => Buffer, size: number): Entry[] {
  const from = Math.max(0, size - TAIL)
  const tail = read(from, size - from)
  let end = tail.length - 22
  while (end >= 0 && tail.readUInt32LE(end) !== END) end--
  if (end < 0) throw new RangeError('no directory at its end')
  let length = tail.readUInt32LE(end + 12)
  let start = tail.readUInt32LE(end + 16)
  if (start === UNKNOWN || length === UNKNOWN) {
    const locator = end - 20
    if (locator < 0 || tail.readUInt32LE(locator) !== LOCATOR_64) throw new RangeError('no 64-bit directory')
    const end64 = read(Number(tail.readBigUInt64LE(locator + 8)), 56)
    if (end64.readUInt32LE(0) !== END_64) throw new RangeError('no 64-bit directory')
    length = Number(end64.readBigUInt64LE(40))
    start = Number(end64.readBigUInt64LE(48))
  }
  if (length > MOST_LIST || start + length > size) throw new RangeError('the directory is beyond its end')
  const list = read(start, length)
  const entries: Entry[] = []
  for (let at = 0; at + 46 <= list.length && list.readUInt32LE(at) === ENTRY; ) {
    const [name, extra, comment] = [28, 30, 32].map((place) => list.readUInt16LE(at + place))
    const fields = list.subarray(at + 46 + name, at + 46 + name + extra)
    const sizes = [24, 20, 42].map((place) => list.readUInt32LE(at + place))
    const [bytes, stored, local] = wideSizes(sizes, fields)
    entries.push({
      name: list.subarray(at + 46, at + 46 + name).toString('utf8'),
      flags: list.readUInt16LE(at + 8),
      method: list.readUInt16LE(at + 10),
      crc: list.readUInt32LE(at + 16),
      ...{ size: stored, bytes, local },
    })
    at += 46 + name + extra + comment
  }
  return entries
}

/** Sizes that do not fit into 32 bits are in a field of their own, in this order. */
function wideSizes(sizes: readonly number[], fields: Buffer): number[] {
  if (!sizes.includes(UNKNOWN)) return [...sizes]
  for (let at = 0; at + 4 <= fields.length; at += 4 + fields.readUInt16LE(at + 2)) {
    if (fields.readUInt16LE(at) !== 1) continue
    let place = at + 4
    return sizes.map((size) => {
      if (size !== UNKNOWN) return size
      place += 8
      return Number(fields.readBigUInt64LE(place - 8))
    })
  }
  throw new RangeError('no sizes of 64 bits')
}
