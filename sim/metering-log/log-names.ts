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

export class LogNames {
  readonly accounts = new Names()
  readonly resources = new Names()
  readonly products = new FewNames()
  readonly flavours = new FewNames()
  readonly product = (number: number): string => this.products.text(number)
  readonly productNumber = (name: string): number => this.products.numberOf(name)
  readonly flavour = (number: number): string => this.flavours.text(number)

  constructor() {
    // A server without an image bears the product of no name.
    this.products.numberOf('')
  }
}
