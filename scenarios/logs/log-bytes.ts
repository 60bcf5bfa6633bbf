/** The bytes of a log, decompressed where it is compressed, with a bound on what they may come to. */
import { createHash, type Hash } from 'node:crypto'
import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs'
import type { Readable, Transform } from 'node:stream'
import {
  constants,
  crc32,
  createGunzip,
  createInflateRaw,
  createZstdDecompress,
  gunzipSync,
  inflateRawSync,
  zstdDecompressSync,
} from 'node:zlib'
import { InputError } from '#base/input-error.ts'
import { encodingOfStart } from './encoding.ts'
import { type ZipMember, type ZipMethod, zipMember } from './zip-member.ts'

export type Compression = 'gzip' | 'zstd' | 'zip'

export interface LogBytes {
  readonly compression: Compression | null
  readonly chunks: AsyncIterable<Uint8Array>
  /** SHA-256 of the file as it is stored, in hex; complete when `chunks` has ended. */
  digest(): string
}

/** Bytes read at a time. */
const CHUNK = 1 << 18
const GIB = 2 ** 30
/** What text is hardly ever compressed to: more points to a file made to fill a disk or an evening. */
const RATIO = 200

/** A compressed log may become 200 times as long as its file, and always 1 GiB. */
const mostBytesOf = (size: number): number => Math.max(GIB, size * RATIO)

const magics: readonly (readonly [compression: Compression, magic: readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
]

/** The first bytes of a file, or those from a place on. */
export function firstBytes(path: string, count: number, start = 0): Uint8Array {
  const file = openSync(path, 'r')
  try {
    const bytes = new Uint8Array(count)
    return bytes.subarray(0, readSync(file, bytes, 0, count, start))
  } finally {
    closeSync(file)
  }
}

/** Frames without data, which parallel compressors begin with (RFC 8878, 3.1.2). */
const isSkippable = (bytes: Uint8Array): boolean =>
  bytes[0] >> 4 === 5 && bytes[1] === 0x2a && bytes[2] === 0x4d && bytes[3] === 0x18

/** By the first bytes: a name may say anything. */
function compressionOf(path: string): Compression | null {
  const first = firstBytes(path, 4)
  if (isSkippable(first)) return 'zstd'
  return magics.find(([, magic]) => magic.every((byte, at) => first[at] === byte))?.[0] ?? null
}

/** The first bytes of a text, decompressed where the file is compressed. */
export function firstOf(path: string): Uint8Array {
  const compression = compressionOf(path)
  if (compression === null) return firstBytes(path, FIRST)
  const member = compression === 'zip' ? zipMember(path) : null
  const bytes = firstBytes(path, Math.min(FIRST, member?.size ?? FIRST), member?.start)
  try {
    // What is cut off ends in the middle of a block: what came before it is given out.
    const kind = member === null ? compression : member.method
    if (kind === 'stored') return bytes
    const cut = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MOST_FIRST }
    if (kind === 'gzip') return gunzipSync(bytes, cut)
    if (kind === 'deflated') return inflateRawSync(bytes, cut)
    return zstdDecompressSync(fromData(bytes), { finishFlush: constants.ZSTD_e_flush, maxOutputLength: MOST_FIRST })
  } catch {
    return new Uint8Array(0)
  }
}

/** Without the frames at its beginning that have no data. */
function fromData(bytes: Uint8Array): Uint8Array {
  let at = 0
  while (at + 8 <= bytes.length && isSkippable(bytes.subarray(at)))
    at += 8 + Buffer.from(bytes.buffer, bytes.byteOffset + at + 4, 4).readUInt32LE(0)
  return bytes.subarray(Math.min(at, bytes.length))
}

const FIRST = 1 << 16
const MOST_FIRST = 1 << 26

