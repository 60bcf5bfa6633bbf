/** What stdin holds, read to its end once: a sweep reads its scenario at each of its points. */
import { buffer } from 'node:stream/consumers'

const read = new WeakMap<NodeJS.ReadableStream, Promise<Buffer>>()

export function standardInput(): Promise<Buffer> {
  const bytes = read.get(process.stdin) ?? buffer(process.stdin)
  read.set(process.stdin, bytes)
  return bytes
}
