/** A log as lifecycle events for `meter`: each server starts and, where the log says so, is deleted. */
import { formatInstant } from '#base/civil-time.ts'
import type { Usage } from './usage.ts'

export const eventsHead = 'at,account,resource,do,product,flavour\n'
/** Of the rows of a log that were not taken. */
export const skippedHead = 'line,reason,found\n'

export class LogEvents {
  readonly #utcOffset: number
  readonly #isUnique: boolean
  readonly #field: (text: string) => string

  /** `isUnique`: each resource of the log has one use; otherwise its line is part of the name. */
  constructor(utcOffset: number, isUnique: boolean, csvField: (text: string) => string) {
    this.#utcOffset = utcOffset
    this.#isUnique = isUnique
    this.#field = csvField
  }

  /** The events of a use; of several servers, each has its number. */
  lines(usage: Usage, copies: number): string {
    const { at, lifetimeMs, quantity, flavour, product, line } = usage
    const servers = quantity * copies
    const account = this.#field(usage.account)
    const begin = formatInstant(at, this.#utcOffset)
    const end = lifetimeMs < 0 ? '' : formatInstant(at + lifetimeMs, this.#utcOffset)
    const things = `${this.#field(product)},${this.#field(flavour === '' ? 'server' : flavour)}`
    const named = usage.resource === '' ? `line-${line}` : this.#isUnique ? usage.resource : `${usage.resource}/${line}`
    let text = ''
    for (let server = 1; server <= servers; server++) {
      const resource = this.#field(servers === 1 ? named : `${named}/${server}`)
      text += `${begin},${account},${resource},start,${things}\n`
      if (end !== '') text += `${end},${account},${resource},delete,,\n`
    }
    return text
  }
}