/** Whether text begins as JSON does. */
export function isJsonStart(bytes: Uint8Array): boolean {
  const encoding = encodingOfStart(bytes) ?? 'utf-8'
  const text = new TextDecoder(encoding === 'latin-1' ? 'utf-8' : encoding).decode(bytes.subarray(0, 1 << 12))
  return /^[\ufeff\s]*[[{]/.test(text)
}

/**
 * Opens a log. `mostBytes` bounds what it decompresses to; without it, the bound follows from the size of the file. Reading
 * throws InputError where the bound is passed or the compressed data is damaged.
 */
export function logBytes(path: string, mostBytes?: number): LogBytes {
  const compression = compressionOf(path)
  const hash = createHash('sha256')
  const most = mostBytes ?? mostBytesOf(statSync(path).size)
  if (compression === 'zip') {
    const chunks = unzipped(path, zipMember(path), most, hash)
    return { compression, chunks, digest: () => hash.digest('hex') }
  }
  const stored = createReadStream(path, { highWaterMark: CHUNK })
  stored.on('data', (chunk) => hash.update(chunk))
  const digest = () => hash.digest('hex')
  if (compression === null) return { compression, chunks: stored, digest }
  return { compression, chunks: decompressed(stored, compression, compression, path, most), digest }
}

/** The one file of an archive, whose hash is of the whole archive. */
async function* unzipped(path: string, member: ZipMember, most: number, hash: Hash): AsyncIterable<Uint8Array> {
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) hash.update(chunk)
  const { start, size, method } = member
  if (size === 0) return
  const stored = createReadStream(path, { highWaterMark: CHUNK, start, end: start + size - 1 })
  let sum = 0
  let bytes = 0
  for await (const chunk of decompressed(stored, method, 'zip', path, most)) {
    sum = crc32(chunk, sum)
    bytes += chunk.length
    yield chunk
  }
  if (sum === member.crc && bytes === member.bytes) return
  throw new InputError(`the zip data is damaged (${member.name})`, 'copy or download the file again', path)
}

/** All frames of a file. A decoder of Node ends with the frame it is in where the next one begins within a chunk. */
async function* zstdFrames(stored: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = stored[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array(0)
  const feed = async (decoder: ReturnType<typeof createZstdDecompress>): Promise<'frame' | 'end'> => {
    for (;;) {
      if (rest.length === 0) {
        const { done, value } = await chunks.next()
        if (done === true) {
          decoder.end()
          return 'end'
        }
        rest = value
      }
      const before = decoder.bytesWritten
      await new Promise<void>((resolve, reject) => {
        decoder.write(rest, (error) => (error == null ? resolve() : reject(error)))
      })
      rest = rest.subarray(decoder.bytesWritten - before)
      if (rest.length > 0) return 'frame'
    }
  }
  for (let ended: 'frame' | 'end' = 'frame'; ended === 'frame'; ) {
    const decoder = createZstdDecompress({ chunkSize: CHUNK })
    try {
      const feeding = feed(decoder)
      feeding.catch((error) => decoder.destroy(error as Error))
      yield* decoder
      ended = await feeding
    } finally {
      decoder.destroy()
    }
  }
}

async function* piped(stored: Readable, decoder: Transform): AsyncGenerator<Uint8Array> {
  stored.on('error', (error) => decoder.destroy(error))
  stored.pipe(decoder)
  try {
    yield* decoder
  } finally {
    decoder.destroy()
  }
}

const decoderOf = (stored: Readable, kind: 'gzip' | ZipMethod): AsyncIterable<Uint8Array> => {
  if (kind === 'stored') return stored
  if (kind === 'zstd') return zstdFrames(stored)
  return piped(stored, kind === 'gzip' ? createGunzip({ chunkSize: CHUNK }) : createInflateRaw({ chunkSize: CHUNK }))
}

async function* decompressed(
  stored: ReturnType<typeof createReadStream>,
  kind: 'gzip' | ZipMethod,
  compression: Compression,
  path: string,
  most: number,
): AsyncIterable<Uint8Array> {
  let bytes = 0
  try {
    for await (const chunk of decoderOf(stored, kind)) {
      bytes += chunk.length
      if (bytes > most)
        throw new InputError(
          `decompressed, the log has more than ${most} bytes`,
          'add --most-bytes with a higher bound if the file is really so long',
          path,
        )
      yield chunk
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined || !/^(Z_|ZSTD_|ERR_ZLIB|ERR_ZSTD)/i.test(code)) throw error
    throw new InputError(`the ${compression} data is damaged (${code})`, 'copy or download the file again', path)
  } finally {
    stored.destroy()
  }
}
