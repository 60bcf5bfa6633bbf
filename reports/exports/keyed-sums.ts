/** Sums by key in the order of the keys, of more keys than fit in memory: what is full is moved to a temporary database. */
import type Database from 'better-sqlite3'
import { temporaryDatabase } from '#base/databases.ts'

/** Keys that are held before they are moved to the disk. */
const MOST_HELD = 20_000
const SCHEMA = 'CREATE TABLE sums(key TEXT PRIMARY KEY, about TEXT NOT NULL, sum TEXT NOT NULL) WITHOUT ROWID'

interface Held {
  readonly about: string
  sum: bigint
}

export class KeyedSums {
  readonly #most: number
  #held = new Map<string, Held>()
  #database: Database.Database | undefined

  constructor(most = MOST_HELD) {
    this.#most = most
  }

  /** `about` is kept of the first amount of a key. */
  add(key: string, amount: bigint, about: () => string): void {
    const found = this.#held.get(key)
    if (found !== undefined) {
      found.sum += amount
      return
    }
    if (this.#held.size >= this.#most) this.#move()
    this.#held.set(key, { about: about(), sum: amount })
  }

  #open(): Database.Database {
    const database = temporaryDatabase(SCHEMA)
    database.function('added', { deterministic: true }, (a, b) => String(BigInt(String(a)) + BigInt(String(b))))
    return database
  }

  #move(): void {
    this.#database ??= this.#open()
    const put = this.#database.prepare(
      'INSERT INTO sums VALUES (?, ?, ?) ON CONFLICT(key) DO UPDATE SET sum = added(sum, excluded.sum)',
    )
    this.#database.transaction(() => {
      for (const [key, { about, sum }] of this.#held) put.run(key, about, String(sum))
    })()
    this.#held = new Map()
  }

  /** All of them, once; nothing is added afterwards. */
  *entries(): Generator<{ readonly about: string; readonly sum: bigint }> {
    if (this.#database === undefined) {
      const order = (a: readonly [string, Held], b: readonly [string, Held]): number =>
        Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0]))
      for (const [, held] of [...this.#held].sort(order)) yield held
      return
    }
    this.#move()
    try {
      const rows = this.#database.prepare('SELECT about, sum FROM sums ORDER BY key').iterate()
      for (const row of rows as IterableIterator<{ about: string; sum: string }>)
        yield { about: row.about, sum: BigInt(row.sum) }
    } finally {
      this.#database.close()
    }
  }
}
