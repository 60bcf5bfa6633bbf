/** JSON objects out of text as it comes: one a line, arrays of them, and both written over any number of lines. */
import { InputError } from '#base/input-error.ts'

type JsonObject = Readonly<Record<string, unknown>>

/** No sensible object is longer; a lost bracket must not gather the whole file. */
const LONGEST = 1 << 20

/** A number that may have more digits than a float keeps. */
const LONG = /\d[\d.]{15,}/

/** JSON in which numbers of more digits than a float keeps stay as they are written, as text. */
export function exactJson(text: string): unknown {
  if (!LONG.test(text)) return JSON.parse(text)
  const kept = (_: string, value: unknown, context?: { readonly source?: string }): unknown => {
    const source = context?.source
    return typeof value === 'number' && source !== undefined && LONG.test(source) ? source : value
  }
  return JSON.parse(text, kept)
}

export interface JsonTaker {
  /** An object and the line that it begins in, from 1. */
  object(value: JsonObject, line: number): void
  /** What is no object, and why. */
  skip(line: number, reason: string): void
}

const quote = 34
const backslash = 92
const [opening, closing] = [123, 125]
const [openingList, closingList] = [91, 93]

/** Takes lines. A line that is a whole value is parsed as it is; what takes several lines is gathered first. */
export class JsonObjects {
  readonly #file: string
  readonly #taker: JsonTaker
  /** Of an object that has begun: its text so far, and its first line. */
  #parts: string[] = []
  #length = 0
  #begun = 0
  #depth = 0
  #inText = false
  /** A list around the objects is open. */
  #inList = false

  constructor(file: string, taker: JsonTaker) {
    this.#file = file
    this.#taker = taker
  }

  line(text: string, number: number): void {
    const bare = text.trim()
    if (bare === '') return
    if (this.#depth === 0 && this.#takeWhole(bare, number)) return
    this.#scan(text, number)
  }

  /** The text has ended. */
  end(): void {
    if (this.#depth > 0) this.#taker.skip(this.#begun, 'json: an object that does not end')
  }

  #takeWhole(bare: string, line: number): boolean {
    const first = bare.charCodeAt(0)
    if (first !== opening && !(first === openingList && !this.#inList)) return false
    let value: unknown
    try {
      value = exactJson(bare)
    } catch {
      return false
    }
    for (const each of Array.isArray(value) ? value : [value]) this.#take(each, line)
    return true
  }

  #take(value: unknown, line: number): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      this.#taker.skip(line, 'json: not an object')
    else this.#taker.object(value as JsonObject, line)
  }

  /** Looks for the ends of objects, character by character. */
  #scan(text: string, line: number): void {
    let from = 0
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (this.#depth === 0) {
        if (code === opening) {
          from = at
          this.#begun = line
          this.#depth = 1
        } else if (code === openingList && !this.#inList) this.#inList = true
        else if (code === closingList && this.#inList) this.#inList = false
        else if (code !== 44 && code > 32) {
          this.#taker.skip(line, 'json: not a JSON value')
          return
        }
        continue
      }
      if (this.#inText) {
        if (code === backslash) at++
        else if (code === quote) this.#inText = false
      } else if (code === quote) this.#inText = true
      else if (code === opening || code === openingList) this.#depth++
      else if ((code === closing || code === closingList) && --this.#depth === 0) {
        this.#gathered(text.slice(from, at + 1))
        from = at + 1
      }
    }
    if (this.#depth === 0) return
    const rest = text.slice(from)
    // A string ends in its line: an interrupted object must not take those after it along.
    if (this.#inText) this.#interrupted('json: not a JSON value')
    else this.#hold(`${rest}\n`)
  }

  #hold(text: string): void {
    this.#parts.push(text)
    this.#length += text.length
    if (this.#length > LONGEST)
      throw new InputError(
        'an object of more than 1 MiB',
        'is a bracket not closed?',
        `${this.#file}, line ${this.#begun}`,
      )
  }

  #interrupted(reason: string): void {
    this.#taker.skip(this.#begun, reason)
    this.#clear()
  }

  #gathered(last: string): void {
    const text = this.#parts.join('') + last
    this.#clear()
    try {
      this.#take(exactJson(text), this.#begun)
    } catch {
      this.#taker.skip(this.#begun, 'json: not a JSON value')
    }
  }

  #clear(): void {
    this.#parts = []
    this.#length = 0
    this.#depth = 0
    this.#inText = false
  }
}
