/** `marketsim quote`: requests one a line, answers in the same order, in constant memory. */
import { Buffer, isAscii, isUtf8 } from 'node:buffer'
import { reply } from './answer.ts'

const NEWLINE = 10
/** Longer lines are answered with an error, unread. */
const LONGEST_LINE = 8 * 1024 * 1024
/** Answers are handed on in pieces of about this many characters. */
const PIECE = 64 * 1024

/** Takes answers, and how many requests were wrong so far; the next ones are not made before its promise is kept. */
export type Write = (text: string, errors: number) => void | Promise<void>

export interface Quoted {
  /** Lines answered; blank lines are none. */
  readonly answered: number
  /** How many of them were wrong. Refusals are not. */
  readonly errors: number
}

/** Returns every line of `input`. Blank lines are skipped; whatever a line holds, the next one is answered. */
export async function quote(input: AsyncIterable<Uint8Array | string>, write: Write): Promise<Quoted> {
  const session = new Session(write)
  for await (const chunk of input)
    await session.take(
      typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength),
    )
  return session.end()
}

class Session {
  #answered = 0
  #errors = 0
  #lineNumber = 0
  #output = ''
  /** The beginning of a line whose end has not come yet. */
  #begun: Buffer[] = []
  #begunBytes = 0
  readonly #write: Write

  constructor(write: Write) {
    this.#write = write
  }

  async take(chunk: Buffer): Promise<void> {
    const firstEnd = chunk.indexOf(NEWLINE)
    if (firstEnd < 0) return this.#keep(chunk)
    this.#keep(chunk.subarray(0, firstEnd))
    this.#answerBegun()
    const lastEnd = chunk.lastIndexOf(NEWLINE)
    if (lastEnd > firstEnd) await this.#answerBlock(chunk.subarray(firstEnd + 1, lastEnd))
    this.#keep(chunk.subarray(lastEnd + 1))
    await this.#flush(PIECE)
  }

  async end(): Promise<Quoted> {
    if (this.#begunBytes > 0) this.#answerBegun()
    await this.#flush(1)
    return { answered: this.#answered, errors: this.#errors }
  }

  /** Keeps a part of a line, and of a line that is too long only its length. */
  #keep(part: Buffer): void {
    this.#begunBytes += part.length
    if (this.#begunBytes > LONGEST_LINE) this.#begun = []
    else if (part.length > 0) this.#begun.push(part)
  }

  #answerBegun(): void {
    const isTooLong = this.#begunBytes > LONGEST_LINE
    const line = this.#begun.length === 1 ? this.#begun[0] : Buffer.concat(this.#begun)
    this.#begun = []
    this.#begunBytes = 0
    if (isTooLong) this.#reject(`is longer than ${LONGEST_LINE} bytes; split the request`)
    else this.#answerBytes(line)
  }

  /** Whole lines. They are decoded together where all of them are text. */
  async #answerBlock(block: Buffer): Promise<void> {
    const isText = isAscii(block) || isUtf8(block)
    const text = isText ? block.toString(isAscii(block) ? 'latin1' : 'utf8') : ''
    const length = isText ? text.length : block.length
    for (let start = 0; start <= length; ) {
      const found = isText ? text.indexOf('\n', start) : block.indexOf(NEWLINE, start)
      const end = found < 0 ? length : found
      if (isText) this.#answer(text.slice(start, end))
      else this.#answerBytes(block.subarray(start, end))
      start = end + 1
      if (this.#output.length >= PIECE) await this.#flush(PIECE)
    }
  }

  #answerBytes(line: Buffer): void {
    if (isUtf8(line)) this.#answer(line.toString('utf8'))
    else this.#reject('has bytes that are not UTF-8; save the file as UTF-8')
  }

  #answer(line: string): void {
    this.#lineNumber++
    const text = this.#lineNumber === 1 && line.charCodeAt(0) === 0xfeff ? line.slice(1) : line
    if (isBlank(text)) return
    const { text: answer, isError } = reply(text, this.#lineNumber)
    this.#count(answer, isError)
  }

  #reject(problem: string): void {
    this.#lineNumber++
    this.#count(JSON.stringify({ id: null, error: `line ${this.#lineNumber}: ${problem}` }), true)
  }

  #count(answer: string, isError: boolean): void {
    this.#answered++
    if (isError) this.#errors++
    this.#output += `${answer}\n`
  }

  async #flush(least: number): Promise<void> {
    if (this.#output.length < least) return
    const output = this.#output
    this.#output = ''
    await this.#write(output, this.#errors)
  }
}

const isBlank = (line: string): boolean => line.charCodeAt(0) !== 123 && line.trim() === ''
