/** Bytes of a log that is compressed or archived: what is read, what is refused, and within which bounds. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { firstOf, logBytes } from '#scenarios/logs/log-bytes.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-bytes-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Entry {
  readonly name: string
  readonly text: string
  readonly method?: 0 | 8 | 93 | 99
  readonly flags?: number
  readonly crc?: number
}

const words = (...numbers: readonly (readonly [value: number, bytes: 2 | 4])[]): Buffer =>
  Buffer.concat(
    numbers.map(([value, bytes]) => {
      const buffer = Buffer.alloc(bytes)
      buffer.writeUIntLE(value, 0, bytes)
      return buffer
    }),
  )

const stored = (text: string, method: number): Buffer =>
  method === 8 ? deflateRawSync(text) : method === 93 ? zstdCompressSync(text) : Buffer.from(text)

/** A zip archive as APPNOTE describes it; `isWide`: with sizes of 64 bits and a comment at its end. */
function zipOf(entries: readonly Entry[], isWide = false): Buffer {
  const parts: Buffer[] = []
  const list: Buffer[] = []
  let at = 0
  for (const { name, text, method = 8, flags = 0, crc = crc32(text) } of entries) {
    const data = stored(text, method)
    const of = Buffer.from(name)
    const local = Buffer.concat([
      words([0x04034b50, 4], [20, 2], [flags, 2], [method, 2], [0, 2], [0, 2], [crc, 4], [data.length, 4]),
      words([text.length, 4], [of.length, 2], [3, 2]),
      of,
      Buffer.from('abc'),
      data,
    ])
    const wide = Buffer.alloc(isWide ? 28 : 0)
    if (isWide) {
      wide.writeUInt16LE(1, 0)
      wide.writeUInt16LE(24, 2)
      ;[text.length, data.length, at].forEach((value, index) => {
        wide.writeBigUInt64LE(BigInt(value), 4 + 8 * index)
      })
    }
    const size = (value: number) => (isWide ? 0xffffffff : value)
    list.push(
      words([0x02014b50, 4], [20, 2], [20, 2], [flags, 2], [method, 2], [0, 2], [0, 2], [crc, 4]),
      words([size(data.length), 4], [size(text.length), 4], [of.length, 2], [wide.length, 2], [0, 2], [0, 2], [0, 2]),
      words([0, 4], [size(at), 4]),
      of,
      wide,
    )
    parts.push(local)
    at += local.length
  }
  const directory = Buffer.concat(list)
  const end64 = Buffer.alloc(56 + 20)
  end64.writeUInt32LE(0x06064b50, 0)
  end64.writeBigUInt64LE(BigInt(directory.length), 40)
  end64.writeBigUInt64LE(BigInt(at), 48)
  end64.writeUInt32LE(0x07064b50, 56)
  end64.writeBigUInt64LE(BigInt(at + directory.length), 64)
  const count = entries.length
  const [length, start] = isWide ? [0xffffffff, 0xffffffff] : [directory.length, at]
  const comment = isWide ? Buffer.from('made by hand') : Buffer.alloc(0)
  const end = words(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [length, 4],
    [start, 4],
    [comment.length, 2],
  )
  return Buffer.concat([...parts, directory, isWide ? end64 : Buffer.alloc(0), end, comment])
}

let files = 0
function written(bytes: Uint8Array): string {
  const path = join(folder, `log-${++files}`)
  writeFileSync(path, bytes)
  return path
}

async function textOf(path: string, mostBytes?: number) {
  const log = logBytes(path, mostBytes)
  const chunks: Uint8Array[] = []
  for await (const chunk of log.chunks) chunks.push(chunk)
  return { text: Buffer.concat(chunks).toString(), compression: log.compression, digest: log.digest() }
}

const log = `at,run\n${Array.from({ length: 20_000 }, (_, line) => `${line},${line % 97}`).join('\n')}\n`

