/**
 * The facts of one cell on their way to the record: rows of whole numbers in one growing buffer, folded into the
 * history digest as they are written, and drained to the cell's own file at window boundaries. Whatever the number of
 * threads, a cell's file holds the same bytes.
 */
import { fstatSync, ftruncateSync, readSync } from 'node:fs'
import { DamageError } from '#base/damage-error.ts'
import { extentOf, type FileExtent, GrowingFile } from '#base/files.ts'
import type { Digest } from '#engine/digest.ts'
import { fastRecord } from '#engine/fast-record.ts'
import { nameHash } from '#engine/name-hash.ts'
import { type Fact, type FactTableName, factColumns, factTableNames, unitOf } from './columns.ts'
import type { Dictionary } from './dictionary.ts'
import { wholeFacts } from './log-layout.ts'
import { logHigh, logLow } from './wide.ts'

/** Writes one fact of each table. */
export type FactWriters = { readonly [T in FactTableName]: (fact: Fact<T>) => void }

/** Takes whole facts as they go to the file, `end` numbers of a buffer that is used again afterwards. */
export interface FactTaker {
  take(facts: Float64Array, end: number): void
}

/** Numbers gathered before they go to the file: 4 MiB. */
const drainAt = 1 << 19

/** Buffers of logs that were closed: a process that makes many small runs would clear 4 MiB for each cell of each. */
const spareBuffers: Float64Array[] = []
const MOST_SPARE = 4

/** What a checkpoint keeps of a log. */
export interface SavedLog extends FileExtent {
  readonly facts: number
}

export class FactLog {
  readonly #file: GrowingFile
  readonly #digest: Digest
  readonly #wordHashes: Int32Array
  readonly #takers: readonly FactTaker[]
  readonly #buffer = spareBuffers.pop() ?? new Float64Array(drainAt + 4096)
  #length = 0
  /** Facts written so far. */
  facts = 0
  readonly write: FactWriters

  /** `takers` get every fact once; of a log that is restored, those of the file as well. */
  constructor(path: string, digest: Digest, dictionary: Dictionary, takers: readonly FactTaker[] = []) {
    this.#takers = takers
    this.#file = new GrowingFile(path, 'a+')
    this.#digest = digest
    this.#wordHashes = dictionary.hashes
    const write = fastRecord(factTableNames)
    factTableNames.forEach((table, index) => {
      write[table] = this.#writer(table, index)
    })
    this.write = write as unknown as FactWriters
  }

  /** Compiled once per table, so that writing a fact is a handful of stores and folds rather than a loop over names. */
  #writer(table: FactTableName, tableNumber: number): (fact: never) => void {
    const names = factColumns(table)
    let width = 1
    const stores = names
      .map((name) => {
        const unit = unitOf(table, name)
        const at = `n+${width}`
        width += unit === 'money' ? 2 : 1
        if (unit === 'money') return `d.money(b, ${at}, f.${name})`
        return `b[${at}] = d.${unit === 'word' ? 'word' : 'fold'}(f.${name})`
      })
      .join('; ')
    const compile = new Function(
      'room',
      'd',
      `return (f) => { const n = room(${width}), b = room.buffer; d.fold(${nameHash(table)}); b[n] = ${tableNumber}; ${stores} }`,
    )
    const room = (size: number): number => {
      const start = this.#length
      if (start + size > this.#buffer.length) this.#drain()
      this.#length += size
      this.facts++
      return this.#length - size
    }
    room.buffer = this.#buffer
    const digest = this.#digest
    const wordHashes = this.#wordHashes
    const fold = {
      fold(x: number): number {
        digest.fold(x)
        return x
      },
      /** An amount is two numbers (`wide.ts`); what float64 holds exactly folds as one. */
      money(buffer: Float64Array, at: number, x: number | bigint): void {
        const plain = Number(x)
        if (Number.isSafeInteger(plain)) {
          buffer[at] = plain
          buffer[at + 1] = 0
          digest.fold(plain)
          return
        }
        const amount = BigInt(x)
        buffer[at] = logLow(amount)
        buffer[at + 1] = logHigh(amount)
        digest.fold(buffer[at])
        digest.fold(buffer[at + 1])
      },
      /** Folds the hash of the word and gives its number back. */
      word(x: number): number {
        digest.fold(wordHashes[x])
        return x
      },
    }
    return compile(room, fold) as (fact: never) => void
  }

  #drain(): void {
    for (const taker of this.#takers) taker.take(this.#buffer, this.#length)
    this.#file.append(new Uint8Array(this.#buffer.buffer, 0, this.#length * 8))
    this.#length = 0
  }

  /** Writes to the file what has gathered, if it is worth a write, or in any case with `flush`. */
  drain(flush = false): void {
    if (this.#length > 0 && (flush || this.#length >= drainAt / 2)) this.#drain()
  }

  /** How far the file is, with a checksum. */
  get extent(): FileExtent {
    return this.#file.extent
  }

  close(): void {
    this.drain(true)
    this.#file.close()
    if (spareBuffers.length < MOST_SPARE) spareBuffers.push(this.#buffer)
  }

  /** Where the file is: everything before is history, and safe on the disk. */
  save(): SavedLog {
    this.drain(true)
    this.#file.sync()
    return { ...this.#file.extent, facts: this.facts }
  }

  /**
   * Cuts the file back to a saved place: what came after never happened.
   * @throws DamageError if the file does not reach so far, or has other bytes than were written
   */
  restore({ facts, ...saved }: SavedLog): void {
    const { descriptor } = this.#file
    const { size } = fstatSync(descriptor)
    if (size < saved.bytes) throw this.#damage(`it has ${size} bytes, and the run wrote ${saved.bytes}`)
    ftruncateSync(descriptor, saved.bytes)
    this.#length = 0
    this.facts = facts
    if (extentOf(this.#file.path).crc !== saved.crc) throw this.#damage('its checksum is another one')
    this.#takeWritten(saved.bytes)
    this.#file.resumeAt(saved)
  }

  #damage(what: string): DamageError {
    return new DamageError(this.#file.path, `the facts of a cell are damaged: ${what}`)
  }

  /** Reads the file again for the takers. What a chunk ends within is read with the next one. */
  #takeWritten(written: number): void {
    const buffer = this.#buffer
    const bytes = new Uint8Array(buffer.buffer)
    for (let at = 0; this.#takers.length > 0 && at < written; ) {
      const read = readSync(this.#file.descriptor, bytes, 0, Math.min(bytes.length, written - at), at)
      const end = wholeFacts(buffer, Math.floor(read / 8))
      if (end === 0) throw this.#damage('it ends within a fact')
      for (const taker of this.#takers) taker.take(buffer, end)
      at += end * 8
    }
  }
}
