/** Databases that marketsim wrote: damage is reported as such, whatever error shows it. And temporary ones. */
import Sqlite, { type Database } from 'better-sqlite3'
import { DamageError } from './damage-error.ts'

/** What SQLite reports of a file that is damaged, or that is not a database at all. */
const foundBySqlite = /^SQLITE_(CORRUPT|NOTADB)/

/** What SQLite says of the damage that made it fail; undefined for any other error. */
function damageIn(error: unknown): string | undefined {
  const { code, message } = error as { readonly code?: unknown; readonly message: string }
  return typeof code === 'string' && foundBySqlite.test(code) ? message : undefined
}

/** What rows that cannot be right do to a reader that takes them as right. */
const ofWrongRows = [TypeError, RangeError, SyntaxError]

/**
 * An error of reading the database `path`: a DamageError if SQLite found damage, or finds it now where a row made its reader
 * fail, else the error as it is.
 */
export function damageOr(error: unknown, path: string): unknown {
  const found = damageIn(error) ?? (ofWrongRows.some((kind) => error instanceof kind) ? findDamage(path) : undefined)
  return found === undefined ? error : new DamageError(path, `the record is damaged: ${found}`)
}

/** A database with these tables in a file without a name, which is gone once it is closed, however the program ends. */
export function temporaryDatabase(schema: string): Database {
  const database = new Sqlite('')
  database.pragma('journal_mode = off')
  database.pragma('synchronous = off')
  database.exec(schema)
  return database
}

/** What SQLite finds in every page and index of a database; undefined where all is well. */
export function findDamage(path: string): string | undefined {
  const database = new Sqlite(path, { readonly: true, fileMustExist: true })
  try {
    const found = database.pragma('integrity_check(1)', { simple: true })
    return found === 'ok' ? undefined : String(found)
  } catch (error) {
    const damage = damageIn(error)
    if (damage === undefined) throw error
    return damage
  } finally {
    closeDatabase(database)
  }
}

/** Closes a connection, also where an error left queries open: closing must not hide that error. */
export function closeDatabase(database: Database): void {
  try {
    database.close()
  } catch (error) {
    if (!(error instanceof TypeError && /busy executing a query/.test(error.message))) throw error
  }
}

/** Reads the database `path`. @throws DamageError if SQLite finds damage */
export function undamaged<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw damageOr(error, path)
  }
}

/** The same rows, of the database `path`. @throws DamageError at the row where SQLite finds damage */
export function undamagedRows<T>(path: string, rows: IterableIterator<T>): IterableIterator<T> {
  const guarded: IterableIterator<T> = {
    next: () => undamaged(path, () => rows.next()),
    return: (value?: T) => rows.return?.(value) ?? { done: true, value },
    [Symbol.iterator]: () => guarded,
  }
  return guarded
}