test.each([
  ['deflated', zipOf([{ name: 'jobs.csv', text: log }]), 'zip'],
  ['stored', zipOf([{ name: 'a/jobs.csv', text: log, method: 0 }]), 'zip'],
  ['zstd', zipOf([{ name: 'jobs.csv', text: log, method: 93 }]), 'zip'],
  ['64-bit sizes and a comment', zipOf([{ name: 'jobs.csv', text: log }], true), 'zip'],
  [
    'next to folders and what macOS adds',
    zipOf([
      { name: 'a/', text: '', method: 0 },
      { name: '__MACOSX/a/._jobs.csv', text: 'x' },
      { name: 'a/.DS_Store', text: 'x' },
      { name: 'a/jobs.csv', text: log },
    ]),
    'zip',
  ],
  ['gzip', gzipSync(log), 'gzip'],
  ['two members of gzip', Buffer.concat([gzipSync(log.slice(0, 1000)), gzipSync(log.slice(1000))]), 'gzip'],
  ['zstd alone', zstdCompressSync(log), 'zstd'],
  ['two frames of zstd', Buffer.concat([zstdCompressSync(log.slice(0, 99)), zstdCompressSync(log.slice(99))]), 'zstd'],
  [
    'zstd by a parallel compressor',
    Buffer.concat([
      words([0x184d2a50, 4], [4, 4], [7, 4]),
      ...[0, 5000, 50_000, 100_000].flatMap((from, index, all) => [
        zstdCompressSync(log.slice(from, all[index + 1])),
        words([0x184d2a5f, 4], [2, 4], [7, 2]),
      ]),
    ]),
    'zstd',
  ],
])('%s: the text is read, and its beginning is known', async (_, bytes, compression) => {
  const path = written(bytes)
  expect(await textOf(path)).toMatchObject({ text: log, compression })
  expect(Buffer.from(firstOf(path)).toString()).toMatch(/^at,run\n0,0\n/)
})

test.each([
  [
    'two files',
    zipOf([
      { name: 'a.csv', text: log },
      { name: 'b.csv', text: log },
    ]),
    /has 2 files: a\.csv, b\.csv/,
  ],
  ['no file', zipOf([{ name: 'a/', text: '', method: 0 }]), /has no file/],
  ['a password', zipOf([{ name: 'a.csv', text: log, flags: 1 }]), /is encrypted/],
  ['another method', zipOf([{ name: 'a.csv', text: log, method: 99 }]), /uses method 99/],
  ['another checksum', zipOf([{ name: 'a.csv', text: log, crc: 1 }]), /zip data is damaged \(a\.csv\)/],
  ['cut off', zipOf([{ name: 'a.csv', text: log }]).subarray(0, 5_000), /zip archive is damaged/],
  ['gzip cut off', gzipSync(log).subarray(0, 5_000), /gzip data is damaged/],
  [
    'two frames, the second cut off',
    Buffer.concat([zstdCompressSync(log), zstdCompressSync(log).subarray(0, 900)]),
    /zstd data is damaged/,
  ],
  ['zstd and other bytes', Buffer.concat([zstdCompressSync(log), Buffer.from('at,run')]), /zstd data is damaged/],
  ['zstd cut off', zstdCompressSync(log).subarray(0, 5_000), /zstd data is damaged/],
  ['bytes after gzip', Buffer.concat([gzipSync(log).subarray(0, -8), Buffer.alloc(8, 1)]), /gzip data is damaged/],
])('%s: refused', async (_, bytes, words) => {
  await expect(async () => textOf(written(bytes))).rejects.toThrow(words)
})

test.each([
  ['zip', zipOf([{ name: 'a.csv', text: log }])],
  ['gzip', gzipSync(log)],
  ['zstd', zstdCompressSync(log)],
])('%s: no more is decompressed than the bound', async (_, bytes) => {
  const path = written(bytes)
  await expect(textOf(path, log.length - 1)).rejects.toThrow(/more than \d+ bytes/)
  expect((await textOf(path, log.length)).text.length).toBe(log.length)
})
