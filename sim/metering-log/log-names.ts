/** Everything in a log that has a name: accounts and resources by the million, flavours and products by the dozen. */
import { Names } from './names.ts'

/** Few names, kept as strings as well. */
class FewNames {
  readonly #names = new Names()
  readonly #texts: string[] = []
  readonly #numbers = new Map<string, number>()

  /** The number of a name given as bytes. */
  number(bytes: Uint8Array, from: number, to: number): number {
    const number = this.#names.number(bytes, from, to)
    if (number === this.#texts.length) {
      this.#texts.push(this.#names.text(number))
      this.#numbers.set(this.#texts[number], number)
    }
    return number
  }

  numberOf(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const bytes = Buffer.from(text)
    return this.number(bytes, 0, bytes.length)
  }

  /** The name, or an empty text for -1. */
  text(number: number): string {
    return this.#texts[number] ?? ''
  }
}

/** A system disk whose size the log says. */
export interface SizedDisk {
  /** GB, as decimal text. */
  readonly gigabytes: string
  readonly type: string
}

/** What a disk is called of which the log says no type. */
export const PLAIN_DISK = 'disk'

export class LogNames {
  readonly accounts: Names
  readonly resources: Names
  readonly products = new FewNames()
  readonly flavours = new FewNames()
  readonly product = (number: number): string => this.products.text(number)
  readonly productNumber = (name: string): number => this.products.numberOf(name)
  readonly flavour = (number: number): string => this.flavours.text(number)
  readonly flavourNumber = (name: string): number => this.flavours.numberOf(name)
  readonly #disks = new Map<number, SizedDisk>()

  /** `mostHeld`: accounts and resources in memory, each. */
  constructor(mostHeld?: number) {
    this.accounts = new Names(mostHeld)
    this.resources = new Names(mostHeld)
    // A server without an image bears the product of no name.
    this.products.numberOf('')
  }

  /** Gives memory and files back. */
  close(): void {
    this.accounts.close()
    this.resources.close()
  }

  /** The number of a disk among the flavours, under a name such as `40 GB ssd`. */
  diskNumber(gigabytes: string, type: string): number {
    const number = this.flavours.numberOf(`${gigabytes} GB ${type}`)
    if (!this.#disks.has(number)) this.#disks.set(number, { gigabytes, type })
    return number
  }

  /** The disk of a number; undefined where it is a flavour. */
  disk(number: number): SizedDisk | undefined {
    return this.#disks.get(number)
  }
}
