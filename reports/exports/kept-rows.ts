/** Values by key, of more keys than fit in memory: what is full is moved to a temporary database. */
import type Database from 'better-sqlite3'
import { temporaryDatabase } from '#base/databases.ts'

/** Values that are held before they are moved to the disk. */
const MOST_HELD = 50_000
const SCHEMA = 'CREATE TABLE kept(place INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, value TEXT NOT NULL)'
/** Keys that are read together. */
const PAGE = 10_000

export class KeptRows<T> {
  readonly #most: number
  readonly #write: (value: T) => string
  readonly #read: (text: string) => T
  #held = new Map<string, T>()
  #database: Database.Database | undefined
  #find: Database.Statement<[string], string> | undefined

  /** `write` and `read`: a value as text and back. */
  constructor(write: (value: T) => string, read: (text: string) => T, most = MOST_HELD) {
    this.#write = write
    this.#read = read
    this.#most = most
  }

  /** A value may be changed until the next one is asked for. */
  get(key: string): T | undefined {
    const held = this.#held.get(key)
    if (held !== undefined || this.#database === undefined) return held
    this.#find ??= this.#database.prepare<[string], string>('SELECT value FROM kept WHERE key = ?').pluck()
    const text = this.#find.get(key)
    if (text === undefined) return undefined
    const value = this.#read(text)
    this.set(key, value)
    return value
  }

  set(key: string, value: T): void {
    if (this.#held.size >= this.#most) this.#move()
    this.#held.set(key, value)
  }

  /** All keys in the order in which they were set first. */
  *keys(): Generator<string> {
    if (this.#database === undefined) {
      yield* this.#held.keys()
      return
    }
    this.#move()
    const page = this.#database.prepare('SELECT place, key FROM kept WHERE place > ? ORDER BY place LIMIT ?')
    for (let last = 0; ; ) {
      const rows = page.all(last, PAGE) as { place: number; key: string }[]
      if (rows.length === 0) return
      for (const { key } of rows) yield key
      last = rows[rows.length - 1].place
    }
  }

  close(): void {
    this.#database?.close()
  }

  #move(): void {
    this.#database ??= temporaryDatabase(SCHEMA)
    const put = this.#database.prepare(
      'INSERT INTO kept(key, value) VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value',
    )
    this.#database.transaction(() => {
      for (const [key, value] of this.#held) put.run(key, this.#write(value))
    })()
    this.#held = new Map()
  }
}
