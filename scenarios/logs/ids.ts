/** Ids of a scenario for names of a log: two names never get one id. */

const MOST = 64

export class Ids {
  readonly #ids = new Map<string, string>()
  readonly #taken = new Set<string>()
  readonly #unnamed: string

  /** `unnamed` is the id where the log says nothing. */
  constructor(unnamed: string) {
    this.#unnamed = unnamed
  }

  get all(): readonly string[] {
    return [...this.#taken]
  }

  get size(): number {
    return this.#taken.size
  }

  of(name: string): string {
    const known = this.#ids.get(name)
    if (known !== undefined) return known
    const plain = name.replace(/[^A-Za-z0-9._]+/g, '-').replace(/^[^A-Za-z0-9]+/, '')
    const base = (plain === '' ? this.#unnamed : plain).slice(0, MOST - 8)
    let id = base
    for (let next = 2; this.#taken.has(id); next++) id = `${base}-${next}`
    this.#taken.add(id)
    this.#ids.set(name, id)
    return id
  }
}
