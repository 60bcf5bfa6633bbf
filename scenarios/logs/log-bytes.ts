/** The bytes of a log, decompressed where it is compressed, with a bound on what they may come to. */
import { createHash } from 'node:crypto'
import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs'
import { constants, createGunzip, createZstdDecompress, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { InputError } from '#base/input-error.ts'
import { encodingOfStart } from './encoding.ts'

export type Compression = 'gzip' | 'zstd'

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
]

/** The first bytes of a file. */
export function firstBytes(path: string, count: number): Uint8Array {
  const file = openSync(path, 'r')
  try {
    const bytes = new Uint8Array(count)
    return bytes.subarray(0, readSync(file, bytes, 0, count, 0))
  } finally {
    closeSync(file)
  }
}

/** By the first bytes: a name may say anything. */
function compressionOf(path: string): Compression | null {
  const first = firstBytes(path, 4)
  return magics.find(([, magic]) => magic.every((byte, at) => first[at] === byte))?.[0] ?? null
}

/** The first bytes of a text, decompressed where the file is compressed. */
export function firstOf(path: string): Uint8Array {
  const bytes = firstBytes(path, FIRST)
  const compression = compressionOf(path)
  if (compression === null) return bytes
  try {
    // What is cut off ends in the middle of a block: what came before it is given out.
    return compression === 'gzip'
      ? gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MOST_FIRST })
      : zstdDecompressSync(bytes, { finishFlush: constants.ZSTD_e_flush, maxOutputLength: MOST_FIRST })
  } catch {
    return new Uint8Array(0)
  }
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
  const stored = createReadStream(path, { highWaterMark: CHUNK })
  stored.on('data', (chunk) => hash.update(chunk))
  return {
    compression,
    chunks: compression === null ? stored : decompressed(stored, compression, path, most),
    digest: () => hash.digest('hex'),
  }
}

async function* decompressed(
  stored: ReturnType<typeof createReadStream>,
  compression: Compression,
  path: string,
  most: number,
): AsyncIterable<Uint8Array> {
  const decoder =
    compression === 'gzip' ? createGunzip({ chunkSize: CHUNK }) : createZstdDecompress({ chunkSize: CHUNK })
  stored.on('error', (error) => decoder.destroy(error))
  stored.pipe(decoder)
  let bytes = 0
  try {
    for await (const chunk of decoder) {
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
    decoder.destroy()
  }
}
