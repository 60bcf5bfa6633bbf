/**
 * U-09: a log may hold a row twice, since a sender may retry. The key of an event is its resource, its time and what is
 * done; the same key with the same content is the same event again, with other content a conflict.
 */
import { SeenWords } from '#base/seen-words.ts'
import { logActions } from '../billing/metering/resource-states.ts'
import type { LogEvent } from './log-event.ts'

export type Seen = 'new' | 'again' | 'conflict'

const numberOfAction = new Map(logActions.map((action, index) => [action, index]))

/** Hashes instead of rows: two events share 96 bits by chance in no log there is. */
export class SeenEvents {
  /** Two words of the key's hash, one of the content's. */
  readonly #seen = new SeenWords(2)
  /** Of the event that was looked for last: its key and its content. */
  #first = 0
  #second = 0
  #content = 0
  readonly #byContent: boolean

  /** `row`: the content belongs to the key, so that there are no conflicts. */
  constructor(key: 'event' | 'row') {
    this.#byContent = key === 'row'
  }

  /** Whether an event of this key was kept, and the same. */
  find(event: LogEvent): Seen {
    this.#hash(event)
    const content = this.#seen.find(this.#first, this.#second, this.#content)
    if (content === undefined) return 'new'
    return content === this.#content ? 'again' : 'conflict'
  }

  /** Keeps the event that was looked for last, and found to be new. */
  add(): void {
    this.#seen.add(this.#first, this.#second, this.#content)
  }

  close(): void {
    this.#seen.close()
  }

  #hash({ resource, at, do: action, account, product, flavour, disk }: LogEvent): void {
    const content = mixed(account, product ^ Math.imul(flavour, 0x7feb352d) ^ Math.imul(disk + 1, 0x165667b1))
    // A flavour and a disk may change at one time, in a row each.
    const what = (numberOfAction.get(action) ?? 0) + (action === 'resize' && flavour < 0 ? logActions.length : 0)
    const high = Math.floor(at / 0x1_0000_0000) ^ Math.imul(what, 0x632be5ab)
    const time = mixed(at >>> 0, high)
    const who = this.#byContent ? resource ^ Math.imul(content, 0x9e3779b1) : resource
    // A slot that begins with 0 is free, so that no hash may.
    this.#first = mixed(who, time) || 1
    this.#second = mixed(time ^ 0x9e3779b9, who)
    this.#content = content
  }
}

/** Two words into one, every bit of it depending on every bit of both. */
function mixed(a: number, b: number): number {
  let word = Math.imul(a ^ Math.imul(b + 0x61c88647, 0x85ebca6b), 0xc2b2ae35)
  word = Math.imul(word ^ (word >>> 15), 0x2c1b3c6d)
  return (word ^ (word >>> 15)) >>> 0
}
