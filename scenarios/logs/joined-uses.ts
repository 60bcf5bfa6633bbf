/** Uses made of several rows: hours of a bill that follow each other, and beginnings with their ends. */
import type { Usage } from './usage.ts'

const nameOf = ({ resource, account, flavour, zone, product, quantity }: Usage): string =>
  JSON.stringify([resource, account, flavour, zone, product, quantity])

/**
 * Joins uses of one resource of which the next begins when the one before ends. Rows may come in any order between resources;
 * memory grows with the resources, not with their rows.
 */
export class JoinedUses {
  readonly #open = new Map<string, Usage>()
  readonly #emit: (usage: Usage) => void

  constructor(emit: (usage: Usage) => void) {
    this.#emit = emit
  }

  add(usage: Usage): void {
    if (usage.resource === '' || usage.lifetimeMs < 0) {
      this.#emit(usage)
      return
    }
    const name = nameOf(usage)
    const before = this.#open.get(name)
    if (before !== undefined && before.at + before.lifetimeMs === usage.at) {
      before.lifetimeMs += usage.lifetimeMs
      return
    }
    if (before !== undefined) this.#emit(before)
    this.#open.set(name, { ...usage })
  }

  end(): void {
    for (const usage of this.#open.values()) this.#emit(usage)
    this.#open.clear()
  }
}

/** What has begun and not ended, with the exact time of its begin. */
export interface Begun {
  readonly usage: Usage
  /** Billionths of a ms. */
  readonly exactAt: bigint
}

/** Beginnings by resource: memory grows with what is in use at the same time. */
export class BegunUses {
  readonly #begun = new Map<string, Begun>()

  /** A second beginning without an end between them is the same use. */
  begin(usage: Usage, exactAt: bigint): boolean {
    if (this.#begun.has(usage.resource)) return false
    this.#begun.set(usage.resource, { usage: { ...usage }, exactAt })
    return true
  }

  end(resource: string): Begun | undefined {
    const begun = this.#begun.get(resource)
    this.#begun.delete(resource)
    return begun
  }

  *rest(): Iterable<Usage> {
    for (const { usage } of this.#begun.values()) yield usage
  }
}
