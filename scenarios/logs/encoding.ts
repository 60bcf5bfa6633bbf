/** Text of any usual encoding as UTF-8: detected, or as asked. */
import { Buffer, isAscii, isUtf8 } from 'node:buffer'
import { InputError } from '#base/input-error.ts'

export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'latin-1'] as const
export type Encoding = (typeof encodings)[number]

/** By the byte order mark, or by the zeros that UTF-16 puts next to each letter of plain text; null where bytes decide later. */
export function encodingOfStart(bytes: Uint8Array): Encoding | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const pairs = Math.min(64, bytes.length >> 1)
  let even = 0
  let odd = 0
  for (let pair = 0; pair < pairs; pair++) {
    if (bytes[2 * pair] === 0) even++
    if (bytes[2 * pair + 1] === 0) odd++
  }
  if (pairs > 0 && odd * 2 > pairs && even === 0) return 'utf-16le'
  if (pairs > 0 && even * 2 > pairs && odd === 0) return 'utf-16be'
  return null
}

/** The bytes at the end that may begin a character of which the rest is in the next chunk: 0..3. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0
  }
  return 0
}

/**
 * The text as UTF-8. A file with letters that are not UTF-8 is Latin-1, unless letters before them were: then it is a mix,
 * and an error. `found` is called with the encoding when all is read.
 */
export const utf8Of = (
  chunks: AsyncIterable<Uint8Array>,
  asked: Encoding | undefined,
  found: (encoding: Encoding) => void,
  file: string,
): AsyncIterable<Uint8Array> => withNewlines(decoded(chunks, asked, found, file))

const [NEWLINE, RETURN] = [10, 13]

/** Lines of old Macs end with a return alone: a text whose first line does, and that has no newline before, has them throughout. */
async function* withNewlines(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let held: Uint8Array = new Uint8Array(0)
  let isByReturns: boolean | undefined
  for await (const chunk of chunks) {
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    held = new Uint8Array(0)
    if (isByReturns === undefined && bytes.includes(NEWLINE)) isByReturns = false
    else if (isByReturns === undefined && bytes.includes(RETURN)) {
      // A return at the end may be followed by its newline.
      if (bytes[bytes.length - 1] === RETURN) {
        held = Uint8Array.from(bytes)
        continue
      }
      isByReturns = true
    }
    yield isByReturns === true ? bytes.map((byte) => (byte === RETURN ? NEWLINE : byte)) : bytes
  }
  if (held.length > 0) yield held.map((byte) => (byte === RETURN ? NEWLINE : byte))
}

async function* decoded(
  chunks: AsyncIterable<Uint8Array>,
  asked: Encoding | undefined,
  found: (encoding: Encoding) => void,
  file: string,
): AsyncIterable<Uint8Array> {
  let encoding: Encoding | null = asked ?? null
  let isFirst = true
  let hasLetters = false
  let rest: Uint8Array = new Uint8Array(0)
  let decoder: InstanceType<typeof TextDecoder> | null = null
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    rest = new Uint8Array(0)
    if (isFirst) {
      encoding ??= encodingOfStart(bytes)
      isFirst = false
      if (encoding === 'utf-16le' || encoding === 'utf-16be') decoder = new TextDecoder(encoding)
    }
    if (decoder !== null) yield Buffer.from(decoder.decode(bytes, { stream: true }))
    else if (encoding === 'latin-1') yield latin1(bytes)
    else if (isAscii(bytes)) yield bytes
    else {
      const whole = bytes.length - unfinished(bytes)
      const part = bytes.subarray(0, whole)
      if (isUtf8(part)) {
        hasLetters ||= !isAscii(part)
        rest = bytes.slice(whole)
        yield part
      } else if (encoding === 'utf-8' || hasLetters || hasSequence(part)) throw mixed(file)
      else {
        encoding = 'latin-1'
        yield latin1(bytes)
      }
    }
  }
  if (rest.length > 0) {
    if (encoding === 'utf-8' || hasLetters) throw mixed(file)
    encoding = 'latin-1'
    yield latin1(rest)
  }
  found(encoding ?? 'utf-8')
}

/** Whether some letter is encoded in UTF-8: a first byte and as many more as it asks for. */
function hasSequence(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] < 0xc2) continue
    const length = bytes[at] >= 0xf0 ? 4 : bytes[at] >= 0xe0 ? 3 : 2
    if (isUtf8(bytes.subarray(at, at + length)) && at + length <= bytes.length) return true
  }
  return false
}

/** Latin-1 has no letters between 0x80 and 0x9f; where Windows has them, such as the euro at 0x80, they are meant. */
const windows = new TextDecoder('windows-1252')
const latin1 = (bytes: Uint8Array): Uint8Array => (isAscii(bytes) ? bytes : Buffer.from(windows.decode(bytes)))

const mixed = (file: string) =>
  new InputError('the text is not UTF-8 throughout', 'add --encoding latin-1, or write the file again as UTF-8', file)
