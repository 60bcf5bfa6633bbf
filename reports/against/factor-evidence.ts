/** Which charges one factor explains: all of them, those of a kind, of an account, or of most products. */
import type { Policies } from '#scenarios/policies.ts'
import { type Factor, FactorRange, factorReason } from './factor-range.ts'
import type { RatedLine } from './rated-line.ts'
import type { Reason } from './reason.ts'

type Group = 'kinds' | 'products' | 'accounts'

const productOf = ({ kind, product }: RatedLine): string => `${kind} ${product}`

export class FactorEvidence {
  readonly #policies: Policies
  readonly #all: FactorRange
  readonly #ranges: Readonly<Record<Group, Map<string, FactorRange>>> = {
    kinds: new Map(),
    products: new Map(),
    accounts: new Map(),
  }
  #most: { readonly factor: Factor; readonly products: ReadonlySet<string> } | null | undefined

  constructor(policies: Policies) {
    this.#policies = policies
    this.#all = new FactorRange(policies)
  }

  /** Takes a line that both sides have, whether it differs or not. */
  take(line: RatedLine, theirs: bigint): void {
    this.#all.take(line, theirs)
    this.#range('kinds', line.kind).take(line, theirs)
    this.#range('products', productOf(line)).take(line, theirs)
    this.#range('accounts', line.account).take(line, theirs)
  }

  #range(group: Group, key: string): FactorRange {
    const known = this.#ranges[group].get(key)
    if (known !== undefined) return known
    const made = new FactorRange(this.#policies)
    this.#ranges[group].set(key, made)
    return made
  }

  /** The factor behind every line; one product alone has another price rather than a factor. */
  get ofAll(): Reason | undefined {
    return this.#of(this.#all, 'every line')
  }

  #of(range: FactorRange | undefined, what: string): Reason | undefined {
    if (range === undefined || range.products.size < 2) return undefined
    const factor = range.factor
    return factor === undefined ? undefined : factorReason(factor, what, this.#policies['tax.percent'])
  }

  /** The factor behind a line that differs. */
  reason(line: RatedLine): Reason | undefined {
    const { kinds, accounts } = this.#ranges
    return (
      this.ofAll ??
      this.#of(kinds.get(line.kind), `every line of kind ${line.kind}`) ??
      this.#of(accounts.get(line.account), `every line of ${line.account}`) ??
      this.#taxOf(line) ??
      this.#ofMost(line)
    )
  }

  /** Our own rate of tax in the lines of one product is no other price. */
  #taxOf(line: RatedLine): Reason | undefined {
    const range = this.#ranges.products.get(productOf(line))
    const factor = range !== undefined && range.differing > 1 ? range.factor : undefined
    if (factor === undefined || factor.isDivisor) return undefined
    const reason = factorReason(factor, `every line of ${line.product}`, this.#policies['tax.percent'])
    return reason.cause === 'tax rate' ? reason : undefined
  }

  /** One factor of more than half of the products that differ; the others have a cause of their own. */
  #ofMost(line: RatedLine): Reason | undefined {
    if (this.#most === undefined) this.#most = this.#prevailing()
    const most = this.#most
    if (most === null || !most.products.has(productOf(line))) return undefined
    return factorReason(most.factor, `every line of ${most.products.size} products`, this.#policies['tax.percent'])
  }

  #prevailing(): { factor: Factor; products: Set<string> } | null {
    const found = new Map<string, { factor: Factor; products: Set<string> }>()
    let differing = 0
    for (const [product, range] of this.#ranges.products) {
      if (range.differing === 0) continue
      differing++
      const factor = range.differing > 1 ? range.factor : undefined
      if (factor === undefined) continue
      const key = `${factor.value} ${factor.isDivisor}`
      const known = found.get(key)
      if (known === undefined) found.set(key, { factor, products: new Set([product]) })
      else known.products.add(product)
    }
    const [most] = [...found.values()].sort((a, b) => b.products.size - a.products.size)
    return most !== undefined && most.products.size >= 2 && most.products.size * 2 > differing ? most : null
  }
}
